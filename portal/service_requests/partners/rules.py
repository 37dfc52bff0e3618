"""States of a referral, who may move it, and what partner institutions there are."""

from collections.abc import Mapping
from typing import Any

from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.service_requests.models import Referral, ServiceRequest
from portal.service_requests.rules import STAFF, SYSTEM, of_base

PARTNER = "partner"
OPEN = ("asked", "accepted")
# A request that has ended needs no partner any more.
ENDED = frozenset({"resolved", "closed", "cancelled", "rejected"})
MARKS = range(1, 6)

KINDS: Mapping[str, Any] = {
    "laboratory": _l("Test laboratory"),
    "certification": _l("Certification body"),
    "law": _l("Law firm"),
    "forwarder": _l("Freight forwarder"),
    "broker": _l("Customs broker"),
    "bank": _l("Bank or insurer"),
    "translation": _l("Translation agency"),
    "consultant": _l("Consultancy"),
}
KIND_ICONS = {
    "laboratory": "microscope",
    "certification": "certificate",
    "law": "gavel",
    "forwarder": "ship",
    "broker": "package",
    "bank": "building-bank",
    "translation": "language",
    "consultant": "bulb",
}


def parties(referral: Referral, actor: Actor) -> frozenset[str]:
    """Names the workflow knows the actor by."""
    if actor.is_staff:
        return of_base(actor)
    writes = actor.owns(referral.partner_id) and actor.may(Permission.REFERRAL_WRITE)
    return frozenset({PARTNER}) if writes else frozenset()


WORKFLOW = Workflow(
    name="referral",
    states=(
        State("asked", _l("Asked"), _l("New: please answer"), "accent"),
        State("accepted", _l("Accepted by the partner"), _l("Accepted: in work"), "accent"),
        State("done", _l("Answered by the partner"), _l("Done"), "success", final=True),
        State("no_help", _l("Partner could not help"), _l("No help possible"), final=True),
        State("unreachable", _l("Partner not reached"), _l("Closed by the base"), final=True),
        State("declined", _l("Declined by the partner"), _l("Declined"), "warning", final=True),
        State("withdrawn", _l("Withdrawn by the base"), _l("Withdrawn by the base"), final=True),
    ),
    transitions=(
        Transition("accept", ("asked",), "accepted", (PARTNER,), _l("Accept this referral")),
        Transition(
            "finish",
            ("accepted",),
            "done",
            (PARTNER,),
            _l("Send as the result"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "give_up",
            ("accepted",),
            "no_help",
            (PARTNER,),
            _l("We cannot help after all"),
            note_required=True,
            tone="danger",
        ),
        Transition(
            "decline",
            ("asked",),
            "declined",
            (PARTNER,),
            _l("Decline with this reason"),
            note_required=True,
            tone="danger",
        ),
        Transition(
            "miss",
            OPEN,
            "unreachable",
            (STAFF,),
            _l("Partner cannot be reached"),
            tone="secondary",
        ),
        Transition(
            "withdraw",
            OPEN,
            "withdrawn",
            (STAFF, SYSTEM),
            _l("Withdraw the referral"),
            tone="danger",
        ),
    ),
    parties=parties,
)
# The partner's first word on a question, and its last.
FIRST_WORDS = frozenset({"accept", "decline"})
LAST_WORDS = frozenset({"finish", "give_up", "decline"})


def is_open(referral: Referral) -> bool:
    return referral.state in OPEN


def takes_referrals(request: ServiceRequest) -> bool:
    """Partners are asked while somebody of the base works on the request."""
    return request.state not in ENDED
