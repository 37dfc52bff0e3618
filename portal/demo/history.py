"""The demo's past: requests of the last twelve months that are over, for reports to tell of."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.capabilities.models import Capability
from portal.core.access import Actor
from portal.demo import courses
from portal.demo.courses import Course
from portal.demo.data_files import read
from portal.demo.stage import Stage
from portal.needs.models import Need
from portal.service_requests import calendars, calendars_keeping
from portal.service_requests.models import (
    Referral,
    RequestEntry,
    RequestFact,
    RequestPause,
    Satisfaction,
    ServiceRequest,
)
from portal.thesaurus.store import get_thesaurus

COUNT = 240
FIRST_DAY, LAST_DAY = 380, 22  # days ago
AGENTS = ("li@base.example", "xu@base.example", "sun@base.example")
TEAMS = {"li@base.example": "compliance", "xu@base.example": "trade", "sun@base.example": "market"}
MARKETS = {"zh-Hans": ("DE", "US", "BR", "TH", "HU", "MX"), "de": ("DE",), "en": ("US", "GB", "TH")}
OVER = ("closed", "cancelled", "rejected")


def load(stage: Stage) -> None:
    """Write the past in one go; nobody is told of it."""
    calendars_keeping.load_years(stage.session)
    _Past(stage).write()


class _Past:
    """Requests from the oldest to the latest, with what hangs on them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.dice = random.Random("history")  # noqa: S311  (a demo, not secrets)
        self.models = read("past-requests", stage.now.date())
        self.calendar = calendars.load(stage.session)
        self.products = _products(stage)

    def write(self) -> None:
        days = [self.dice.uniform(LAST_DAY, FIRST_DAY) for _ in range(COUNT)]
        asked = 0
        for number, ago in enumerate(sorted(days, reverse=True), start=1):
            model = self.dice.choice(self.models)
            course = self._course(ago, model)
            rows = list(self._rows(number, model, course))
            for row in rows:
                if isinstance(row, Referral):
                    asked += 1
                    row.number = asked
            self.stage.session.add_all(rows[:1])
            self.stage.session.flush()
            self.stage.session.add_all(rows[1:])
        self.stage.session.flush()

    def _course(self, ago: float, model: dict[str, Any]) -> Course:
        """One that has come to its end."""
        came = courses.at_work(self.stage.ago(ago), self.dice)
        while True:
            course = courses.live(self.dice, self.calendar, came, self.stage.now, model["service"])
            if course.state in OVER:
                return course

    def _rows(self, number: int, model: dict[str, Any], course: Course) -> Iterator[Any]:
        sells = model["lang"] == "zh-Hans"
        company = self.dice.choice([ref for ref in self.products if (ref[0] == "s") is sells])
        asker, agent = self.stage.actor(company), self.stage.actors[self.dice.choice(AGENTS)]
        label = get_thesaurus().label(self.products[company], model["lang"])
        said = {key: text.replace("{p}", label) for key, text in model.items()}
        request = self._request(number, said, course, asker, agent)
        request.id = f"past{number}"
        yield request
        own = {"request_id": request.id}
        yield RequestFact(**own, **course.facts)
        yield from self._entries(said, course, asker, agent, own)
        for kind, start, end in course.pauses:
            yield RequestPause(**own, kind=kind, started_at=start, ended_at=end)
            if kind == "partner" and end is not None:
                yield self._referral(said, start, end, agent, own)
        if course.state == "closed" and self.dice.random() < 0.45:
            yield self._opinion(course, asker, own)

    def _request(
        self, number: int, said: dict[str, str], course: Course, asker: Actor, agent: Actor
    ) -> ServiceRequest:
        return ServiceRequest(
            number=number,
            service=said["service"],
            company_id=asker.org_id,
            requester_id=asker.user_id,
            created_by_id=asker.user_id,
            assignee_id=agent.user_id,
            team=TEAMS[agent.email],
            title=said["title"],
            description=said["description"],
            locale=said["lang"],
            markets=[self.dice.choice(MARKETS[said["lang"]])],
            timezone=asker.timezone,
            urgency_reason="",
            changed_at=course.steps[-1][2],
            **course.columns,
        )

    def _entries(
        self,
        said: dict[str, str],
        course: Course,
        asker: Actor,
        agent: Actor,
        own: dict[str, str],
    ) -> Iterator[RequestEntry]:
        """Steps by those who took them; what the base said at the moments it is measured by."""
        customers = ("answer", "reopen", "cancel")
        for event, detail, at in course.steps:
            by_customer = event == "created" or detail["step"] in customers
            yield self._entry(own, asker if by_customer else agent, said, at, event, detail)
        for key, at in (
            ("reply", course.columns["first_reply_at"]),
            ("plan", course.columns["plan_at"]),
            ("done", course.columns["resolved_at"]),
        ):
            if at is not None:
                yield self._entry(own, agent, said, at, None, {}, said[key])

    def _entry(
        self,
        own: dict[str, str],
        who: Actor,
        said: dict[str, str],
        at: Any,
        event: str | None,
        detail: dict[str, str],
        body: str = "",
    ) -> RequestEntry:
        return RequestEntry(
            **own,
            party="staff" if who.is_staff else "customer",
            author_id=who.user_id,
            event=event,
            detail=detail,
            body=body,
            locale=said["lang"],
            created_at=at,
        )

    def _referral(
        self, said: dict[str, str], start: Any, end: Any, agent: Actor, own: dict[str, str]
    ) -> Referral:
        waited = int(self.calendar.between(start, end).total_seconds()) // 60
        return Referral(
            **own,
            partner_id=self.dice.choice(list(self.stage.partners.values())),
            author_id=agent.user_id,
            title=said["title"],
            brief=said["description"],
            locale=said["lang"],
            state="done",
            result=said["plan"],
            created_at=start,
            changed_at=end,
            answered_at=min(end, start + timedelta(hours=6)),
            finished_at=end,
            answer_minutes=min(waited, self.dice.randint(30, 600)),
            finish_minutes=waited,
            in_time=self.dice.random() < 0.8,
            mark=self.dice.choice((None, 3, 4, 4, 5)),
        )

    def _opinion(self, course: Course, asker: Actor, own: dict[str, str]) -> Satisfaction:
        closed = course.columns["closed_at"]
        solved, service = (self.dice.choice((2, 3, 4, 4, 5, 5, 5)) for _ in range(2))
        return Satisfaction(
            **own,
            person_id=asker.user_id,
            asked_at=closed,
            answered_at=closed + timedelta(hours=self.dice.randint(2, 40)),
            solved=solved,
            service=service,
            locale=asker.locale,
        )


def _products(stage: Stage) -> dict[str, str]:
    """What each company makes or looks for: a category of the thesaurus by ref."""
    refs = {company.id: ref for ref, company in stage.companies.items()}
    rows: list[Need | Capability] = [*stage.needs.values(), *stage.capabilities.values()]
    return {
        refs[row.company_id]: row.category
        for row in rows
        if row.category and row.company_id in refs
    }
