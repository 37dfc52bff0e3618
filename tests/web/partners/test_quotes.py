"""Quotes for paid services: sent, decided upon once, withdrawn; no bank data in any of them."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core import i18n
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.errors import Conflict, DomainError, Invalid, NotFound
from portal.core.models import AuditEvent
from portal.service_requests.models import Quote
from portal.service_requests.quotes import services
from portal.service_requests.quotes.services import QuoteInput, QuoteStep
from tests.support.client import Browser
from tests.web.partners.conftest import Stage

Open = Callable[..., Browser]
OFFER = QuoteInput("EMC test, report in German", "en", Decimal("4500.50"), "EUR", "plus 19 % VAT")


def send(stage: Stage, request: str, offer: QuoteInput = OFFER) -> str:
    with stage.acting("li") as (session, actor):
        return services.send(session, actor, request, offer).id


def decide(stage: Stage, who: str, quote: str, name: str, version: Any = None) -> None:
    with stage.acting(who) as (session, actor):
        services.act(session, actor, quote, QuoteStep(name, version))


def kept(database: Database, quote: str) -> Quote:
    with database.reading() as session:
        return session.get_one(Quote, quote)


def test_a_quote_is_sent_read_and_accepted(
    browser: Open, stage: Stage, mails: Callable[[], list[str]]
) -> None:
    request, li = stage.request(), browser("li", "en")
    form = {"text": "EMC test", "amount": "4,500.50", "currency": "EUR", "tax_note": "plus VAT",
            "valid_until": date.max.replace(year=2027, month=3).isoformat()}  # fmt: skip
    sent = li.post(f"/desk/requests/{request}/quotes", form)
    assert sent.status == 303, sent.html[:2000]
    meyer = browser("meyer", "de")
    page = meyer.get(f"/service-requests/{request}")
    assert "4.500,50" in page and "EUR" in page and "EMC test" in page
    action = re.search(r"/service-requests/\w+/quotes/\w+", page.html)
    assert action
    accepted = meyer.post(f"/de{action[0]}", {"do": "accept", "version": "1"})
    assert accepted.status == 303
    quote = kept(stage.database, action[0].rsplit("/", 1)[1])
    assert (quote.state, quote.decided_version) == ("accepted", 1)
    assert quote.decided_by_id == stage.people["meyer"].id and quote.decided_at
    with stage.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_id == quote.id))
        assert [e.action for e in events] == ["quote.create", "quote.accept", "quote.decide"]
    told = [mail for mail in mails() if "Q-00001" in mail]
    assert {mail.split("@")[0] for mail in told} == {"To: Meyer <meyer", "To: Li <li"}
    assert not [mail for mail in told if "4500" in mail or "4.500" in mail or "4,500" in mail]


def test_the_ways_out_are_worded_apart(browser: Open, stage: Stage) -> None:
    request = stage.request()
    quote, meyer = send(stage, request), browser("meyer", "en")
    page = meyer.get(f"/service-requests/{request}")
    assert "Decline this quote" in page and "Cancel this request" in page
    assert "Withdraw this quote" in browser("li", "en").get(f"/desk/requests/{request}")
    assert "The portal holds no bank data" in page
    decide(stage, "meyer", quote, "accept")
    after = meyer.get(f"/service-requests/{request}")
    assert "To cancel the order" in after
    assert "Cancelling your request does not cancel the order" in after
    other = send(stage, request)
    decide(stage, "li", other, "withdraw")
    assert "taken this quote back" in meyer.get(f"/service-requests/{request}")


@pytest.mark.parametrize("field", ["text", "tax_note"])
def test_bank_data_are_refused_with_a_word_why(browser: Open, stage: Stage, field: str) -> None:
    request = stage.request()
    form = {"text": "EMC test", "amount": "10", "currency": "EUR", "tax_note": "",
            field: "Pay to DE89 3704 0044 0532 0130 00"}  # fmt: skip
    page = browser("li", "en").post(f"/desk/requests/{request}/quotes", form)
    assert page.status == 422 and "the portal holds no account numbers" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"valid_until": date(2020, 1, 1)}, "valid_until"),
        ({"text": " "}, "text"),
    ],
)
def test_a_quote_must_make_sense(stage: Stage, changed: dict[str, Any], field: str) -> None:
    offer = QuoteInput(**{**OFFER.__dict__, **changed})
    request = stage.request()
    with pytest.raises(Invalid) as refused:
        send(stage, request, offer)
    assert refused.value.field == field


def both(stage: Stage, one: tuple[str, str], other: tuple[str, str], quote: str) -> list[Any]:
    """Two people decide at the same moment; what each of them got."""
    results: list[Any] = []
    barrier = threading.Barrier(2)

    def run(who: str, name: str) -> None:
        i18n.activate(i18n.by_tag("en"))
        barrier.wait()
        try:
            decide(stage, who, quote, name, 1)
            results.append(name)
        except DomainError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_acceptances_make_one_order(stage: Stage) -> None:
    quote = send(stage, stage.request())
    results = both(stage, ("meyer", "accept"), ("schulz", "accept"), quote)
    assert results.count("accept") == 1
    (refused,) = [result for result in results if result != "accept"]
    assert isinstance(refused, Conflict) and "decided on quote Q-00001" in str(refused)
    assert kept(stage.database, quote).version == 2


def test_acceptance_against_withdrawal_has_one_winner(stage: Stage) -> None:
    request = stage.request()
    for _round in range(3):
        quote = send(stage, request)
        results = both(stage, ("meyer", "accept"), ("li", "withdraw"), quote)
        (won,) = [result for result in results if isinstance(result, str)]
        assert [type(r) for r in results if not isinstance(r, str)] == [Conflict]
        state = {"accept": "accepted", "withdraw": "withdrawn"}[won]
        assert kept(stage.database, quote).state == state


def test_partners_propose_and_staff_pass_on(browser: Open, stage: Stage) -> None:
    request = stage.request()
    referral = stage.refer(request)[0]
    hoffmann, meyer = browser("hoffmann", "de"), browser("meyer", "en")
    form = {"text": "EMC CANARY-quote", "amount": "4.500,00", "currency": "EUR"}
    given = hoffmann.post(f"/partner/referrals/{referral}/quote", form)
    assert given.status == 303, given.html[:2000]
    with stage.database.reading() as session:
        quote = session.scalars(select(Quote)).one()
    assert quote.state == "proposed"
    assert "CANARY-quote" not in meyer.get(f"/service-requests/{request}")
    with pytest.raises(NotFound):
        decide(stage, "meyer", quote.id, "accept")
    li = browser("li", "en")
    assert "CANARY-quote" in li.get(f"/desk/requests/{request}")
    assert li.post(f"/desk/quotes/{quote.id}", {"do": "send", "version": "1"}).status == 303
    assert "CANARY-quote" in meyer.get(f"/service-requests/{request}")
    decide(stage, "meyer", quote.id, "accept")
    assert "Q-00001" in hoffmann.get("/account/notices")
    page = hoffmann.get(f"/partner/referrals/{referral}")
    assert "CANARY-quote" in page and "Nordstern" not in page and "Meyer" not in page


def test_quotes_expire_when_their_last_day_is_over(stage: Stage) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 11, tzinfo=UTC), tick=False):
        offer = QuoteInput(**{**OFFER.__dict__, "valid_until": date(2026, 11, 23)})
        quote = send(stage, stage.request(), offer)
    for day, number in ((23, 0), (25, 1), (26, 0)):
        moment = datetime(2026, 11, day, 12, tzinfo=UTC)
        with time_machine.travel(moment, tick=False), stage.database.transaction() as session:
            assert services.expire(session) == number
    assert kept(stage.database, quote).state == "expired"
    with pytest.raises(Conflict):
        decide(stage, "meyer", quote, "accept")


def test_a_quote_that_cannot_expire_keeps_no_other_one_open(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    offer = QuoteInput(**{**OFFER.__dict__, "valid_until": date(2026, 11, 23)})
    with time_machine.travel(datetime(2026, 11, 20, 11, tzinfo=UTC), tick=False):
        quotes = [send(stage, stage.request(), offer) for _ in range(3)]
    fire = services._fire

    def failing(session: Session, actor: Actor, quote: Quote, step: QuoteStep) -> None:
        fire(session, actor, quote, step)
        if quote.id == quotes[1]:
            raise RuntimeError("no such luck")

    monkeypatch.setattr(services, "_fire", failing)
    moment = datetime(2026, 11, 25, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False), stage.database.transaction() as session:
        assert services.expire(session) == 2
    assert [kept(stage.database, q).state for q in quotes] == ["expired", "sent", "expired"]
    assert "one row of a batch failed: Quote" in caplog.text


def test_a_quote_is_decided_on_its_own_request_only(stage: Stage) -> None:
    quote, other = send(stage, stage.request()), stage.request()
    with pytest.raises(NotFound), stage.acting("meyer") as (session, actor):
        services.act(session, actor, quote, QuoteStep("accept"), request_id=other)
    for name in ("wang", "hoffmann"):
        with pytest.raises(NotFound):
            decide(stage, name, quote, "accept")


def test_a_partner_does_not_learn_who_decided(
    stage: Stage, asked: Callable[..., tuple[str, str]]
) -> None:
    _request, referral = asked()
    with stage.acting("hoffmann") as (session, actor):
        quote = services.propose(session, actor, referral, OFFER).id
    decide(stage, "li", quote, "send")
    decide(stage, "meyer", quote, "accept")
    with stage.database.reading() as session:
        name = session.get_one(User, stage.people["meyer"].id).name
    with pytest.raises(Conflict) as refused:
        decide(stage, "hoffmann", quote, "take_back")
    assert name not in str(refused.value) and "Q-00001" in str(refused.value)
