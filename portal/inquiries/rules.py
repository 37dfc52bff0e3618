"""States of an inquiry, who may move it, and what happens next."""

from typing import Any

from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.inquiries.models import Inquiry

BUYER, SUPPLIER = "buyer", "supplier"
# Any member of the supplier, also one who only reads: opening the thread is enough to see it.
ADDRESSEE = "addressee"
# The supplier has said yes, and nobody has taken it back: its fields open for the buyer. Those of
# the buyer open when it says yes in turn.
IN_TALKS = "in_talks"
INTERESTED = ("interested", IN_TALKS)
UNTIL_TALKS = ("sent", "seen", "need_more_info", "answered", "interested")

DECLINE_LABELS = {
    "capacity": _l("No free capacity"),
    "price": _l("Target price out of reach"),
    "technical": _l("Technical requirements not met"),
    "region": _l("Market or delivery place not served"),
    "certificate": _l("Required certificate missing"),
    "other": _l("Another reason"),
}


def side_of(inquiry: Inquiry, actor: Actor) -> str | None:
    """On which side the actor's organisation stands; None for strangers and staff."""
    if actor.owns(inquiry.buyer_id):
        return BUYER
    return SUPPLIER if actor.owns(inquiry.supplier_id) else None


def other_side(side: str) -> str:
    return SUPPLIER if side == BUYER else BUYER


def parties(inquiry: Inquiry, actor: Actor) -> frozenset[str]:
    """Names the workflow knows the actor by."""
    side = side_of(inquiry, actor)
    writers = {side} if side and actor.may(Permission.INQUIRY_WRITE) else set()
    readers = {ADDRESSEE} if side == SUPPLIER else set()
    return frozenset(writers | readers)


WORKFLOW = Workflow(
    name="inquiry",
    states=(
        State("sent", _l("Sent")),
        State("seen", _l("Opened"), tone="accent"),
        State("need_more_info", _l("More information asked for"), tone="warning"),
        State("answered", _l("Question answered"), tone="accent"),
        State("interested", _l("Supplier interested"), tone="success"),
        State("in_talks", _l("In talks"), tone="success"),
        State("declined", _l("Declined"), tone="danger", final=True),
        State("withdrawn", _l("Withdrawn"), final=True),
    ),
    transitions=(
        Transition("see", ("sent",), "seen", (ADDRESSEE,), _l("Open"), shown=False),
        Transition(
            "show_interest",
            ("seen", "need_more_info", "answered"),
            "interested",
            (SUPPLIER,),
            _l("We are interested"),
        ),
        Transition(
            "ask_more",
            ("seen", "answered"),
            "need_more_info",
            (SUPPLIER,),
            _l("Ask for more information"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "decline",
            ("seen", "need_more_info", "answered", "interested"),
            "declined",
            (SUPPLIER,),
            _l("Decline"),
            tone="danger",
        ),
        Transition(
            "answer",
            ("need_more_info",),
            "answered",
            (BUYER,),
            _l("Answer the question"),
            note_required=True,
            shown=False,
        ),
        Transition("start_talks", ("interested",), "in_talks", (BUYER,), _l("Start talks")),
        Transition(
            "withdraw", UNTIL_TALKS, "withdrawn", (BUYER,), _l("Withdraw inquiry"), tone="danger"
        ),
    ),
    parties=parties,
)
CLOSED = tuple(state.name for state in WORKFLOW.states if state.final)

# What the supplier calls a state otherwise than the buyer.
SUPPLIER_LABELS = {
    "sent": _l("New"),
    "need_more_info": _l("Waiting for the buyer"),
    "interested": _l("Interest shown"),
}
# What the thread says about a step, by transition; %(company)s took it.
STEP_LABELS = {
    "see": _l("%(company)s opened the inquiry"),
    "show_interest": _l("%(company)s is interested"),
    "ask_more": _l("%(company)s asked for more information"),
    "answer": _l("%(company)s answered the question"),
    "decline": _l("%(company)s declined"),
    "start_talks": _l("%(company)s confirmed: talks have started"),
    "withdraw": _l("%(company)s withdrew the inquiry"),
}

# What happens next, in words, for (state, reader's side).
NEXT_STEPS = {
    ("sent", BUYER): _l("The supplier has been told and has not opened your inquiry yet."),
    ("seen", BUYER): _l("The supplier has read your inquiry. The answer is up to them now."),
    ("seen", SUPPLIER): _l(
        "The buyer is waiting for you: say that you are interested, ask for what is missing, or "
        "decline with a reason."
    ),
    ("need_more_info", BUYER): _l("The supplier has a question. Your reply answers it."),
    ("need_more_info", SUPPLIER): _l("The buyer has your question. The next word is theirs."),
    ("answered", BUYER): _l("The supplier has your answer and decides how to go on."),
    ("answered", SUPPLIER): _l(
        "The buyer has answered your question. Say whether you are interested."
    ),
    ("interested", BUYER): _l(
        "The supplier is interested. Confirm to start talks, or write a message first."
    ),
    ("interested", SUPPLIER): _l("You have shown interest. The buyer decides on talks."),
    ("in_talks", BUYER): _l(
        "You are in talks. Agree on samples, drawings and dates here, so that both sides have it "
        "in writing."
    ),
    ("in_talks", SUPPLIER): _l(
        "You are in talks. Agree on samples, drawings and dates here, so that both sides have it "
        "in writing."
    ),
    ("declined", BUYER): _l("The supplier has declined. Other matches of your need stay open."),
    ("declined", SUPPLIER): _l("You have declined this inquiry. It is closed."),
    ("withdrawn", BUYER): _l("You have withdrawn this inquiry. It is closed."),
    ("withdrawn", SUPPLIER): _l("The buyer has withdrawn this inquiry. It is closed."),
}


def is_open(inquiry: Inquiry) -> bool:
    """Whether messages may still be written."""
    return inquiry.state not in CLOSED


def waits_for(inquiry: Inquiry, side: str) -> bool:
    """Whether the next step is up to this side."""
    return inquiry.state in TURN[side]


# States in which the next step is up to a side.
TURN = {BUYER: ("need_more_info", "interested"), SUPPLIER: ("sent", "seen", "answered")}


def state_label(name: str, side: str | None) -> Any:
    """A state as this side calls it."""
    own = SUPPLIER_LABELS.get(name) if side == SUPPLIER else None
    return own or WORKFLOW.state(name).label


def language_of(text: str, chosen: str) -> str:
    """The chosen language, unless the script shows that it cannot be: Chinese is Chinese."""
    letters = [c for c in text if c.isalpha()]
    han = sum("\u4e00" <= c <= "\u9fff" for c in letters)
    reads_han = chosen.split("-", maxsplit=1)[0] in ("zh", "ja", "ko")
    return "zh-Hans" if not reads_han and han * 3 > len(letters) else chosen
