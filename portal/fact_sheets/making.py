"""Makes a fact sheet in one of its formats."""

import re
from typing import Any

from jinja2 import Environment

from portal.config import Settings
from portal.core import clock, i18n, spreadsheets
from portal.core.texts import site_name
from portal.fact_sheets import content, paper, workbook
from portal.fact_sheets.queries import Material
from portal.fact_sheets.workbook import JSON, XLSX

PDF = "pdf"
TYPES = {
    PDF: "application/pdf",
    XLSX: spreadsheets.TYPES[spreadsheets.XLSX],
    JSON: "application/json",
}


def formats() -> tuple[str, ...]:
    """Those that can be made here."""
    return tuple(name for name in TYPES if name != PDF or paper.available())


def made(
    environment: Environment, settings: Settings, found: Material, form: str, *, capability: bool
) -> bytes:
    """The file in the language that is active; `capability`: about one capability."""
    if form == PDF:
        return paper.pdf(environment, found, _surroundings(settings, found, capability=capability))
    document = content.document(found)
    return workbook.body(document) if form == XLSX else workbook.json_body(document)


def _surroundings(settings: Settings, found: Material, *, capability: bool) -> dict[str, Any]:
    return {
        "capability": capability,
        "complete": found.full,
        "locale": i18n.current(),
        "site_name": site_name(settings),
        "base_url": settings.base_url,
        "now": clock.now(),
    }


def file_name(object_id: str, form: str) -> str:
    """Without a word of the content: number, day and language."""
    safe = re.sub(r"[^A-Za-z0-9-]", "", object_id)[:40]
    return f"fact-sheet-{safe}-{clock.now():%Y-%m-%d}-{i18n.current().slug}.{form}"
