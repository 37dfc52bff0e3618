"""Figures of reports in words and numbers of the reader's language."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale, dates, numbers

from portal.core import i18n
from portal.core.i18n import country_name, format_number, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.spreadsheets import Cell as Plain
from portal.service_requests import catalogue
from portal.service_requests.reports.figures import COUNT, MARK, MINUTES, SHARE, Cell
from portal.service_requests.reports.periods import MONTH, WEEK
from portal.service_requests.reports.rows import Names

DIMENSIONS = {
    "service": _l("Service"),
    "market": _l("Market"),
    "partner": _l("Partner"),
    "person": _l("Person in charge"),
    "team": _l("Team"),
    "side": _l("Requester"),
}
SIDES = {
    "supplier": _l("Suppliers"),
    "buyer": _l("Buyers"),
    "both": _l("Companies that are both"),
}
_NOBODY = {
    "market": _l("No market named"),
    "partner": _l("No partner asked"),
    "person": _l("Nobody yet"),
    "team": _l("No team"),
}
# In tables that leave the portal: the unit belongs to the column.
UNITS = {COUNT: "", SHARE: "%", MINUTES: "h", MARK: "1–5"}
MISSING = "–"


def name_of(dimension: str, key: str, names: Names) -> str:
    """What a line of a breakdown is called."""
    if not key:
        return str(_NOBODY.get(dimension, MISSING))
    known: dict[str, Callable[[str], Any]] = {
        "service": _service,
        "market": country_name,
        "partner": lambda i: names.partners.get(i, MISSING),
        "person": lambda i: names.people.get(i, MISSING),
        "side": lambda side: SIDES.get(side, side),
    }
    return str(known.get(dimension, str)(key))


def _service(code: str) -> str:
    known = catalogue.SERVICES.get(code) if code in catalogue.SHIPPED else None
    return str(known.title) if known else code


def shown(value: float | None, kind: str) -> str:
    """A figure as people read it; minutes as hours with one decimal."""
    if value is None:
        return MISSING
    written: dict[str, Callable[[float], str]] = {
        COUNT: lambda v: format_number(round(v)),
        SHARE: percent,
        MINUTES: hours,
        MARK: lambda v: f"{one_place(v)}/5",
    }
    return written[kind](value)


percent = i18n.format_percent


def _locale() -> Locale:
    return _parsed(i18n.current().babel)


@lru_cache
def _parsed(babel: str) -> Locale:
    return Locale.parse(babel)


def hours(minutes: float) -> str:
    """Working time such as 3.3 h."""
    return gettext("%(hours)s h", hours=one_place(minutes / 60))


def one_place(value: float) -> str:
    """With its decimal even when that is nought, so that columns line up."""
    return numbers.format_decimal(round(value, 1), format="#,##0.0", locale=_locale())


def plain(cell: Cell, kind: str) -> Plain:
    """The figure for a spreadsheet: percents and hours as numbers."""
    if cell.value is None:
        return None
    factor = {SHARE: 100, MINUTES: 1 / 60}.get(kind, 1)
    return round(cell.value * factor, 2)


def on_axis(start: date, step: str) -> str:
    """A month or the first day of a week, as short as can be."""
    return str(dates.format_skeleton(_SHORT[step], start, locale=_locale()))


def bucket(start: date, step: str) -> str:
    """A month, or a week by its first day."""
    if step == MONTH:
        return i18n.format_month(f"{start:%Y-%m}")
    return gettext("Week of %(day)s", day=i18n.format_date(start))


_SHORT = {MONTH: "yM", WEEK: "Md"}
