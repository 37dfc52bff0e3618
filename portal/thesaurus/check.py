"""Checks on the thesaurus: everything that would make matching wrong or texts ugly.

The data files are checked as a whole; what staff write is checked concept by concept, with each
finding at its field.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from portal.core.i18n import language_name
from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.store import (
    DATA,
    Attribute,
    Concept,
    Line,
    Thesaurus,
    parse_concept,
    read_lines,
)
from portal.thesaurus.words import bare, base_language, normalise

KINDS = (
    "part",
    "material",
    "process",
    "equipment",
    "software",
    "chip",
    "standard",
    "service",
    "logistics",
    "scenario",
    "market",
    "quality",
    "general",
)
LANGUAGES = ("zh-Hans", "en", "de", "fr", "es", "ja", "pt-BR", "ar")
REQUIRED_LANGUAGES = LANGUAGES
KEYS = frozenset(["id", "kind", "broader", "related", "category", "attributes", "hs", "terms"])
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HS = re.compile(r"\d{4}(\d{2}){0,3}")
MAX_ID = 80
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Language → what its terms are written in, and what they never hold; the others are Latin.
_SCRIPTS = {"zh": _HAN, "ar": _ARABIC, "ja": re.compile(r"[\u3040-\u9fff]")}
_FOREIGN = {"zh": (_KANA, _ARABIC), "ar": (_HAN, _KANA), "ja": (_ARABIC,)}
_FOREIGN_TO_LATIN = (_HAN, _KANA, _ARABIC, _CYRILLIC)
# Names and abbreviations are written in Latin letters everywhere; sentences are not.
_LATIN_NAME = 24
_EVERYDAY = frozenset().union(*STOPWORDS.values())
# One word of this length in a language swallows texts that speak of something else.
_GENERIC = frozenset(
    [
        "system",
        "part",
        "unit",
        "component",
        "device",
        "module",
        "product",
        "service",
        "machine",
        "material",
        "technology",
        "solution",
        "application",
        "teil",
        "gerät",
        "anlage",
        "produkt",
        "maschine",
        "系统",
        "零件",
        "部件",
        "产品",
        "设备",
        "车辆",
        "技术",
        "服务",
        "材料",
        "模块",
        "单元",
    ]
)


@dataclass(frozen=True)
class Problem:
    """Something wrong in a data file; `id` is the concept's, or the line number."""

    file: str
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.id}: {self.message}"


class Finding(NamedTuple):
    """Something wrong with a concept, at a field of the record (`terms.de` for a language)."""

    field: str
    message: Any


class Use(NamedTuple):
    """Where a folded term stands."""

    concept: str
    lang: str
    term: str


class _Language(str):
    """A language tag that is written as the language's name, in the reader's own language."""

    __slots__ = ()

    def __str__(self) -> str:
        return language_name(self[:])


class TermIndex:
    """All terms of a thesaurus by their folded form, whatever the language.

    `base` is one that most concepts were taken over from as they are: its terms are folded once.
    """

    def __init__(self, thesaurus: Thesaurus, base: Thesaurus | None = None) -> None:
        self._taken = {c.id for c in base or () if thesaurus.get(c.id) is c}
        self._base = _of_base(base) if base else {}
        self._own = _by_form(c for c in thesaurus if c.id not in self._taken)

    def others(self, concept_id: str, term: str) -> Iterator[Use]:
        """Uses of the same words by other concepts; everyday words must agree in case, too."""
        key = folded(term)
        exact = len(key) < 3 or key in _EVERYDAY
        taken = (use for use in self._base.get(key, ()) if use.concept in self._taken)
        for use in (*taken, *self._own.get(key, ())):
            if use.concept != concept_id and (not exact or use.term == term):
                yield use


def _by_form(concepts: Iterable[Concept]) -> dict[str, list[Use]]:
    uses: dict[str, list[Use]] = defaultdict(list)
    for concept in concepts:
        for lang, terms in concept.terms.items():
            for term in terms:
                uses[folded(term)].append(Use(concept.id, lang, term))
    return dict(uses)


