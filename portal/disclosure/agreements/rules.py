"""States of an agreement and of its templates, and who may move them."""

import hashlib
from typing import Any

from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.disclosure.models import Nda, NdaTemplate

PROPOSER, OTHER, STAFF = "proposer", "other side", "staff"
LIVING = ("proposed", "in_force")


def parties(nda: Any, actor: Actor) -> frozenset[str]:
    """Owners and editors of the two organisations."""
    if not actor.may(Permission.INQUIRY_WRITE):
        return frozenset()
    sides = {PROPOSER: nda.proposer_id, OTHER: nda.other_id}
    return frozenset(side for side, owner in sides.items() if actor.owns(owner))


def editors(_template: Any, actor: Actor) -> frozenset[str]:
    """Supervisors and administrators of the base."""
    return frozenset({STAFF} if actor.may(Permission.TEXT_MODULE_EDIT) else ())


def may_view(nda: Nda, actor: Actor) -> bool:
    """The two organisations and the base."""
    return actor.is_staff or actor.owns(nda.proposer_id) or actor.owns(nda.other_id)


def digest(title: str, body: str) -> str:
    """By which the accepted words are known again."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


def is_complete(template: NdaTemplate, _actor: Actor | None = None) -> bool:
    return bool(template.texts)


WORKFLOW = Workflow(
    "nda",
    states=(
        State("proposed", _l("Proposed"), tone="accent"),
        State("in_force", _l("In force"), tone="success"),
        State("declined", _l("Declined"), tone="danger", final=True),
        State("withdrawn", _l("Withdrawn"), final=True),
        State("ended", _l("Ended"), tone="warning", final=True),
    ),
    transitions=(
        Transition("accept", ("proposed",), "in_force", (OTHER,), _l("Accept the agreement")),
        Transition("decline", ("proposed",), "declined", (OTHER,), _l("Decline"), tone="secondary"),
        Transition(
            "withdraw",
            ("proposed",),
            "withdrawn",
            (PROPOSER,),
            _l("Withdraw the proposal"),
            tone="secondary",
        ),
        Transition(
            "end",
            ("in_force",),
            "ended",
            (PROPOSER, OTHER),
            _l("End disclosure from now on"),
            tone="danger",
        ),
    ),
    parties=parties,
)
TEMPLATES = Workflow(
    "nda_template",
    states=(
        State("draft", _l("Draft")),
        State("in_force", _l("In force"), tone="success"),
        State("retired", _l("Replaced"), final=True),
    ),
    transitions=(
        Transition(
            "put_into_force",
            ("draft",),
            "in_force",
            (STAFF,),
            _l("Put into force"),
            guard=is_complete,
            unmet=_l("The version has no text yet."),
        ),
        Transition(
            "retire", ("in_force",), "retired", (STAFF,), _l("Take out of use"), tone="secondary"
        ),
    ),
    parties=editors,
)
