"""States of a service request, who may move it, and which words a step carries."""

from datetime import timedelta

from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.service_requests.models import ServiceRequest

REQUESTER, STAFF, SYSTEM = "requester", "staff", "system"
OPEN = (
    "new",
    "triaged",
    "assigned",
    "in_progress",
    "waiting_customer",
    "waiting_partner",
    "reopened",
)
WAITING = ("waiting_customer", "waiting_partner")
OBJECTION = timedelta(days=7)
REOPENING = timedelta(days=30)


def parties(request: ServiceRequest, actor: Actor) -> frozenset[str]:
    """Names the workflow knows the actor by; the portal itself is an actor without a person."""
    if actor.is_staff:
        return of_base(actor)
    writes = actor.owns(request.company_id) and actor.may(Permission.REQUEST_WRITE)
    return frozenset({REQUESTER}) if writes else frozenset()


def of_base(actor: Actor) -> frozenset[str]:
    """What the workflows of the desk call its staff, and the portal itself."""
    name = STAFF if actor.user_id else SYSTEM
    return frozenset({name}) if actor.may(Permission.DESK_WORK) else frozenset()


def has_assignee(request: ServiceRequest, _actor: Actor) -> bool:
    return request.assignee_id is not None


def objection_over(request: ServiceRequest, _actor: Actor) -> bool:
    """The requester had time to say that the matter is not solved."""
    return request.resolved_at is not None and clock.now() >= request.resolved_at + OBJECTION


def may_reopen(request: ServiceRequest, _actor: Actor) -> bool:
    """Later than this a new request follows the old one; a merged one goes on elsewhere."""
    if request.resolved_at is None or request.merged_into_id is not None:
        return False
    return clock.now() <= request.resolved_at + REOPENING


def may_follow_up(request: ServiceRequest, actor: Actor) -> bool:
    """What has ended and cannot be opened again may be followed by a new request."""
    ended = not is_open(request) and bool(parties(request, actor))
    return ended and request.merged_into_id is None and not WORKFLOW.can("reopen", request, actor)


def no_open_referral(request: ServiceRequest, _actor: Actor) -> bool:
    """Nothing is solved while a partner still owes an answer."""
    return request.open_referrals == 0


WORKFLOW = Workflow(
    name="service_request",
    states=(
        State("new", _l("New"), _l("Received"), "accent"),
        State("triaged", _l("Triaged"), _l("Being looked at"), "accent"),
        State("assigned", _l("Assigned"), _l("With your adviser"), "accent"),
        State("in_progress", _l("In progress"), _l("In progress"), "accent"),
        State(
            "waiting_customer",
            _l("Waiting for the customer"),
            _l("Waiting for your answer"),
            "warning",
        ),
        State(
            "waiting_partner",
            _l("Waiting for a partner"),
            _l("A partner is working on it"),
            "neutral",
        ),
        State("resolved", _l("Resolved"), _l("Resolved: please check"), "success"),
        State("closed", _l("Closed"), _l("Closed"), final=True),
        State("reopened", _l("Reopened"), _l("Open again"), "warning"),
        State("cancelled", _l("Cancelled by the customer"), _l("Cancelled"), final=True),
        State("rejected", _l("Rejected"), _l("Not accepted"), "danger", final=True),
    ),
    transitions=(
        Transition("triage", ("new",), "triaged", (STAFF, SYSTEM), _l("Mark as triaged")),
        Transition(
            "assign",
            ("triaged", "reopened"),
            "assigned",
            (STAFF, SYSTEM),
            _l("Assign"),
            guard=has_assignee,
            shown=False,
        ),
        Transition("start", ("assigned", "reopened"), "in_progress", (STAFF,), _l("Start work")),
        Transition(
            "ask_customer",
            ("in_progress",),
            "waiting_customer",
            (STAFF,),
            _l("Ask and wait for the customer"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "ask_partner",
            ("in_progress",),
            "waiting_partner",
            (STAFF,),
            _l("Wait for a partner"),
            note_required=True,
            tone="secondary",
        ),
        Transition("resume", WAITING, "in_progress", (STAFF, SYSTEM), _l("Resume work")),
        Transition(
            "answer",
            ("waiting_customer",),
            "in_progress",
            (REQUESTER,),
            _l("Answer"),
            note_required=True,
            shown=False,
        ),
        Transition(
            "resolve",
            ("in_progress",),
            "resolved",
            (STAFF,),
            _l("Send as the solution"),
            note_required=True,
            guard=no_open_referral,
            unmet=_l(
                "This request cannot be resolved yet: a partner still owes an answer. Wait for it, "
                "or withdraw the referral."
            ),
            tone="secondary",
        ),
        Transition("confirm", ("resolved",), "closed", (REQUESTER,), _l("Yes, this is solved")),
        Transition(
            "close",
            ("resolved",),
            "closed",
            (STAFF, SYSTEM),
            _l("Close"),
            guard=objection_over,
            tone="secondary",
        ),
        Transition(
            "reopen",
            ("resolved", "closed"),
            "reopened",
            (REQUESTER, STAFF),
            _l("Not solved: open again"),
            note_required=True,
            guard=may_reopen,
            tone="secondary",
        ),
        Transition(
            "merge",
            (*OPEN, "resolved"),
            "closed",
            (STAFF,),
            _l("Merge into another request"),
            shown=False,
        ),
        Transition(
            "cancel", OPEN, "cancelled", (REQUESTER,), _l("Cancel this request"), tone="danger"
        ),
        Transition(
            "reject",
            OPEN,
            "rejected",
            (STAFF,),
            _l("Reject with this reason"),
            note_required=True,
            tone="danger",
        ),
    ),
    parties=parties,
)

# Where the words given with a step go: to the customer, or among the staff.
PUBLIC_NOTE = frozenset({"ask_customer", "answer", "resolve", "reopen", "cancel", "reject"})
INTERNAL_NOTE = frozenset({"ask_partner"})

# What happens next, in words for the customer, by state.
NEXT_STEPS = {
    "new": _l(
        "Your request has arrived. Somebody at the base reads it and finds the right person."
    ),
    "triaged": _l("We know what it is about and are choosing who takes care of it."),
    "assigned": _l("Your adviser has your request and will start with it."),
    "in_progress": _l("Your adviser is working on it."),
    "waiting_customer": _l("We have a question. The work goes on as soon as you answer."),
    "waiting_partner": _l("A partner of the base has been asked. We keep after it."),
    "resolved": _l(
        "Please check whether this solves your problem. Without objection the request closes "
        "after 7 days."
    ),
    "closed": _l(
        "This request is closed. If something is missing, write to us: within 30 days of the "
        "solution your message opens it again, later it begins a new request."
    ),
    "reopened": _l("The request is open again. Your adviser has been told."),
    "cancelled": _l("You cancelled this request. You can send a new one at any time."),
    "rejected": _l("We cannot take this request on. The reason is in the conversation."),
}


def is_open(request: ServiceRequest) -> bool:
    return request.state in OPEN