@lru_cache(maxsize=1)
def _of_base(base: Thesaurus) -> dict[str, list[Use]]:
    return _by_form(base)


@dataclass(frozen=True)
class _Entry:
    file: str
    concept: Concept


def check(folder: Path = DATA) -> list[Problem]:
    """Every problem of the data files of a folder, in file order."""
    problems: list[Problem] = []
    entries: list[_Entry] = []
    attributes: list[Attribute] = []
    for line in read_lines(folder):
        if line.record is None:
            problems.append(Problem(line.file, f"line {line.number}", line.error))
        elif line.file == "attributes.jsonl":
            record = line.record
            attributes.append(
                Attribute(record["id"], record.get("unit", ""), record.get("labels", {}))
            )
        else:
            problems.extend(_read(line, entries))
    thesaurus = Thesaurus((e.concept for e in entries), attributes)
    problems.extend(_duplicates(entries))
    problems.extend(_of_entries(entries, thesaurus))
    return problems


def _of_entries(entries: Iterable[_Entry], thesaurus: Thesaurus) -> Iterator[Problem]:
    """A term of two concepts is told once, at the later one."""
    index = TermIndex(thesaurus)
    seen: set[str] = set()
    for entry in entries:
        concept = entry.concept
        found = [*concept_findings(concept, thesaurus), *_ambiguous(concept, index, seen)]
        seen.add(concept.id)
        yield from (Problem(entry.file, concept.id, str(f.message)) for f in found)


def findings(concept: Concept, thesaurus: Thesaurus, index: TermIndex) -> list[Finding]:
    """What is wrong with one concept, as a part of a thesaurus that holds it already."""
    everybody = set(thesaurus.concepts)
    return [*concept_findings(concept, thesaurus), *_ambiguous(concept, index, everybody)]


def concept_findings(concept: Concept, thesaurus: Thesaurus) -> Iterator[Finding]:
    """Findings that need no look at the terms of others."""
    yield from _shape(concept)
    yield from _languages(concept)
    yield from _references(concept, thesaurus)
    yield from _tree(concept, thesaurus)


def _read(line: Line, entries: list[_Entry]) -> Iterator[Problem]:
    record = line.record or {}
    unknown = sorted(set(record) - KEYS)
    if unknown:
        yield Problem(line.file, record["id"], f"unknown key {', '.join(unknown)}")
    try:
        entries.append(_Entry(line.file, parse_concept(record)))
    except (KeyError, TypeError, AttributeError) as error:
        yield Problem(line.file, record["id"], f"cannot be read: {error!r}")


