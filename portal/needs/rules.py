"""Pure decisions about needs: the state machine, deadlines, what is allowed in."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.companies.rules import sides
from portal.core import clock
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.listings import checks
from portal.listings.checks import Problems
from portal.needs.inputs import NeedInput
from portal.needs.models import INCOTERMS, NEED_KINDS, Need

LIFE = timedelta(days=90)
LONGEST = timedelta(days=730)
MAX_HARD_CRITERIA = 20
_SOP = re.compile(r"20\d\d-(0[1-9]|1[0-2])")

KINDS = {
    "whole-to-part": _l("Vehicle maker looks for parts"),
    "part-to-part": _l("Supplier looks for parts or materials"),
}


def parties(need: Any, actor: Actor) -> frozenset[str]:
    """The owner's editors, the base's staff, and the clock."""
    if actor is SYSTEM:
        return frozenset({"system"})
    return sides(need.company_id, Permission.NEED_EDIT, actor)


def is_open(need: Any, now: datetime | None = None) -> bool:
    """Published and before its deadline. Asked at every use: no job has to have run."""
    now = now or clock.now()
    return need.state == "published" and (need.deadline is None or now < need.deadline)


def shown_state(need: Any) -> str:
    """The state as everybody sees it: a published need is closed from its deadline on."""
    return "closed" if need.state == "published" and not is_open(need) else str(need.state)


def _open(need: Any, _actor: Actor) -> bool:
    return is_open(need)


def _extendable(need: Any, _actor: Actor) -> bool:
    return is_open(need) and need.deadline is not None and need.extended_at is None


def _due(need: Any, _actor: Actor) -> bool:
    return not is_open(need)


WORKFLOW = Workflow(
    "need",
    states=(
        State("draft", _l("Draft"), tone="neutral"),
        State("submitted", _l("In review"), tone="accent"),
        State("published", _l("Published"), tone="success"),
        State("closed", _l("Closed"), tone="warning"),
        State("fulfilled", _l("Fulfilled"), tone="success", final=True),
        State("none_suitable", _l("No suitable supplier found"), tone="neutral", final=True),
        State("cancelled", _l("Cancelled"), tone="neutral", final=True),
        State("withdrawn", _l("Withdrawn"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("submit", ("draft",), "submitted", ("owner",), _l("Submit for review")),
        Transition("publish", ("submitted",), "published", ("staff",), _l("Publish")),
        Transition(
            "request_changes",
            ("submitted",),
            "draft",
            ("staff",),
            _l("Ask for changes"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "extend",
            ("published",),
            "published",
            ("owner",),
            _l("Extend the deadline"),
            guard=_extendable,
            shown=False,
        ),
        Transition(
            "close",
            ("published",),
            "closed",
            ("owner",),
            _l("Close"),
            guard=_open,
            tone="secondary",
        ),
        Transition(
            "withdraw",
            ("published",),
            "withdrawn",
            ("owner",),
            _l("Withdraw"),
            guard=_open,
            tone="danger",
        ),
        Transition(
            "expire",
            ("published",),
            "closed",
            ("system",),
            _l("Close at the deadline"),
            guard=_due,
            shown=False,
        ),
        Transition(
            "revise",
            ("published",),
            "submitted",
            ("owner",),
            _l("Return to review after a material change"),
            guard=_open,
            shown=False,
        ),
        Transition("fulfil", ("closed",), "fulfilled", ("owner",), _l("We found a supplier")),
        Transition(
            "none_suitable",
            ("closed",),
            "none_suitable",
            ("owner",),
            _l("No suitable supplier"),
            tone="secondary",
        ),
        Transition(
            "cancel",
            ("closed",),
            "cancelled",
            ("owner",),
            _l("The project is cancelled"),
            tone="secondary",
        ),
        Transition(
            "reopen",
            ("closed", "fulfilled", "none_suitable", "cancelled", "withdrawn"),
            "published",
            ("staff",),
            _l("Reopen with a new deadline"),
            shown=False,
        ),
    ),
    parties=parties,
)


def is_public(need: Need) -> bool:
    """Open for answers, and of a company whose own profile is published."""
    return is_open(need) and need.company.state == "published"


def may_see(need: Need, actor: Actor) -> bool:
    return is_public(need) or actor.is_staff or actor.owns(need.company_id)


def may_edit(need: Need) -> bool:
    """Nothing is changed after the deadline; a reader of an older version is told so."""
    return need.state in ("draft", "submitted") or is_open(need)


def may_delete(need: Need) -> bool:
    """Only what was never public."""
    return need.state == "draft" and need.published_at is None


def kinds_for(actor: Actor) -> tuple[str, ...]:
    """Suppliers look for parts of their own parts; buyers for both."""
    return NEED_KINDS if actor.buys else ("part-to-part",)


def check(data: NeedInput, kinds: tuple[str, ...] = NEED_KINDS) -> None:
    """Raises Invalid with a message per field path."""
    found = Problems()
    checks.one_of(found, "kind", data.kind, kinds)
    checks.length(found, "ref", data.ref, 100)
    checks.texts(found, data.texts)
    checks.category(found, "category", data.category)
    checks.scenarios(found, "scenarios", data.scenarios)
    for name in ("required", "wanted"):
        criteria = getattr(data, name)
        checks.standards(found, f"{name}.certificates", criteria.certificates)
        checks.ranges(found, f"{name}.attributes", criteria.attributes)
    if len(data.required.certificates) + len(data.required.attributes) > MAX_HARD_CRITERIA:
        found.add("required.certificates", _l("A need may have at most 20 required criteria."))
    checks.standards(found, "standards", data.standards)
    checks.country(found, "market", data.market)
    checks.quantity(found, "quantity", data.quantity, "per_year")
    _delivery(found, data)
    _price(found, data)
    checks.one_of(found, "state", data.state, [state.name for state in WORKFLOW.states])
    found.stop()


def _delivery(found: Problems, data: NeedInput) -> None:
    if data.sop and not _SOP.fullmatch(data.sop):
        found.add("sop", _l("This must be a year and month such as 2028-06."))
    checks.one_of(found, "incoterm.term", data.incoterm, INCOTERMS)
    if data.incoterm and not data.incoterm_place:
        found.add("incoterm.place", _l("An Incoterm needs its named place, for example a port."))
    if data.incoterm_place and not data.incoterm:
        found.add("incoterm.term", _l("Please choose the Incoterm that belongs to the place."))
    checks.length(found, "incoterm.place", data.incoterm_place, 120)


def _price(found: Problems, data: NeedInput) -> None:
    price = data.target_price
    if price is None:
        return
    if price.amount is None:
        found.add("target_price.amount", _l("Please give the number."))
    if not price.currency:
        found.add("target_price.currency", _l("Please choose the currency."))
    checks.positive(found, "target_price.amount", price.amount)
    checks.currency(found, "target_price.currency", price.currency)
    checks.length(found, "target_price.per", price.per, 20)


def check_deadline(deadline: datetime | None, now: datetime, field: str = "deadline") -> None:
    """A deadline lies ahead, and not for ever. Raises Invalid."""
    found = Problems()
    if deadline is not None and deadline <= now:
        found.add(field, _l("The deadline must lie in the future."))
    elif deadline is not None and deadline > now + LONGEST:
        found.add(field, _l("The deadline may be at most two years ahead."))
    found.stop()


def check_extension(need: Need, deadline: datetime | None, now: datetime) -> None:
    """Once, later than before, by at most the life of a need. Raises Invalid."""
    found = Problems()
    present = need.deadline or now
    if deadline is None:
        found.add("deadline", _l("Please give the new deadline."))
    elif deadline <= present:
        found.add("deadline", _l("The new deadline must be later than the present one."))
    elif deadline > present + LIFE:
        found.add("deadline", _l("A deadline can be extended by at most 90 days."))
    found.stop()


def is_material(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change of a published need must be reviewed: what is asked for has changed, or
    a text was taken away."""
    asked = ("kind", "category", "required", "standards")
    if any(before.get(name) != after.get(name) for name in asked):
        return True
    return not set(before.get("texts", {})) <= set(after.get("texts", {}))
