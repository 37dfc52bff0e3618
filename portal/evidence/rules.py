"""The ladder: which finding may follow which step, and how a fact stands today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.companies.models import EVIDENCE_LEVELS
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow

CLAIMED, DOCUMENT_SEEN, ISSUER_CHECKED, SEEN_ON_SITE = EVIDENCE_LEVELS
REJECTED, EXPIRED = "rejected", "expired"
FINDINGS = (DOCUMENT_SEEN, ISSUER_CHECKED, SEEN_ON_SITE, REJECTED)
# Days before the last day on which the owner is told, then silence.
REMINDERS = (90, 30, 7, 0)
SOON = timedelta(days=REMINDERS[0])
# A fact that ran out longer ago is old news: the owner is not reminded of it any more.
OLD_NEWS = timedelta(days=30)
# The usual life of a finding, offered by the form; a certificate's own last day comes first.
LIFE = {
    DOCUMENT_SEEN: timedelta(days=365),
    ISSUER_CHECKED: timedelta(days=365),
    SEEN_ON_SITE: timedelta(days=2 * 365),
}


@dataclass(frozen=True)
class Standing:
    """How a fact stands today. `state` is a step of the ladder, or rejected or expired.

    `by` is the organisation that checked, "" for the base. `waiting` is the id of the row with a
    document that the base has not looked at yet. `changed`: something was found out about an
    earlier value.
    """

    state: str = CLAIMED
    found: str = CLAIMED
    since: datetime | None = None
    until: date | None = None
    by: str = ""
    not_checked: str = ""
    reason: str = ""
    document_id: str | None = None
    waiting: int | None = None
    waiting_since: datetime | None = None
    changed: bool = False

    @property
    def expired(self) -> bool:
        return self.state == EXPIRED

    @property
    def level(self) -> str:
        """The step that counts for others: what expired or was rejected counts as claimed."""
        return self.state if self.state in EVIDENCE_LEVELS else CLAIMED

    @property
    def step(self) -> int:
        """1 (claimed) to 4 (seen on site)."""
        return EVIDENCE_LEVELS.index(self.level) + 1

    @property
    def proven(self) -> bool:
        return self.step > 1

    def expires_soon(self, today: date) -> bool:
        return self.until is not None and today <= self.until <= today + SOON


NOTHING_KNOWN = Standing()


@dataclass(frozen=True)
class Claim:
    """A fact as the workflow sees it: whose it is and how it stands."""

    company_id: str
    state: str


def parties(claim: Claim, actor: Actor) -> frozenset[str]:
    named = {
        "owner": actor.owns(claim.company_id) and actor.may(Permission.COMPANY_EDIT),
        "staff": actor.may(Permission.REVIEW_DECIDE) and not actor.owns(claim.company_id),
    }
    return frozenset(name for name, is_one in named.items() if is_one)


# From where a finding may follow: upwards from anywhere, anew on its own step, never downwards
# while what is higher still holds: that is a rejection, with its reason.
_OPEN = (CLAIMED, REJECTED, EXPIRED)
_STATES = (
    State(CLAIMED, _l("Stated by the company")),
    State(DOCUMENT_SEEN, _l("Document seen by the base"), tone="accent"),
    State(ISSUER_CHECKED, _l("Checked with the issuer"), tone="success"),
    State(SEEN_ON_SITE, _l("Seen on site"), tone="success"),
    State(REJECTED, _l("Not confirmed"), tone="danger"),
    State(EXPIRED, _l("Expired"), tone="warning"),
)


def _finding(level: str, label: Any) -> Transition:
    below = EVIDENCE_LEVELS[1 : EVIDENCE_LEVELS.index(level) + 1]
    return Transition(level, (*_OPEN, *below), level, ("staff",), label)


WORKFLOW = Workflow(
    name="evidence",
    states=_STATES,
    transitions=(
        _finding(DOCUMENT_SEEN, _l("Document seen")),
        _finding(ISSUER_CHECKED, _l("Checked with the issuer")),
        _finding(SEEN_ON_SITE, _l("Seen on site")),
        Transition(
            REJECTED,
            (CLAIMED, DOCUMENT_SEEN, ISSUER_CHECKED, SEEN_ON_SITE, EXPIRED),
            REJECTED,
            ("staff",),
            _l("Cannot be confirmed"),
            note_required=True,
            tone="danger",
        ),
        Transition(
            "show",
            (REJECTED, EXPIRED),
            CLAIMED,
            ("owner",),
            _l("Show the base another document"),
            shown=False,
        ),
    ),
    parties=parties,
)


def reminder_due(until: date, today: date) -> int | None:
    """The latest reminder whose day has come: 90, 30, 7 or 0 days before; None before the first
    one and when it has long run out."""
    left = (until - today).days
    if left < -OLD_NEWS.days:
        return None
    return min((days for days in REMINDERS if left <= days), default=None)
