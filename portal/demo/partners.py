"""The demo's partner institutions, what they were asked, and quotes for paid services."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.accounts import queries as accounts_queries
from portal.accounts import services as accounts
from portal.accounts.rules import actor_of
from portal.core.texts import Words
from portal.demo import plan
from portal.demo.data_files import read
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.service_requests import queries as requests
from portal.service_requests.partners import referrals, services
from portal.service_requests.partners.referrals import ReferralInput
from portal.service_requests.partners.services import HoursInput, PartnerInput
from portal.service_requests.quotes import services as quotes
from portal.service_requests.quotes.services import QuoteInput, QuoteStep
from portal.service_requests.services import Step

SUPERVISOR = "zhao@base.example"


def load_institutions(stage: Stage) -> None:
    """All partners with their hours and people; the staff must be there already."""
    for record in read("partners"):
        with at(stage.session, stage.ago(170)):
            _load_one(stage, record)


def _load_one(stage: Stage, record: dict[str, Any]) -> None:
    staff = stage.actors[SUPERVISOR]
    facts = ("name", "kind", "country", "locale", "services", "countries", "languages", "zone",
             "description")  # fmt: skip
    data = PartnerInput(**{name: record[name] for name in facts})
    made = services.create(stage.session, staff, data)
    hours = HoursInput(record["zone"], record["country"], record["week"])
    services.set_hours(stage.session, staff, made.id, hours)
    stage.partners[record["ref"]] = made.id
    for person in record["people"]:
        user = accounts.create_user(
            stage.session,
            person["email"],
            person["role"],
            organisation_id=made.id,
            name=person["name"],
            password=plan.PASSWORD,
            locale=person["locale"],
            timezone=record["zone"],
        )
        stage.session.flush()
        stage.session.expire(user)
        known = accounts_queries.user(stage.session, user.id)
        stage.actors[user.email] = actor_of(known or user)


def load_referrals(stage: Stage) -> None:
    """Referrals and quotes on requests that are there already, in the order of their days."""
    ids = {row.external_ref: row.id for row in requests.for_export(stage.session)}
    for record in read("referrals", stage.now.date()):
        _Asked(stage, record, ids[record["request"]]).work()
    for record in read("service-quotes", stage.now.date()):
        _quote(stage, record, ids[record["request"]])


class _Asked:
    """One referral from the question to the mark."""

    def __init__(self, stage: Stage, record: dict[str, Any], request_id: str) -> None:
        self.stage, self.record, self.request_id = stage, record, request_id
        self.staff = stage.actors[record["by"]]

    def work(self) -> None:
        record = self.record
        with at(self.stage.session, self.stage.ago(record["days_ago"])):
            (row,) = referrals.refer(self.stage.session, self.staff, self.request_id, self._input())
        quote = record["quote"]
        acts = [(step["days_ago"], step) for step in record["steps"]]
        acts += [(quote["days_ago"], quote)] if quote else []
        for days, act in sorted(acts, key=lambda pair: -pair[0]):
            with at(self.stage.session, self.stage.ago(days)):
                self._act(row.id, act)
        if record["mark"]:
            referrals.mark(self.stage.session, self.staff, row.id, record["mark"])

    def _input(self) -> ReferralInput:
        record = self.record
        return ReferralInput(
            partner_ids=[self.stage.partners[record["partner"]]],
            title=record["title"],
            words=Words(record["brief"], record["lang"]),
            shared=record["shared"],
            wait=record["wait"],
        )

    def _act(self, referral_id: str, act: dict[str, Any]) -> None:
        session, who = self.stage.session, self.stage.actors[act["who"]]
        if "amount" in act:
            made = quotes.propose(session, who, referral_id, _offer(self.stage, act))
            self._send(made.id, act["send"])
            return
        words = Words(act["text"], who.locale)
        if act["do"] == "reply":
            referrals.say(session, who, referral_id, words)
        else:
            referrals.act(session, who, referral_id, Step(act["do"], None, words))

    def _send(self, quote_id: str, sent: dict[str, Any]) -> None:
        """Passed on a little later than it was proposed."""
        session, who = self.stage.session, self.stage.actors[sent["by"]]
        session.flush()
        with at(session, self.stage.ago(sent["days_ago"])):
            quotes.act(session, who, quote_id, QuoteStep("send"))


def _offer(stage: Stage, record: dict[str, Any]) -> QuoteInput:
    last = stage.ago(record["days_ago"]) + timedelta(days=record["valid_days"])
    return QuoteInput(
        text=record["text"],
        locale=record["lang"],
        amount=Decimal(record["amount"]),
        currency=record["currency"],
        tax_note=record["tax_note"],
        valid_until=last.date(),
    )


def _quote(stage: Stage, record: dict[str, Any], request_id: str) -> None:
    """A quote of the base, and what became of it."""
    staff = stage.actors[record["by"]]
    with at(stage.session, stage.ago(record["days_ago"])):
        made = quotes.send(stage.session, staff, request_id, _offer(stage, record))
    decision = record["decision"]
    request = requests.request_for(stage.session, staff, request_id)
    refs = {company.id: ref for ref, company in stage.companies.items()}
    customer = stage.actor(refs[request.company_id])
    who = staff if decision["do"] == "withdraw" else customer
    with at(stage.session, stage.ago(decision["days_ago"])):
        quotes.act(stage.session, who, made.id, QuoteStep(decision["do"]))
