"""Checks of the rows that listings share. Each adds messages under the path of the wrong field."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale, numbers

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.listings import certificate_details
from portal.listings.inputs import (
    AttributeInput,
    CertificateInput,
    Quantity,
    RangeInput,
    TextInput,
)
from portal.thesaurus.store import get_thesaurus

MAX_TITLE = 300
MAX_SUMMARY = 1000
MAX_DESCRIPTION = 20_000
MAX_ROWS = 50
MAX_NUMBER = Decimal(10) ** 13
EARLIEST = date(1950, 1, 1)
_TERRITORIES = frozenset(
    code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()
)
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


class Problems:
    """Messages by field path, raised together."""

    def __init__(self) -> None:
        self.errors: dict[str, object] = {}

    def add(self, path: str, message: object) -> None:
        self.errors.setdefault(path, message)

    def stop(self) -> None:
        """Raise Invalid when anything was found."""
        if self.errors:
            raise Invalid(_l("Please check the marked fields."), errors=self.errors)


def texts(found: Problems, rows: Sequence[TextInput]) -> None:
    """At least one language, no language twice, each with a title."""
    if not rows:
        found.add("texts", _l("Please write a title in at least one language."))
    seen: set[str] = set()
    for n, row in enumerate(rows):
        at = f"texts.{n}"
        if not row.locale:
            found.add(f"{at}.locale", _l("Please choose the language."))
        elif row.locale in seen:
            found.add(f"{at}.locale", _l("This language is there twice."))
        seen.add(row.locale)
        if not row.title:
            found.add(f"{at}.title", _l("Please give a title."))
        for name, limit in (
            ("title", MAX_TITLE),
            ("summary", MAX_SUMMARY),
            ("description", MAX_DESCRIPTION),
        ):
            length(found, f"{at}.{name}", getattr(row, name), limit)


def length(found: Problems, path: str, text: str | None, limit: int) -> None:
    if text and len(text) > limit:
        found.add(path, gettext("Please use at most %(limit)s characters.", limit=limit))


def category(found: Problems, path: str, value: str | None) -> None:
    concept = get_thesaurus().get(value) if value else None
    if value and (concept is None or not concept.category):
        found.add(path, gettext("There is no category “%(name)s”.", name=value))


def scenarios(found: Problems, path: str, values: Sequence[str]) -> None:
    known = {concept.id for concept in get_thesaurus().scenarios()}
    for value in values:
        if value not in known:
            found.add(path, gettext("There is no scenario “%(name)s”.", name=value))


def country(found: Problems, path: str, value: str | None) -> None:
    if value and (value not in _TERRITORIES or value in NO_COUNTRIES):
        found.add(path, gettext("“%(code)s” is no ISO 3166 country code.", code=value))


def currency(found: Problems, path: str, value: str | None) -> None:
    if value and not numbers.is_currency(value):
        found.add(path, gettext("“%(code)s” is no ISO 4217 currency code.", code=value))


def certificates(found: Problems, rows: Sequence[CertificateInput]) -> None:
    if len(rows) > MAX_ROWS:
        found.add("certificates", gettext("At most %(limit)s rows.", limit=MAX_ROWS))
    for n, row in enumerate(rows):
        at = f"certificates.{n}"
        if not row.standard:
            found.add(f"{at}.standard", _l("Please name the standard."))
        for name, limit in (("standard", 60), ("number", 80), ("body", 120), ("scope", 300)):
            length(found, f"{at}.{name}", getattr(row, name), limit)
        length(found, f"{at}.site", row.site, 120)
        certificate_details.check(found, f"{at}.details", row.standard, row.details)
        _dates(found, at, row)


def _dates(found: Problems, at: str, row: CertificateInput) -> None:
    for name in ("issued", "expires"):
        value = getattr(row, name)
        if value is not None and value < EARLIEST:
            found.add(f"{at}.{name}", _l("Please check the year."))
    if row.issued and row.expires and row.expires < row.issued:
        found.add(f"{at}.expires", _l("The certificate cannot expire before it was issued."))


def standards(found: Problems, path: str, names: Sequence[str]) -> None:
    if len(names) > MAX_ROWS:
        found.add(path, gettext("At most %(limit)s rows.", limit=MAX_ROWS))
    for n, name in enumerate(names):
        length(found, f"{path}.{n}", name, 60)
        if name in names[:n]:
            found.add(f"{path}.{n}", gettext("“%(name)s” is there twice.", name=name))


def attributes(found: Problems, path: str, rows: Sequence[AttributeInput]) -> None:
    for row in rows:
        at = f"{path}.{row.id}"
        if _known_with_unit(found, at, row.id, row.unit):
            _value(found, at, row.id, row.value)


def _value(found: Problems, at: str, attribute_id: str, value: Decimal | str | None) -> None:
    words = get_thesaurus().attributes[attribute_id].unit == ""
    if value in (None, ""):
        found.add(at, _l("Please give a value."))
    elif words:
        length(found, at, str(value), 60)
    elif not isinstance(value, Decimal):
        found.add(at, _l("Please give a number."))
    elif abs(value) >= MAX_NUMBER:
        found.add(at, _l("This number is too large."))


def _known_with_unit(found: Problems, at: str, attribute_id: str, unit: str) -> bool:
    attribute = get_thesaurus().attributes.get(attribute_id)
    if attribute is None:
        found.add(at, gettext("There is no attribute “%(name)s”.", name=attribute_id))
        return False
    if unit != attribute.unit:
        found.add(
            at,
            gettext(
                "“%(name)s” is given in %(unit)s.", name=attribute_id, unit=attribute.unit or "–"
            ),
        )
    return True


def ranges(found: Problems, path: str, rows: Sequence[RangeInput]) -> None:
    for row in rows:
        at = f"{path}.{row.id}"
        if not _known_with_unit(found, at, row.id, row.unit):
            continue
        words = get_thesaurus().attributes[row.id].unit == ""
        given = row.value if words else row.minimum is not None or row.maximum is not None
        if not given:
            found.add(at, _l("Please give a value."))
        length(found, at, row.value, 60)
        if row.minimum is not None and row.maximum is not None and row.minimum > row.maximum:
            found.add(f"{at}.max", _l("The upper bound lies below the lower one."))


def positive(found: Problems, path: str, value: Decimal | int | None) -> None:
    if value is not None and value <= 0:
        found.add(path, _l("Please enter a number above zero."))
    elif value is not None and value >= MAX_NUMBER:
        found.add(path, _l("This number is too large."))


def quantity(found: Problems, path: str, value: Quantity | None, number: str = "quantity") -> None:
    """A positive amount with its unit; both or none."""
    if value is None:
        return
    if value.amount is None:
        found.add(f"{path}.{number}", _l("Please give the number."))
    if not value.unit:
        found.add(f"{path}.unit", _l("Please choose the unit."))
    positive(found, f"{path}.{number}", value.amount)
    length(found, f"{path}.unit", value.unit, 20)


def days(found: Problems, path: str, value: int | None) -> None:
    if value is not None and not 0 <= value <= 3650:
        found.add(path, _l("Please enter a number of days between 0 and 3,650."))


def one_of(found: Problems, path: str, value: str | None, allowed: Any) -> None:
    if value and value not in allowed:
        found.add(path, gettext("“%(value)s” is not possible here.", value=value))
