"""From rows of the database to documents of the index: what of a record may be found.

A document holds what its row shows; the index is given rows as everybody sees them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from portal.capabilities.models import Capability
from portal.companies.models import Certificate, Company
from portal.disclosure.queries import NOBODY, owner_of
from portal.needs.models import Need
from portal.search.documents import Document, TextPart
from portal.thesaurus.store import Thesaurus, get_thesaurus

BATCH = 500
CATEGORY_WEIGHT = 1.0
SCENARIO_WEIGHT = 0.5
CERTIFICATE_WEIGHT = 0.3


def _with_ancestors(category: str | None) -> tuple[str, ...]:
    """A category counts for every broader one, too."""
    if not category or get_thesaurus().get(category) is None:
        return ()
    return (category, *get_thesaurus().ancestors(category))


def _concepts(
    category: str | None, scenarios: Iterable[str], standards: Iterable[str]
) -> dict[str, float]:
    """Declared concepts with their weights; unknown ids are left out."""
    thesaurus = get_thesaurus()
    weights = dict.fromkeys(declared_standards(thesaurus, standards), CERTIFICATE_WEIGHT)
    weights |= {s: SCENARIO_WEIGHT for s in scenarios if thesaurus.get(s)}
    if category and thesaurus.get(category):
        weights[category] = CATEGORY_WEIGHT
    return weights


def declared_standards(thesaurus: Thesaurus, standards: Iterable[str]) -> Iterator[str]:
    """Concepts of standards that are named by any of their terms."""
    named = _named_standards(thesaurus)
    found = {place for standard in standards for place in named.get(standard.casefold(), ())}
    return (concept for _, concept in sorted(found))


@lru_cache(maxsize=2)  # the one in force, and one that is tried
def _named_standards(thesaurus: Thesaurus) -> dict[str, set[tuple[int, str]]]:
    """Name of a standard → the concepts it names, with their places in the order of all."""
    named: dict[str, set[tuple[int, str]]] = {}
    for place, concept in enumerate(thesaurus.standards()):
        for term in chain.from_iterable(concept.terms.values()):
            named.setdefault(term.casefold(), set()).add((place, concept.id))
    return named


def _texts(rows: Iterable[Any], fields: dict[str, str]) -> tuple[TextPart, ...]:
    return tuple(
        TextPart(field, row.locale, text)
        for row in rows
        for column, field in fields.items()
        if (text := getattr(row, column))
    )


def _names(certificates: Iterable[Certificate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.standard for c in certificates))


def capability_document(row: Capability) -> Document:
    """A published capability of a published company; its company's certificates count as well."""
    standards = tuple(dict.fromkeys((*_names(row.certificates), *_names(row.company.certificates))))
    return Document(
        id=row.id,
        kind="capability",
        texts=_texts(row.texts, {"title": "title", "summary": "summary", "description": "body"}),
        facets={
            "category": _with_ancestors(row.category),
            "country": (row.company.country,),
            "certificate": standards,
            "scenario": tuple(row.scenarios),
            "market": tuple(row.markets),
        },
        concepts=_concepts(row.category, row.scenarios, _names(row.certificates)),
        updated=int(row.changed_at.timestamp()),
        owner=row.company_id,
        version=row.version,
    )


def need_document(row: Need) -> Document:
    """A published need; behind an alias no country tells where its company is at home."""
    required = tuple(row.required.get("certificates", ()))
    return Document(
        id=row.id,
        kind="need",
        texts=_texts(row.texts, {"title": "title", "description": "body"}),
        facets={
            "category": _with_ancestors(row.category),
            "country": (row.company.country,) if row.company.country else (),
            "certificate": required,
            "scenario": tuple(row.scenarios),
            "market": (row.market,) if row.market else (),
        },
        concepts=_concepts(row.category, row.scenarios, required),
        updated=int(row.changed_at.timestamp()),
        owner=row.company_id,
        version=row.version,
    )


