"""Files of the thesaurus by the ending of their name: Turtle, CSV, lines as in the data files."""

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from portal.core.errors import DomainError
from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus import sheet, skos
from portal.thesaurus.skos import Fault, Read
from portal.thesaurus.store import Thesaurus, parse_concept

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "ttl": "text/turtle",
    "jsonl": "application/jsonl",
}


def file_format(name: str) -> str:
    """`csv`, `ttl` or `jsonl`. Raises DomainError for anything else."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix not in MEDIA_TYPES:
        endings = ", ".join(f".{known}" for known in MEDIA_TYPES)
        raise DomainError(
            _l("%(file)s: the name must end in one of %(endings)s", file=name, endings=endings)
        )
    return suffix


def write(thesaurus: Thesaurus, form: str) -> str:
    """The text of a file."""
    if form == "csv":
        return sheet.write(thesaurus)
    if form == "ttl":
        return "".join(skos.write(thesaurus))
    lines = (json.dumps(concept.record(), ensure_ascii=False) for concept in thesaurus)
    return "".join(f"{line}\n" for line in lines)


def read(data: bytes, form: str, thesaurus: Thesaurus) -> Read:
    """Records of a file, over the concepts as they are, with its faults."""
    if form == "csv":
        return sheet.read(data, thesaurus)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Read(faults=[Fault(1, "", _l("The file is not UTF-8."))])
    return skos.read(text) if form == "ttl" else _lines(text)


def _lines(text: str) -> Read:
    found = Read()
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.concepts.append(_parsed(line))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                found.faults.append(Fault(number, "", str(error)))
    return found


def _parsed(line: str) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        raise ValueError("not an object with an id")
    if not record.get("retired"):
        parse_concept(record)
    return record
