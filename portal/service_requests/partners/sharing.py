"""What of a request a partner may see: a list of keys that staff tick, one by one.

Without the requester's consent nothing is shared but a brief that names nobody. Internal notes
and confidential files have no key at all.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.naming import is_erased, may_name
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.service_requests import answers, catalogue
from portal.service_requests.models import Referral, ServiceRequest

ANSWER, FILE, CONTACT = "answer:", "file:", "contact"
# Names shorter than this are words of many other things.
MIN_NAME = 3


@dataclass(frozen=True)
class Field:
    """A fact of a request that can be shared: its key, its label, and how it reads."""

    key: str
    label: Any
    read: Callable[[ServiceRequest], str]
    lang: bool = False  # words of the requester, in the request's language


def _markets(request: ServiceRequest) -> str:
    return gettext(", ").join(i18n.country_name(code) for code in request.markets)


FIELDS = (
    Field("company", _l("Company"), lambda r: r.company.organisation.name, lang=True),
    Field("country", _l("Country"), lambda r: i18n.country_name(r.company.country)),
    Field(CONTACT, _l("Person who asks"), lambda r: r.requester.name if r.requester else ""),
    Field("title", _l("Title"), lambda r: r.title, lang=True),
    Field("description", _l("Description"), lambda r: r.description, lang=True),
    Field("markets", _l("Target markets"), _markets),
    Field("desired_date", _l("Desired date"), lambda r: i18n.format_date(r.desired_date)
          if r.desired_date else ""),
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A shared fact as a page shows it."""

    key: str
    label: str
    value: str
    lang: str = ""


def shareable(request: ServiceRequest) -> list[Fact]:
    """Every fact of the request that has a value, with the key under which it is shared."""
    facts = [
        Fact(field.key, str(field.label), value, request.locale if field.lang else "")
        for field in FIELDS
        if (value := field.read(request))
    ]
    form = catalogue.get(request.service).form_of(request.form_version)
    for key in request.answers:
        ((label, value),) = answers.shown(form, {key: request.answers[key]})
        facts.append(Fact(f"{ANSWER}{key}", label, value))
    return facts


def file_keys(files: Iterable[StoredFile]) -> list[tuple[str, str]]:
    """(key, name) of files that may be shared."""
    return [(f"{FILE}{file.id}", file.name) for file in files]


def shown(referral: Referral) -> list[Fact]:
    """The facts that the partner of this referral may read now."""
    kept = set(keys(referral)) - ({CONTACT} if not _may_name(referral) else set())
    return [fact for fact in shareable(referral.request) if fact.key in kept]


def _may_name(referral: Referral) -> bool:
    """Whether the requester agrees to be named to partners, and to those abroad."""
    person, reader = referral.request.requester, referral.partner.organisation.country
    if person is None or is_erased(person) or person.named_to_partners is False:
        return False
    return may_name(reader, person, referral.request.company.country)


def keys(referral: Referral) -> Sequence[str]:
    """What is shared; nothing once the requester no longer agrees."""
    return referral.shared if referral.request.consent_partners else ()


def file_ids(referral: Referral) -> list[str]:
    return [key.removeprefix(FILE) for key in keys(referral) if key.startswith(FILE)]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Those of the names that the text holds, however they are spaced or cased."""
    inside = _plain(text)
    return [name for name in names if len(_plain(name)) >= MIN_NAME and _plain(name) in inside]


# Legal forms and other words that many names share.
_COMMON = re.compile(
    r"股份有限公司|有限责任公司|有限公司|集团|科技|技术|\b(?:gmbh|ag|se|kg|co|inc|llc|ltd|corp|"
    r"company|limited|holding|group|sa|sas|srl|spa|bv|nv|ab|oy|plc|kft|sp z o o)\b\.?",
    re.IGNORECASE,
)
# The first word of a name tells who it is when it is longer than a usual word.
_FIRST_WORD = 6


def short_names(names: Iterable[str]) -> list[str]:
    """How people shorten names: without the legal form, or the first word alone."""
    found = []
    for name in names:
        plain = _COMMON.sub(" ", name).strip()
        first = plain.split(" ")[0].strip(".,-")
        found += [plain, *([first] if len(first) >= _FIRST_WORD else [])]
    return found
