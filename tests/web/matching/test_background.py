"""Matching in the background: stored pairs, notices and mails once per pair, healing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.models import Notice
from portal.core import clock
from portal.core.db import Database
from portal.core.models import Job
from portal.matching import jobs as matching_jobs
from portal.matching.models import Match
from portal.needs.models import Need
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.matching.conftest import Make, announce

Work = Callable[[], int]
Mails = Callable[[], list[str]]


def notices(database: Database, person: Person) -> list[tuple[str, str]]:
    query = select(Notice.kind, Notice.path).where(Notice.user_id == person.id)
    with database.reading() as session:
        return sorted((kind, path) for kind, path in session.execute(query) if "match." in kind)


def pairs(database: Database) -> set[tuple[str, str]]:
    with database.reading() as session:
        return {(m.need_id, m.capability_id) for m in session.scalars(select(Match))}


def test_publishing_a_need_tells_the_supplier_and_its_owner(
    database: Database, make_capability: Make, make_need: Make, work: Work,
    people: dict[str, Person],
) -> None:  # fmt: skip
    capability = make_capability()
    work()
    need = make_need()
    work()
    assert pairs(database) == {(need, capability)}
    path = f"/capabilities/{capability}/matches"
    assert notices(database, people["wang"]) == [("match.need", path)]
    assert notices(database, people["sun"]) == [("match.need", path)]
    own = [("match.capabilities_found", f"/needs/{need}/matches")]
    assert notices(database, people["meyer"]) == own
    assert notices(database, people["smith"]) == []


def test_publishing_a_capability_tells_the_owner_of_the_need(
    database: Database, make_capability: Make, make_need: Make, work: Work,
    people: dict[str, Person],
) -> None:  # fmt: skip
    need = make_need()
    work()
    capability = make_capability()
    work()
    assert notices(database, people["meyer"]) == [("match.capability", f"/needs/{need}/matches")]
    own = [("match.needs_found", f"/capabilities/{capability}/matches")]
    assert notices(database, people["wang"]) == own


@pytest.fixture
def digests(database: Database, mails: Mails) -> Mails:
    """Mails about matches, as if the time for gathering were over."""

    def read() -> list[str]:
        with database.transaction() as session:
            session.execute(
                update(Job).where(Job.kind == "matching.digest").values(run_at=clock.now())
            )
        return [m for m in mails() if "/matches" in m]

    return read


def test_a_pair_is_told_once_however_often_either_side_changes(
    database: Database, need: str, capability: str, work: Work, digests: Mails,
    people: dict[str, Person],
) -> None:  # fmt: skip
    work()
    told, sent = notices(database, people["wang"]), len(digests())
    assert len(told) == 1
    assert sent > 0
    for _ in range(2):
        with database.transaction() as session:
            announce(session, "need", need)
            announce(session, "capability", capability)
        work()
    assert notices(database, people["wang"]) == told
    assert len(digests()) == sent


def test_one_mail_a_person_gathers_all_new_pairs_of_many_runs(
    make_capability: Make, make_need: Make, work: Work, mails: Mails, digests: Mails
) -> None:
    make_capability(title="逆变器 A")
    make_capability(title="逆变器 B")
    work()
    make_need(title="Wechselrichter")
    work()
    make_need(title="Pulswechselrichter")
    assert mails() == []
    (found,) = [m for m in digests() if m.startswith("To: Wang")]
    for title in ("逆变器 A", "逆变器 B", "- Wechselrichter", "- Pulswechselrichter"):
        assert title in found
    assert "/zh-hans/matches" in found


def test_who_has_read_the_notice_gets_no_mail(
    browser: Callable[..., Browser], make_capability: Make, make_need: Make, work: Work,
    digests: Mails,
) -> None:  # fmt: skip
    make_capability()
    work()
    make_need()
    work()
    browser("wang").post("/account/notices/read")
    assert {m.split("@")[0] for m in digests()} == {"To: Liu <liu", "To: Sun <sun"}


def test_a_hard_gap_is_kept_as_a_match_but_nobody_is_told(
    database: Database, make_capability: Make, need: str, work: Work, people: dict[str, Person]
) -> None:
    lacking = make_capability(markets=["BR"])
    work()
    assert pairs(database) == {(need, lacking)}
    assert notices(database, people["wang"]) == []
    assert notices(database, people["meyer"]) == []


def test_what_no_longer_fits_is_dropped(
    database: Database, need: str, capability: str, work: Work
) -> None:
    work()
    assert pairs(database)
    with database.transaction() as session:
        row = session.get(Need, need)
        assert row is not None
        row.deadline = clock.now() - timedelta(minutes=1)
        announce(session, "need", need)
    work()
    assert pairs(database) == set()


def test_a_run_waits_for_its_own_record_in_the_index(
    app: Portal, database: Database, need: str, work: Work
) -> None:
    work()
    app.engine.update([], [need])
    with database.transaction() as session:
        session.add(Job(kind="matching.need", payload={"id": need}))
    work()
    with database.reading() as session:
        waiting = session.scalars(select(Job).where(Job.finished_at.is_(None))).one()
    assert waiting.payload == {"id": need, "waited": 1}
    assert waiting.run_at > clock.now() - timedelta(seconds=1)


def test_waiting_for_the_index_has_an_end(
    app: Portal, database: Database, need: str, work: Work
) -> None:
    work()
    app.engine.update([], [need])
    payload = {"id": need, "waited": matching_jobs.MAX_WAITS}
    with database.transaction() as session:
        session.add(Job(kind="matching.need", payload=payload))
    work()
    with database.reading() as session:
        assert session.scalars(select(Job).where(Job.finished_at.is_(None))).first() is None


@pytest.mark.parametrize("person", ["wang", "meyer"])
def test_the_inbox_shows_the_notice(
    browser: Callable[..., Browser], need: str, capability: str, work: Work, person: str
) -> None:
    work()
    page = browser(person).get("/account/notices")
    assert page.status == 200
    assert "/matches" in page
