"""The thesaurus as SKOS in Turtle, and back.

Concepts are `skos:Concept` with preferred and alternative labels, `broader`, `related` and the HS
heading as `notation`; what SKOS has no word for (kind, category, typical attributes) stands in a
namespace of the portal. Hidden labels of other programs are read as alternative ones.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.thesaurus.store import Attribute, Concept, Thesaurus
from portal.thesaurus.turtle import RDF_TYPE, Triple, TurtleError, Value, triples

SKOS = "http://www.w3.org/2004/02/skos/core#"
CONCEPT, ATTRIBUTE = "urn:overseas-base:concept:", "urn:overseas-base:attribute:"
PROPERTY = "urn:overseas-base:property:"
_HEAD = f"""\
@prefix skos: <{SKOS}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix c: <{CONCEPT}> .
@prefix a: <{ATTRIBUTE}> .
@prefix p: <{PROPERTY}> .

<urn:overseas-base:thesaurus> a skos:ConceptScheme .
"""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SCHEME = "    skos:inScheme <urn:overseas-base:thesaurus> ."
_LABELS = ("prefLabel", "altLabel", "hiddenLabel")
_ID = re.compile(r"[a-z0-9_-]{1,80}")
Record = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Why a part of a file cannot be taken: the line or row, the column when there is one."""

    row: int
    column: str
    message: Any


@dataclass
class Read:
    """What a file holds: records as in the data files, and its faults."""

    concepts: list[Record] = field(default_factory=list)
    attributes: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def write(thesaurus: Thesaurus) -> Iterator[str]:
    """The lines of a Turtle file."""
    yield _HEAD
    for attribute in thesaurus.attributes.values():
        yield from _attribute(attribute)
    for concept in thesaurus:
        yield from _concept(concept)


def _attribute(attribute: Attribute) -> Iterator[str]:
    yield f"a:{attribute.id} a p:Attribute ;\n"
    for lang, label in attribute.labels.items():
        yield f"    skos:prefLabel {_quoted(label)}@{lang} ;\n"
    yield f"    p:unit {_quoted(attribute.unit)} ;\n{_SCHEME}\n\n"


def _concept(concept: Concept) -> Iterator[str]:
    yield f"c:{concept.id} a skos:Concept ;\n"
    yield f"    p:kind {_quoted(concept.kind)} ;\n"
    for lang, terms in concept.terms.items():
        for place, term in enumerate(terms):
            name = "altLabel" if place else "prefLabel"
            yield f"    skos:{name} {_quoted(term)}@{lang} ;\n"
    yield from (f"    skos:broader c:{i} ;\n" for i in concept.broader)
    yield from (f"    skos:related c:{i} ;\n" for i in concept.related)
    if concept.category:
        yield "    p:category true ;\n"
    yield from (f"    p:attribute a:{i} ;\n" for i in concept.attributes)
    if concept.hs:
        yield f"    skos:notation {_quoted(concept.hs)}^^p:hs ;\n"
    yield f"{_SCHEME}\n\n"


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(sign, sign) for sign in text) + '"'


def read(text: str) -> Read:
    """Concepts and attributes of a Turtle file, as far as it can be read."""
    found = Read()
    subjects: dict[str, list[Triple]] = {}
    try:
        for triple in triples(text):
            subjects.setdefault(triple.subject, []).append(triple)
    except TurtleError as error:
        found.faults.append(Fault(error.line, "", str(error)))
    for subject, said in subjects.items():
        types = {t.value.text for t in said if t.predicate == RDF_TYPE}
        if SKOS + "Concept" in types:
            _take(found, subject, CONCEPT, said)
        elif PROPERTY + "Attribute" in types:
            _take(found, subject, ATTRIBUTE, said)
    return found


def _take(found: Read, subject: str, space: str, said: Sequence[Triple]) -> None:
    name = subject.removeprefix(space)
    if name == subject or not _ID.fullmatch(name):
        message = f"the address of a concept begins with {space}, this is {subject}"
        found.faults.append(Fault(said[0].line, "", message))
    elif space == CONCEPT:
        found.concepts.append(_concept_record(name, said))
    else:
        found.attributes.append(_attribute_record(name, said))


def _of(said: Iterable[Triple], predicate: str) -> list[Value]:
    return [t.value for t in said if t.predicate == predicate]


def _ids(said: Iterable[Triple], predicate: str, space: str) -> list[str]:
    return [v.text.removeprefix(space) for v in _of(said, predicate)]


def _text(said: Iterable[Triple], predicate: str, otherwise: str) -> str:
    return next((v.text for v in _of(said, predicate)), otherwise)


def _labels(said: Sequence[Triple]) -> dict[str, list[str]]:
    """Language → labels, the preferred one first."""
    found: dict[str, list[str]] = {}
    for name in _LABELS:
        for value in _of(said, SKOS + name):
            listed = found.setdefault(value.lang, [])
            if value.text not in listed:
                listed.append(value.text)
    return found


def _concept_record(name: str, said: Sequence[Triple]) -> Record:
    record: Record = {
        "id": name,
        "kind": _text(said, PROPERTY + "kind", "general"),
        "broader": _ids(said, SKOS + "broader", CONCEPT),
        "related": _ids(said, SKOS + "related", CONCEPT),
        "category": _text(said, PROPERTY + "category", "") in ("true", "1"),
        "attributes": _ids(said, PROPERTY + "attribute", ATTRIBUTE),
        "hs": _text(said, SKOS + "notation", ""),
        "terms": _labels(said),
    }
    return {k: v for k, v in record.items() if v or k in ("kind", "broader", "terms")}


def _attribute_record(name: str, said: Sequence[Triple]) -> Record:
    labels = {lang: values[0] for lang, values in _labels(said).items()}
    return {"id": name, "unit": _text(said, PROPERTY + "unit", ""), "labels": labels}
