"""Pure decisions about verification: what levels mean, how long they last, who may decide."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from portal.companies.verification.standing import DOCUMENTS, LISTED, VISITED
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow

LEVEL_LABELS: Mapping[str, Any] = {
    LISTED: _l("Listed, not checked"),
    DOCUMENTS: _l("Documents checked by the base"),
    VISITED: _l("Site visited by the base"),
}
# What is asked for, before anybody has found anything.
ASKED_LABELS: Mapping[str, Any] = {
    DOCUMENTS: _l("Check of the documents"),
    VISITED: _l("Visit to the site"),
}
MEANINGS: Mapping[str, Any] = {
    LISTED: _l(
        "The base has read the profile and checked the form of the registration number. Nobody has"
        " seen papers or the site."
    ),
    DOCUMENTS: _l(
        "The base has seen the business licence or register extract and compared name, number,"
        " country and address of the head office with it."
    ),
    VISITED: _l(
        "Staff of the base have been at the site, seen the company at work there and written a"
        " report; a second person has confirmed it."
    ),
}
# How long a finding counts unless staff choose an earlier day.
LIVES: Mapping[str, timedelta] = {DOCUMENTS: timedelta(days=365), VISITED: timedelta(days=730)}
# Days before the end on which a company is reminded; after the last one there is silence.
REMINDERS = (90, 30, 7, 0)
NOT_CHECKED: Mapping[str, Any] = {
    "owners": _l("Owners and beneficial owners"),
    "finances": _l("Financial strength"),
    "bank": _l("Bank account"),
    "capacity": _l("Production capacity"),
    "quality": _l("Quality management at work"),
    "certificates": _l("Certificates"),
    "references": _l("References and customers"),
    "other_sites": _l("Sites other than the one named"),
    "export": _l("Export licences and export control"),
    "rights": _l("Patents and trademarks"),
    "figures": _l("Figures in the profile"),
}
GRANTED, IDENTITY_CHANGED, WITHDRAWN = "granted", "identity_changed", "withdrawn"
DROPPED: Mapping[str, Any] = {
    IDENTITY_CHANGED: _l("Name, number, country, kind or head office has changed"),
    WITHDRAWN: _l("Withdrawn by the base"),
}
REPORT_REASONS: Mapping[str, Any] = {
    "identity": _l("It pretends to be another company"),
    "false": _l("Facts or certificates are false"),
    "trader": _l("A trading company that poses as a manufacturer"),
    "fraud": _l("Suspected fraud"),
    "rights": _l("It uses our name, pictures or trademarks"),
    "other": _l("Something else"),
}
LIKENESS: Mapping[str, Any] = {
    "name": _l("The names look the same"),
    "number": _l("The same registration number"),
    "claim": _l("The name says of itself that it has been checked"),
    "near": _l("The names differ only in their legal form"),
    "script": _l("A word of the name mixes letters of several scripts"),
    "domain": _l("The web or mail domains look alike"),
}
# What keeps a profile from being published until staff have decided.
HOLDING = frozenset({"name", "number", "claim"})
OWNER, STAFF, SECOND = "owner", "staff", "second"
_STAFF = (STAFF,)


def last_day(level: str, today: date) -> date:
    """The day until which a finding of today counts if staff choose no other."""
    return today + LIVES[level]


def due_reminder(until: date, today: date) -> int | None:
    """The step of REMINDERS that has been reached, or None before the first and after the end."""
    left = (until - today).days
    return min((step for step in REMINDERS if 0 <= left <= step), default=None)


def parties(row: Any, actor: Actor) -> frozenset[str]:
    """Names the workflows know the actor by; `second`: staff other than who began it."""
    owner = actor.owns(getattr(row, "company_id", None)) and actor.may(Permission.COMPANY_EDIT)
    staff = actor.may(Permission.REVIEW_DECIDE)
    began = getattr(row, "proposed_by_id", None) or getattr(row, "suspended_by_id", None)
    other = staff and actor.user_id is not None and actor.user_id != began
    named = {OWNER: owner, STAFF: staff, SECOND: other}
    return frozenset(name for name, is_one in named.items() if is_one)


def _asks_for(level: str) -> Any:
    return lambda row, _actor: row.level == level


def _may_be_visited(row: Any, _actor: Actor) -> bool:
    """A visit adds to papers that somebody has seen."""
    return bool(row.level == VISITED and row.company.standing().level != LISTED)


REQUEST = Workflow(
    name="verification",
    states=(
        State("claimed", _l("Waits for documents"), _l("Please send documents"), "warning"),
        State("submitted", _l("Documents to be checked"), _l("With the base"), "accent"),
        State("proposed", _l("Visit report to be confirmed"), _l("With the base"), "accent"),
        State("granted", _l("Confirmed"), tone="success", final=True),
        State("declined", _l("Not confirmed"), tone="danger", final=True),
        State("withdrawn", _l("Withdrawn"), final=True),
    ),
    transitions=(
        Transition("upload", ("claimed",), "submitted", (OWNER, STAFF), _l("Send"), shown=False),
        Transition(
            "grant",
            ("submitted",),
            "granted",
            _STAFF,
            _l("Confirm the documents"),
            guard=_asks_for(DOCUMENTS),
        ),
        Transition(
            "propose",
            ("claimed", "submitted"),
            "proposed",
            _STAFF,
            _l("Propose “site visited”"),
            guard=_may_be_visited,
        ),
        Transition(
            "approve", ("proposed",), "granted", (SECOND,), _l("Confirm the visit"), tone="primary"
        ),
        Transition(
            "send_back",
            ("proposed",),
            "submitted",
            (SECOND,),
            _l("Return the report"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "ask",
            ("submitted",),
            "claimed",
            _STAFF,
            _l("Ask for other documents"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "decline",
            ("claimed", "submitted"),
            "declined",
            _STAFF,
            _l("Do not confirm"),
            note_required=True,
            tone="danger",
        ),
        Transition(
            "withdraw",
            ("claimed", "submitted"),
            "withdrawn",
            (OWNER,),
            _l("Withdraw"),
            tone="secondary",
        ),
    ),
    parties=parties,
)


def _decided(
    name: str, yes: tuple[str, str, Any, Any], no: tuple[str, str, Any, Any], who: str = STAFF
) -> Workflow:
    """Something open that the base decides one way or the other."""
    return Workflow(
        name=name,
        states=(
            State("open", _l("Open"), _l("With the base"), "accent"),
            State(yes[1], yes[3], tone="success", final=True),
            State(no[1], no[3], tone="danger", final=True),
            State("withdrawn", _l("Withdrawn"), final=True),
        ),
        transitions=(
            Transition(yes[0], ("open",), yes[1], (who,), yes[2], note_required=name == "appeal"),
            Transition(no[0], ("open",), no[1], (who,), no[2], note_required=True, tone="danger"),
            Transition(
                "withdraw", ("open",), "withdrawn", (OWNER,), _l("Withdraw"), tone="secondary"
            ),
        ),
        parties=parties,
    )


CHANGE = _decided(
    "identity-change",
    ("accept", "accepted", _l("Accept the change"), _l("Accepted")),
    ("decline", "declined", _l("Decline the change"), _l("Declined")),
)
APPEAL = _decided(
    "appeal",
    ("uphold", "upheld", _l("Lift the suspension"), _l("Suspension lifted")),
    ("reject", "rejected", _l("Keep the suspension"), _l("Suspension kept")),
    SECOND,
)
REPORT = Workflow(
    name="profile-report",
    states=(
        State("open", _l("Open"), tone="accent"),
        State("upheld", _l("Upheld"), tone="success", final=True),
        State("dismissed", _l("Dismissed"), final=True),
    ),
    transitions=(
        Transition("uphold", ("open",), "upheld", _STAFF, _l("Uphold the report")),
        Transition(
            "dismiss", ("open",), "dismissed", _STAFF, _l("Dismiss the report"), tone="secondary"
        ),
    ),
    parties=parties,
)
LOOKALIKE = Workflow(
    name="lookalike",
    states=(
        State("open", _l("Open"), tone="accent"),
        State("different", _l("Different companies"), tone="success"),
        State("duplicate", _l("Duplicate or imitation"), tone="danger"),
        State("gone", _l("No longer alike"), final=True),
    ),
    transitions=(
        Transition(
            "tell_apart",
            ("open", "duplicate"),
            "different",
            _STAFF,
            _l("Different companies"),
        ),
        Transition(
            "call_duplicate",
            ("open", "different"),
            "duplicate",
            _STAFF,
            _l("Duplicate or imitation"),
            tone="danger",
        ),
    ),
    parties=parties,
)
