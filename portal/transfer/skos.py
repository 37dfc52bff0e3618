"""The thesaurus as SKOS in Turtle, and back.

Concepts are `skos:Concept` with preferred and alternative labels, `broader` and `related`; what
SKOS has no word for (kind, category, typical attributes, HS heading) stands in a namespace of the
portal. Reading takes the Turtle that this module writes: one statement a line.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from portal.core.errors import DomainError
from portal.thesaurus.store import Attribute, Concept, Thesaurus

_HEAD = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix c: <urn:overseas-base:concept:> .
@prefix a: <urn:overseas-base:attribute:> .
@prefix p: <urn:overseas-base:property:> .

<urn:overseas-base:thesaurus> a skos:ConceptScheme .
"""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {written: sign for sign, written in _ESCAPES.items()}
_SUBJECT = re.compile(r"(?P<space>[ac]):(?P<id>[a-z0-9_-]+) a (?P<type>skos:Concept|p:Attribute) ;")
_LITERAL = re.compile(
    r'    (?P<name>[a-zA-Z]+:[a-zA-Z]+) "(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<lang>[A-Za-z0-9-]+))? ;'
)
_LINK = re.compile(r"    (?P<name>[a-zA-Z]+:[a-zA-Z]+) (?P<space>[ac]):(?P<id>[a-z0-9_-]+) ;")
_TRUE = "    p:category true ;"
_SCHEME = "    skos:inScheme <urn:overseas-base:thesaurus> ."


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
        yield f"{_TRUE}\n"
    yield from (f"    p:attribute a:{i} ;\n" for i in concept.attributes)
    if concept.hs:
        yield f"    p:hs {_quoted(concept.hs)} ;\n"
    yield f"{_SCHEME}\n\n"


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(sign, sign) for sign in text) + '"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\.", lambda found: _UNESCAPES.get(found[0], found[0][1]), text)


def read(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Concepts and attributes as records of the data files. Raises DomainError with the line."""
    concepts: list[dict[str, Any]] = []
    attributes: list[dict[str, Any]] = []
    subject: dict[str, Any] | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        if not line or line.startswith(("@prefix", "#", "<urn:overseas-base:thesaurus>")):
            continue
        if found := _SUBJECT.fullmatch(line):
            subject = {"id": found["id"]}
            (concepts if found["type"] == "skos:Concept" else attributes).append(subject)
        elif subject is None or not _property(subject, line):
            raise DomainError(
                f"line {number}: not understood; only Turtle as `portal thesaurus export` writes it"
                " can be read"
            )
    return [_concept_record(c) for c in concepts], [_attribute_record(a) for a in attributes]


def _property(subject: dict[str, Any], line: str) -> bool:
    if line == _SCHEME:
        return True
    if line == _TRUE:
        subject["category"] = True
        return True
    if found := _LITERAL.fullmatch(line):
        key = f"{found['name']}@{found['lang']}" if found["lang"] else found["name"]
        subject.setdefault(key, []).append(_unquoted(found["text"]))
        return True
    if found := _LINK.fullmatch(line):
        subject.setdefault(found["name"], []).append(found["id"])
        return True
    return False


def _labels(subject: dict[str, Any]) -> dict[str, list[str]]:
    """Language → labels, the preferred one first."""
    found: dict[str, list[str]] = {}
    for name in ("skos:prefLabel", "skos:altLabel"):
        for key, values in subject.items():
            if key.startswith(f"{name}@"):
                found.setdefault(key.partition("@")[2], []).extend(values)
    return found


def _concept_record(subject: dict[str, Any]) -> dict[str, Any]:
    record = {
        "id": subject["id"],
        "kind": subject.get("p:kind", ["general"])[0],
        "broader": subject.get("skos:broader", []),
        "related": subject.get("skos:related", []),
        "category": subject.get("category", False),
        "attributes": subject.get("p:attribute", []),
        "hs": subject.get("p:hs", [""])[0],
        "terms": _labels(subject),
    }
    return {k: v for k, v in record.items() if v or k in ("kind", "broader", "terms")}


def _attribute_record(subject: dict[str, Any]) -> dict[str, Any]:
    labels = {lang: values[0] for lang, values in _labels(subject).items()}
    return {"id": subject["id"], "unit": subject.get("p:unit", [""])[0], "labels": labels}


def save(
    folder: Path, concepts: Iterable[dict[str, Any]], attributes: Iterable[dict[str, Any]]
) -> None:
    """Write records as the data files of a thesaurus folder."""
    (folder / "concepts").mkdir(parents=True, exist_ok=True)
    _lines(folder / "attributes.jsonl", attributes)
    _lines(folder / "concepts" / "concepts.jsonl", concepts)


def _lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8", newline="\n")
