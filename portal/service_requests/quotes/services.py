"""Verbs of quotes: send one, propose one, forward, accept, decline, withdraw, let it expire."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.core import audit, clock, i18n, jobs
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import format_datetime, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import entries
from portal.service_requests import queries as requests
from portal.service_requests import services as request_services
from portal.service_requests.models import Quote, Referral, ServiceRequest
from portal.service_requests.partners import news as partner_news
from portal.service_requests.partners import queries as referrals
from portal.service_requests.partners import rules as referral_rules
from portal.service_requests.quotes import bank_data, news, queries, rules
from portal.service_requests.quotes.rules import WORKFLOW

DECISIONS = frozenset({"accept", "decline"})
LONGEST = timedelta(days=366)
PLACES = Decimal("0.01")


@dataclass(frozen=True)
class QuoteInput:
    """What is offered for how much. `tax_note` says what the amount includes."""

    text: str
    locale: str
    amount: Decimal
    currency: str
    tax_note: str = ""
    valid_until: date | None = None


@dataclass(frozen=True)
class QuoteStep:
    """A step, with the version its author saw and a word if wanted."""

    name: str
    version: int | None = None
    note: str = ""


def send(session: Session, actor: Actor, request_id: str, data: QuoteInput) -> Quote:
    """Send the customer a quote of the base."""
    if not actor.may(Permission.DESK_WORK):
        raise NotFound
    request = requests.request_for(session, actor, request_id)
    if not referral_rules.takes_referrals(request):
        raise Conflict(_l("This request has ended; open it again before you send a quote."))
    _check(data)
    quote = _new(session, actor, request, data, "sent")
    _sent(session, actor, quote)
    _note(session, actor, quote, "send")
    news.tell(session, quote, "send")
    return quote


def propose(session: Session, actor: Actor, referral_id: str, data: QuoteInput) -> Quote:
    """Give the base a quote to pass on; the customer does not see it before it is sent."""
    referral = referrals.referral_for(session, actor, referral_id)
    if referral_rules.PARTNER not in referral_rules.parties(referral, actor):
        raise Forbidden(_l("You may read referrals, but not write in them."))
    if not referral_rules.is_open(referral):
        raise Conflict(_l("This referral is no longer open."))
    _check(data)
    quote = _new(session, actor, referral.request, data, "proposed", referral)
    _note(session, actor, quote, "propose")
    partner_news.tell_staff(session, referral, f"quote:{quote.id}", "quote")
    return quote


def _check(data: QuoteInput) -> None:
    today = clock.now().astimezone(i18n.zone()).date()
    if not data.text.strip():
        raise Invalid(_l("Please say what the quote is for."), field="text")
    if data.amount <= 0 or data.amount != data.amount.quantize(PLACES):
        raise Invalid(_l("Please enter an amount above zero."), field="amount")
    if data.currency not in rules.CURRENCIES:
        raise Invalid(_l("Please choose a currency."), field="currency")
    if data.valid_until and not today <= data.valid_until <= today + LONGEST:
        raise Invalid(_l("Please choose a date within the next twelve months."),
                      field="valid_until")  # fmt: skip
    bank_data.check(text=data.text, tax_note=data.tax_note)


def _new(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    data: QuoteInput,
    state: str,
    referral: Referral | None = None,
) -> Quote:
    now = clock.now()
    quote = Quote(
        number=queries.next_number(session),
        request=request,
        referral=referral,
        author_id=actor.user_id,
        text=data.text,
        locale=data.locale,
        amount=data.amount,
        currency=data.currency,
        tax_note=data.tax_note,
        valid_until=data.valid_until,
        state=state,
        created_at=now,
        changed_at=now,
    )
    session.add(quote)
    session.flush()
    audit.record(session, actor, "quote.create", quote, {"state": state})
    return quote


def act(
    session: Session, actor: Actor, quote_id: str, step: QuoteStep, *, request_id: str = ""
) -> Quote:
    """Take a step. Of two people who decide at once, the second learns who was first.

    Raises NotFound, Forbidden, Conflict, Invalid.
    """
    quote = queries.quote_for(session, actor, quote_id, lock=True)
    if request_id and quote.request_id != request_id:
        raise NotFound
    transition = WORKFLOW.find(step.name)
    if transition is None or not transition.shown:
        raise NotFound
    bank_data.check(note=step.note)
    _refuse_decided(quote, actor)
    _fire(session, actor, quote, step)
    return quote


def _refuse_decided(quote: Quote, actor: Actor) -> None:
    decided = quote.state in ("accepted", "declined")
    if not decided or not rules.parties(quote, actor):
        return
    raise Conflict(
        gettext(
            "%(person)s decided on quote %(number)s at %(moment)s; it is now “%(state)s”.",
            person=_who_decided(quote, actor),
            number=quote.reference,
            moment=format_datetime(quote.decided_at),
            state=str(WORKFLOW.state(quote.state).shown(actor.is_staff)),
        )
    )


def _who_decided(quote: Quote, actor: Actor) -> str:
    """The customer's people have names for the base and each other, not for a partner."""
    if actor.is_partner:
        return gettext("The customer")
    return quote.decided_by.name if quote.decided_by else gettext("Somebody")


def _fire(session: Session, actor: Actor, quote: Quote, step: QuoteStep) -> None:
    seen = quote.version
    WORKFLOW.fire(session, quote, step.name, actor, note=step.note, version=step.version)
    quote.note = step.note or quote.note
    if step.name in DECISIONS:
        quote.decided_by_id, quote.decided_at = actor.user_id, clock.now()
        quote.decided_version = seen
        audit.record(session, actor, "quote.decide", quote, {"step": step.name, "version": seen})
    if step.name == "send":
        _sent(session, actor, quote)
    _note(session, actor, quote, step.name)
    news.tell(session, quote, step.name)


def _sent(session: Session, actor: Actor, quote: Quote) -> None:
    """The customer has a proposal now."""
    quote.sent_at = clock.now()
    if quote.request.plan_at is None:
        request_services.mark_plan(session, actor, quote.request, "proposal")


def _note(session: Session, actor: Actor, quote: Quote, step: str) -> None:
    """A line in the request's timeline; what a partner proposes is among the staff."""
    entry = entries.write(
        session,
        SYSTEM if actor.is_partner else actor,
        quote.request,
        event="quote",
        internal=quote.sent_at is None,
        detail={"number": quote.reference, "step": step},
    )
    if not entry.internal:
        quote.request.changed_at = entry.created_at


def expire(session: Session) -> int:
    """End the quotes whose last day is over; returns how many."""
    found = [
        quote
        for quote in queries.perhaps_over(session, clock.now().date() + timedelta(days=1))
        if rules.validity_over(quote, SYSTEM)
    ]
    return jobs.each(
        session, found, lambda quote: _fire(session, SYSTEM, quote, QuoteStep("expire"))
    )
