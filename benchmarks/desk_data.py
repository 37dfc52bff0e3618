"""A seeded service desk with three years of work behind it, written to a database in bulk.

Requests are the demo's recombined. Their steps follow each other in the working time of the base,
so that states, pauses, replies, plans and breaches fit together.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from benchmarks import marketplace
from benchmarks.marketplace import Rows
from portal.accounts import passwords
from portal.accounts.models import Membership, Organisation, User
from portal.core import clock
from portal.core.db import Database
from portal.demo import courses, data_files
from portal.demo.courses import Course
from portal.service_requests import calendars, calendars_keeping, catalogue, clocks
from portal.service_requests.models import (
    Partner,
    Referral,
    RequestEntry,
    RequestFact,
    RequestPause,
    Satisfaction,
    SavedView,
    ServiceRequest,
    StaffProfile,
)
from portal.service_requests.working_time import Calendar

PASSWORD = "correct horse battery"  # of the people named below
AGENTS, SUPERVISORS, PARTNERS = 48, 4, 30
TEAMS = ("compliance", "trade", "law", "market", "presence", "chips")
LANGUAGES = ("zh-Hans", "en", "de")
AGENT, SUPERVISOR, CUSTOMER = "agent1@desk.example", "supervisor1@desk.example", "g1@market.example"
DAYS = 3 * 365
MARKETS = ("DE", "US", "FR", "HU", "BR", "TH", "MX", "ES", "IT", "TR", "GB", "ID")
BATCH = 200
# Some services are asked for far more often than others.
SERVICES = [code for place, code in enumerate(sorted(catalogue.SHIPPED)) for _ in range(20 - place)]
VIEWS: dict[str, dict[str, str]] = {
    "service": {"state": "open", "service": "CERT"},
    "priority": {"state": "open", "priority": "P1"},
    "team": {"state": "waiting", "team": "trade"},
    "company": {"state": "any", "company": "g1"},
    "done": {"state": "done"},
}


def fill(database: Database, requests: int, messages: int, seed: int) -> None:
    """Write so many requests with, on average, so many messages each, and everybody around."""
    marketplace.fill_companies(database, max(20, requests // 40), max(10, requests // 120), seed)
    _people(database)
    _institutions(database)
    with database.transaction() as session:
        calendars_keeping.load_years(session)
        calendar = calendars.load(session)
    maker = _Maker(calendar, requests, messages, seed)
    marketplace.write(database, maker.records())
    for rows in maker.related():
        _in_chunks(database, rows)
    _set_clocks(database)


def _in_chunks(database: Database, rows: tuple[Any, list[dict[str, Any]]]) -> None:
    table, listed = rows
    with database.transaction() as session:
        for start in range(0, len(listed), marketplace.CHUNK):
            session.execute(insert(table), listed[start : start + marketplace.CHUNK])


def _people(database: Database) -> None:
    """The staff in teams; three people can sign in."""
    now, hashed = clock.now(), passwords.hash_password(PASSWORD)
    roles = [("agent", n) for n in range(1, AGENTS + 1)]
    roles += [("supervisor", n) for n in range(1, SUPERVISORS + 1)]
    users = [
        {"id": f"{role}{n}", "email": f"{role}{n}@desk.example", "name": f"{role.title()} {n}",
         "password_hash": hashed if n == 1 else "-", "staff_role": role,
         "email_confirmed_at": now, "timezone": "Asia/Shanghai"}
        for role, n in roles
    ]  # fmt: skip
    profiles = [
        {
            "user_id": f"{role}{n}",
            "team": TEAMS[n % len(TEAMS)],
            "languages": LANGUAGES[: 1 + n % 3],
        }
        for role, n in roles
    ]
    views = [
        {"owner_id": "supervisor1", "name": name, "filters": filters, "shared": True}
        for name, filters in VIEWS.items()
    ]
    with database.transaction() as session:
        for table, rows in ((User, users), (StaffProfile, profiles), (SavedView, views)):
            session.execute(insert(table), rows)
        session.scalars(select(User).where(User.email == CUSTOMER)).one().password_hash = hashed


def _institutions(database: Database) -> None:
    numbers = range(1, PARTNERS + 1)
    kinds = ("laboratory", "law_firm", "forwarder")
    organisations = [
        {"id": f"p{n}", "kind": "partner", "name": f"Partner {n}", "country": MARKETS[n % 12]}
        for n in numbers
    ]
    partners = [
        {"id": f"p{n}", "kind": kinds[n % 3], "services": ["CERT"], "calendar_id": calendars.BASE}
        for n in numbers
    ]
    users = [
        {"id": f"up{n}", "email": f"p{n}@partner.example", "name": f"P {n}", "password_hash": "-",
         "email_confirmed_at": clock.now()}
        for n in numbers
    ]  # fmt: skip
    members = [{"user_id": f"up{n}", "organisation_id": f"p{n}", "role": "owner"} for n in numbers]
    tables = ((Organisation, organisations), (Partner, partners))
    with database.transaction() as session:
        for table, rows in (*tables, (User, users), (Membership, members)):
            session.execute(insert(table), rows)


class _Maker:
    """Requests from the first to the last, with what hangs on them."""

    def __init__(self, calendar: Calendar, requests: int, messages: int, seed: int) -> None:
        self.dice = random.Random(f"desk {seed}")
        self.calendar, self.requests, self.messages = calendar, requests, messages
        self.now = clock.now().replace(microsecond=0)
        self.models = data_files.read("service-requests", self.now.date())
        self.texts = [m["text"] for model in self.models for m in model["messages"]]
        self.makers, self.buyers = max(20, requests // 40), max(10, requests // 120)
        self.referrals: list[dict[str, Any]] = []
        self.pauses: list[dict[str, Any]] = []
        self.marks: list[dict[str, Any]] = []

    def records(self) -> Iterator[Rows]:
        """In the order in which they came, more and more of them."""
        last = self.now - timedelta(hours=1)
        span = timedelta(days=DAYS)
        moments = sorted(
            last - span * (1 - self.dice.random() ** 0.7) for _ in range(self.requests)
        )
        for number, moment in enumerate(moments, start=1):
            yield self._record(number, courses.at_work(moment, self.dice))

    def related(self) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
        """What only some of the requests have."""
        yield RequestPause, self.pauses
        yield Referral, self.referrals
        yield Satisfaction, self.marks

    def _record(self, number: int, came: datetime) -> Rows:
        model, service = self.dice.choice(self.models), self.dice.choice(SERVICES)
        course = courses.live(self.dice, self.calendar, came, self.now, service)
        row = self._request(number, model, course) | {"service": service}
        self._relate(row, course)
        return {
            ServiceRequest: [row],
            RequestEntry: list(self._entries(row, course)),
            RequestFact: [{"request_id": row["id"], **course.facts}],
        }

    def _company(self) -> str:
        """One company asks more than all others, as such things go."""
        if self.dice.random() < 0.7:
            return f"g{1 + int(self.makers * self.dice.random() ** 2)}"
        return f"h{1 + int(self.buyers * self.dice.random() ** 2)}"

    def _request(self, number: int, model: dict[str, Any], course: Course) -> dict[str, Any]:
        company = self._company()
        agent = 1 + self.dice.randrange(AGENTS)
        taken = course.state not in ("new", "triaged")
        return {
            "id": f"r{number}",
            "number": number,
            "answers": {},
            "company_id": company,
            "requester_id": f"u{company}",
            "created_by_id": f"u{company}",
            "assignee_id": f"agent{agent}" if taken else None,
            "team": TEAMS[agent % len(TEAMS)] if taken else self.dice.choice(("", *TEAMS)),
            "title": f"{model['title']} · {number}",
            "description": model["description"],
            "locale": model["lang"],
            "markets": sorted(self.dice.sample(MARKETS, self.dice.choice((1, 1, 1, 2)))),
            "timezone": "Asia/Shanghai" if company.startswith("g") else "Europe/Berlin",
            "changed_at": course.steps[-1][2],
            **course.columns,
        }

    def _relate(self, row: dict[str, Any], course: Course) -> None:
        own = {"request_id": row["id"]}
        for kind, start, end in course.pauses:
            self.pauses.append({**own, "kind": kind, "started_at": start, "ended_at": end})
            if kind == "partner":
                self._refer(row, start, end)
        if course.state == "closed" and self.dice.random() < 0.35:
            solved, service = (min(5, 1 + int(5 * self.dice.random() ** 0.5)) for _ in range(2))
            said = {"person_id": row["requester_id"], "asked_at": row["closed_at"]}
            marks = {"solved": solved, "service": service, "answered_at": row["closed_at"]}
            recent = self.now - row["closed_at"] < timedelta(days=30)
            done = None if recent else row["closed_at"] + timedelta(days=2)
            self.marks.append({**own, **said, **marks, "followed_up_at": done})

    def _refer(self, row: dict[str, Any], start: datetime, end: datetime | None) -> None:
        partner, number = 1 + self.dice.randrange(PARTNERS), len(self.referrals) + 1
        waited = int(self.calendar.between(start, end or self.now).total_seconds() // 60)
        self.referrals.append(
            {
                "number": number,
                "request_id": row["id"],
                "partner_id": f"p{partner}",
                "author_id": row["assignee_id"],
                "title": row["title"],
                "brief": row["description"],
                "locale": row["locale"],
                "state": "done" if end else "accepted",
                "created_at": start,
                "changed_at": end or start,
                "answered_at": start + timedelta(hours=5) if end else start,
                "finished_at": end,
                "answer_minutes": min(waited, 60 * (1 + number % 9)),
                "finish_minutes": waited if end else None,
                "in_time": number % 5 > 0 if end else None,
                "mark": 1 + number % 5 if end and number % 3 else None,
            }
        )

    def _entries(self, row: dict[str, Any], course: Course) -> Iterator[dict[str, Any]]:
        """Events where the steps are, messages and notes between them."""
        own = {"request_id": row["id"], "locale": row["locale"]}
        for event, detail, at in course.steps:
            staff = event == "moved" and detail["step"] != "answer"
            who = row["assignee_id"] if staff else row["requester_id"]
            party = "staff" if staff else "customer"
            yield {**own, "party": party, "author_id": who, "internal": False, "event": event,
                   "detail": detail, "body": "", "created_at": at}  # fmt: skip
        count = self.dice.randint(self.messages // 2, self.messages + self.messages // 2)
        for place, at in enumerate(course.moments(self.dice, count)):
            staff = place % 2 == 0 and row["assignee_id"] is not None
            yield {**own, "party": "staff" if staff else "customer", "created_at": at,
                   "author_id": row["assignee_id"] if staff else row["requester_id"],
                   "internal": staff and place % 6 == 4, "event": None, "detail": {},
                   "body": f"{self.dice.choice(self.texts)} ({row['number']}/{place})"}  # fmt: skip


def _set_clocks(database: Database) -> None:
    """The clocks of open requests as the portal reads them, with the steps they have come to."""
    query = select(ServiceRequest.id).where(ServiceRequest.state.in_(courses.OPEN))
    with database.reading() as session:
        ids = list(session.scalars(query))
    for start in range(0, len(ids), BATCH):
        with database.transaction() as session:
            chosen = ServiceRequest.id.in_(ids[start : start + BATCH])
            for request in session.scalars(select(ServiceRequest).where(chosen)):
                clocks.refresh(session, request)
                _climb(session, request)


def _climb(session: Any, request: ServiceRequest) -> None:
    calendar, now = calendars.load(session), clock.now()
    pauses = clocks.pauses_of(session, [request])[request.id]
    for one in clocks.of(request):
        if clocks.runs(request, one):
            clocks.take(request, one, clocks.reached(one, one.read(calendar, pauses, now)))
    clocks.refresh(session, request)
