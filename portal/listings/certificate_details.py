"""What the certificates of each standard say beyond number, body and dates: data and its checks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.standards import standard_id

if TYPE_CHECKING:
    from portal.listings.checks import Problems

TEXT, CHOICE, SEVERAL, NUMBER = "text", "choice", "several", "number"
MAX_TEXT = 120


@dataclass(frozen=True)
class Detail:
    """One field of a standard. `choices` maps values to labels; `pattern` is what a text must be,
    `wrong` what is said when it is not; numbers lie between `low` and `high`."""

    name: str
    label: Any
    kind: str = TEXT
    choices: tuple[tuple[str, Any], ...] = ()
    pattern: str = ""
    wrong: Any = ""
    hint: Any = ""
    low: int = 0
    high: int = 100


def _same(*values: str) -> tuple[tuple[str, Any], ...]:
    return tuple((value, value) for value in values)


# Numbers of the approval mark by contracting party of the 1958 Agreement.
E_NUMBERS = {
    1: "DE", 2: "FR", 3: "IT", 4: "NL", 5: "SE", 6: "BE", 7: "HU", 8: "CZ", 9: "ES", 10: "RS",
    11: "GB", 12: "AT", 13: "LU", 14: "CH", 16: "NO", 17: "FI", 18: "DK", 19: "RO", 20: "PL",
    21: "PT", 22: "RU", 23: "GR", 24: "IE", 25: "HR", 26: "SI", 27: "SK", 28: "BY", 29: "EE",
    30: "MD", 31: "BA", 32: "LV", 34: "BG", 35: "KZ", 36: "LT", 37: "TR", 39: "AZ", 40: "MK",
    43: "JP", 45: "AU", 46: "UA", 47: "ZA", 48: "NZ", 49: "CY", 50: "MT", 51: "KR", 52: "MY",
    53: "TH", 54: "AL", 55: "AM", 56: "ME", 57: "SM", 58: "TN", 60: "GE", 62: "EG", 63: "NG",
}  # fmt: skip
BODY_KINDS = (
    ("iatf-recognised", _l("Recognised by the IATF")),
    ("accredited", _l("Accredited certification body")),
    ("notified", _l("Notified body or technical service")),
    ("authority", _l("Approval authority")),
    ("laboratory", _l("Accredited laboratory")),
    ("customer", _l("Audit by a customer")),
    ("own", _l("Own declaration or self-assessment")),
)
BODY_KIND = Detail("body_kind", _l("Type of certification body"), CHOICE, BODY_KINDS)
COVERS = Detail(
    "covers",
    _l("Certified is"),
    CHOICE,
    (
        ("process", _l("the development process")),
        ("product", _l("the product")),
        ("both", _l("both process and product")),
    ),
)
USI = Detail(
    "usi",
    _l("IATF USI"),
    pattern=r"[A-Z0-9]{6}",
    wrong=_l("The USI has six characters: letters A to Z and digits."),
    hint=_l("The six characters of the Unique Site Identifier printed on the certificate."),
)
_TISAX = (
    Detail(
        "labels",
        _l("TISAX labels"),
        SEVERAL,
        _same(
            "Info High", "Info Very High", "Confidential", "Strictly Confidential",
            "High Availability", "Very High Availability", "Proto Parts", "Proto Vehicles",
            "Test Vehicles", "Proto Events", "Data", "Special Data",
        ),
    ),
    Detail(
        "scope_id",
        _l("Scope ID"),
        pattern=r"S[A-Z0-9]{5}",
        wrong=_l("A scope ID begins with S and has six characters, such as S4T7KM."),
    ),
    Detail("assessment_level", _l("Assessment level"), CHOICE, _same("AL1", "AL2", "AL3")),
)  # fmt: skip
_ASIL = Detail("asil", _l("Highest ASIL covered"), CHOICE, _same("QM", "A", "B", "C", "D"))
_E_NUMBER = Detail("e_number", _l("E-number"), CHOICE, ())
_APPROVAL = (
    Detail(
        "series",
        _l("Series of amendments"),
        pattern=r"\d{2}",
        wrong=_l("Please enter the two digits of the series, such as 03."),
    ),
    Detail("approved_type", _l("Approved type")),
    _E_NUMBER,
)


def _grades(last: int) -> tuple[Detail, ...]:
    choices = _same(*(str(n) for n in range(last + 1)))
    return (Detail("grade", _l("Temperature grade"), CHOICE, choices), COVERS)


_MANAGEMENT = (BODY_KIND,)
FIELDS: Mapping[str, tuple[Detail, ...]] = {
    "iatf-16949": (USI, BODY_KIND),
    "vda-6-3": (
        Detail("vda_level", _l("Rating"), CHOICE, _same("A", "B", "C")),
        Detail("score", _l("Degree of fulfilment (percent)"), NUMBER),
        BODY_KIND,
    ),
    "tisax": _TISAX,
    **dict.fromkeys(("iso-9001", "iso-14001", "iso-45001", "iso-27001"), _MANAGEMENT),
    "iso-26262": (_ASIL, COVERS, BODY_KIND),
    "iso-21434": (COVERS, BODY_KIND),
    "aspice": (
        Detail(
            "capability_level", _l("Capability level"), CHOICE, _same("0", "1", "2", "3", "4", "5")
        ),
        Detail(
            "processes", _l("Processes assessed"), hint=_l("Such as: VDA scope, SWE.1 to SWE.6")
        ),
    ),
    **dict.fromkeys(("aec-q100", "aec-q101", "aec-q102", "aec-q104"), _grades(3)),
    "aec-q200": _grades(4),
    **dict.fromkeys(
        ("un-r10", "un-r79", "un-r100", "un-r136", "un-r155", "un-r156", "un-r157"), _APPROVAL
    ),
    "e-mark": (
        Detail("regulation", _l("Regulation"), hint=_l("Such as UN R10.06")),
        Detail("approved_type", _l("Approved type")),
        _E_NUMBER,
    ),
    "un38-3": (
        Detail("summary", _l("Number of the test summary")),
        Detail(
            "tests",
            _l("Tests passed"),
            SEVERAL,
            _same("T.1", "T.2", "T.3", "T.4", "T.5", "T.6", "T.7", "T.8"),
        ),
        Detail("tested", _l("What was tested"), hint=_l("Cell, module or battery with its type")),
    ),
    "ccc": (Detail("factory_code", _l("Factory code")),),
    "ce-marking": (
        Detail("directives", _l("Directives and regulations"), hint=_l("Such as 2014/30/EU")),
        Detail(
            "notified_body",
            _l("Number of the notified body"),
            pattern=r"\d{4}",
            wrong=_l("A notified body has a number of four digits."),
        ),
    ),
}
NAMES: tuple[str, ...] = tuple(
    dict.fromkeys(detail.name for details in FIELDS.values() for detail in details)
)


def details_of(standard: str) -> tuple[Detail, ...]:
    """The fields of a standard however it is written; none for an unknown one."""
    return FIELDS.get(standard_id(standard), ()) if standard else ()


def choices(detail: Detail) -> list[tuple[str, Any]]:
    """Values and labels in the reader's language."""
    if detail is _E_NUMBER:
        return [
            (f"E{number}", gettext("E%(number)s – %(country)s", number=number, country=name))
            for number, name in ((n, i18n.country_name(c)) for n, c in E_NUMBERS.items())
        ]
    return list(detail.choices)


