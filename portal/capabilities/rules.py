"""Pure decisions about capabilities: the state machine, what is allowed in, what counts as new."""

from collections.abc import Mapping
from typing import Any

from portal.capabilities.inputs import CapabilityInput, LeadTime
from portal.capabilities.models import STAGES, Capability
from portal.companies.rules import sides
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.listings import checks, terms
from portal.listings.checks import Problems


def parties(capability: Any, actor: Actor) -> frozenset[str]:
    """The owner's editors, and the base's staff."""
    return sides(capability.company_id, Permission.CAPABILITY_EDIT, actor)


def _not_taken_down(capability: Any, _actor: Actor) -> bool:
    """What the base took down with a reason comes back through a review only."""
    return not capability.state_note


WORKFLOW = Workflow(
    "capability",
    states=(
        State("draft", _l("Draft"), tone="neutral"),
        State("submitted", _l("In review"), tone="accent"),
        State("changes_requested", _l("Changes requested"), tone="warning"),
        State("published", _l("Published"), tone="success"),
        State("unpublished", _l("Not published"), tone="neutral"),
    ),
    transitions=(
        Transition(
            "submit",
            ("draft", "changes_requested"),
            "submitted",
            ("owner",),
            _l("Submit for review"),
        ),
        Transition("publish", ("submitted",), "published", ("staff",), _l("Publish")),
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
            "republish",
            ("unpublished",),
            "published",
            ("owner",),
            _l("Publish again"),
            guard=_not_taken_down,
        ),
        Transition("rework", ("unpublished",), "draft", ("owner",), _l("Revise"), tone="secondary"),
        Transition(
            "unpublish",
            ("published",),
            "unpublished",
            ("owner",),
            _l("Take off the public pages"),
            tone="secondary",
        ),
        Transition(
            "take_down",
            ("published",),
            "unpublished",
            ("staff",),
            _l("Take off the public pages"),
            note_required=True,
            tone="danger",
        ),
        Transition(
            "revise",
            ("published",),
            "submitted",
            ("owner",),
            _l("Return to review after a material change"),
            shown=False,
        ),
    ),
    parties=parties,
)


def is_public(capability: Capability) -> bool:
    """Published, by a company whose own profile is published."""
    return capability.state == "published" and capability.company.state == "published"


def may_see(capability: Capability, actor: Actor) -> bool:
    return is_public(capability) or actor.is_staff or actor.owns(capability.company_id)


def may_delete(capability: Capability) -> bool:
    """Only what was never public."""
    return capability.state == "draft" and capability.published_at is None


def check(data: CapabilityInput) -> None:
    """Raises Invalid with a message per field path."""
    found = Problems()
    checks.length(found, "ref", data.ref, 100)
    checks.texts(found, data.texts)
    checks.category(found, "category", data.category)
    checks.scenarios(found, "scenarios", data.scenarios)
    checks.certificates(found, data.certificates)
    checks.attributes(found, "attributes", data.attributes)
    checks.quantity(found, "capacity", data.capacity)
    if data.capacity is not None:
        checks.one_of(found, "capacity.per", data.capacity.per, terms.PERIODS)
    checks.quantity(found, "moq", data.moq)
    _lead_time(found, data.lead_time)
    for code in data.markets:
        checks.country(found, "markets", code)
    checks.one_of(found, "stage", data.stage, STAGES)
    checks.one_of(found, "state", data.state, [state.name for state in WORKFLOW.states])
    found.stop()


def _lead_time(found: Problems, lead: LeadTime) -> None:
    checks.days(found, "lead_time_days.sample", lead.sample)
    checks.days(found, "lead_time_days.series", lead.series_from)
    checks.days(found, "lead_time_days.series_to", lead.series_to)
    if lead.series_to is not None and lead.series_from is None:
        found.add("lead_time_days.series", _l("Please give the shortest lead time, too."))
    elif lead.series_to is not None and (lead.series_from or 0) > lead.series_to:
        found.add("lead_time_days.series_to", _l("The longest lead time lies below the shortest."))


def is_material(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change of a published capability must be reviewed: what it claims has changed,
    or a text was taken away. New words in the same languages, quantities, lead times and markets
    are the supplier's own affair."""
    claims = ("category", "certificates", "attributes")
    if any(before.get(name) != after.get(name) for name in claims):
        return True
    return not set(before.get("texts", {})) <= set(after.get("texts", {}))
