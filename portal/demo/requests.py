"""The demo's service requests, worked on by the base's people step by step."""

from datetime import date, timedelta
from typing import Any

from portal.core.access import SYSTEM, Actor
from portal.core.texts import Words
from portal.demo import plan
from portal.demo.data_files import read
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.service_requests import rules, services
from portal.service_requests.models import ServiceRequest
from portal.service_requests.services import RequestInput, Step

DESK = "li@base.example"
# How far the desk has come before the first word is written, by the state to end in.
_BEGUN = {
    "triaged": ("triage",),
    "assigned": ("assign",),
    "in_progress": ("assign", "start"),
    "waiting_customer": ("assign", "start"),
    "waiting_partner": ("assign", "start"),
    "resolved": ("assign", "start"),
    "closed": ("assign", "start"),
    "cancelled": ("triage",),
}
# The step that the last public word of a side carries.
_LAST_STEP = {
    "waiting_customer": ("staff", "ask_customer"),
    "resolved": ("staff", "resolve"),
    "closed": ("staff", "resolve"),
    "rejected": ("staff", "reject"),
    "cancelled": ("customer", "cancel"),
}
_HOUR = 1 / 24


def load(stage: Stage) -> None:
    """All requests, in the order they arrived."""
    records = read("service-requests", stage.now.date())
    for record in sorted(records, key=lambda r: -_arrived(r)):
        _Case(stage, record).work()


def _arrived(record: dict[str, Any]) -> float:
    """Days ago: some hours before the first answer, or within the last two days."""
    if record["messages"]:
        return float(record["messages"][0]["days_ago"]) + 0.35
    return 0.3 + int(record["ref"][1:]) % 7 / 4


class _Case:
    """One request on its way over the desk."""

    def __init__(self, stage: Stage, record: dict[str, Any]) -> None:
        self.stage, self.record = stage, record
        self.customer = stage.actor(record["company"])
        self.agent = stage.actors[record["assignee"] or DESK]

    def work(self) -> None:
        arrived = _arrived(self.record)
        with at(self.stage.session, self.stage.ago(arrived)):
            request = services.create(self.stage.session, self.customer, self._input())
            request.external_ref = self.record["ref"]
        for name in _BEGUN.get(self.record["state"], ()):
            arrived -= 2 * _HOUR
            with at(self.stage.session, self.stage.ago(arrived)):
                self._begin(request, name)
        carrier = self._carrier()
        for place, message in enumerate(self.record["messages"]):
            with at(self.stage.session, self.stage.ago(message["days_ago"])):
                self._say(request, message, carrier == place)
        self._end(request)

    def _input(self) -> RequestInput:
        record = self.record
        urgent = record["priority"] in ("P1", "P2")
        need = self.stage.needs.get(record["need"] or "")
        sop = record["answers"].get("sop_date")
        about = self.stage.companies.get(plan.ABOUT.get(record["ref"], ""))
        return RequestInput(
            service=record["service"],
            title=record["title"],
            words=Words(record["description"], record["lang"]),
            priority=record["priority"],
            urgency_reason=plan.URGENCY[record["lang"]] if urgent else "",
            markets=record["markets"],
            desired_date=date.fromisoformat(sop) - timedelta(days=120) if sop else None,
            consent_partners=record["service"] != "MATCH",
            answers=record["answers"],
            need_id=need.id if need else "",
            contact=plan.REACHED.get(record["ref"], "portal"),
            about_id=about.id if about else "",
        )

    def _begin(self, request: ServiceRequest, name: str) -> None:
        session = self.stage.session
        if name == "assign":
            person = self.agent.user_id or ""
            services.assign(session, self.agent, request.id, person, request.version)
        else:
            self._move(request, self.agent, name, "")

    def _carrier(self) -> int | None:
        """The place of the message that carries the last step."""
        party = _LAST_STEP.get(self.record["state"], ("", ""))[0]
        places = [
            place
            for place, message in enumerate(self.record["messages"])
            if message["from"] == party and not message["internal"]
        ]
        again = self.record["ref"] in plan.FOLLOW_UPS
        return places[-1] if places and not again else None

    def _say(self, request: ServiceRequest, message: dict[str, Any], carries: bool) -> None:
        session = self.stage.session
        actor = self.customer if message["from"] == "customer" else self.agent
        words = Words(message["text"], message["lang"])
        if message["internal"]:
            services.note(session, self.agent, request.id, words)
        elif carries:
            self._move(request, actor, _LAST_STEP[self.record["state"]][1], words.body)
        else:
            services.reply(session, actor, request.id, words)

    def _move(self, request: ServiceRequest, actor: Actor, name: str, body: str) -> None:
        step = Step(name, request.version, Words(body, self.record["lang"]))
        services.move(self.stage.session, actor, request.id, step)

    def _end(self, request: ServiceRequest) -> None:
        """What follows the last message: another question, or the closing."""
        last = self.record["messages"][-1]["days_ago"] if self.record["messages"] else 0.0
        follow_up = plan.FOLLOW_UPS.get(self.record["ref"])
        if follow_up:
            with at(self.stage.session, self.stage.ago(last - _HOUR)):
                self._move(request, self.agent, "ask_customer", follow_up)
        if self.record["state"] == "closed":
            self._close(request, last)

    def _close(self, request: ServiceRequest, last: float) -> None:
        """By the customer's word, else by the portal when nobody objects."""
        if self.record["messages"][-1]["from"] == "customer":
            with at(self.stage.session, self.stage.ago(last - _HOUR)):
                self._move(request, self.customer, "confirm", "")
        else:
            moment = self.stage.ago(last) + rules.OBJECTION
            with at(self.stage.session, moment):
                self._move(request, SYSTEM, "close", "")
