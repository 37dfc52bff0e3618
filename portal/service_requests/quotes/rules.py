"""States of a quote, and who may move it.

Three things are kept apart in words: a quote is withdrawn by the base before it is accepted, an
order that came of it is cancelled with the provider, and a request is cancelled by the customer.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.core import clock, i18n
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.service_requests.models import Quote
from portal.service_requests.rules import REQUESTER, STAFF, SYSTEM, of_base

PARTNER = "partner"
CURRENCIES = ("CNY", "EUR", "USD", "GBP", "JPY", "BRL", "MXN", "THB", "CHF", "HUF", "AED")


def parties(quote: Quote, actor: Actor) -> frozenset[str]:
    """Names the workflow knows the actor by."""
    if actor.is_staff:
        return of_base(actor)
    asked = actor.owns(quote.request.company_id) and actor.may(Permission.REQUEST_WRITE)
    offers = quote.referral is not None and actor.owns(quote.referral.partner_id)
    names = {REQUESTER: asked, PARTNER: offers and actor.may(Permission.REFERRAL_WRITE)}
    return frozenset(name for name, holds in names.items() if holds)


def ends_at(quote: Quote) -> datetime | None:
    """The end of the last day on which a quote holds, in the requester's time zone."""
    if quote.valid_until is None:
        return None
    person = quote.request.requester
    names = (quote.request.timezone, person.timezone if person else "")
    zone = ZoneInfo(next((name for name in names if name in i18n.zones()), i18n.BASE_ZONE))
    midnight = datetime.combine(quote.valid_until + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC)


def still_valid(quote: Quote, _actor: Actor) -> bool:
    end = ends_at(quote)
    return end is None or clock.now() < end


def validity_over(quote: Quote, actor: Actor) -> bool:
    return not still_valid(quote, actor)


WORKFLOW = Workflow(
    name="quote",
    states=(
        State("proposed", _l("Proposed by the partner"), _l("With the base"), "accent"),
        State("sent", _l("Sent to the customer"), _l("Waiting for your decision"), "accent"),
        State("accepted", _l("Accepted by the customer"), _l("Accepted"), "success", final=True),
        State("declined", _l("Declined by the customer"), _l("Declined"), final=True),
        State("withdrawn", _l("Quote withdrawn"), _l("Quote withdrawn"), "warning", final=True),
        State("expired", _l("No longer valid"), _l("No longer valid"), final=True),
    ),
    transitions=(
        Transition(
            "send",
            ("proposed",),
            "sent",
            (STAFF,),
            _l("Send this quote to the customer"),
            guard=still_valid,
        ),
        Transition(
            "accept", ("sent",), "accepted", (REQUESTER,), _l("Accept this quote"),
            guard=still_valid,
        ),
        Transition(
            "decline",
            ("sent",),
            "declined",
            (REQUESTER,),
            _l("Decline this quote"),
            tone="secondary",
        ),
        Transition(
            "withdraw",
            ("proposed", "sent"),
            "withdrawn",
            (STAFF,),
            _l("Withdraw this quote"),
            tone="danger",
        ),
        Transition(
            "take_back",
            ("proposed",),
            "withdrawn",
            (PARTNER,),
            _l("Take this quote back"),
            tone="danger",
        ),
        Transition(
            "expire",
            ("proposed", "sent"),
            "expired",
            (SYSTEM,),
            _l("Let it expire"),
            guard=validity_over,
            shown=False,
        ),
    ),
    parties=parties,
)  # fmt: skip
