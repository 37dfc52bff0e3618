"""What a self-assessment asks, as data: tables of questions, and the choices of enumerations."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.companies import rules as companies
from portal.companies.facts import rules as further
from portal.companies.presentation import FIELD_LABELS
from portal.companies.registration import SCHEMES
from portal.companies.verification.rules import LEVEL_LABELS as VERIFICATION
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.disclosure.rules import LEVEL_LABELS as DISCLOSURE
from portal.listings import certificate_details, terms
from portal.thesaurus.store import get_thesaurus

TEXT, NUMBER, WHOLE, DAY, CHOICE, SEVERAL = "text", "number", "whole", "day", "choice", "several"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """`path` lies below a record or a row of it; `fixed` ones are told, but never taken in; `own`
    ones are for the company itself. `choices` are (code, label) in the language that is active."""

    path: str
    text: Any
    kind: str = TEXT
    choices: Callable[[], Pairs] | None = None
    unit: str = ""
    fixed: bool = False
    own: bool = False


def _table(labels: Mapping[str, Any]) -> Callable[[], Pairs]:
    return lambda: _told_apart((code, str(label)) for code, label in labels.items())


def _told_apart(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """A label that stands for two codes shows its code, too."""
    rows = list(pairs)
    labels = [label for _code, label in rows]
    twice = {label for label in labels if labels.count(label) > 1} if len(rows) < 1000 else set()
    return [(c, f"{label} ({c})" if label in twice or not label else label) for c, label in rows]


def _concepts(kind: str) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        thesaurus, tag = get_thesaurus(), i18n.current().tag
        rows = thesaurus.categories() if kind == "category" else thesaurus.scenarios()
        return _told_apart((row.id, thesaurus.label(row.id, tag)) for row in rows)

    return pairs


COUNTRIES = i18n.countries
_METHODS = {
    code: label for kind in further.KINDS.values() for code, label in (kind.methods or {}).items()
}
_UNITS = {unit: unit for kind in further.KINDS.values() for unit in kind.units}
IDENTITY = (
    Question("kind", FIELD_LABELS["kind"], CHOICE, _table(companies.KIND_LABELS), fixed=True),
    Question("country", FIELD_LABELS["country"], CHOICE, COUNTRIES, fixed=True),
    Question(
        "registration.scheme",
        FIELD_LABELS["registration.scheme"],
        CHOICE,
        _table({name: scheme.label for name, scheme in SCHEMES.items()}),
        fixed=True,
    ),
    Question("registration.id", FIELD_LABELS["registration.id"], fixed=True),
    Question(
        "verification.level",
        _l("Level of verification by the base"),
        CHOICE,
        _table(VERIFICATION),
        fixed=True,
    ),
    Question("verification.since", _l("Verified on"), DAY, fixed=True),
    Question("verification.until", _l("Verification counts until"), DAY, fixed=True),
)
PROFILE = (
    Question("website", FIELD_LABELS["website"]),
    Question("founded", FIELD_LABELS["founded"], WHOLE),
    Question("headcount", FIELD_LABELS["headcount"], WHOLE),
)
SITE = (
    Question("role", _l("Role of the site"), CHOICE, _table(companies.SITE_ROLE_LABELS)),
    Question("country", _l("Country"), CHOICE, COUNTRIES),
    Question("city", _l("City")),
    Question("address", _l("Address")),
    Question("postcode", _l("Postcode")),
    Question("products", _l("Products or tasks")),
    Question("headcount", _l("Employees"), WHOLE),
)
CERTIFICATE = (
    Question("standard", _l("Standard")),
    Question("number", _l("Certificate number")),
    Question("body", _l("Certification body")),
    Question("scope", _l("Scope")),
    Question("site", _l("Site")),
    Question("issued", _l("Issued on"), DAY),
    Question("expires", _l("Valid until"), DAY),
)
_WHO = Question("disclosure", _l("Who sees it"), CHOICE, _table(DISCLOSURE), own=True)
SUSTAINABILITY = (
    Question(
        "kind",
        _l("What the figure is about"),
        CHOICE,
        _table({name: kind.label for name, kind in further.KINDS.items()}),
    ),
    Question("product", _l("Product")),
    Question("material", _l("Material"), CHOICE, _table(further.MATERIALS)),
    Question("value", _l("Value"), NUMBER),
    Question("unit", _l("Unit"), CHOICE, _table(_UNITS)),
    Question("method", _l("Method, proof or state"), CHOICE, _table(_METHODS)),
    Question("boundary", _l("System boundary"), CHOICE, _table(further.BOUNDARIES)),
    Question("scope", _l("What is included")),
    Question("site", _l("Plant")),
    Question("year", _l("Reference year"), WHOLE),
    Question("verifier", _l("Verified by")),
    _WHO,
)
REFERENCE = (
    Question("customer", _l("Customer")),
    Question("product", _l("Product supplied")),
    Question("since", _l("Since (year)"), WHOLE),
    Question("market", _l("Market"), CHOICE, COUNTRIES),
    _WHO,
)
SUPPLY = (
    Question("capacity.quantity", _l("Capacity"), NUMBER),
    Question("capacity.unit", _l("Unit of the capacity"), CHOICE, _table(terms.UNITS)),
    Question("capacity.per", _l("Period of the capacity"), CHOICE, _table(terms.PERIODS)),
    Question("lead_time_days.sample", _l("Lead time of samples"), WHOLE, unit="days"),
    Question("lead_time_days.series_from", _l("Lead time of series, shortest"), WHOLE, unit="days"),
    Question("lead_time_days.series_to", _l("Lead time of series, longest"), WHOLE, unit="days"),
    Question("moq.quantity", _l("Minimum order quantity"), NUMBER),
    Question("moq.unit", _l("Unit of the minimum order"), CHOICE, _table(terms.UNITS)),
)
OFFER = (
    Question("category", _l("Category"), CHOICE, _concepts("category")),
    Question("stage", _l("Stage"), CHOICE, _table(terms.STAGES)),
    Question("scenarios", _l("Application scenarios"), SEVERAL, _concepts("scenario")),
    Question("markets", _l("Markets"), SEVERAL, COUNTRIES),
)
# Rows of a record that are asked for as blocks, and how many of them there may be.
LISTS: Mapping[str, tuple[tuple[Question, ...], int]] = {
    "sites": (SITE, 50),
    "certificates": (CERTIFICATE, 50),
    "sustainability": (SUSTAINABILITY, further.MAX_ROWS),
    "references": (REFERENCE, further.MAX_ROWS),
}
# Answers that only make sense together: they are changed, and proven, as one.
TOGETHER = ("capacity", "lead_time_days", "moq")


def languages(written: Iterable[str], *, own: bool) -> list[str]:
    """Those in which there is a text, and for its owner those of the portal, too."""
    more = [locale.tag for locale in LOCALES] if own else []
    return list(dict.fromkeys((*written, *more)))


def names(written: Iterable[str]) -> tuple[Question, ...]:
    return tuple(
        Question(f"names.{tag}", _in_language(_l("Legal name"), tag), fixed=True) for tag in written
    )


def texts(tags: Iterable[str], parts: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(
        Question(f"texts.{tag}.{part}", _in_language(label, tag))
        for tag in tags
        for part, label in parts.items()
    )


def _in_language(label: Any, tag: str) -> str:
    return gettext("%(field)s (%(language)s)", field=str(label), language=i18n.language_name(tag))


DESCRIPTION = {"description": _l("Description")}
TEXTS = {"title": _l("Title"), "summary": _l("Summary"), "description": _l("Description")}


def details(standard: str) -> tuple[Question, ...]:
    """What the certificates of a standard say beside."""
    kinds = {
        certificate_details.CHOICE: CHOICE,
        certificate_details.SEVERAL: SEVERAL,
        certificate_details.NUMBER: NUMBER,
    }
    found = []
    for detail in certificate_details.details_of(standard):
        path = "usi" if detail.name == "usi" else f"details.{detail.name}"
        kind = kinds.get(detail.kind, TEXT)
        chosen = _detail_choices(detail) if kind in (CHOICE, SEVERAL) else None
        found.append(Question(path, detail.label, kind, chosen))
    return tuple(found)


def _detail_choices(detail: Any) -> Callable[[], Pairs]:
    return lambda: _told_apart((c, str(label)) for c, label in certificate_details.choices(detail))


def of_row(name: str, row: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of one row of a list; an empty row is asked everything in general."""
    asked = LISTS[name][0]
    if name == "certificates":
        return (*asked, *details(str(row.get("standard", ""))))
    kind = further.KINDS.get(str(row.get("kind", ""))) if name == "sustainability" else None
    if kind is None:
        return asked
    used = {"kind", "value", "year", "disclosure", *kind.fields}
    return tuple(_fitting(question, kind) for question in asked if question.path in used)


def _fitting(question: Question, kind: further.Kind) -> Question:
    """With the words and choices of its kind of figure."""
    if question.path == "method" and kind.methods:
        return replace(question, text=kind.method, choices=_table(kind.methods))
    if question.path == "unit":
        return replace(question, choices=_table({unit: unit for unit in kind.units}))
    if question.path == "value":
        return replace(question, text=kind.value)
    return question


def attributes(stored: Iterable[str], category: str | None, *, own: bool) -> tuple[Question, ...]:
    """Technical data: what is given, and for the owner what is usual in the category."""
    usual = [each.id for each in get_thesaurus().attributes_of(category)] if category else []
    wanted = dict.fromkeys((*stored, *(usual if own else ())))
    return tuple(_attribute(name) for name in wanted)


def _attribute(name: str) -> Question:
    attribute = get_thesaurus().attributes.get(name)
    unit = attribute.unit if attribute else ""
    kind = TEXT if terms.is_text(name) else NUMBER
    label = terms.attribute_label(name)
    return Question(f"attributes.{name}.value", label, kind, unit=unit)
