"""The thesaurus in memory: concepts with their terms in every language, read from data files."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from portal.thesaurus.words import bare, base_language, normalise

DATA = Path(__file__).with_name("data")
FALLBACKS = ("en", "zh-Hans", "de")
T = TypeVar("T")


@dataclass(frozen=True)
class Attribute:
    """A typical property of a category, with its unit."""

    id: str
    unit: str
    labels: Mapping[str, str]

    def label(self, locale: str) -> str:
        return _pick(self.labels, locale) or self.id


@dataclass(frozen=True)
class Concept:
    """One thing of the trade; the first term of a language is the preferred one."""

    id: str
    kind: str
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    category: bool = False
    attributes: tuple[str, ...] = ()
    hs: str = ""
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, locale: str) -> str:
        return next(iter(_pick(self.terms, locale) or ()), self.id)

    def record(self) -> dict[str, Any]:
        """As a line of a data file has it: empty keys are left out."""
        record = {
            "id": self.id,
            "kind": self.kind,
            "broader": list(self.broader),
            "related": list(self.related),
            "category": self.category,
            "attributes": list(self.attributes),
            "hs": self.hs,
            "terms": {lang: list(terms) for lang, terms in self.terms.items()},
        }
        return {k: v for k, v in record.items() if v or k in ("kind", "broader", "terms")}


@dataclass(frozen=True)
class Suggestion:
    """A concept that a typed beginning may mean, with the term that fitted."""

    id: str
    label: str
    term: str
    lang: str


@dataclass(frozen=True)
class Line:
    """One raw line of a data file, for the checker."""

    file: str
    number: int
    record: Mapping[str, Any] | None
    error: str = ""


def _pick(values: Mapping[str, T], locale: str) -> T | None:
    """The value of a locale, of its language, or of the first fallback."""
    if locale in values:
        return values[locale]
    language = base_language(locale)
    same = (tag for tag in values if base_language(tag) == language)
    tag = next((t for t in (*same, *FALLBACKS, *values) if t in values), None)
    return values[tag] if tag is not None else None


def read_lines(folder: Path) -> Iterator[Line]:
    """Every line of every data file, readable or not."""
    files = [folder / "attributes.jsonl", *sorted((folder / "concepts").glob("*.jsonl"))]
    for path in (p for p in files if p.exists()):
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if text.strip():
                yield _line(path.name, number, text)


def _line(file: str, number: int, text: str) -> Line:
    try:
        record = json.loads(text)
    except ValueError as error:
        return Line(file, number, None, str(error))
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        return Line(file, number, None, "not an object with an id")
    return Line(file, number, record)


def parse_concept(record: Mapping[str, Any]) -> Concept:
    """A concept of one data line."""
    terms = {str(lang): tuple(map(str, listed)) for lang, listed in record["terms"].items()}
    return Concept(
        id=record["id"],
        kind=str(record.get("kind", "general")),
        broader=tuple(record.get("broader", ())),
        related=tuple(record.get("related", ())),
        category=bool(record.get("category", False)),
        attributes=tuple(record.get("attributes", ())),
        hs=str(record.get("hs", "")),
        terms=terms,
    )


class Thesaurus:
    """All concepts and attributes; unknown ids named by a concept are skipped."""

    def __init__(
        self,
        concepts: Iterable[Concept],
        attributes: Iterable[Attribute] = (),
        version: str = "",
        *,
        release: str = "",
        segments: Mapping[str, str] | None = None,
    ) -> None:
        """`version` names the data files, `release` what staff published over them; `segments`
        tells the data file of each concept."""
        self.concepts = {concept.id: concept for concept in concepts}
        self.attributes = {attribute.id: attribute for attribute in attributes}
        self.version = version
        self.release = release
        self.segments = dict(segments or {})
        self._narrower: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            for parent in concept.broader:
                self._narrower.setdefault(parent, []).append(concept.id)

    @classmethod
    def load(cls, folder: Path = DATA) -> "Thesaurus":
        """Read the data files of a folder; damaged lines are left to the checker."""
        digest = hashlib.sha256()
        concepts: dict[str, Concept] = {}
        attributes: dict[str, Attribute] = {}
        segments: dict[str, str] = {}
        for line in read_lines(folder):
            record = line.record
            if record is None:
                continue
            digest.update(json.dumps(record, sort_keys=True).encode())
            if line.file == "attributes.jsonl":
                attribute = Attribute(record["id"], record.get("unit", ""), record["labels"])
                attributes.setdefault(attribute.id, attribute)
            elif isinstance(record.get("terms"), dict):
                concepts.setdefault(record["id"], parse_concept(record))
                segments.setdefault(record["id"], line.file.removesuffix(".jsonl"))
        version = digest.hexdigest()[:16]
        return cls(concepts.values(), attributes.values(), version, segments=segments)

    def changed(self, states: Mapping[str, Concept | None], release: str) -> "Thesaurus":
        """This thesaurus with other states of some concepts (None: without it); new concepts
        stand at the end, by id."""
        if not states:
            return self
        kept = {i: states.get(i, concept) for i, concept in self.concepts.items()}
        added = {i: states[i] for i in sorted(states.keys() - self.concepts.keys())}
        concepts = [c for c in (*kept.values(), *added.values()) if c is not None]
        return Thesaurus(
            concepts,
            self.attributes.values(),
            self.version,
            release=release,
            segments=self.segments,
        )

    def segment(self, concept_id: str) -> str:
        """The part of the trade a concept is kept under; a new one goes with its broader one."""
        chain = [concept_id, *self.ancestors(concept_id)]
        return next((self.segments[i] for i in chain if i in self.segments), "general")

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self.concepts

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def __len__(self) -> int:
        return len(self.concepts)

    def get(self, concept_id: str) -> Concept | None:
        return self.concepts.get(concept_id)

    def label(self, concept_id: str, locale: str) -> str:
        """Preferred term in a locale, else in the nearest language, else the id."""
        concept = self.concepts.get(concept_id)
        return concept.label(locale) if concept else concept_id

    def ancestors(self, concept_id: str) -> dict[str, int]:
        """Broader concepts with their distance, nearest first."""
        found: dict[str, int] = {}
        level, distance = [concept_id], 0
        while level:
            distance += 1
            parents = [p for c in level if c in self.concepts for p in self.concepts[c].broader]
            level = [p for p in dict.fromkeys(parents) if p in self.concepts and p not in found]
            level = [p for p in level if p != concept_id]
            found.update(dict.fromkeys(level, distance))
        return found

    def narrower(self, concept_id: str) -> tuple[str, ...]:
        return tuple(self._narrower.get(concept_id, ()))

    def descendants(self, concept_id: str) -> tuple[str, ...]:
        """Everything below a concept, without it."""
        found: dict[str, None] = {}
        stack = list(self.narrower(concept_id))
        while stack:
            child = stack.pop(0)
            if child not in found and child != concept_id:
                found[child] = None
                stack.extend(self.narrower(child))
        return tuple(found)

    def of_kind(self, kind: str) -> tuple[Concept, ...]:
        return tuple(c for c in self if c.kind == kind)

    def categories(self) -> tuple[Concept, ...]:
        """Concepts that may be chosen as a category."""
        return tuple(c for c in self if c.category)

    def scenarios(self) -> tuple[Concept, ...]:
        return self.of_kind("scenario")

    def standards(self) -> tuple[Concept, ...]:
        return self.of_kind("standard")

    def roots(self) -> tuple[Concept, ...]:
        """Tops of the category tree."""
        return tuple(c for c in self.categories() if not c.broader)

    def children(self, category_id: str) -> tuple[Concept, ...]:
        """Categories directly below a category."""
        below = (self.concepts[c] for c in self.narrower(category_id))
        return tuple(c for c in below if c.category)

    def attributes_of(self, category_id: str) -> tuple[Attribute, ...]:
        """Typical attributes of a category and of the categories above it."""
        chain = [category_id, *self.ancestors(category_id)]
        ids = [a for c in chain if c in self.concepts for a in self.concepts[c].attributes]
        return tuple(self.attributes[a] for a in dict.fromkeys(ids) if a in self.attributes)

    @cached_property
    def _typed(self) -> list[tuple[str, str, str, Concept]]:
        """Folded term, written term, language, concept."""
        return [
            (_fold(term), term, lang, concept)
            for concept in self
            for lang, terms in concept.terms.items()
            for term in terms
        ]

    def holding(self, text: str) -> dict[str, str]:
        """Concept id → the first of its terms, in any language, that holds the text."""
        typed = _fold(text)
        found: dict[str, str] = {}
        for folded, term, _lang, concept in self._typed if typed else ():
            if typed in folded:
                found.setdefault(concept.id, term)
        return found

    def suggest(
        self, text: str, locale: str, kind: str | None = None, limit: int = 12
    ) -> tuple[Suggestion, ...]:
        """Concepts for a type-ahead: a term in any language begins with, has a word that begins
        with, or contains the text. `kind` may also be `category`."""
        typed = _fold(text)
        if not typed:
            return ()
        ranked: dict[str, tuple[tuple[int, bool, int, str], Suggestion]] = {}
        for folded, term, lang, concept in self._typed:
            if typed not in folded or not _is_kind(concept, kind):
                continue
            rank = (_closeness(folded, typed), not _same(lang, locale), len(folded), concept.id)
            if concept.id not in ranked or rank < ranked[concept.id][0]:
                ranked[concept.id] = (
                    rank,
                    Suggestion(concept.id, concept.label(locale), term, lang),
                )
        return tuple(s for _, s in sorted(ranked.values(), key=lambda pair: pair[0])[:limit])


def _fold(text: str) -> str:
    return " ".join(bare(normalise(text)[0].casefold()).split())


def _same(lang: str, locale: str) -> bool:
    return base_language(lang) == base_language(locale)


def _is_kind(concept: Concept, kind: str | None) -> bool:
    return kind is None or concept.kind == kind or (kind == "category" and concept.category)


def _closeness(folded: str, typed: str) -> int:
    if folded == typed:
        return 0
    if folded.startswith(typed):
        return 1
    return 2 if f" {typed}" in folded or f"-{typed}" in folded else 3


@cache
def shipped() -> Thesaurus:
    """The thesaurus of the data files alone, read once per process."""
    return Thesaurus.load()


class _InForce:
    """What this process works with; a new release replaces it in one assignment."""

    thesaurus: Thesaurus | None = None


_rehearsed: ContextVar[Thesaurus | None] = ContextVar("rehearsed thesaurus", default=None)


def get_thesaurus() -> Thesaurus:
    """The thesaurus in force: the data files with what staff published."""
    return _rehearsed.get() or _InForce.thesaurus or shipped()


@contextmanager
def rehearsing(thesaurus: Thesaurus) -> Iterator[None]:
    """Inside, and only there, another thesaurus is in force."""
    token = _rehearsed.set(thesaurus)
    try:
        yield
    finally:
        _rehearsed.reset(token)


def put_in_force(thesaurus: Thesaurus) -> None:
    """From now on every reader of this process gets this one."""
    _InForce.thesaurus = thesaurus
