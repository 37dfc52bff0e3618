"""Reading and writing files, with what real files contain."""

import datetime
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from portal.core.errors import DomainError
from portal.transfer import tables

SPECTRUM = Path(__file__).resolve().parents[4] / "shared" / "data" / "csv-spectrum"
# One pair of the collection disagrees with itself: another telephone number stands in its JSON.
CASES = [p for p in sorted(SPECTRUM.glob("csvs/*.csv")) if p.stem != "location_coordinates"]


def _records(path: Path) -> list:
    return [row.record for row in tables.read(path)]


def _problems(path: Path) -> dict[int, str]:
    return {row.number: str(row.problem) for row in tables.read(path) if row.problem}


@pytest.mark.skipif(not SPECTRUM.exists(), reason="the csv-spectrum collection is not here")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_csv_edge_cases_are_read_as_meant(path):
    text = (SPECTRUM / "json" / f"{path.stem}.json").read_text("utf-8")
    expected = json.loads(text.replace("\\r\\n", "\\n"))  # the CSV files lost their CR
    assert _records(path) == [{k: v for k, v in row.items() if v != ""} for row in expected]


def test_line_separators_inside_a_text_do_not_end_a_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes('\ufeff{"ref":"a","t":"x\u2028y\u0085z"}\n\n{"ref":"b"}'.encode())
    assert _records(path) == [{"ref": "a", "t": "x\u2028y\u0085z"}, {"ref": "b"}]


def test_broken_lines_are_named_and_the_others_read(tmp_path):
    path = tmp_path / "a.jsonl"
    deep = "[" * 100_000
    lines = [b'{"a":1}', b"\xff\xfe", b'{"a":', b"[1]", b'{"a":NaN}', deep.encode(), b'{"a":2}']
    path.write_bytes(b"\n".join(lines))
    assert sorted(_problems(path)) == [2, 3, 4, 5, 6]
    assert [r for r in _records(path) if r] == [{"a": 1}, {"a": 2}]


def test_an_endless_line_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":"' + b"x" * (tables.MAX_LINE * 2) + b'"}\n{"a":2}\n')
    assert list(_problems(path)) == [1]
    assert _records(path)[-1] == {"a": 2}


@pytest.mark.parametrize(
    "content",
    [
        "ref;names.de\na;Müller\n".encode("utf-8-sig"),
        "ref\tnames.de\na\tMüller\n".encode("utf-16"),
        'ref,names.de\r\n"a","Müller"\r\n\r\n'.encode(),
    ],
)
def test_csv_of_every_office_is_read(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert _records(path) == [{"ref": "a", "names": {"de": "Müller"}}]


def test_csv_in_a_local_code_page_is_refused_with_advice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("ref,names.de\na,Müller\n".encode("cp1252"))
    with pytest.raises(DomainError, match="CSV UTF-8"):
        _records(path)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ref,a,\n1,x\n2,x,y\n,,\n4,x\n", "utf-8")
    assert _problems(path) == {3: "column 3 has no name in the first row"}
    assert [row.number for row in tables.read(path)] == [2, 3, 5]


def test_a_workbook_made_by_hand_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ref", "founded", "certificates.0.issued", "names.en"])
        sheet.write_row(1, 0, ["a", 2013])
        date_format = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(1, 2, datetime.datetime(2025, 3, 1), date_format)  # noqa: DTZ001
        sheet.write_string(1, 3, "'=SUM(A1)")
    assert _records(path) == [
        {
            "ref": "a",
            "founded": 2013,
            "certificates": [{"issued": "2025-03-01"}],
            "names": {"en": "=SUM(A1)"},
        }
    ]


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 rubbish")
    with pytest.raises(DomainError, match="not a workbook"):
        _records(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "b")
    with pytest.raises(DomainError, match="workbook"):
        _records(path)


def test_a_workbook_that_unpacks_into_gigabytes_is_refused_unopened(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    monkeypatch.setattr(tables, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(DomainError, match="unpacks"):
        _records(path)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_every_format_gives_back_what_was_written(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    records = [
        {"ref": "1", "texts": {"zh-Hans": {"title": "（全角）\n第二行"}}, "markets": ["DE", "HU"]},
        {"ref": "2", "texts": {"en": {"title": "=HYPERLINK(\"x\")"}}, "days": [45, 60], "v": 2.5},
        {"ref": "3", "texts": {"ar": {"title": "محرك"}}, "price": "685.00"},
    ]  # fmt: skip
    assert tables.write(path, lambda: records, lambda _n: None) == 3
    read = _records(path)
    if ending == "csv":  # everything is text there; records are read the same from both
        assert json.dumps(read, sort_keys=True).replace('"', "") == json.dumps(
            records, sort_keys=True
        ).replace('"', "")
    else:
        assert read == records


def test_a_text_too_long_for_a_workbook_is_refused_not_cut(tmp_path):
    path = tmp_path / "a.xlsx"
    with pytest.raises(DomainError, match="too large"):
        tables.write(path, lambda: [{"ref": "1", "t": "x" * 40_000}], lambda _n: None)
    assert list(tmp_path.iterdir()) == []