def company_document(row: Company) -> Document:
    """A published company profile."""
    return Document(
        id=row.id,
        kind="company",
        texts=_texts(row.texts, {"name": "title", "description": "body"}),
        facets={"country": (row.country,), "certificate": _names(row.certificates)},
        updated=int(row.changed_at.timestamp()),
        owner=row.id,
        version=row.version,
    )


def _cleared(row: Any) -> Document:
    """The document of a row with nothing in it but what is public. Whose it is, the index keeps
    beside it, so that nobody is matched with themselves."""
    made = _DOCUMENTS[row.__tablename__](NOBODY.seen(row))
    return replace(made, owner=owner_of(row))


_DOCUMENTS: dict[str, Any] = {
    "capability": capability_document,
    "need": need_document,
    "company": company_document,
}


@dataclass(frozen=True)
class Source:
    """How one kind is read: its table, the public rows of it with what a document needs."""

    model: Any
    public: Select[Any]
    document: Any
    company_id: InstrumentedAttribute[str]


_PUBLIC_COMPANY = Company.state == "published"
SOURCES: dict[str, Source] = {
    "capability": Source(
        Capability,
        select(Capability)
        .join(Capability.company)
        .where(Capability.state == "published", _PUBLIC_COMPANY)
        .options(
            joinedload(Capability.company).selectinload(Company.certificates),
            selectinload(Capability.texts),
            selectinload(Capability.certificates),
        ),
        _cleared,
        Capability.company_id,
    ),
    "need": Source(
        Need,
        select(Need)
        .join(Need.company)
        .where(Need.state == "published", _PUBLIC_COMPANY)
        .options(joinedload(Need.company), selectinload(Need.texts)),
        _cleared,
        Need.company_id,
    ),
    "company": Source(
        Company,
        select(Company)
        .where(_PUBLIC_COMPANY)
        .options(selectinload(Company.texts), selectinload(Company.certificates)),
        _cleared,
        Company.id,
    ),
}


def document(session: Session, kind: str, row_id: str) -> Document | None:
    """The document of one public row, or None when it is not public."""
    found = documents(session, kind, [row_id])
    return found[0] if found else None


def documents(session: Session, kind: str, ids: Sequence[str]) -> list[Document]:
    """Documents of those rows that are public."""
    source = SOURCES[kind]
    query = source.public.where(source.model.id.in_(ids))
    return [source.document(row) for row in session.scalars(query).unique()]


def every_document(session: Session) -> Iterator[Document]:
    """All public rows, read in batches by id so that memory stays flat."""
    for source in SOURCES.values():
        after = ""
        while True:
            query = source.public.where(source.model.id > after).order_by(source.model.id)
            rows = session.scalars(query.limit(BATCH)).unique().all()
            if not rows:
                break
            yield from (source.document(row) for row in rows)
            after = rows[-1].id
            session.expunge_all()


def public_versions(session: Session) -> dict[str, int]:
    """Id → version of all public rows, to be compared with the index."""
    versions: dict[str, int] = {}
    for source in SOURCES.values():
        query = source.public.with_only_columns(source.model.id, source.model.version)
        versions.update((row[0], row[1]) for row in session.execute(query.options()))
    return versions


def touched(session: Session, since: datetime) -> dict[str, list[str]]:
    """Ids per kind that changed since a moment, themselves or through their company."""
    companies = select(Company.id).where(Company.changed_at >= since)
    return {
        kind: list(
            session.scalars(
                select(source.model.id).where(
                    or_(source.model.changed_at >= since, source.company_id.in_(companies))
                )
            )
        )
        for kind, source in SOURCES.items()
    }


def belongings(session: Session, company_id: str) -> dict[str, list[str]]:
    """The company and everything of it, by kind: what a change of the company can show or hide."""
    return {
        kind: list(session.scalars(select(source.model.id).where(source.company_id == company_id)))
        for kind, source in SOURCES.items()
    }
