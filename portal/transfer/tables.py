"""Files of records: one object a line (JSONL), or one row a record (CSV, XLSX)."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from portal.core.errors import DomainError, Invalid
from portal.core.spreadsheets import guard
from portal.transfer.flat import columns, flatten, plain, unflatten

MAX_LINE = 4 * 1024 * 1024
MAX_CELL = 1_000_000
MAX_UNPACKED = 400 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"
Records = Callable[[], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class Row:
    """One record of a file, or why it cannot be read. `number` is the line, or the row as a
    spreadsheet program counts it; `size` is how far into the file reading has come, in bytes."""

    number: int
    record: dict[str, Any] | None
    problem: Invalid | None = None
    size: int = 0


def file_format(path: Path) -> str:
    """`jsonl`, `csv` or `xlsx`, by the ending of the name."""
    known = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".xlsx": "xlsx"}
    found = known.get(path.suffix.lower())
    if found is None:
        raise DomainError(f"{path.name}: the name must end in .jsonl, .csv or .xlsx")
    return found


def read(path: Path) -> Iterator[Row]:
    """All rows of a file, read bit by bit; empty ones are left out."""
    readers = {"jsonl": _read_jsonl, "csv": _read_csv, "xlsx": _read_xlsx}
    return readers[file_format(path)](path)


def _read_jsonl(path: Path) -> Iterator[Row]:
    """Lines end with LF only: U+2028 and its like are characters of a text."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                _skip_line(file)
                yield Row(number, None, Invalid("the line is longer than 4 MB"), file.tell())
                continue
            text = line.removeprefix(_BOM) if number == 1 else line
            if text.strip():
                yield _json_row(number, text, file.tell())


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass


def _json_row(number: int, line: bytes, size: int) -> Row:
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return Row(number, None, Invalid("the line is not UTF-8"), size)
    except (ValueError, RecursionError) as error:
        return Row(number, None, Invalid(f"not JSON: {error}"), size)
    if not isinstance(value, dict):
        return Row(number, None, Invalid("not a JSON object"), size)
    return Row(number, value, None, size)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _read_csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    with path.open("rb") as raw:
        encoding = "utf-16" if raw.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        raw.seek(0)
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            try:
                rows = csv.reader(file, delimiter=_delimiter(file), strict=True)
                yield from _rows(rows, raw.tell)
            except UnicodeDecodeError:
                raise DomainError(f"{path.name}: not UTF-8; save it as “CSV UTF-8”") from None
            except csv.Error as error:
                raise DomainError(f"{path.name}: line {rows.line_num}: {error}") from None


def _delimiter(file: io.TextIOWrapper) -> str:
    """What the header is divided by: spreadsheet programs differ by the country they run in."""
    head = file.readline()
    file.seek(0)
    return max(_DELIMITERS, key=head.count)


def _read_xlsx(path: Path) -> Iterator[Row]:
    import python_calamine  # noqa: PLC0415  (slow to load, rarely needed)

    _check_archive(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if not book.sheet_names:
            raise DomainError(f"{path.name}: no sheet")
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError) as error:
        raise DomainError(f"{path.name}: not a readable workbook: {error}") from None
    size = path.stat().st_size
    total = max(1, len(rows))
    done = iter(range(1, total + 1))
    yield from _rows(iter(rows), lambda: size * next(done, total) // total)


def _check_archive(path: Path) -> None:
    """A small archive that unpacks into something huge is refused before it is opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DomainError(f"{path.name}: not a workbook: {error}") from None
    if unpacked > MAX_UNPACKED:
        raise DomainError(f"{path.name}: unpacks to more than {MAX_UNPACKED >> 20} MB")


def _rows(rows: Iterator[Any], size: Callable[[], int]) -> Iterator[Row]:
    header = [str(plain(cell)).strip() for cell in next(rows, [])]
    if not any(header):
        return
    for number, cells in enumerate(rows, start=2):
        values = [plain(cell) for cell in cells]
        if any(value not in (None, "") for value in values):
            yield _table_row(number, header, values, size())


def _table_row(number: int, header: list[str], values: list[Any], size: int) -> Row:
    try:
        return Row(number, unflatten(_named(header, values)), None, size)
    except Invalid as problem:
        return Row(number, None, problem, size)


def _named(header: list[str], values: list[Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for place, (name, value) in enumerate(zip_longest(header, values, fillvalue=""), start=1):
        if value in (None, ""):
            continue
        if not name:
            raise Invalid(f"column {place} has no name in the first row")
        if name in cells:
            raise Invalid("this column stands twice", field=name)
        cells[name] = value
    return cells


def write(path: Path, records: Records, advance: Callable[[int], None]) -> int:
    """Write all records; `records` gives them anew each time, as tables need two passes. The file
    appears whole or not at all. Returns how many were written."""
    writers = {"jsonl": _write_jsonl, "csv": _write_csv, "xlsx": _write_xlsx}
    writer = writers[file_format(path)]
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)  # records hold what is not public
    try:
        count = writer(part, records, advance)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _write_jsonl(path: Path, records: Records, advance: Callable[[int], None]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records():
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
            advance(1)
    return count


def _write_csv(path: Path, records: Records, advance: Callable[[int], None]) -> int:
    names = columns(records())
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for record in records():
            cells = flatten(record)
            writer.writerow([guard(cells.get(name)) for name in names])
            count += 1
            advance(1)
    return count


def _write_xlsx(path: Path, records: Records, advance: Callable[[int], None]) -> int:
    import xlsxwriter  # noqa: PLC0415  (slow to load, rarely needed)
    from xlsxwriter.exceptions import XlsxWriterException  # noqa: PLC0415

    names = columns(records())
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            sheet = book.add_worksheet("records")
            sheet.freeze_panes(1, 1)
            _put(sheet, 0, names)
            for count, record in enumerate(records(), start=1):
                cells = flatten(record)
                _put(sheet, count, [guard(cells.get(name)) for name in names])
                advance(1)
    except XlsxWriterException as error:
        raise DomainError(f"{path.name}: {error}") from None
    return count


def _put(sheet: Any, number: int, cells: list[Any]) -> None:
    """Write a row; what a workbook cannot hold is refused, not cut."""
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        write_cell = sheet.write_string if isinstance(cell, str) else sheet.write_number
        if write_cell(number, place, cell) != 0:
            raise DomainError("too large for a workbook; export to .jsonl or .csv instead")