def _duplicates(entries: Iterable[_Entry]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for entry in entries:
        if entry.concept.id in first:
            yield Problem(entry.file, entry.concept.id, f"also in {first[entry.concept.id]}")
        first.setdefault(entry.concept.id, entry.file)


def _shape(concept: Concept) -> Iterator[Finding]:
    if not _ID.fullmatch(concept.id) or len(concept.id) > MAX_ID:
        yield Finding("id", _l("the id is not kebab-case (small letters, digits, hyphens)"))
    if concept.kind not in KINDS:
        yield Finding("kind", _l("unknown kind %(kind)s", kind=concept.kind))
    if concept.hs and not _HS.fullmatch(concept.hs):
        message = _l("HS heading %(hs)s is not 4, 6, 8 or 10 digits", hs=concept.hs)
        yield Finding("hs", message)


def _languages(concept: Concept) -> Iterator[Finding]:
    for lang in REQUIRED_LANGUAGES:
        if not concept.terms.get(lang):
            yield Finding(f"terms.{lang}", _l("no term in %(language)s", language=_Language(lang)))
    for lang, terms in concept.terms.items():
        name = f"terms.{lang}"
        yield from (Finding(name, m) for t in terms for m in _term(t, base_language(lang)))
        keys = [bare(normalise(t)[0].casefold()) for t in terms]
        doubled = sorted({t for t, k in zip(terms, keys, strict=True) if keys.count(k) > 1})
        if doubled:
            yield Finding(name, _l("the same term twice: %(terms)s", terms=", ".join(doubled)))


def _term(term: str, lang: str) -> Iterator[Any]:
    if not term:
        yield _l("empty term")
    elif term != term.strip():
        yield _l("spaces around “%(term)s”", term=term)
    if _wrong_script(term, lang):
        yield _l("wrong script: %(term)s", term=term)
    if swallows(term, lang):
        yield _l("swallows other texts: %(term)s", term=term)


def _wrong_script(term: str, lang: str) -> bool:
    if any(foreign.search(term) for foreign in _FOREIGN.get(lang, _FOREIGN_TO_LATIN)):
        return True
    script = _SCRIPTS.get(lang)
    is_name = len(term) <= _LATIN_NAME or term != term.lower()
    return script is not None and not script.search(term) and not is_name


def swallows(term: str, lang: str) -> bool:
    """Is a term so general or so short that it would be found where it is not meant?"""
    form = term.casefold()
    if form in _GENERIC or form in HAN_STOPWORDS:
        return True
    if lang in ("zh", "ja") and _HAN.search(term):
        return len(term) < 2
    everyday = any(form in listed for listed in STOPWORDS.values())
    return len(form) < 2 or (everyday and not term.isupper())


def _references(concept: Concept, thesaurus: Thesaurus) -> Iterator[Finding]:
    for i in concept.broader:
        if i not in thesaurus:
            yield Finding("broader", _l("unknown broader concept %(id)s", id=i))
    for i in concept.related:
        if i not in thesaurus:
            yield Finding("related", _l("unknown related concept %(id)s", id=i))
    if concept.id in concept.related:
        yield Finding("related", _l("is related to itself"))
    for attribute in concept.attributes:
        if attribute not in thesaurus.attributes:
            yield Finding("attributes", _l("unknown attribute %(id)s", id=attribute))


def _tree(concept: Concept, thesaurus: Thesaurus) -> Iterator[Finding]:
    if _in_cycle(concept, thesaurus):
        yield Finding("broader", _l("is broader than itself"))
    parents = [p for b in concept.broader if (p := thesaurus.get(b))]
    if concept.category and concept.broader and not any(p.category for p in parents):
        yield Finding("category", _l("a category without a category above it"))


def _in_cycle(concept: Concept, thesaurus: Thesaurus) -> bool:
    seen: set[str] = set()
    stack = list(concept.broader)
    while stack:
        above = stack.pop()
        if above == concept.id:
            return True
        parent = thesaurus.get(above)
        if parent and above not in seen:
            seen.add(above)
            stack.extend(parent.broader)
    return False


def folded(term: str) -> str:
    """Terms with the same folded form are the same words to whoever reads texts."""
    return re.sub(r"[\W_]+", "", bare(normalise(term)[0].casefold()))


def _ambiguous(concept: Concept, index: TermIndex, others: set[str]) -> Iterator[Finding]:
    """Words that stand under one of the other concepts, too, in this or another language."""
    for lang, terms in concept.terms.items():
        for term in terms:
            use = next((u for u in index.others(concept.id, term) if u.concept in others), None)
            if use is not None:
                yield Finding(f"terms.{lang}", _shared(lang, term, use))


def _shared(lang: str, term: str, use: Use) -> Any:
    values = {"language": _Language(lang), "term": term, "concept": use.concept}
    if base_language(use.lang) == base_language(lang):
        return _l("ambiguous %(language)s term “%(term)s”, also of %(concept)s", **values)
    return _l(
        "“%(term)s” is a term of %(concept)s in %(other)s: texts cannot tell them apart",
        **{**values, "other": _Language(use.lang)},
    )


def averages(thesaurus: Thesaurus) -> dict[str, float]:
    """Language → how many terms a concept has on average."""
    counted: dict[str, int] = dict.fromkeys(LANGUAGES, 0)
    for concept in thesaurus:
        for lang, terms in concept.terms.items():
            counted[lang] = counted.get(lang, 0) + len(terms)
    return {lang: count / max(len(thesaurus), 1) for lang, count in counted.items()}
