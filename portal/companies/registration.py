"""Numbers by which companies are known to registers: form, check digit, country."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from stdnum import lei
from stdnum.ch import uid
from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.no import orgnr

from portal.companies.registers import REGISTERS, VAT_ABROAD, Register
from portal.core.errors import Invalid
from portal.core.i18n import country_name, gettext
from portal.core.i18n import lazy_gettext as _l

MAX_LENGTH = 40
CHECK_DIGIT = "check-digit"
# Digits and capital letters without I, O, S, V and Z, which look like digits or each other.
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_OTHER = re.compile(r"[0-9A-Z][0-9A-Z ./:&()-]{2,39}")
_VAT_PREFIX = re.compile(r"[A-Z]{2}")
_SWISS_SUFFIX = re.compile(r"(MWST|TVA|IVA|TPV)$")
_SEPARATORS = re.compile(r"[\s.\-‐-―/]+")


@dataclass(frozen=True)
class Checked:
    """A number as it is stored; `warning` names what staff should look at, or is None."""

    number: str
    warning: str | None = None


@dataclass(frozen=True)
class Scheme:
    """A kind of number: its name, the one country that issues it (None: several), its check."""

    code: str
    label: Any
    country: str | None
    check: Callable[[str, str], Checked]


def _wrong(message: str) -> Invalid:
    return Invalid(message, field="registration_id")


def _uscc(number: str, _country: str) -> Checked:
    """Genuine early codes fail their check digit, and letters may stand among the first eight."""
    plain = _SEPARATORS.sub("", number)
    if len(plain) != 18:
        raise _wrong(
            gettext(
                "The unified social credit code has 18 characters; this one has %(count)s.",
                count=len(plain),
            )
        )
    if not _USCC.fullmatch(plain):
        strange = sorted({c for c in plain if not _USCC.fullmatch(c * 18)})
        raise _wrong(
            gettext(
                "The unified social credit code uses digits and capital letters without I, O, S, V"
                " and Z. Please check: %(characters)s",
                characters=" ".join(strange),
            )
        )
    right = uscc.calc_check_digit(plain[:-1]) == plain[-1]
    return Checked(plain, None if right else CHECK_DIGIT)


def _by(module: ModuleType) -> Callable[[str, str], Checked]:
    return lambda number, _country: Checked(_valid(module, number))


def _valid(module: Any, number: str) -> str:
    try:
        return str(module.validate(number))
    except InvalidChecksum:
        raise _wrong(
            gettext("The check digit of this number is wrong. Please look for a typing error.")
        ) from None
    except ValidationError:
        raise _wrong(
            gettext("This number does not have the form that its register uses.")
        ) from None


def _vat(number: str, country: str) -> Checked:
    """With the country in front, as on invoices; it is added when it was left out."""
    plain = _SEPARATORS.sub("", number)
    if not _VAT_PREFIX.match(plain):
        plain = {"GR": "EL"}.get(country, country) + plain
    prefix = plain[:2]
    if prefix in _OWN_VAT:
        return Checked(_OWN_VAT[prefix](plain))
    if prefix in VAT_ABROAD:
        return Checked(prefix + _valid(VAT_ABROAD[prefix], plain[2:]))
    if prefix.lower() not in _UNION:
        raise _wrong(
            gettext("We do not know VAT numbers that begin with %(prefix)s.", prefix=prefix)
        )
    return Checked(_valid(eu_vat, plain))


def _swiss_vat(plain: str) -> str:
    base = _SWISS_SUFFIX.sub("", plain)
    whole = base if base.startswith("CHE") else f"CHE{base[2:]}"
    return _valid(uid, whole) + plain[len(base) :]


# Greece signs as EL; EU and IM begin the numbers of traders abroad under the one-stop shops.
_UNION = frozenset({*eu_vat.MEMBER_STATES, "el", "eu", "im"})
# VAT numbers from outside the Union: the country stays in front, whatever the library makes of it.
_OWN_VAT: Mapping[str, Callable[[str], str]] = {
    "CH": _swiss_vat,
    "GB": lambda plain: f"GB{_valid(gb_vat, plain[2:])}",
    "NO": lambda plain: f"NO{_valid(orgnr, plain[2:].removesuffix('MVA'))}",
}


def _other(number: str, _country: str) -> Checked:
    if not _OTHER.fullmatch(number):
        raise _wrong(
            gettext("Please enter 3 to 40 letters and digits, as they stand in the register.")
        )
    return Checked(number)


def _national(register: Register) -> Scheme:
    def check_number(number: str, country: str) -> Checked:
        plain = _without_country(number, country)
        if register.form and not register.form.fullmatch(_SEPARATORS.sub("", plain)):
            raise _wrong(gettext("This number does not have the form that its register uses."))
        if register.module is None:
            return Checked(_SEPARATORS.sub("", plain))
        return Checked(_valid(register.module, register.prepare(plain)))

    return Scheme(register.code, register.label, register.country, check_number)


def _without_country(number: str, country: str) -> str:
    """Many write the country before the number; one that begins with letters itself keeps them."""
    rest = number.removeprefix(country).strip()
    return rest if number.startswith(country) and rest[:1].isdigit() else number


SCHEMES: Mapping[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        Scheme("USCC", _l("Unified social credit code (China)"), "CN", _uscc),
        Scheme("VAT", _l("VAT number (EU, United Kingdom, Switzerland, Norway)"), None, _vat),
        Scheme("LEI", _l("Legal Entity Identifier (LEI)"), None, _by(lei)),
        *map(_national, sorted(REGISTERS, key=lambda register: register.country)),
        Scheme("OTHER", _l("Another official register number"), None, _other),
    )
}
WARNINGS: Mapping[str, Any] = {
    CHECK_DIGIT: _l(
        "The check digit does not fit. Some early codes are like this; please compare the code with"
        " the business licence."
    ),
}


def normalise(raw: str) -> str:
    """Full-width signs as plain ones, capital letters, no invisible or outer blanks."""
    plain = unicodedata.normalize("NFKC", raw)
    visible = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(visible.upper().split())


def check(scheme: str, raw: str, country: str) -> Checked:
    """The number as it is stored, with a warning for staff where a rule is not strict.

    Raises Invalid at `registration_scheme` or `registration_id`.
    """
    known = SCHEMES.get(scheme)
    if known is None:
        raise Invalid(_l("Please choose the register."), field="registration_scheme")
    if known.country not in (None, country):
        raise Invalid(
            gettext(
                "This register is for companies in %(country)s.",
                country=country_name(known.country),
            ),
            field="registration_scheme",
        )
    number = normalise(raw)
    if not re.search(r"[1-9A-Z]", number):
        raise _wrong(gettext("Please enter the number."))
    checked = known.check(number, country)
    if len(checked.number) > MAX_LENGTH:
        raise _wrong(gettext("This number is too long."))
    return checked
