"""What drafts of the thesaurus would do: the same questions to the index as it is and as it would
be, side by side."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.access import Actor, Permission
from portal.core.db import Database
from portal.core.errors import Forbidden
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import State
from portal.matching import judging
from portal.needs.models import Need
from portal.search import sources
from portal.search.documents import Document
from portal.search.engine import EmbeddedEngine
from portal.search.releases import rehearsal
from portal.search.results import SearchRequest
from portal.thesaurus import queries
from portal.thesaurus.models import ThesaurusTrial
from portal.thesaurus.services import TRIAL_JOB
from portal.thesaurus.store import Thesaurus, get_thesaurus, rehearsing

log = logging.getLogger("portal.matching")
TOP = 10
NEEDS = 150
TERMS = 60
SHOWN = 60
# How often the progress is told.
EVERY = 10
TEST_QUERIES = "thesaurus.test_queries"
Ranking = list[str]


@dataclass(frozen=True)
class Question:
    """One test query: an open need, a text that staff saved, or a term that changes."""

    kind: str
    text: str
    lang: str
    needs: tuple[Document, ...] = ()  # as it is read now, and as it would be

    def ask(self, engine: EmbeddedEngine, *, planned: bool) -> Ranking:
        """Ids of the best hits."""
        if not self.needs:
            found = engine.search(SearchRequest(self.text, self.lang or None, limit=TOP))
            return [hit.id for hit in found.hits]
        need = self.needs[planned]
        own = {"owner": (need.owner,)}
        return [s.id for s in engine.relevant(need, "capability", TOP, exclude=own)]


def saved_queries(session: Session) -> list[tuple[str, str]]:
    """Language and words of the test queries that staff keep."""
    row = session.get(State, TEST_QUERIES)
    return [(q["lang"], q["text"]) for q in row.value["queries"]] if row else []


def save_queries(session: Session, actor: Actor, wanted: Sequence[tuple[str, str]]) -> None:
    """Keep other test queries from now on."""
    if not actor.may(Permission.THESAURUS_EDIT):
        raise Forbidden(_l("Your role does not permit this."))
    value = {"queries": [{"lang": lang, "text": text} for lang, text in wanted]}
    session.merge(State(name=TEST_QUERIES, value=value))
    session.flush()


def register(engine: EmbeddedEngine) -> None:
    """Let the worker try drafts over a copy of this index."""

    @jobs.handles_outside(TRIAL_JOB)
    def run(database: Database, payload: dict[str, Any]) -> None:
        trial_id = str(payload["id"])
        try:
            _run(engine, database, trial_id)
        except Exception:
            log.exception("a trial of the thesaurus failed")
            _tell(database, trial_id, state="failed", finished_at=clock.now())


def _tell(database: Database, trial_id: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(
            update(ThesaurusTrial).where(ThesaurusTrial.id == trial_id).values(**values)
        )


def _run(engine: EmbeddedEngine, database: Database, trial_id: str) -> None:
    engine.follow()
    with database.reading() as session:
        trial = session.get_one(ThesaurusTrial, trial_id)
        waiting = queries.drafts(session)
        if trial.fingerprint != queries.fingerprint(session, waiting):
            raise LookupError("the drafts have changed since")
        planned = queries.planned_thesaurus(session, waiting)
        asked = list(_questions(session, get_thesaurus(), planned))
        judged = _judged(session)
    _tell(database, trial_id, state="running", total=len(asked), done=0)
    engine_folder = engine.folder.folder
    with TemporaryDirectory(prefix="trial-", dir=engine_folder.parent) as folder:
        twin, touched = rehearsal(engine, database, Path(folder) / "index", planned)
        rankings = list(_asked(engine, twin, asked, _teller(database, trial_id)))
    result = {"touched": touched, **_compared(asked, rankings)}
    result["figures"] = _figures(asked, rankings, judged)
    _tell(database, trial_id, state="done", finished_at=clock.now(), result=result)


def _teller(database: Database, trial_id: str) -> Callable[[int], None]:
    return lambda done: _tell(database, trial_id, done=done)


def _asked(
    engine: EmbeddedEngine,
    twin: EmbeddedEngine,
    asked: Sequence[Question],
    tell: Callable[[int], None],
) -> Iterator[tuple[Ranking, Ranking]]:
    for number, question in enumerate(asked, start=1):
        yield question.ask(engine, planned=False), question.ask(twin, planned=True)
        if number % EVERY == 0:
            tell(number)


# questions


def _questions(session: Session, now: Thesaurus, planned: Thesaurus) -> Iterator[Question]:
    yield from (Question("saved", text, lang) for lang, text in saved_queries(session))
    yield from _changed_terms(now, planned)
    newest = select(Need.id).where(Need.state == "published").order_by(Need.published_at.desc())
    ids = list(dict.fromkeys([*session.scalars(newest.limit(NEEDS)), *_judged(session)]))
    with rehearsing(planned):
        would_be = {need.id: need for need in sources.documents(session, "need", ids)}
    for need in sources.documents(session, "need", ids):
        lang = next((part.lang for part in need.texts if part.lang), "")
        yield Question("need", need.id, lang or "", (need, would_be[need.id]))


def _changed_terms(now: Thesaurus, planned: Thesaurus) -> Iterator[Question]:
    """Every word that comes or goes is searched for itself."""
    old, new = _terms(now), _terms(planned)
    for lang, term in sorted(old ^ new)[:TERMS]:
        yield Question("term", term, lang)


def _terms(thesaurus: Thesaurus) -> set[tuple[str, str]]:
    return {
        (lang, term)
        for concept in thesaurus
        for lang, terms in concept.terms.items()
        for term in terms
    }


# results


def _compared(
    asked: Sequence[Question], rankings: Sequence[tuple[Ranking, Ranking]]
) -> dict[str, Any]:
    """Which questions move, those that move most first."""
    moved = [
        (q, moves(before, after))
        for q, (before, after) in zip(asked, rankings, strict=True)
        if before != after
    ]
    moved.sort(key=lambda pair: -_weight(pair[1]))
    lines = [{"kind": q.kind, "text": q.text, "lang": q.lang, "hits": h} for q, h in moved[:SHOWN]]
    return {"asked": len(asked), "moved": len(moved), "lines": lines}


def moves(before: Ranking, after: Ranking) -> list[dict[str, Any]]:
    """Every hit of either list with its rank in both (None: not among the best)."""
    old = {i: rank for rank, i in enumerate(before, start=1)}
    new = {i: rank for rank, i in enumerate(after, start=1)}
    listed = [*after, *(i for i in before if i not in new)]
    return [{"id": i, "before": old.get(i), "after": new.get(i)} for i in listed]


def _weight(hits: Iterable[Mapping[str, Any]]) -> float:
    """How much a list has changed; high ranks count more."""

    def gain(rank: int | None) -> float:
        return 1 / math.log2(rank + 1) if rank else 0.0

    return sum(abs(gain(hit["before"]) - gain(hit["after"])) for hit in hits)


# judgements


@dataclass(frozen=True)
class Figures:
    """Means over the judged needs."""

    needs: int
    ndcg: float
    mrr: float


def _judged(session: Session) -> dict[str, dict[str, int]]:
    """Need → capability → 1 for good, 0 for wrong; needs with at least one good one."""
    found: dict[str, dict[str, int]] = {}
    for row in session.scalars(judging.standing()):
        grades = found.setdefault(row.need_id, {})
        grades[row.capability_id] = judging.GRADES[row.verdict]
    return {need: grades for need, grades in found.items() if any(grades.values())}


def _figures(
    asked: Sequence[Question],
    rankings: Sequence[tuple[Ranking, Ranking]],
    judged: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    lists = {q.text: r for q, r in zip(asked, rankings, strict=True) if q.text in judged}
    if not lists:
        return {}
    return {
        side: asdict(figures([(judged[i], pair[place]) for i, pair in lists.items()]))
        for place, side in enumerate(("before", "after"))
    }


def figures(judged: Sequence[tuple[Mapping[str, int], Ranking]]) -> Figures:
    """nDCG and MRR of the ten best. Capabilities nobody judged count as wrong."""
    ndcg = [_ndcg(grades, ranking[:TOP]) for grades, ranking in judged]
    mrr = [_reciprocal(grades, ranking[:TOP]) for grades, ranking in judged]
    count = len(judged)
    return Figures(count, round(sum(ndcg) / count, 4), round(sum(mrr) / count, 4))


def _ndcg(grades: Mapping[str, int], ranking: Ranking) -> float:
    gain = sum(grades.get(i, 0) / math.log2(rank + 1) for rank, i in enumerate(ranking, start=1))
    best = sorted(grades.values(), reverse=True)[:TOP]
    return gain / sum(g / math.log2(rank + 1) for rank, g in enumerate(best, start=1))


def _reciprocal(grades: Mapping[str, int], ranking: Ranking) -> float:
    return next((1 / rank for rank, i in enumerate(ranking, start=1) if grades.get(i)), 0.0)
