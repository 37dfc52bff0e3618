"""Publishing changes of the thesaurus: only what they touch is read again, and all of that."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.capabilities.models import Capability, CapabilityText
from portal.core import clock, jobs
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.models import Job
from portal.factory import create_app
from portal.needs.models import Need, NeedText
from portal.search import jobs as search_jobs
from portal.search import releases
from portal.search.engine import EmbeddedEngine
from portal.search.index import Behind
from portal.search.segments import FACETS, TERMS
from portal.search.sources import every_document
from portal.thesaurus import overlay, queries, services
from portal.thesaurus.live import Live
from portal.thesaurus.models import ThesaurusRelease, ThesaurusTrial
from portal.thesaurus.store import get_thesaurus, put_in_force, shipped
from portal.web.app import Portal
from tests.support.people import Person

TEXTS = (
    ("de", "Lithiumhydroxidmühlen", "Mahlwerke für die Kathodenfertigung"),
    ("de", "Wechselrichter", "Inverter mit Zwischenkreiskondensator"),
    ("zh-Hans", "固态电池", "硫化物全固态电池电芯"),
    ("zh-Hans", "流变仪", "电极浆料流变测试"),
    ("en", "Slurry rheometer", "Rheology of electrode slurries"),
    ("en", "Housings", "Die-cast housings for inverters"),
    ("fr", "Broyeurs", "Des broyeurs à hydroxyde pour cathodes"),
    ("ar", "بطاريات", "البطاريات ذات الجهد العالي"),
)
Draft = Callable[..., None]


@pytest.fixture(autouse=True)
def only_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services.rules, "problems", lambda *_: {})
    yield
    put_in_force(shipped())


@pytest.fixture
def engine(app: Portal, database: Database, people: dict[str, Person]) -> EmbeddedEngine:
    with database.transaction() as session:
        for number, (lang, title, text) in enumerate(TEXTS):
            now = clock.now()
            session.add(
                Capability(
                    id=f"cap{number}",
                    company_id=people["wang"].org_id,
                    category="traction-inverter" if number == 1 else "solid-state-battery",
                    state="published",
                    published_at=now,
                    texts=[CapabilityText(locale=lang, title=title, summary=text)],
                )
            )
        session.add(
            Need(
                id="need0",
                company_id=people["meyer"].org_id,
                category="rheometer-new",
                state="published",
                published_at=clock.now(),
                texts=[NeedText(locale="en", title="Rheometer for slurries", description="")],
            )
        )
    search_jobs.rebuild(app.engine, database)
    return app.engine


def rheometer(**more: Any) -> overlay.State:
    terms = {"en": ["rheometer"], "de": ["Rheometer"], "zh-Hans": ["流变仪"]}
    return {"id": "rheometer-new", "kind": "equipment", "broader": ["equipment"], "category": True,
            "terms": {**terms, **more}}  # fmt: skip


def contents(engine: EmbeddedEngine) -> dict[str, dict[str, float]]:
    """Everything the index holds of each document."""
    found: dict[str, dict[str, float]] = {}
    for segment in engine.scorer().snapshot.segments:
        for field in (TERMS, FACETS):
            for term in list(segment.vocabulary("", field)):
                numbers, weights = segment.postings(field, term)
                for number, weight in zip(numbers, weights, strict=True):
                    if segment.alive[number]:
                        row = found.setdefault(segment.record(int(number)).id, {})
                        row[f"{field} {term}"] = round(float(weight), 4)
    return found


def publish(database: Database, *states: overlay.State) -> None:
    """Write drafts and make them a release, as if they had been tried and found good."""
    with database.transaction() as session:
        for state in states:
            services.save_draft(session, SYSTEM, state, "because")
        tried(session)
        services.publish(session, SYSTEM)


def tried(session: Any) -> None:
    mark = queries.fingerprint(session, queries.drafts(session))
    session.add(ThesaurusTrial(fingerprint=mark, state="done"))
    session.flush()


def changed(concept_id: str, **terms: list[str]) -> overlay.State:
    record = get_thesaurus().concepts[concept_id].record()
    return {**record, "terms": {**record["terms"], **terms}}


EDITS: list[Callable[[], list[overlay.State]]] = [
    lambda: [rheometer()],
    lambda: [changed("solid-state-battery", de=["Mahlwerk"])],
    lambda: [changed("solid-state-battery", **{"zh-Hans": ["硫化物全固态电池"], "en": ["slurry"]})],
    lambda: [{**get_thesaurus().concepts["solid-state-battery"].record(), "broader": ["battery"]}],
    lambda: [overlay.retired("solid-state-battery")],
    lambda: [changed("solid-state-battery", ar=["بطارية جهد"], fr=["broyeur à hydroxyde"])],
]


@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_after_a_release_the_index_is_as_if_built_anew(
    app: Portal, database: Database, engine: EmbeddedEngine, tmp_path: Path, edit: int
) -> None:
    publish(database, *EDITS[edit]())
    releases.bring_in(engine, database, {})
    fresh = EmbeddedEngine(tmp_path / "fresh", get_thesaurus())
    with database.reading() as session:
        fresh.rebuild(every_document(session))
    assert contents(engine) == contents(fresh)
    assert engine.folder.marks() == (get_thesaurus().release, "")


def test_only_what_a_release_touches_is_read_again(
    database: Database, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    update = engine.update

    def noted(documents: Any, deleted: Any = ()) -> int:
        rows = list(documents)
        written.extend(row.id for row in rows)
        return update(rows, deleted)

    monkeypatch.setattr(engine, "update", noted)
    publish(database, rheometer())
    generation = engine.folder.current()
    releases.bring_in(engine, database, {})
    assert set(written) == {"cap3", "cap4", "need0"}
    assert engine.folder.current() == generation
    with database.reading() as session:
        release = session.get_one(ThesaurusRelease, 1)
        assert (release.done, release.total, release.indexed_at is not None) == (3, 3, True)
        matching = session.scalars(select(Job.dedupe).where(Job.kind.startswith("matching."))).all()
    assert set(matching) == {"capability:cap3", "capability:cap4", "need:need0"}


def test_the_index_answers_meanwhile_and_a_broken_off_job_goes_on(
    database: Database, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "BATCH", 1)
    publish(database, rheometer())
    assert releases.bring_in(engine, database, {}, seconds=0) == 1
    assert engine.folder.marks() == ("", get_thesaurus().release)
    assert engine.health().ok
    with database.reading() as session:
        waiting = jobs.waiting(session, services.RELEASE_JOB, 5).values()
    payload = next(p for p in waiting if p)
    assert releases.bring_in(engine, database, payload) == 2
    assert engine.folder.marks() == (get_thesaurus().release, "")


def test_a_release_taken_back_in_between_leaves_nothing_behind(
    database: Database, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(engine)
    monkeypatch.setattr(releases, "BATCH", 1)
    publish(database, rheometer())
    releases.bring_in(engine, database, {}, seconds=0)  # some documents already have it
    with database.transaction() as session:
        services.undo(session, SYSTEM, "1")
    releases.bring_in(engine, database, {})
    assert contents(engine) == before


def test_a_writer_with_an_older_release_is_refused(
    database: Database, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    late = EmbeddedEngine(engine.folder.folder, shipped())
    publish(database, rheometer())
    releases.bring_in(engine, database, {})
    assert late.health().ok
    with pytest.raises(Behind):
        late.update([], ["cap0"])


def test_an_index_of_another_database_is_built_anew(
    database: Database, engine: EmbeddedEngine
) -> None:
    publish(database, rheometer())
    with engine.folder.locked():
        engine.folder.mark("7:0123456789abcdef")
    generation = engine.folder.current()
    releases.bring_in(engine, database, {})
    assert engine.folder.current() != generation
    assert engine.folder.marks() == (get_thesaurus().release, "")


def test_a_trial_shows_what_moves_and_leaves_the_index_alone(
    app: Portal, database: Database, engine: EmbeddedEngine, work: Callable[[], int]
) -> None:
    before = contents(engine)
    with database.transaction() as session:
        services.save_draft(session, SYSTEM, rheometer(ja=["レオメーター"]), "new in the trade")
        trial_id = services.begin_trial(session, SYSTEM).id
    work()
    with database.reading() as session:
        trial = session.get_one(ThesaurusTrial, trial_id)
    assert trial.state == "done"
    lines = {line["text"]: line for line in trial.result["lines"]}
    gained = [h["id"] for h in lines["レオメーター"]["hits"] if h["before"] is None]
    assert {"cap3", "cap4"} <= set(gained)
    assert trial.result["touched"] == 3
    assert contents(engine) == before
    assert get_thesaurus().release == ""


def test_an_overlay_is_no_reason_to_build_anew(
    app: Portal, database: Database, engine: EmbeddedEngine
) -> None:
    publish(database, rheometer())
    releases.bring_in(engine, database, {})
    again = EmbeddedEngine(engine.folder.folder, shipped())
    assert again.health().ok


def test_another_process_takes_a_release_over(
    app: Portal, database: Database, engine: EmbeddedEngine
) -> None:
    other = create_app(app.settings)
    publish(database, rheometer())
    assert "rheometer-new" not in other.engine.analyser.thesaurus
    live = Live(other.database, other.engine.use)
    live.follow()
    until = time.monotonic() + 20
    while "rheometer-new" not in get_thesaurus() and time.monotonic() < until:
        time.sleep(0.05)
        live.follow()
    assert "rheometer-new" in get_thesaurus()
    assert "rheometer-new" in other.engine.analyser.thesaurus
    with other.engine.folder.locked():
        other.engine.folder.check_release()
    other.database.engine.dispose()
    other.limiter.storage.close()
