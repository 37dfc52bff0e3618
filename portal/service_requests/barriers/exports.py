"""The register as a table for spreadsheet programs; for the staff."""

from collections.abc import Iterable, Iterator
from datetime import date

from portal.core import i18n, spreadsheets
from portal.core.i18n import gettext
from portal.core.spreadsheets import Cell
from portal.service_requests.barriers import rules
from portal.service_requests.barriers.presentation import FIELDS, category_title
from portal.service_requests.barriers.rules import WORKFLOW
from portal.service_requests.models import Barrier

Rows = Iterable[tuple[Barrier, str]]


def body(rows: Rows, kind: str) -> bytes:
    """Barriers with the number of their requests, in a format of `spreadsheets.TYPES`."""
    return spreadsheets.body(_cells(rows), kind)


def _cells(rows: Rows) -> Iterator[list[Cell]]:
    more = [gettext("State"), gettext("Requests that met it"), gettext("Public title")]
    yield [*(str(label) for label in FIELDS.values()), *more]
    for barrier, met in rows:
        yield _line(barrier, int(met))


def _line(barrier: Barrier, met: int) -> list[Cell]:
    labels = rules.labels()
    named = {
        "market": i18n.country_name(barrier.market),
        "kind": str(labels.get(barrier.kind, barrier.kind)),
        "category": category_title(barrier.category),
    }
    facts = [named[key] if key in named else _plain(getattr(barrier, key)) for key in FIELDS]
    texts = rules.texts_of(barrier.public_text or {})
    own = texts.get(i18n.current().tag) or texts.get("en") or next(iter(texts.values()), {})
    return [*facts, str(WORKFLOW.state(barrier.state).label), met, own.get("title", "")]


def _plain(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
