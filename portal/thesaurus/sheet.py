"""The thesaurus as a table for spreadsheet programs: one row a concept, one column a language.

The terms of a cell are parted by `|`, the preferred one first. What a file has no column for stays
as it is.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.check import KINDS, LANGUAGES
from portal.thesaurus.skos import Fault, Read, Record
from portal.thesaurus.store import Concept, Thesaurus

LISTS = ("broader", "related", "attributes")
COLUMNS = ("id", "kind", "category", *LISTS, "hs", "retired", *LANGUAGES)
_BETWEEN = " | "
_YES = frozenset({"yes", "true", "1", "x", "ja", "是"})
_NO = frozenset({"", "no", "false", "0", "nein", "否"})
_DELIMITERS = ",;\t"
MAX_ROWS = 20_000
# What a spreadsheet program would take for a formula gets an apostrophe, which is taken off again.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r＝＋－＠]")


def write(thesaurus: Thesaurus) -> str:
    """The whole file, with the mark that lets spreadsheet programs see UTF-8."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for concept in thesaurus:
        writer.writerow([_guarded(cell) for cell in _cells(concept)])
    return out.getvalue()


def _cells(concept: Concept) -> Iterator[str]:
    yield from (concept.id, concept.kind, "yes" if concept.category else "")
    yield from (_BETWEEN.join(getattr(concept, name)) for name in LISTS)
    yield from (concept.hs, "")
    yield from (_BETWEEN.join(concept.terms.get(lang, ())) for lang in LANGUAGES)


def _guarded(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if _GUARDED.match(text) else text


def read(data: bytes, thesaurus: Thesaurus) -> Read:
    """Records of a file, over the concepts as they are; every fault with row and column."""
    found = Read()
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        found.faults.append(Fault(1, "", _l("The file is not UTF-8: save it as “CSV UTF-8”.")))
        return found
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        _rows(found, rows, thesaurus)
    except csv.Error as error:
        found.faults.append(Fault(rows.line_num, "", str(error)))
    return found


def _delimiter(text: str) -> str:
    """What the header is parted by: it differs by the country a program runs in."""
    head = text.partition("\n")[0]
    return max(_DELIMITERS, key=head.count)


def _rows(found: Read, rows: Iterator[list[str]], thesaurus: Thesaurus) -> None:
    header = [cell.strip() for cell in next(rows, [])]
    found.faults.extend(_header(header))
    if found.faults:
        return
    seen: set[str] = set()
    for number, cells in enumerate(rows, start=2):
        if number > MAX_ROWS:
            found.faults.append(Fault(number, "", _l("The file has too many rows.")))
            return
        if not any(cell.strip() for cell in cells):
            continue
        named = {name: _plain(cell) for name, cell in zip(header, cells, strict=False) if name}
        faults = list(_faults(number, named, seen, len(cells) > len(header)))
        found.faults.extend(faults)
        if not faults:
            found.concepts.append(_record(named, thesaurus))


def _header(header: list[str]) -> Iterator[Fault]:
    if "id" not in header:
        yield Fault(1, "id", _l("The first row must name the columns, with one called id."))
    for name in header:
        if name and name not in COLUMNS:
            yield Fault(1, name, _l("There is no such column."))
        elif name and header.count(name) > 1:
            yield Fault(1, name, _l("This column stands twice."))


def _faults(
    number: int, named: Mapping[str, str], seen: set[str], too_long: bool
) -> Iterator[Fault]:
    name = named.get("id", "")
    if too_long:
        yield Fault(number, "", _l("The row has more cells than the first one."))
    if not name:
        yield Fault(number, "id", _l("The id is missing."))
    elif name in seen:
        yield Fault(number, "id", _l("This id stands twice."))
    seen.add(name)
    if named.get("kind", "part") not in KINDS:
        yield Fault(number, "kind", _l("One of: %(kinds)s", kinds=", ".join(KINDS)))
    for column in ("category", "retired"):
        if named.get(column, "").casefold() not in _YES | _NO:
            yield Fault(number, column, _l("Write yes, or leave it empty."))


def _record(named: Mapping[str, str], thesaurus: Thesaurus) -> Record:
    """The concept as it is, with what the row says."""
    if named.get("retired", "").casefold() in _YES:
        return {"id": named["id"], "retired": True}
    known = thesaurus.get(named["id"])
    record: dict[str, Any] = known.record() if known else {"kind": "general", "terms": {}}
    record |= {"id": named["id"], "terms": dict(record["terms"])}
    for column, cell in named.items():
        if column in LANGUAGES:
            record["terms"][column] = split(cell)
        elif column in LISTS:
            record[column] = split(cell)
    record |= {name: named[name] for name in ("kind", "hs") if name in named}
    if "category" in named:
        record["category"] = named["category"].casefold() in _YES
    record["terms"] = {lang: terms for lang, terms in record["terms"].items() if terms}
    keep = ("id", "kind", "broader", "terms")
    return {k: v for k, v in record.items() if v or k in keep}


def split(cell: str) -> list[str]:
    """The parts of a cell."""
    return [part.strip() for part in cell.split("|") if part.strip()]
