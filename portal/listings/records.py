"""JSON records in and out: known keys, right types, every refusal with its path."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import langcodes

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import is_displayable
from portal.disclosure.rules import LEVELS
from portal.listings import certificate_details, terms
from portal.listings.checks import Problems
from portal.listings.inputs import (
    AttributeInput,
    CertificateInput,
    Quantity,
    RangeInput,
    TextInput,
)
from portal.thesaurus.store import get_thesaurus
from portal.thesaurus.words import guess_language, words

_LINES = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n\n", "\u200b": "", "\ufeff": ""}
_UNDECLARED = frozenset({"", "und", "mul", "zxx"})
_SCRIPT_LANGUAGES = {"han": "zh-Hans", "kana": "ja", "hangul": "ko", "arabic": "ar"}
_TEXT_KEYS = frozenset({"title", "summary", "description"})
_CHINESE = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant",
            "zh-HK": "zh-Hant", "zh-MO": "zh-Hant"}  # fmt: skip


def tidy(text: str) -> str:
    """NFC, plain line ends, no zero-width spaces, nothing around it."""
    for old, new in _LINES.items():
        text = text.replace(old, new)
    return unicodedata.normalize("NFC", text).strip()


def _displayable(text: str) -> bool:
    return all(is_displayable(c) or c in "\n\t" for c in text)


class Fields:
    """One JSON object being read: takes keys out by type, gathers what is wrong with them."""

    def __init__(self, value: object, path: str, found: Problems) -> None:
        self.path, self.found = path, found
        self._left: dict[str, Any] = {}
        if isinstance(value, Mapping):
            self._left = {str(key): item for key, item in value.items()}
        else:
            found.add(path or "record", _l("This must be an object."))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def take(self, key: str) -> Any:
        return self._left.pop(key, None)

    def left(self) -> list[str]:
        return list(self._left)

    def text(self, key: str) -> str:
        value = self.take(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.found.add(self.at(key), _l("This must be a text."))
            return ""
        text = tidy(str(value))
        if not _displayable(text):
            self.found.add(self.at(key), _l("This contains characters that cannot be displayed."))
            return ""
        return text

    def number(self, key: str) -> Decimal | None:
        value = self.take(key)
        if value is None:
            return None
        try:
            number = None if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            number = None
        if number is None or not _reasonable(number):
            self.found.add(self.at(key), _l("This must be a number."))
            return None
        return plain(number)

    def whole(self, key: str) -> int | None:
        number = self.number(key)
        if number is not None and number != number.to_integral_value():
            self.found.add(self.at(key), _l("Please enter a whole number."))
            return None
        return None if number is None else int(number)

    def day(self, key: str) -> date | None:
        text = self.text(key)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.found.add(self.at(key), _l("This must be a date such as 2027-06-30."))
            return None

    def list(self, key: str) -> list[Any]:
        value = self.take(key)
        if value is None:
            return []
        if isinstance(value, (list, tuple)):
            return list(value)
        self.found.add(self.at(key), _l("This must be a list."))
        return []

    def names(self, key: str) -> tuple[str, ...]:
        """A list of words, each once."""
        rows = self.list(key)
        if not all(isinstance(row, str) for row in rows):
            self.found.add(self.at(key), _l("This must be a list of texts."))
            return ()
        return tuple(dict.fromkeys(tidy(row) for row in rows if row.strip()))

    def object(self, key: str) -> "Fields | None":
        value = self.take(key)
        return None if value is None else Fields(value, self.at(key), self.found)

    def end(self) -> None:
        """Refuse by name whatever nobody asked for."""
        for key in self._left:
            self.found.add(self.at(key), gettext("Unknown key “%(key)s”.", key=key))


def _reasonable(number: Decimal) -> bool:
    """Of a size that a fact can have, so that writing it out is short."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -12 and number.adjusted() <= 15


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros or exponent: equal numbers are written alike."""
    return Decimal(format(number.normalize(), "f"))


def written(number: Decimal | None) -> str | None:
    """A number as it is kept in JSON columns."""
    return None if number is None else format(number.normalize(), "f")


def json_number(number: Decimal | str) -> int | float | str:
    """As JSON writes it, as long as that is exact."""
    value = Decimal(number)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(str(float(value))) == value else format(value, "f")


def language(tag: str) -> str | None:
    """The canonical BCP 47 tag (`zh-CN` → `zh-Hans`), or None when it is none."""
    try:
        standard = langcodes.standardize_tag(tag.replace("_", "-"))
    except ValueError:
        return None
    if not langcodes.tag_is_valid(standard) or len(standard) > 20:
        return None
    return _CHINESE.get(standard, standard)


def placed(text: str) -> str:
    """The language of a text that declares none: by its script, then by its small words."""
    scripts = [word.script for word in words(text[:2000])]
    counted = {name: scripts.count(name) for name in _SCRIPT_LANGUAGES}
    if counted["kana"]:
        return "ja"
    best = max(counted, key=lambda name: counted[name])
    if counted[best] and (best != "han" or counted[best] * 3 >= scripts.count("word")):
        return _SCRIPT_LANGUAGES[best]
    return guess_language(text)


def declared(tag: str, text: str) -> str | None:
    """The language a record gives for a text, or found out when it gives none; None: no tag."""
    return placed(text) if tag.casefold() in _UNDECLARED else language(tag)


def read_texts(fields: Fields, *, summary: bool) -> tuple[TextInput, ...]:
    """`{"de": {"title": …}}`; a language that is not declared is found out."""
    value = fields.take("texts")
    if isinstance(value, Mapping) and value and set(value) <= _TEXT_KEYS:
        value = {"": value}
    outer = Fields(value if value is not None else {}, fields.at("texts"), fields.found)
    rows = []
    for tag in outer.left():
        inner = outer.object(tag)
        if inner is not None:
            rows.append(_text(inner, tag, summary=summary))
    return tuple(row for row in rows if row is not None)


def _text(fields: Fields, tag: str, *, summary: bool) -> TextInput:
    title, description = fields.text("title"), fields.text("description")
    short = fields.text("summary") if summary else ""
    fields.end()
    locale = declared(tag, " ".join((title, short, description)))
    if locale is None:
        fields.found.add(fields.path, gettext("“%(tag)s” is no language tag.", tag=tag))
    return TextInput(locale or "", title, short, description)


def read_certificates(fields: Fields) -> tuple[CertificateInput, ...]:
    rows = []
    for n, value in enumerate(fields.list("certificates")):
        row = Fields(value, f"{fields.at('certificates')}.{n}", fields.found)
        standard = row.text("standard")
        rows.append(
            CertificateInput(
                standard=standard,
                details=_details(row, standard),
                number=row.text("number"),
                body=row.text("body"),
                scope=row.text("scope"),
                site=row.text("site"),
                issued=row.day("issued"),
                expires=row.day("expires"),
            )
        )
        row.end()
    return tuple(rows)


def _details(fields: Fields, standard: str) -> dict[str, Any]:
    """What the standard asks beside; the USI stands among the other facts of the certificate."""
    given: dict[str, Any] = {}
    inner = fields.object("details")
    for name in inner.left() if inner else ():
        value = inner.take(name) if inner else None
        texts = value if isinstance(value, list) else [value]
        if inner and not all(isinstance(t, (int, float)) or _displayable(str(t)) for t in texts):
            wrong = _l("This contains characters that cannot be displayed.")
            inner.found.add(inner.at(name), wrong)
        given[name] = tidy(value) if isinstance(value, str) else value
    usi = fields.text("usi")
    return certificate_details.tidied(standard, given | ({"usi": usi} if usi else {}))


def write_certificates(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        compact(
            standard=row.standard,
            number=row.number,
            body=row.body,
            scope=row.scope,
            site=row.site,
            issued=row.issued.isoformat() if row.issued else None,
            expires=row.expires.isoformat() if row.expires else None,
            usi=(row.details or {}).get("usi"),
            details={k: v for k, v in (row.details or {}).items() if k != "usi"},
        )
        for row in rows
    ]


def _unit(fields: Fields, attribute_id: str) -> str:
    """The unit given, or the attribute's own when none is."""
    attribute = get_thesaurus().attributes.get(attribute_id)
    if "unit" not in fields.left() and attribute is not None:
        return attribute.unit
    return fields.text("unit")


