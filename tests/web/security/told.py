"""Everything that the desk ever tells somebody: each verb that writes a mail or a notice, around
requests whose internal notes all hold one word that nobody outside may read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import time_machine
from sqlalchemy import select

from portal.accounts.models import MailPreference
from portal.core import clock, jobs
from portal.core.texts import Words
from portal.service_requests import bulk, moving, queries, services
from portal.service_requests import jobs as request_jobs
from portal.service_requests.barriers import services as barriers
from portal.service_requests.barriers.services import BarrierInput
from portal.service_requests.bulk import BulkInput
from portal.service_requests.mail_in.taking import take_in
from portal.service_requests.models import ServiceRequest
from portal.service_requests.partners import referrals
from portal.service_requests.quotes import services as quotes
from portal.service_requests.quotes.services import QuoteInput, QuoteStep
from portal.service_requests.reports import monthly
from portal.service_requests.satisfaction import services as satisfaction
from portal.service_requests.satisfaction.services import AnswerInput
from portal.service_requests.services import SplitInput, Step
from portal.web.app import Portal
from tests.web.partners.conftest import Stage

CANARY = "Kanarienvogel-4711"
STRANGE_MAIL = b"""From: meyer@test.example
To: reply@answers.base.example
Message-ID: <1@mua.example>
Subject: AW: SR

