"""Bank data in texts. The portal holds none: whoever reads an account number here would have to
trust that nobody has changed it."""

import re
import unicodedata
from collections.abc import Iterator

from stdnum import iban, luhn

from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l

FRAUD_NOTICE = _l(
    "The portal holds no bank data. Bank details reach you outside of it, on the provider's "
    "invoice. Check new or changed details by telephone, at a number that you already know."
)
_REFUSED = _l(
    "Please leave out bank details: the portal holds no account numbers. They belong on the "
    "provider's invoice."
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?\d{2}(?:[ \-.]?[A-Z0-9]){11,40}")
_IBAN_LENGTHS = range(34, 14, -1)
# A word for an account or a bank's code, and soon after it the number.
_ACCOUNT = re.compile(
    r"(?:konto(?:nummer|[ -]?nr)?\b|kto\b|\bacc(?:oun)?t\b ?(?:no\b|nr\b|number|[:#])|\ba/c\b"
    r"|bankleitzahl|\bblz\b"
    r"|routing (?:no|number)|sort code|\bclabe\b|\biban\b|\bcompte\b|\bcuenta\b|\bconta\b"
    r"|账[号户]|帐[号户]|银行卡|卡号|开户|口座|رقم الحساب)[^\d\n]{0,30}\d(?:[ \-.]?\d){4,}",
    re.IGNORECASE,
)
_BIC = re.compile(
    r"\b(?i:bic|swift)(?:[ /-]?(?i:bic|swift|code))*[^A-Za-z0-9\n]{1,5}[A-Z]{6}[A-Z0-9]{2}"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")


def check(**texts: str) -> None:
    """Raise Invalid, at the first field whose text holds bank data."""
    for field, text in texts.items():
        if holds(text):
            raise Invalid(_REFUSED, field=field)


def holds(text: str) -> bool:
    """Whether the text names a bank account, in whatever spelling."""
    plain = unicodedata.normalize("NFKC", text)
    return (
        _ACCOUNT.search(plain) is not None
        or _BIC.search(plain) is not None
        or any(iban.is_valid(found, check_country=False) for found in _ibans(plain.upper()))
        or any(luhn.is_valid(re.sub(r"\D", "", found)) for found in _CARD.findall(plain))
    )


def _ibans(text: str) -> Iterator[str]:
    """What may be an account number: the words after it are cut off bit by bit."""
    for found in _IBAN.finditer(text):
        number = re.sub(r"[^A-Z0-9]", "", found[0])
        yield from (number[:length] for length in _IBAN_LENGTHS if length <= len(number))
