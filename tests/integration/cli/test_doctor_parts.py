"""The doctor names what PDF files need and the holidays that are missing."""

from datetime import UTC, datetime

import pytest
import time_machine

from portal import doctor
from portal.matching import sheet


@pytest.mark.parametrize(
    ("pango", "font", "said"),
    [
        (False, True, "Pango is missing"),
        (True, False, "Chinese words in PDF files show as boxes"),
        (True, None, "not known"),
        (True, True, "Pango present"),
    ],
)
def test_what_pdf_files_need_is_named_and_no_fault(monkeypatch, pango, font, said):
    monkeypatch.setattr(sheet, "available", lambda: pango)
    monkeypatch.setattr(sheet, "has_chinese_font", lambda: font)
    found = list(doctor.paper())
    assert any(said in finding.text for finding in found)
    assert not any(finding.fault for finding in found)


def test_the_font_is_looked_for_where_there_is_fontconfig():
    assert sheet.has_chinese_font() in (True, False, None)


def test_a_missing_year_is_late_from_november_and_a_fault_from_january(portal):
    with time_machine.travel(datetime(2049, 10, 1, tzinfo=UTC), tick=False):
        assert "2050 is missing" not in portal("doctor").output
    with time_machine.travel(datetime(2049, 11, 20, tzinfo=UTC), tick=False):
        lines = portal("doctor").output.splitlines()
    (line,) = [line for line in lines if "2050 is missing" in line]
    assert line.startswith("ok") and "/desk/calendars/base/2050" in line
    with time_machine.travel(datetime(2050, 1, 5, tzinfo=UTC), tick=False):
        result = portal("doctor")
    assert result.exit_code == 1
    assert any(line.startswith("FAULT") and "2050 is missing" in line
               for line in result.output.splitlines())  # fmt: skip
