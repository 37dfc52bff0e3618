"""Workbooks that would take the memory of whoever reads them."""

import pytest

from portal.core.errors import Invalid
from portal.fact_sheets import reading
from tests.support.uploads.documents import sheet
from tests.support.uploads.office import RELATIONS, SHEETS, office, relation

BOOK = (
    f'<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="_portal" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
FAR = (
    f'<worksheet xmlns="{SHEETS}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)


def test_cells_far_apart_in_a_sheet_of_another_place_are_refused() -> None:
    """The sheet where sheets usually are is a decoy that nothing refers to."""
    content = office(
        "xlsx",
        {
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": relation("worksheet", "elsewhere/a.xml"),
            "xl/elsewhere/a.xml": FAR,
            "xl/worksheets/sheet1.xml": FAR.split("<sheetData>", maxsplit=1)[0]
            + '<dimension ref="A1:XFD1048576"/></worksheet>',
        },
    )
    with pytest.raises(Invalid) as refused:
        reading.read("a.xlsx", content)
    assert "file" in refused.value.errors


def test_an_honest_workbook_that_is_not_ours_is_called_foreign() -> None:
    with pytest.raises(Invalid) as refused:
        reading.read("a.xlsx", sheet("A1:B2"))
    assert refused.value.message == reading.FOREIGN
