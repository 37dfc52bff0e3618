"""Checks on the thesaurus data: everything that would make matching wrong or texts ugly."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.store import DATA, Concept, Line, Thesaurus, parse_concept, read_lines
from portal.thesaurus.words import bare, base_language, normalise

KINDS = frozenset(
    [
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
    ]
)
REQUIRED_LANGUAGES = ("zh-Hans", "en", "de")
KEYS = frozenset(["id", "kind", "broader", "related", "category", "attributes", "hs", "terms"])
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPTS = {"zh": _HAN, "ar": re.compile(r"[\u0600-\u06ff]"), "ja": re.compile(r"[\u3040-\u9fff]")}
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
        "vehicle",
        "car",
        "auto",
        "teil",
        "gerät",
        "anlage",
        "produkt",
        "fahrzeug",
        "maschine",
        "系统",
        "零件",
        "部件",
        "产品",
        "设备",
        "车辆",
        "汽车",
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


@dataclass(frozen=True)
class _Entry:
    file: str
    concept: Concept


def check(folder: Path = DATA) -> list[Problem]:
    """Every problem of the data files of a folder, in file order."""
    problems: list[Problem] = []
    entries: list[_Entry] = []
    attributes: set[str] = set()
    for line in read_lines(folder):
        if line.record is None:
            problems.append(Problem(line.file, f"line {line.number}", line.error))
        elif line.file == "attributes.jsonl":
            attributes.add(line.record["id"])
        else:
            problems.extend(_read(line, entries))
    thesaurus = Thesaurus(e.concept for e in entries)
    problems.extend(_duplicates(entries))
    for entry in entries:
        messages = [
            *_shape(entry.concept),
            *_languages(entry.concept),
            *_references(entry.concept, thesaurus, attributes),
            *_tree(entry.concept, thesaurus),
        ]
        problems.extend(Problem(entry.file, entry.concept.id, m) for m in messages)
    problems.extend(_ambiguous(entries))
    return problems


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


def _shape(concept: Concept) -> Iterator[str]:
    if not _ID.fullmatch(concept.id):
        yield "the id is not kebab-case"
    if concept.kind not in KINDS:
        yield f"unknown kind {concept.kind}"
    if concept.hs and not re.fullmatch(r"\d{4}(\d{2}){0,3}", concept.hs):
        yield f"HS heading {concept.hs} is not 4, 6, 8 or 10 digits"


def _languages(concept: Concept) -> Iterator[str]:
    for lang in REQUIRED_LANGUAGES:
        if not concept.terms.get(lang):
            yield f"no term in {lang}"
    for lang, terms in concept.terms.items():
        yield from (f"{lang}: {m}" for t in terms for m in _term(t, base_language(lang)))
        folded = [bare(normalise(t)[0].casefold()) for t in terms]
        doubled = sorted({t for t, k in zip(terms, folded, strict=True) if folded.count(k) > 1})
        if doubled:
            yield f"{lang}: the same term twice: {', '.join(doubled)}"


def _term(term: str, lang: str) -> Iterator[str]:
    if term != term.strip() or not term:
        yield f"spaces around “{term}”" if term else "empty term"
    script = _SCRIPTS.get(lang)
    if script is None and _HAN.search(term):
        yield f"wrong script: {term}"
    if script is not None and not script.search(term) and len(term) > 24:
        yield f"wrong script: {term}"
    if swallows(term, lang):
        yield f"swallows other texts: {term}"


def swallows(term: str, lang: str) -> bool:
    """Is a term so general or so short that it would be found where it is not meant?"""
    form = term.casefold()
    if form in _GENERIC or form in HAN_STOPWORDS:
        return True
    if lang == "zh" and _HAN.search(term):
        return len(term) < 2
    everyday = any(form in listed for listed in STOPWORDS.values())
    return len(form) < 2 or (everyday and not term.isupper())


def _references(concept: Concept, thesaurus: Thesaurus, attributes: set[str]) -> Iterator[str]:
    for name, ids in (("broader", concept.broader), ("related", concept.related)):
        yield from (f"unknown {name} concept {i}" for i in ids if i not in thesaurus)
        if concept.id in ids:
            yield f"{name} names itself"
    yield from (f"unknown attribute {a}" for a in concept.attributes if a not in attributes)


def _tree(concept: Concept, thesaurus: Thesaurus) -> Iterator[str]:
    if _in_cycle(concept, thesaurus):
        yield "is broader than itself"
    parents = [p for b in concept.broader if (p := thesaurus.get(b))]
    if concept.category and concept.broader and not any(p.category for p in parents):
        yield "a category without a category above it"


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


def _key(term: str) -> str:
    return re.sub(r"[\W_]+", "", bare(normalise(term)[0].casefold()))


def _ambiguous(entries: Iterable[_Entry]) -> Iterator[Problem]:
    """A term of one language under two concepts."""
    seen: dict[tuple[str, str], list[tuple[_Entry, str]]] = defaultdict(list)
    for entry in entries:
        for lang, terms in entry.concept.terms.items():
            for term in terms:
                seen[base_language(lang), _key(term)].append((entry, term))
    for (lang, _), uses in seen.items():
        first = uses[0][0].concept.id
        for entry, term in uses[1:]:
            if entry.concept.id != first:
                message = f"ambiguous {lang} term “{term}”, also of {first}"
                yield Problem(entry.file, entry.concept.id, message)
