"""Answers of a search as readers and programs see them: texts, companies, reasons.

The engine finds ids; what is shown comes from the database, where visibility is checked again.
Whoever searches finds and sees what everybody may see, so that no result tells of more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Company, CompanyText
from portal.companies.rules import name_for
from portal.core import clock, i18n
from portal.core.texts import chosen
from portal.disclosure.queries import NOBODY
from portal.needs.models import Need, NeedText
from portal.search.documents import TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.explain import Explainer, Explanation, Passage, Reason
from portal.search.index import IndexUnavailable
from portal.search.results import SearchRequest
from portal.thesaurus.store import get_thesaurus

_FIELDS: Mapping[str, Mapping[str, str]] = {
    "capability": {"title": "title", "summary": "summary", "description": "body"},
    "need": {"title": "title", "description": "body"},
    "company": {"name": "title", "description": "body"},
}


@dataclass(frozen=True)
class Found:
    """One result: its title in the reader's language or the original, and why it was found."""

    id: str
    kind: str
    title: str
    lang: str
    languages: tuple[str, ...]
    company_id: str
    company_name: str
    country: str
    category: str | None
    score: float
    row: Any
    explanation: Explanation = field(default_factory=lambda: Explanation((), ()))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.explanation.reasons

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.explanation.passages

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "title": {"lang": self.lang, "text": self.title},
            "languages": list(self.languages),
            "company": self.company_id or None,
            "company_name": self.company_name,
            "country": self.country or None,
            "category": self.category,
            "score": round(self.score, 4),
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


@dataclass(frozen=True)
class Answer:
    """A page of results. `reduced` says that the index was not available and the database answered
    with what titles contain; then there are no facets and no reasons."""

    request: SearchRequest
    total: int
    hits: tuple[Found, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    shortened: bool = False
    reduced: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "query": self.request.text,
            "total": self.total,
            "reduced": self.reduced,
            "concepts": list(self.concepts),
            "results": [hit.to_json() for hit in self.hits],
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
        }


def answer(session: Session, engine: EmbeddedEngine, request: SearchRequest) -> Answer:
    """Search, show and explain. Never fails for want of an index."""
    try:
        result = engine.search(request)
    except IndexUnavailable:
        return _reduced(session, request)
    scores = {hit.id: hit.score for hit in result.hits}
    rows = _rows(session, [(hit.kind, hit.id) for hit in result.hits])
    names = _company_names(session, rows)
    explainer = Explainer(engine.analyser)
    hits = tuple(
        _found(rows[hit.id], hit.kind, scores[hit.id], names, explainer, request)
        for hit in result.hits
        if hit.id in rows
    )
    return Answer(
        request,
        result.total,
        hits,
        result.facets,
        result.concepts,
        result.corrections,
        result.shortened,
    )


def _public(kind: str) -> Select[Any]:
    """Rows of a kind that everybody may see, with their texts: two statements."""
    if kind == "company":
        return (
            select(Company).where(Company.state == "published").options(selectinload(Company.texts))
        )
    model: Any = Capability if kind == "capability" else Need
    query = (
        select(model)
        .join(model.company)
        .where(model.state == "published", Company.state == "published")
        .options(joinedload(model.company), selectinload(model.texts))
    )
    return query.where(_running()) if kind == "need" else query


def _running() -> ColumnElement[bool]:
    """Before its deadline: asked at every use, no job has to have run."""
    return or_(Need.deadline.is_(None), Need.deadline > clock.now())


def _model(kind: str) -> Any:
    return {"company": Company, "capability": Capability, "need": Need}[kind]


def _rows(session: Session, wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for kind in dict.fromkeys(kind for kind, _ in wanted):
        ids = [row_id for of_kind, row_id in wanted if of_kind == kind]
        query = _public(kind).where(_model(kind).id.in_(ids))
        found = session.scalars(query).unique()
        rows.update((row.id, NOBODY.seen(row)) for row in found)
    return rows


def _company_names(session: Session, rows: Mapping[str, Any]) -> dict[str, str]:
    """Company id → name in the reader's language, for all results at once."""
    ids = {r.company_id for r in rows.values() if r.__tablename__ != "company"}
    texts: dict[str, list[CompanyText]] = {}
    for text in session.scalars(select(CompanyText).where(CompanyText.company_id.in_(ids))):
        texts.setdefault(text.company_id, []).append(text)
    tag = i18n.current().tag
    return {i: row.name for i, group in texts.items() if (row := name_for(group, tag))}


def _found(
    row: Any,
    kind: str,
    score: float,
    names: Mapping[str, str],
    explainer: Explainer,
    request: SearchRequest,
) -> Found:
    company = row if kind == "company" else row.company
    text: Any = (name_for if kind == "company" else chosen)(row.texts, i18n.current().tag)
    title = "" if text is None else text.name if kind == "company" else text.title
    explanation = Explanation((), ())
    if request.text.strip():
        parts = _parts(row.texts, kind)
        declared = () if kind == "company" else _declared(row)
        explanation = explainer.explain(
            request.text, parts, request.locale, document_concepts=declared
        )
    return Found(
        id=row.id,
        kind=kind,
        title=title,
        lang=text.locale if text else "und",
        languages=tuple(t.locale for t in row.texts),
        company_id=company.id,
        company_name=title if kind == "company" else names.get(company.id) or _alias(row),
        country=company.country,
        category=None if kind == "company" else row.category,
        score=score,
        row=row,
        explanation=explanation,
    )


def _alias(row: Any) -> str:
    """How the company behind a need calls itself while it does not show its name."""
    return getattr(row, "alias", "")


def _declared(row: Any) -> tuple[str, ...]:
    category = row.category if row.category and get_thesaurus().get(row.category) else None
    above = tuple(get_thesaurus().ancestors(category)) if category else ()
    return (*((category,) if category else ()), *above, *row.scenarios)


def _parts(texts: Sequence[Any], kind: str) -> tuple[TextPart, ...]:
    return tuple(
        TextPart(name, text.locale, value)
        for text in texts
        for column, name in _FIELDS[kind].items()
        if (value := getattr(text, column))
    )


def _reduced(session: Session, request: SearchRequest) -> Answer:
    """Titles that contain the words, newest first: what the database can tell by itself."""
    text_of: dict[str, tuple[Any, Any]] = {
        "capability": (CapabilityText.capability_id, CapabilityText.title),
        "need": (NeedText.need_id, NeedText.title),
        "company": (CompanyText.company_id, CompanyText.name),
    }
    wanted: list[tuple[str, str]] = []
    words = request.text.split()[:5]
    for kind in request.kinds or tuple(text_of):
        column, title = text_of[kind]
        query = _public(kind).with_only_columns(_model(kind).id)
        if words:
            fitting = select(column).where(*(title.icontains(w, autoescape=True) for w in words))
            query = query.where(_model(kind).id.in_(fitting))
        newest = query.order_by(_model(kind).changed_at.desc()).limit(request.limit)
        wanted += [(kind, row_id) for row_id in session.scalars(newest)]
    rows = _rows(session, wanted[: request.limit])
    names = _company_names(session, rows)
    explainer: Any = None
    plain = SearchRequest(locale=request.locale)
    hits = tuple(
        _found(rows[row_id], kind, 0.0, names, explainer, plain)
        for kind, row_id in wanted[: request.limit]
        if row_id in rows
    )
    return Answer(request, len(wanted), hits, reduced=True)
