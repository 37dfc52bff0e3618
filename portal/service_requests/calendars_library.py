"""Public holidays as a library knows them, make-up working days of China included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

# China announces each year's make-up days in the autumn before; until then they are not known.
ANNOUNCED_YEARLY = frozenset({"CN"})


@dataclass(frozen=True)
class LibraryDay:
    """A date that differs from its weekday: a holiday, or a weekend day on which people work."""

    name: str
    works: bool = False


@lru_cache(maxsize=256)
def days(country: str, year: int, language: str = "") -> Mapping[date, LibraryDay]:
    """Holidays and make-up days of a year, named in a language (`zh_CN`, `en_US`) if the library
    has it, else in the country's own. Nothing for countries the library does not know."""
    found = _holidays(country, year, language)
    if found is None:
        return {}
    free = {day: LibraryDay(name) for day, name in sorted(found.items()) if day.year == year}
    made_up = {day: LibraryDay("", works=True) for day in _make_up(found, year)}
    return {**free, **made_up}


@lru_cache(maxsize=256)
def is_known(country: str, year: int) -> bool:
    """Whether the library has the year as it was announced, not only as it can be foretold."""
    found = _holidays(country, year, "")
    if found is None or not found.start_year <= year <= found.end_year:
        return False
    return country not in ANNOUNCED_YEARLY or bool(_make_up(found, year))


def _make_up(found: Any, year: int) -> list[date]:
    return sorted(day for day in found.weekend_workdays if day.year == year)


def _holidays(country: str, year: int, language: str) -> Any:
    import holidays  # noqa: PLC0415  (slow to load)

    try:
        found = holidays.country_holidays(country, years=year, expand=False)
        if language in found.supported_languages:
            found = holidays.country_holidays(country, years=year, expand=False, language=language)
    except NotImplementedError:
        return None
    return found


def language_of(locale: str) -> str:
    """The library's name of an interface language."""
    return {"zh-Hans": "zh_CN", "en": "en_US", "pt-BR": "pt_BR"}.get(locale, locale)
