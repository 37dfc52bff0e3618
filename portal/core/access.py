"""Who acts, and what their role permits. One table from roles to permissions."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """`object.verb`; a verb of READ_VERBS may never guard a method that changes something."""

    CALENDAR_EDIT = "calendar.edit"
    CAPABILITY_EDIT = "capability.edit"
    CAPABILITY_VIEW = "capability.view"
    CATALOGUE_EDIT = "catalogue.edit"
    CATALOGUE_VIEW = "catalogue.view"
    COMPANY_EDIT = "company.edit"
    COMPANY_VIEW = "company.view"
    DASHBOARD_VIEW = "dashboard.view"
    DESK_ASSIGN = "desk.assign"
    DESK_VIEW = "desk.view"
    DESK_WORK = "desk.work"
    GAP_VIEW = "gap.view"
    INQUIRY_VIEW = "inquiry.view"
    INQUIRY_WRITE = "inquiry.write"
    JOBS_MANAGE = "jobs.manage"
    MARKET_RULE_EDIT = "market-rule.edit"
    MARKET_RULE_VIEW = "market-rule.view"
    MATCH_JUDGE = "match.judge"
    MATCH_VIEW = "match.view"
    MEMBERS_MANAGE = "members.manage"
    NEED_EDIT = "need.edit"
    NEED_VIEW = "need.view"
    PARTNER_EDIT = "partner.edit"
    PARTNER_HOURS_EDIT = "partner-hours.edit"
    PARTNER_VIEW = "partner.view"
    PEOPLE_REPORT_VIEW = "people-report.view"
    RANKING_EDIT = "ranking.edit"
    RANKING_VIEW = "ranking.view"
    REFERRAL_VIEW = "referral.view"
    REFERRAL_WRITE = "referral.write"
    REPORT_MAKE = "report.make"
    REPORT_VIEW = "report.view"
    REQUEST_VIEW = "request.view"
    REQUEST_WRITE = "request.write"
    REVIEW_DECIDE = "review.decide"
    REVIEW_VIEW = "review.view"
    TEST_CENTRE_BOOK = "test-centre.book"
    TEST_CENTRE_EDIT = "test-centre.edit"
    TEST_CENTRE_VIEW = "test-centre.view"
    TEST_CENTRE_WORK = "test-centre.work"
    TEXT_MODULE_EDIT = "text-module.edit"
    THESAURUS_EDIT = "thesaurus.edit"
    THESAURUS_PUBLISH = "thesaurus.publish"
    THESAURUS_VIEW = "thesaurus.view"
    TOKENS_MANAGE = "tokens.manage"
    USERS_MANAGE = "users.manage"
    USERS_VIEW = "users.view"

    @property
    def reads(self) -> bool:
        return self.value.rsplit(".", 1)[1] in READ_VERBS


READ_VERBS = {"view"}
P = Permission

_MEMBER_READ = {
    P.DASHBOARD_VIEW,
    P.COMPANY_VIEW,
    P.CAPABILITY_VIEW,
    P.NEED_VIEW,
    P.GAP_VIEW,
    P.MATCH_VIEW,
    P.INQUIRY_VIEW,
    P.REQUEST_VIEW,
    P.TEST_CENTRE_VIEW,
}
_MEMBER_WRITE = _MEMBER_READ | {
    P.COMPANY_EDIT,
    P.CAPABILITY_EDIT,
    P.NEED_EDIT,
    P.INQUIRY_WRITE,
    P.REQUEST_WRITE,
    P.TEST_CENTRE_BOOK,
    P.TOKENS_MANAGE,
}
_AGENT = {
    P.DASHBOARD_VIEW,
    P.DESK_VIEW,
    P.DESK_WORK,
    P.REVIEW_VIEW,
    P.REVIEW_DECIDE,
    P.GAP_VIEW,
    P.MARKET_RULE_EDIT,
    P.MARKET_RULE_VIEW,
    P.MATCH_VIEW,
    P.MATCH_JUDGE,
    P.PARTNER_VIEW,
    P.RANKING_VIEW,
    P.REPORT_VIEW,
    P.TEST_CENTRE_WORK,
    P.THESAURUS_EDIT,
    P.THESAURUS_VIEW,
    P.TOKENS_MANAGE,
}
_SUPERVISOR = _AGENT | {
    P.CALENDAR_EDIT,
    P.DESK_ASSIGN,
    P.PARTNER_EDIT,
    P.PEOPLE_REPORT_VIEW,
    P.RANKING_EDIT,
    P.REPORT_MAKE,
    P.TEST_CENTRE_EDIT,
    P.TEXT_MODULE_EDIT,
    P.THESAURUS_PUBLISH,
    P.USERS_VIEW,
    P.CATALOGUE_VIEW,
}
_ADMINISTRATOR = _SUPERVISOR | {P.USERS_MANAGE, P.JOBS_MANAGE, P.CATALOGUE_EDIT}
# Members of a partner institution see what the base refers to them, and nothing else.
_PARTNER_READ = {P.DASHBOARD_VIEW, P.REFERRAL_VIEW}
_PARTNER_WRITE = _PARTNER_READ | {P.REFERRAL_WRITE, P.PARTNER_HOURS_EDIT}
PARTNER = "partner"

ROLES: dict[str, frozenset[Permission]] = {
    "owner": frozenset(_MEMBER_WRITE | {P.MEMBERS_MANAGE}),
    "editor": frozenset(_MEMBER_WRITE),
    "viewer": frozenset(_MEMBER_READ),
    "agent": frozenset(_AGENT),
    "supervisor": frozenset(_SUPERVISOR),
    "administrator": frozenset(_ADMINISTRATOR),
    "partner-owner": frozenset(_PARTNER_WRITE | {P.MEMBERS_MANAGE}),
    "partner-editor": frozenset(_PARTNER_WRITE),
    "partner-viewer": frozenset(_PARTNER_READ),
}
MEMBER_ROLES = ("owner", "editor", "viewer")
STAFF_ROLES = ("agent", "supervisor", "administrator")
# Some permissions make sense only for organisations that sell.
_SELLERS_ONLY = {
    P.CAPABILITY_EDIT,
    P.CAPABILITY_VIEW,
    P.TEST_CENTRE_BOOK,
    P.TEST_CENTRE_VIEW,
}


@dataclass(frozen=True)
class Actor:
    """The person behind a request or command. `role` is None for an anonymous visitor."""

    user_id: str | None = None
    name: str = ""
    email: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    role: str | None = None
    org_id: str | None = None
    org_name: str = ""
    org_kind: str | None = None
    org_country: str | None = None

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_partner(self) -> bool:
        """Whether the person belongs to a partner institution of the base."""
        return self.org_kind == PARTNER

    @property
    def sells(self) -> bool:
        return self.org_kind in ("supplier", "both")

    @property
    def buys(self) -> bool:
        return self.org_kind in ("buyer", "both")

    def may(self, permission: Permission) -> bool:
        """Whether the role permits this; which object it may touch is decided by its loader."""
        role = f"{PARTNER}-{self.role}" if self.role and self.is_partner else self.role
        if role is None or permission not in ROLES[role]:
            return False
        return permission not in _SELLERS_ONLY or self.sells

    def owns(self, organisation_id: str | None) -> bool:
        """Whether the object belongs to the actor's own organisation."""
        return self.org_id is not None and self.org_id == organisation_id


ANONYMOUS = Actor()
SYSTEM = Actor(user_id=None, name="system", role="administrator")
