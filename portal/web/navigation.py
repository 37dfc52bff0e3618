"""The main navigation as a table; each reader sees what the role permits."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from portal.core.access import Actor
from portal.core.access import Permission as P  # noqa: N817
from portal.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Item:
    """A place in the navigation; `permission` None: everybody."""

    endpoint: str
    label: Any
    icon: str
    permission: P | None = None
    section: str = "main"
    values: tuple[tuple[str, str], ...] = ()
    partners: bool = True  # members of partner institutions see it, too
    also: tuple[str, ...] = ()  # blueprints whose pages belong to this place


@dataclass(frozen=True)
class Link:
    """A navigation item as the template shows it."""

    label: str
    url: str
    icon: str
    active: bool
    badge: int = 0
    group: str = ""


MAIN = (
    Item("search.results", _l("Search"), "search"),
    Item("needs.directory", _l("Needs"), "clipboard-list"),
    Item("service_requests.catalogue", _l("Services"), "lifebuoy"),
    Item("barriers.overview", _l("Market barriers"), "road"),
)
SECTIONS = {
    "desk": _l("Service desk"),
    "trust": _l("Review and evidence"),
    "matching": _l("Matching"),
    "markets": _l("Markets"),
    "base": _l("The base"),
}
SIDE = (
    Item("pages.dashboard", _l("Dashboard"), "layout-dashboard", P.DASHBOARD_VIEW, partners=False),
    Item(
        "companies.overview",
        _l("Company"),
        "building-factory-2",
        P.COMPANY_VIEW,
        also=("evidence", "verification", "company_facts", "disclosure", "fact_sheets"),
    ),
    Item("capabilities.overview", _l("Capabilities"), "components", P.CAPABILITY_VIEW),
    Item("needs.overview", _l("Our needs"), "clipboard-list", P.NEED_VIEW),
    Item("matching.overview", _l("Matches"), "arrows-join", P.MATCH_VIEW),
    Item("inquiries.overview", _l("Inquiries"), "messages", P.INQUIRY_VIEW),
    Item("service_requests.overview", _l("Service requests"), "lifebuoy", P.REQUEST_VIEW),
    Item("test_centre.bookings", _l("Chip tests"), "test-pipe", P.TEST_CENTRE_VIEW),
    Item("partners.queue", _l("Referrals"), "mail-forward", P.REFERRAL_VIEW),
    Item("partners.institution", _l("Our institution"), "building-community", P.REFERRAL_VIEW),
    Item("accounts.members", _l("Members"), "users", P.MEMBERS_MANAGE),
    Item("desk.queue", _l("Request queue"), "inbox", P.DESK_VIEW, "desk"),
    Item("desk.referrals", _l("Referrals to partners"), "mail-forward", P.DESK_VIEW, "desk"),
    Item("desk.test_centre", _l("Test centre"), "test-pipe", P.TEST_CENTRE_WORK, "desk"),
    Item("desk.calendars_overview", _l("Calendars"), "calendar", P.DESK_VIEW, "desk"),
    Item("desk.texts", _l("Texts and macros"), "file-text", P.DESK_VIEW, "desk"),
    Item("desk.satisfaction", _l("Satisfaction"), "mood-smile", P.DESK_VIEW, "desk"),
    Item("desk.reviews", _l("Review queue"), "checklist", P.REVIEW_VIEW, "trust"),
    Item(
        "desk.verification",
        _l("Verification and identity"),
        "building-community",
        P.REVIEW_VIEW,
        "trust",
    ),
    Item("desk.evidence", _l("Evidence to check"), "shield-check", P.REVIEW_VIEW, "trust"),
    Item("disclosure.templates", _l("Agreements"), "shield-lock", P.TEXT_MODULE_EDIT, "trust"),
    Item("desk.judgements", _l("Judge matches"), "scale", P.MATCH_JUDGE, "matching"),
    Item("desk.ranking", _l("Order of matches"), "sort-descending", P.RANKING_VIEW, "matching"),
    Item("desk.thesaurus", _l("Thesaurus"), "sitemap", P.THESAURUS_VIEW, "matching"),
    Item("desk.barriers", _l("Market barriers"), "road", P.DESK_VIEW, "markets"),
    Item("desk.market_rules", _l("Market rules"), "gavel", P.MARKET_RULE_VIEW, "markets"),
    Item("desk.partners", _l("Partners"), "heart-handshake", P.PARTNER_VIEW, "base"),
    Item("desk.staff", _l("Staff and teams"), "id-badge-2", P.DESK_VIEW, "base"),
    Item("desk.reports", _l("Reports"), "chart-bar", P.REPORT_VIEW, "base"),
    Item("desk.catalogue", _l("Services and forms"), "forms", P.CATALOGUE_VIEW, "base"),
    Item("desk.users", _l("Users"), "users", P.USERS_VIEW, "base"),
    Item("desk.privacy", _l("Privacy"), "shield-lock", P.USERS_VIEW, "base"),
    Item("desk.jobs", _l("Background jobs"), "settings", P.JOBS_MANAGE, "base"),
)


def links(items: tuple[Item, ...], actor: Actor) -> list[Link]:
    """The items this actor may use, with the current page marked."""
    shown = [item for item in items if _is_for(item, actor)]
    first = {item.section: item for item in reversed(shown)}
    return [_link(item, first[item.section] is item) for item in shown]


def _is_for(item: Item, actor: Actor) -> bool:
    permitted = item.permission is None or actor.may(item.permission)
    return permitted and (item.partners or not actor.is_partner)


def _link(item: Item, opens_section: bool) -> Link:
    active = request.endpoint == item.endpoint or (
        item in SIDE
        and request.blueprint in (item.endpoint.split(".")[0], *item.also)
        and request.blueprint not in ("pages", "accounts", "desk", "partners")
        and not any(request.endpoint == other.endpoint for other in SIDE)
    )
    group = str(SECTIONS.get(item.section, "")) if opens_section else ""
    return Link(str(item.label), url_for(item.endpoint), item.icon, active, group=group)