def read_attributes(fields: Fields) -> tuple[AttributeInput, ...]:
    outer = fields.object("attributes")
    rows = []
    for name in outer.left() if outer else ():
        row = outer.object(name) if outer else None
        if row is None:
            continue
        value = row.text("value") if terms.is_text(name) else row.number("value")
        rows.append(AttributeInput(name, value, _unit(row, name)))
        row.take("unit")
        row.end()
    return tuple(rows)


def read_ranges(fields: Fields) -> tuple[RangeInput, ...]:
    outer = fields.object("attributes")
    rows = []
    for name in outer.left() if outer else ():
        row = outer.object(name) if outer else None
        if row is None:
            continue
        words_asked = row.text("value") if terms.is_text(name) else ""
        low, high = row.number("min"), row.number("max")
        rows.append(RangeInput(name, low, high, words_asked, _unit(row, name)))
        row.take("unit")
        row.end()
    return tuple(rows)


def stored_attributes(rows: Sequence[AttributeInput]) -> dict[str, Any]:
    """The JSON column of a capability."""
    return {
        row.id: {
            "value": written(row.value) if isinstance(row.value, Decimal) else str(row.value),
            "unit": row.unit,
        }
        for row in rows
    }


def stored_ranges(rows: Sequence[RangeInput]) -> dict[str, Any]:
    """The attributes in the JSON column of a need."""
    return {
        row.id: compact(
            min=written(row.minimum),
            max=written(row.maximum),
            value=row.value or None,
        )
        | {"unit": row.unit}
        for row in rows
    }


def write_attributes(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON column as a record has it: numbers as numbers."""
    return {name: _numbers(name, row) for name, row in stored.items()}


def _numbers(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    words_only = terms.is_text(name)
    return {
        key: item if key == "unit" or words_only else json_number(item) for key, item in row.items()
    }


def read_quantity(fields: Fields, key: str, number: str = "quantity") -> Quantity | None:
    row = fields.object(key)
    if row is None:
        return None
    found = Quantity(row.number(number), row.text("unit") or "piece", row.text("per"))
    row.end()
    return found


def read_levels(fields: Fields) -> dict[str, str] | None:
    """Who sees what; None where the record does not say."""
    row = fields.object("disclosure")
    if row is None:
        return None
    levels = {name: row.text(name) for name in row.left()}
    for name, level in levels.items():
        if level not in LEVELS:
            row.found.add(row.at(name), _l("There is no such level of disclosure."))
    return levels


def compact(**items: Any) -> dict[str, Any]:
    """Only what is there: a record leaves out empty values."""
    return {name: value for name, value in items.items() if value not in (None, "", [], {}, ())}


def write_texts(rows: Iterable[Any], names: Sequence[str]) -> dict[str, Any]:
    return {row.locale: compact(**{n: getattr(row, n) for n in names}) for row in rows}
