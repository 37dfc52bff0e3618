"""Loading the demo: the records through the verbs of the features, in one transaction."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.rules import actor_of
from portal.capabilities import records as capability_records
from portal.capabilities import services as capabilities
from portal.companies import records as company_records
from portal.companies import services as companies
from portal.companies.models import Company
from portal.core import clock
from portal.core.access import SYSTEM, Actor
from portal.core.db import Database
from portal.core.files import FileStore
from portal.core.models import Job, State
from portal.demo import (
    consents,
    data_files,
    disclosure,
    evidence,
    history,
    inquiries,
    market_rules,
    partners,
    plan,
    requests,
    results,
    staff,
    test_centre,
    verification,
    workbench,
)
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.matching import jobs as matching
from portal.needs import queries as need_queries
from portal.needs import records as need_records
from portal.needs import services as needs
from portal.needs.models import Need
from portal.search import jobs as search_jobs
from portal.search.engine import EmbeddedEngine

STATE = "demo"
STAFF = "li@base.example"


def loaded(session: Session) -> dict[str, Any] | None:
    """What a former load has noted, or None."""
    row = session.get(State, STATE)
    return dict(row.value) if row else None


def load(database: Database, files: FileStore) -> None:
    """Load the records; all of them or, when interrupted, none."""
    with database.transaction() as session:
        stage = Stage(session, clock.now(), files)
        _load_companies(stage)
        _load_people(stage)
        partners.load_institutions(stage)
        consents.load(stage)
        _move_companies(stage)
        _load_capabilities(stage)
        _load_needs(stage)
        inquiries.load(stage)
        history.load(stage)
        requests.load(stage)
        market_rules.load(stage)
        partners.load_referrals(stage)
        results.load(stage)
        test_centre.load(stage)
        staff.load(stage)
        workbench.load(stage)
        evidence.load(stage)
        disclosure.load(stage)
        verification.load(stage)
        _end_needs(stage)
        session.add(State(name=STATE, value={"size": "small", "seed": 0}))
        # Nobody waits for mails about things of the past.
        session.execute(delete(Job).where(Job.kind == "mail.send"))


def _spread(ref: str, low: int, high: int) -> float:
    """Days between two bounds, different for every ref, the same at every load."""
    number = int.from_bytes(hashlib.sha256(ref.encode()).digest()[:4], "big")
    return low + number / 2**32 * (high - low)


def _load_companies(stage: Stage) -> None:
    for record in data_files.read("companies", stage.now.date()):
        ref = record["ref"]
        state = "draft" if ref in plan.COMPANY_STEPS else "published"
        with at(stage.session, stage.ago(_spread(ref, 200, 300))):
            data = company_records.from_record({**record, "state": state})
            stage.companies[ref] = company_records.import_one(stage.session, SYSTEM, data)


def _load_people(stage: Stage) -> None:
    for person in _everybody(stage):
        company = stage.companies.get(person.pop("company") or "")
        with at(stage.session, stage.ago(190)):
            user = accounts.create_user(
                stage.session,
                person["email"],
                person["role"],
                organisation_id=company.id if company else None,
                name=person["name"],
                password=plan.PASSWORD,
                locale=person["locale"],
                timezone=person["timezone"],
            )
            _know(stage, user)


def _move_companies(stage: Stage) -> None:
    for ref, steps in plan.COMPANY_STEPS.items():
        for days, (who, name, note) in _dated(steps, 12):
            with at(stage.session, stage.ago(days)):
                actor = _party(stage, who, ref)
                companies.move(stage.session, actor, stage.companies[ref].id, name, note)


def _know(stage: Stage, user: User) -> None:
    stage.session.flush()
    stage.session.expire(user)
    actor = actor_of(queries.user(stage.session, user.id) or user)
    stage.actors[actor.email] = actor
    refs = {company.id: ref for ref, company in stage.companies.items()}
    if actor.org_id:
        stage.people[refs[actor.org_id]].append(actor)


def _everybody(stage: Stage) -> Iterator[dict[str, Any]]:
    """The people of the records, then one contact for every other company."""
    named = data_files.read("people")
    yield from (dict(person) for person in named)
    served = {person["company"] for person in named}
    names = {locale: iter(listed) for locale, listed in plan.CONTACTS.items()}
    for ref, company in stage.companies.items():
        if ref not in served:
            yield _contact(ref, company, names)


def _contact(ref: str, company: Company, names: Mapping[str, Iterator[str]]) -> dict[str, Any]:
    locale = plan.COUNTRY_LOCALES.get(company.country, "en")
    host = (company.website or f"//{ref}.example").split("//", 1)[1].strip("/")
    return {
        "email": f"contact@{host.removeprefix('www.')}",
        "name": next(names[locale]),
        "company": ref,
        "role": "owner",
        "locale": locale,
        "timezone": plan.COUNTRY_ZONES.get(company.country, "UTC"),
    }


def _dated(steps: tuple[Any, ...], first: float) -> Iterator[tuple[float, Any]]:
    """Steps with the days they lie back, the last one the day before yesterday at the latest."""
    return ((first * 0.6**n, step) for n, step in enumerate(steps))


def _party(stage: Stage, who: str, company: str) -> Actor:
    return stage.actors[STAFF] if who == "staff" else stage.actor(company)


def _load_capabilities(stage: Stage) -> None:
    for record in data_files.read("capabilities", stage.now.date()):
        ref, owner = record["ref"], record["company"]
        steps = plan.CAPABILITY_STEPS.get(ref)
        public = steps is None and stage.companies[owner].state == "published"
        data = capability_records.from_record(record)
        with at(stage.session, stage.ago(_spread(ref, 60, 190))):
            row = capabilities.import_one(
                stage.session,
                SYSTEM,
                stage.companies[owner],
                data,
                "published" if public else "draft",
            )
        stage.capabilities[ref] = row
        for days, (who, name, note) in _dated(steps or (), 9):
            with at(stage.session, stage.ago(days)):
                capabilities.move(stage.session, _party(stage, who, owner), row.id, name, note)


def _load_needs(stage: Stage) -> None:
    """All needs as they were when they were posted; how they ended comes after the inquiries."""
    for record in data_files.read("needs", stage.now.date()):
        ref, owner = record["ref"], record["company"]
        steps = plan.NEED_STEPS.get(ref)
        draft = steps is not None or record["state"] == "draft"
        zone = stage.actor(owner).timezone
        data = need_records.from_record({**record, "deadline_zone": zone, "state": None})
        with at(stage.session, stage.ago(_spread(ref, 46, 80))):
            row = needs.import_one(
                stage.session,
                SYSTEM,
                stage.companies[owner],
                data,
                "draft" if draft else "published",
            )
        stage.needs[ref] = row
        for days, (who, name, note) in _dated(steps or (), 5):
            with at(stage.session, stage.ago(days)):
                needs.move(stage.session, _party(stage, who, owner), row.id, name, note)


def _end_needs(stage: Stage) -> None:
    """Needs that are over: at their deadline, or by their owner some days ago."""
    for record in data_files.read("needs", stage.now.date()):
        row, owner = stage.needs[record["ref"]], stage.actor(record["company"])
        if record["state"] == "closed" and row.deadline and row.deadline < stage.now:
            _end(stage, row, SYSTEM, "expire", row.deadline)
        elif record["state"] in ("closed", "withdrawn"):
            name = {"closed": "close", "withdrawn": "withdraw"}[record["state"]]
            _end(stage, row, owner, name, stage.ago(6))
        outcome = plan.NEED_OUTCOMES.get(record["ref"])
        if outcome:
            _end(stage, row, owner, outcome, stage.ago(2))


def _end(stage: Stage, row: Need, actor: Actor, name: str, moment: datetime) -> None:
    with at(stage.session, moment):
        needs.move(stage.session, actor, row.id, name)


def open_needs(session: Session) -> list[str]:
    """Ids of the needs that matches are looked for."""
    return [need.id for need in need_queries.for_index(session)]


def settle(database: Database, engine: EmbeddedEngine, advance: Callable[[int], None]) -> None:
    """Build the index and find the matches, as the worker would do one by one."""
    search_jobs.rebuild(engine, database)
    with database.reading() as session:
        ids = open_needs(session)
    for need_id in ids:
        matching.match_need(engine, database, need_id)
        advance(1)
    with database.transaction() as session:
        done = ("index.update", "matching.need", "matching.capability", "mail.send")
        session.execute(delete(Job).where(Job.kind.in_(done), Job.lease_token.is_(None)))
