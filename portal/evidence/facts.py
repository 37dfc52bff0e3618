"""The facts of a company in words, each with its subject: what the pages of evidence list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.companies import rules as companies
from portal.companies.facts import rules as further
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Certificate, Company, Site
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure.fields import level_of
from portal.disclosure.rules import PUBLIC, at_least
from portal.evidence import subjects
from portal.evidence.rules import Standing
from portal.evidence.subjects import Identity, Subject
from portal.listings import certificate_details, terms

COMPANY = "company"
_FIGURES = {"founded": _l("Founded in"), "headcount": _l("Employees")}


@dataclass(frozen=True)
class Fact:
    """A fact in the reader's language. `group` names the list it stands in, `lang` the language
    of its value when that is somebody's own words; `more` are further particulars."""

    subject: Subject
    label: str
    value: str
    group: str
    disclosure: str = PUBLIC
    lang: str = ""
    more: Sequence[tuple[str, str]] = ()

    @property
    def anchor(self) -> str:
        """An id for its line of a page."""
        s = self.subject
        return "-".join(part for part in ("fact", s.kind, s.capability_id, s.key) if part)


@dataclass(frozen=True)
class Line:
    """A fact with how it stands."""

    fact: Fact
    standing: Standing


@dataclass(frozen=True)
class Group:
    """Lines under one heading; `capability` is empty for the facts of the company itself."""

    title: str
    lang: str
    capability: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Heading:
    """A list of facts: that of the company, or of one of its capabilities by its id; `lang` is
    that of a title in somebody's own words."""

    key: str
    title: str
    lang: str = ""

    @property
    def capability(self) -> str:
        return "" if self.key == COMPANY else self.key


Provider = Callable[[Session, Company, bool], tuple[list[Heading], list[Fact]]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Let a feature further up add facts of a company; the flag says whether those that are not
    public yet belong to them, too."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def of_company(
    session: Session, company: Company, *, inside: bool
) -> tuple[list[Heading], list[Fact]]:
    """All facts of a company in the order of the page. The company comes with sites, certificates
    and further facts."""
    headings, found = [Heading(COMPANY, gettext("The company"))], list(own(company))
    for provider in _providers:
        more, facts = provider(session, company, inside)
        headings += more
        found += facts
    return headings, found


def visible(facts: Sequence[Fact], reach: str) -> list[Fact]:
    """Those that a reader with this reach may know of at all."""
    return [fact for fact in facts if at_least(reach, fact.disclosure)]


def find(facts: Sequence[Fact], identity: Identity) -> Fact | None:
    return next((fact for fact in facts if fact.subject.identity == identity), None)


def own(company: Company) -> list[Fact]:
    """Facts of the company itself."""
    plants = [site_fact(row) for row in company.sites]
    figures = [
        _figure(company, name) for name in subjects.FIGURES if getattr(company, name) is not None
    ]
    return [
        *(certificate_fact(row, COMPANY) for row in company.certificates),
        *(sustainability_fact(row) for row in company.sustainability),
        *(reference_fact(row) for row in company.references),
        *plants,
        *figures,
    ]


def certificate_fact(row: Certificate, group: str) -> Fact:
    more = [
        (gettext("Scope"), row.scope),
        (gettext("Site"), row.site),
        *certificate_details.words(row.standard, row.details or {}),
    ]
    return Fact(
        subjects.certificate(row),
        gettext("Certificate: %(standard)s", standard=row.standard),
        " · ".join(part for part in (row.number, row.body) if part),
        group,
        row.disclosure or PUBLIC,
        more=[pair for pair in more if pair[1]],
    )


def sustainability_fact(row: SustainabilityFact) -> Fact:
    kind = further.KINDS[row.kind]
    named = [str(further.MATERIALS.get(row.material, "")), row.product]
    more: list[tuple[str, Any]] = [
        (str(kind.method), (kind.methods or {}).get(row.method, row.method)),
        (gettext("System boundary"), further.BOUNDARIES.get(row.boundary, "")),
        (gettext("What is included"), row.scope),
        (gettext("Plant"), row.site),
        (gettext("Reference year"), str(row.year or "")),
        (gettext("Verified by"), row.verifier),
    ]
    return Fact(
        subjects.sustainability(row),
        str(kind.label),
        " · ".join([terms.measured(row.value, row.unit), *(part for part in named if part)]),
        COMPANY,
        row.disclosure,
        more=[(label, str(value)) for label, value in more if value],
    )


def reference_fact(row: CompanyReference) -> Fact:
    more = [
        (gettext("Product supplied"), row.product),
        (gettext("Since (year)"), str(row.since or "")),
        (gettext("Market"), i18n.country_name(row.market)),
    ]
    return Fact(
        subjects.reference(row),
        gettext("Reference customer"),
        row.customer,
        COMPANY,
        row.disclosure,
        more=[pair for pair in more if pair[1]],
    )


def site_fact(row: Site) -> Fact:
    place = ", ".join(part for part in (row.city, i18n.country_name(row.country)) if part)
    return Fact(
        subjects.site(row),
        gettext("Site: %(role)s", role=companies.SITE_ROLE_LABELS[row.role]),
        place,
        COMPANY,
        more=[(gettext("Products or tasks"), row.products)] if row.products else (),
    )


def _figure(company: Company, name: str) -> Fact:
    value = getattr(company, name)
    words = str(value) if name == "founded" else i18n.format_number(value)
    level = level_of(company, name)
    return Fact(subjects.figure(company, name), str(_FIGURES[name]), words, COMPANY, level)