def _allowed(detail: Detail) -> list[str]:
    if detail is _E_NUMBER:
        return [f"E{number}" for number in E_NUMBERS]
    return [value for value, _label in detail.choices]


def check(found: "Problems", at: str, standard: str, details: Mapping[str, Any]) -> None:
    """Each field of its kind and within its bounds; none that the standard does not have."""
    known = {detail.name: detail for detail in details_of(standard)}
    for name, value in details.items():
        detail = known.get(name)
        if detail is None:
            found.add(f"{at}.{name}", gettext("This standard has no field “%(name)s”.", name=name))
        elif value not in (None, "", []):
            _CHECKS[detail.kind](found, f"{at}.{name}", detail, value)


def _text(found: "Problems", path: str, detail: Detail, value: Any) -> None:
    if not isinstance(value, str):
        found.add(path, _l("This must be a text."))
    elif detail.pattern and not re.fullmatch(detail.pattern, value, re.ASCII):
        found.add(path, detail.wrong)
    elif len(value) > MAX_TEXT:
        found.add(path, gettext("Please use at most %(limit)s characters.", limit=MAX_TEXT))


def _choice(found: "Problems", path: str, detail: Detail, value: Any) -> None:
    if value not in _allowed(detail):
        found.add(path, gettext("“%(value)s” is not possible here.", value=value))


def _several(found: "Problems", path: str, detail: Detail, value: Any) -> None:
    if not isinstance(value, list):
        found.add(path, _l("This must be a list."))
        return
    for item in value:
        _choice(found, path, detail, item)


def _number(found: "Problems", path: str, detail: Detail, value: Any) -> None:
    number = _decimal(value)
    if number is None:
        found.add(path, _l("Please give a number."))
    elif not detail.low <= number <= detail.high:
        message = gettext(
            "Please enter a number between %(low)s and %(high)s.", low=detail.low, high=detail.high
        )
        found.add(path, message)


def _decimal(value: Any) -> Decimal | None:
    try:
        number = None if isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number is not None and number.is_finite() else None


_CHECKS = {TEXT: _text, CHOICE: _choice, SEVERAL: _several, NUMBER: _number}


def tidied(standard: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """As they are kept: empty ones left out, several ones in the order of the table, codes in
    capitals, numbers as JSON writes them."""
    kept: dict[str, Any] = {}
    known = {detail.name: detail for detail in details_of(standard)}
    for name, value in details.items():
        detail = known.get(name)
        if value not in (None, "", []):
            kept[name] = _kept(detail, value) if detail is not None else value
    return {name: kept[name] for name in sorted(kept)}


def _kept(detail: Detail, value: Any) -> Any:
    if detail.kind == SEVERAL and isinstance(value, list):
        order = _allowed(detail)
        return sorted(dict.fromkeys(value), key=lambda v: order.index(v) if v in order else 99)
    if detail.kind == NUMBER and _decimal(value) is not None:
        number = Decimal(str(value))
        return int(number) if number == number.to_integral_value() else float(number)
    if isinstance(value, str) and "A-Z" in detail.pattern:
        return value.upper()
    return value


def words(standard: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value in the reader's language, in the order of the table."""
    return [
        (str(detail.label), _word(detail, details[detail.name]))
        for detail in details_of(standard)
        if details.get(detail.name) not in (None, "", [])
    ]


def _word(detail: Detail, value: Any) -> str:
    labels = dict(choices(detail))
    if isinstance(value, list):
        return i18n.format_list(_each(labels, value))
    if detail.kind == NUMBER:
        return i18n.format_number(Decimal(str(value)))
    return str(labels.get(value, value))


def _each(labels: Mapping[str, Any], values: Sequence[str]) -> Iterable[str]:
    return (str(labels.get(value, value)) for value in values)