Nothing that could be found.
"""


@dataclass
class Story(Stage):
    """What happened, by the ids that pages are asked for."""

    app: Portal
    ids: dict[str, str] = field(default_factory=dict)

    def tell(self) -> None:
        """All of it, from ten weeks ago until today."""
        for days_ago, chapter in (
            (70, self.conversation),
            (66, self.partners_and_quotes),
            (50, self.silence),
            (40, self.put_together_and_taken_apart),
            (30, self.solved_and_asked_how_it_was),
            (20, self.by_the_portal_itself),
            (1, self.all_in_one_mail),
        ):
            with time_machine.travel(clock.now() - timedelta(days=days_ago)):
                chapter()

    @contextmanager
    def later(self, hours: int) -> Iterator[None]:
        with time_machine.travel(clock.now() + timedelta(hours=hours)):
            yield

    def internal(self, request: str, more: str = "") -> None:
        with self.acting("li") as (session, actor):
            services.note(session, actor, request, Words(f"{CANARY} {more}", "en"))

    def step(self, who: str, request: str, name: str, text: str = "", then: str = "") -> None:
        """A step of the workflow; staff add a note to whatever they do."""
        with self.acting(who) as (session, actor):
            services.move(session, actor, request, Step(name, None, Words(text, "en")))
        self.internal(request, then)

    def reply(self, who: str, request: str, text: str) -> None:
        with self.acting(who) as (session, actor):
            services.reply(session, actor, request, Words(text, "en"))

    def conversation(self) -> None:
        request = self.ids["request_id"] = self.request()
        self.internal(request, "@Zhao")
        with self.acting("zhao") as (session, actor):
            services.watch(session, actor, request)
        self.reply("li", request, "We have read it.")
        self.step("li", request, "ask_customer", "Which series?")
        self.reply("meyer", request, "Series 06.")
        self.step("li", request, "ask_partner", CANARY)
        self.step("li", request, "resume")
        with self.acting("zhao") as (session, actor):
            services.assign(session, actor, request, self.people["li"].id)
            services.set_priority(session, actor, request, "P3")
            services.give_plan(session, actor, request, "proposal", Words("Our plan.", "en"))
        rejected = self.ids["rejected"] = self.request()
        self.internal(rejected)
        self.step("li", rejected, "reject", "Not in our field.")
        cancelled = self.request()
        self.internal(cancelled)
        self.step("meyer", cancelled, "cancel")

    def partners_and_quotes(self) -> None:
        request = self.ids["request_id"]
        self.ids["referral_id"], other = self.refer(request, "hoffmann", "roth")
        referral = self.ids["referral_id"]
        for who in ("li", "zhao"):
            self.say(who, referral, CANARY, internal=True)
        self.say("li", referral, "Is March possible?")
        self.act("hoffmann", referral, "accept")
        self.say("hoffmann", referral, "Of course.")
        self.act("li", other, "miss")
        for step in ("accept", "decline"):
            quote = self.ids["quote_id"] = self.proposed(referral)
            self.quote("li", quote, "send")
            self.quote("meyer", quote, step)
        self.quote("meyer", self.offered(request), "decline")
        self.quote("meyer", self.offered(request), "accept")
        self.quote("li", self.offered(request), "withdraw")
        self.offered(request)
        self.quote("hoffmann", self.proposed(referral), "take_back")
        self.act("hoffmann", referral, "give_up", "No free chamber.")
        withdrawn = self.refer(request)[0]
        self.act("li", withdrawn, "withdraw")
        declined = self.refer(request)[0]
        self.act("hoffmann", declined, "decline", "Too late.")
        done = self.ids["done"] = self.refer(request)[0]
        self.act("hoffmann", done, "accept")
        self.act("hoffmann", done, "finish", "Passed.")

    def proposed(self, referral: str) -> str:
        with self.acting("hoffmann") as (session, actor):
            return quotes.propose(session, actor, referral, self._offer()).id

    def offered(self, request: str) -> str:
        with self.acting("li") as (session, actor):
            return quotes.send(session, actor, request, self._offer()).id

    def _offer(self) -> QuoteInput:
        last = clock.now().date() + timedelta(days=10)
        return QuoteInput("Two days in the chamber", "en", Decimal(900), "EUR", valid_until=last)

    def quote(self, who: str, quote: str, step: str) -> None:
        with self.acting(who) as (session, actor):
            quotes.act(session, actor, quote, QuoteStep(step))

    def silence(self) -> None:
        """Promises and answers that come late, and quotes that nobody took."""
        request = self.request(started=False)
        self.internal(request)
        due = self.ids["late"] = self.refer(self.ids["request_id"])[0]
        for hours in range(240):  # each hour: the time for a word before the due one is short
            with self.later(hours):
                if hours % 6 == 0:
                    request_jobs.watch_clocks(self.database)
                with self.database.transaction() as session:
                    referrals.remind(session)
                    quotes.expire(session)
        self.act("li", due, "withdraw")

    def put_together_and_taken_apart(self) -> None:
        one, two, three = self.request(), self.request(), self.request()
        for request in (one, two, three):
            self.internal(request)
            self.reply("meyer", request, "Something else, too.")
        with self.acting("li") as (session, actor):
            services.link(session, actor, one, self.ids["request_id"])
            services.merge(session, actor, two, one)
            public = [
                entry.id
                for entry in queries.entries(session, actor, session.get_one(ServiceRequest, three))
                if not entry.internal and entry.event != "created" and entry.body
            ]
            made = services.split(session, actor, three, SplitInput("Apart", public))
            self.ids["split"] = made.id
        with self.acting("zhao") as (session, actor):
            bulk.apply(session, actor, BulkInput("priority", [one, three], "P2"))
            li = self.people["li"].id
            done = bulk.apply(session, actor, BulkInput("assign", [self.ids["split"]], li))
            bulk.undo(session, actor, done.change_id or "")
        self.internal(self.ids["split"])
        self.reply("meyer", two, "It goes on.")

    def solved_and_asked_how_it_was(self) -> None:
        request = self.ids["request_id"]
        self.step("li", request, "resolve", "Here is the report.")
        self.step("meyer", request, "reopen", "A page is missing.")
        self.step("li", request, "start")
        self.step("li", request, "resolve", "With all pages.")
        self.step("meyer", request, "confirm")
        marks = AnswerInput(1, 2, "The report came late.", "de")
        with self.database.transaction() as session:
            assert satisfaction.ask(session, self.app.settings, request)
        with self.acting("meyer") as (session, actor):
            satisfaction.answer(session, actor, request, marks)
        with self.acting("li") as (session, actor):
            self.ids["followed"] = satisfaction.follow_up(session, actor, request).id
        self.internal(self.ids["followed"])
        self.record_a_barrier(request)

    def record_a_barrier(self, request: str) -> None:
        with self.acting("li") as (session, actor):
            met = BarrierInput("DE", "approval", "UN R10", f"{CANARY}: six weeks lost")
            barrier = barriers.create(session, actor, met)
            barriers.attach(session, actor, request, barrier.id)

    def by_the_portal_itself(self) -> None:
        """Mails that come in, requests that close, the report of a month."""
        solved = self.request()
        self.step("li", solved, "resolve", "Done.")
        with self.later(8 * 24):
            with self.database.transaction() as session:
                assert moving.close_solved(session) == 1
                monthly.ask_for_last_month(session)
            jobs.run_ready(self.database)
        take_in(self.database, self.app.settings, self.app.files, STRANGE_MAIL)

    def all_in_one_mail(self) -> None:
        """What somebody gets who wants one mail a day."""
        with self.database.transaction() as session:
            wish = session.scalars(
                select(MailPreference).where(MailPreference.user_id == self.people["meyer"].id)
            ).one()
            wish.mode = "digest"
        request = self.request()
        self.reply("li", request, "One.")
        self.step("li", request, "ask_customer", "Two?")
