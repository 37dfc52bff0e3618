"""What came of the demo's requests: marks after closing, and the register of market barriers."""

from datetime import date, timedelta
from typing import Any

from portal.demo.data_files import read
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.service_requests import queries as requests
from portal.service_requests.barriers import services as barriers
from portal.service_requests.barriers.services import BarrierInput, PublicInput, PublicText
from portal.service_requests.models import Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import services as satisfaction
from portal.service_requests.satisfaction.services import AnswerInput

_FACTS = ("market", "kind", "category", "rule", "effect", "remedy", "source")


def load(stage: Stage) -> None:
    """Marks and barriers of requests that are there already."""
    known = {row.external_ref: row for row in requests.for_export(stage.session)}
    for record in read("satisfaction", stage.now.date()):
        _answer(stage, record, known[record["request"]])
    for record in sorted(read("barriers", stage.now.date()), key=lambda r: -r["days_ago"]):
        _barrier(stage, record, known)


def _answer(stage: Stage, record: dict[str, Any], request: ServiceRequest) -> None:
    session = stage.session
    person = request.requester_id or ""
    asked = stage.ago(record["asked_days_ago"])
    session.add(Satisfaction(request_id=request.id, person_id=person, asked_at=asked))
    session.flush()
    customer = next(who for who in stage.actors.values() if who.user_id == person)
    data = AnswerInput(record["solved"], record["service"], record["comment"], record["lang"])
    with at(session, stage.ago(record["days_ago"])):
        satisfaction.answer(session, customer, request.id, data)


def _barrier(stage: Stage, record: dict[str, Any], known: dict[str | None, ServiceRequest]) -> None:
    session, author = stage.session, stage.actors[record["by"]]
    read_on = (stage.now - timedelta(days=record["reviewed_days_ago"])).date()
    facts = {name: record[name] for name in _FACTS}
    begins = record.get("valid_from")
    since = date.fromisoformat(begins) if begins else None
    data = BarrierInput(**facts, locale=record["lang"], valid_from=since, reviewed_on=read_on)
    moment = stage.ago(record["days_ago"])
    with at(session, moment):
        made = barriers.create(session, author, data, anyway=True)
    for ref in record["met"]:
        with at(session, max(moment, known[ref].changed_at)):
            barriers.attach(session, author, known[ref].id, made.id)
    if record["public"]:
        _publish(stage, made.id, record["public"])


def _publish(stage: Stage, barrier_id: str, record: dict[str, Any]) -> None:
    """Written by one, approved by another a little later, withdrawn by some."""
    session, days = stage.session, record["days_ago"]
    texts = {tag: PublicText(**text) for tag, text in record["texts"].items()}
    with at(session, stage.ago(days)):
        text = PublicInput(texts, record["source"])
        barriers.propose(session, stage.actors[record["by"]], barrier_id, text)
    if record["approved_by"]:
        with at(session, stage.ago(days - 0.3)):
            barriers.approve(session, stage.actors[record["approved_by"]], barrier_id)
    gone = record.get("withdrawn")
    if gone:
        with at(session, stage.ago(gone["days_ago"])):
            barriers.withdraw(session, stage.actors[gone["by"]], barrier_id, gone["reason"])
