"""Pure decisions about company profiles: states, completeness, what is locked, what is stale."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.companies.models import Certificate, Company, CompanyText
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import chosen
from portal.core.workflow import State, Transition, Workflow

CONFIRMATION_LIFE = timedelta(days=365)
EXPIRES_SOON = timedelta(days=90)
KIND_LABELS = {
    "supplier": _l("Supplier"),
    "buyer": _l("Buyer"),
    "both": _l("Supplier and buyer"),
}
SITE_ROLE_LABELS = {
    "HQ": _l("Head office"),
    "plant": _l("Plant"),
    "R&D": _l("Research and development"),
    "warehouse": _l("Warehouse"),
    "service": _l("Service and sales"),
}
LEVEL_LABELS = {
    "claimed": _l("Stated by the company"),
    "document_seen": _l("Document seen by the base"),
    "issuer_checked": _l("Checked with the issuer"),
    "seen_on_site": _l("Seen on site"),
}


def parties(company: Company, actor: Actor) -> frozenset[str]:
    return sides(company.id, Permission.COMPANY_EDIT, actor)


def sides(owner_id: str, edit: Permission, actor: Actor) -> frozenset[str]:
    """Who moves what the base reviews: "owner" for its editors, "staff" for the base."""
    is_owner = actor.owns(owner_id) and actor.may(edit)
    named = {"owner": is_owner, "staff": actor.may(Permission.REVIEW_DECIDE)}
    return frozenset(name for name, is_one in named.items() if is_one)


def may_view(company: Company, actor: Actor) -> bool:
    """Everybody sees a published profile; its members and the base see it in every state."""
    return company.state == "published" or actor.owns(company.id) or actor.is_staff


def may_edit(company: Company, actor: Actor) -> bool:
    return "owner" in parties(company, actor)


@dataclass(frozen=True)
class Item:
    """One line of the checklist: what it is, what it unlocks, whether review needs it."""

    name: str
    label: Any
    unlocks: Any
    is_there: Callable[[Company], bool]
    needed: bool = False


def original(texts: Iterable[CompanyText]) -> CompanyText | None:
    return min(texts, key=lambda text: text.position, default=None)


def text_for(texts: Iterable[CompanyText], locale: str, attribute: str) -> CompanyText | None:
    """The text to show a reader: in their language, else in English, else the original.

    Texts whose `attribute` ("name" or "description") is empty do not count.
    """
    return chosen((text for text in texts if getattr(text, attribute)), locale)


def name_for(texts: Iterable[CompanyText], locale: str) -> CompanyText | None:
    """The text with the name to show a reader; None while the company has none."""
    return text_for(texts, locale, "name")


CHECKLIST = (
    Item(
        "description",
        _l("Description of your company"),
        _l("Buyers learn what you do, and the search finds you by it."),
        lambda c: any(t.description for t in c.texts),
        needed=True,
    ),
    Item(
        "registration",
        _l("Registration number"),
        _l("The base can tell who you are and publish the profile."),
        lambda c: bool(c.registration_id),
        needed=True,
    ),
    Item(
        "sites",
        _l("At least one site"),
        _l("Buyers see where you work and where you produce."),
        lambda c: bool(c.sites),
        needed=True,
    ),
    Item(
        "translation",
        _l("A second language"),
        _l("Readers abroad get your own words instead of the original only."),
        lambda c: len([t for t in c.texts if t.description]) > 1,
    ),
    Item(
        "certificates",
        _l("Certificates of the company"),
        _l("They count wherever a need requires them."),
        lambda c: bool(c.certificates),
    ),
    Item(
        "figures",
        _l("Year of foundation and number of employees"),
        _l("Buyers judge by them whether your size fits their project."),
        lambda c: c.founded is not None and c.headcount is not None,
    ),
    Item(
        "website",
        _l("Website"),
        _l("Buyers can look you up."),
        lambda c: bool(c.website),
    ),
    Item(
        "logo",
        _l("Logo"),
        _l("Your profile is recognised at a glance."),
        lambda c: c.logo_id is not None,
    ),
)


def missing(company: Company) -> list[Item]:
    return [item for item in CHECKLIST if not item.is_there(company)]


def is_complete(company: Company, _actor: Actor | None = None) -> bool:
    """Whether everything is there that a review needs."""
    return not any(item.needed for item in missing(company))


def is_told_apart(company: Company, _actor: Actor | None = None) -> bool:
    """Whether staff have no look-alike to decide on that would keep it from the public."""
    return not company.held


def identity_locked(company: Company) -> bool:
    """Names, kind, country and registration stay as they were when the base published them."""
    return company.published_at is not None


def confirmed_since(now: datetime) -> datetime:
    """Profiles confirmed before this moment are stale."""
    return now - CONFIRMATION_LIFE


def is_stale(company: Company, now: datetime) -> bool:
    """Published, but not confirmed for a year: stays visible, leaves the matches."""
    confirmed = company.confirmed_at or company.published_at
    return company.state == "published" and (confirmed is None or confirmed < confirmed_since(now))


def validity(certificate: Certificate, today: date) -> tuple[str, Any]:
    """Tone and words for how a certificate stands today."""
    expires = certificate.expires
    if expires is None:
        return "neutral", _l("No expiry date given")
    if expires < today:
        return "danger", _l("Expired")
    if expires <= today + EXPIRES_SOON:
        return "warning", _l("Expires soon")
    # What nobody has checked is not shown in the colour of success.
    return "neutral" if certificate.level == "claimed" else "success", _l("Valid")


WORKFLOW = Workflow(
    name="company",
    states=(
        State("draft", _l("Draft")),
        State("submitted", _l("Waiting for review"), _l("Being reviewed"), "accent"),
        State("changes_requested", _l("Changes asked for"), _l("Changes needed"), "warning"),
        State("published", _l("Published"), tone="success"),
        State("suspended", _l("Suspended"), tone="danger"),
    ),
    transitions=(
        Transition(
            "submit",
            ("draft", "changes_requested"),
            "submitted",
            ("owner",),
            _l("Submit for review"),
            guard=is_complete,
        ),
        Transition(
            "publish",
            ("submitted",),
            "published",
            ("staff",),
            _l("Publish"),
            guard=is_told_apart,
            unmet=_l("Before it can be published, please decide whether it is another company."),
        ),
        Transition(
            "request_changes",
            ("submitted",),
            "changes_requested",
            ("staff",),
            _l("Ask for changes"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "suspend",
            ("published",),
            "suspended",
            ("staff",),
            _l("Suspend"),
            note_required=True,
            tone="danger",
        ),
        Transition("restore", ("suspended",), "published", ("staff",), _l("Publish again")),
    ),
    parties=parties,
)
