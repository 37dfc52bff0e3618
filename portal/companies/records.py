"""A company profile as the record of the JSONL contract, and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.models import ORGANISATION_KINDS, Organisation
from portal.companies import registration, rules, services
from portal.companies.facts import records as facts
from portal.companies.facts.inputs import ReferenceInput, SustainabilityInput
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.facts.rules import aligned
from portal.companies.inputs import ProfileInput, SiteInput, TextInput
from portal.companies.models import SITE_ROLES, Company
from portal.companies.verification import identity
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.names import claims
from portal.disclosure import setting
from portal.listings import checks, records
from portal.listings.checks import Problems
from portal.listings.inputs import CertificateInput
from portal.listings.records import Fields, compact

# What ISO 3166 leaves to its users, and CLDR calls an unknown region.
NO_COUNTRY = "ZZ"
_SITE_TEXTS = {"city": 120, "address": 300, "postcode": 20, "products": 300}


@dataclass(frozen=True)
class CompanyRecord:
    """A profile as it came in a record; `state` and identity are the operator's word."""

    ref: str | None
    profile: ProfileInput
    kind: str
    country: str
    registered: registration.Checked | None = None
    scheme: str | None = None
    state: str | None = field(default=None)
    # None where the record does not speak of them.
    sustainability: tuple[SustainabilityInput, ...] | None = None
    references: tuple[ReferenceInput, ...] | None = None
    levels: Mapping[str, str] | None = None


def from_record(record: Mapping[str, Any]) -> CompanyRecord:
    """Read a record. Raises Invalid with a message per path; unknown keys are named."""
    found = Problems()
    fields = Fields(record, "", found)
    ref, state = fields.text("ref") or None, fields.text("state") or None
    kind = fields.text("kind") or "supplier"
    checks.one_of(found, "kind", kind, ORGANISATION_KINDS)
    checks.one_of(found, "state", state, {s.name for s in rules.WORKFLOW.states})
    country = fields.text("country").upper()
    checks.country(found, "country", None if country == NO_COUNTRY else country)
    scheme, number = _registration(fields)
    texts = _texts(fields)
    sites = _sites(fields, country)
    country = country or _country(scheme, number, sites)
    profile = ProfileInput(
        texts=texts,
        website=_website(fields),
        founded=_within(fields, "founded", 1000, clock.now().year + 1),
        headcount=_within(fields, "headcount", 0, 10_000_000),
        sites=tuple(_placed(site, country) for site in sites),
        certificates=_certificates(fields),
    )
    checked = _checked(found, scheme, number, country)
    further = (
        facts.read_sustainability(fields),
        facts.read_references(fields),
        records.read_levels(fields),
    )
    fields.end()
    found.stop()
    return CompanyRecord(ref, profile, kind, country, checked, scheme or None, state, *further)


def _registration(fields: Fields) -> tuple[str, str]:
    row = fields.object("registration")
    if row is None:
        return "", ""
    scheme, number = row.text("scheme"), row.text("id")
    row.end()
    return scheme, number


def _checked(
    found: Problems, scheme: str, number: str, country: str
) -> registration.Checked | None:
    if not scheme and not number:
        return None
    try:
        return registration.check(scheme, number, country)
    except Invalid as error:
        paths = {"registration_scheme": "registration.scheme", "registration_id": "registration.id"}
        found.add(paths.get(error.field or "", "registration"), error.message)
        return None


def _country(scheme: str, number: str, sites: tuple[SiteInput, ...]) -> str:
    """A country that is not given follows from the register or the first site."""
    known = registration.SCHEMES.get(scheme)
    if known is not None and known.country:
        return known.country
    prefix = {"EL": "GR"}.get(number[:2].upper(), number[:2].upper())
    if scheme == "VAT" and prefix.isalpha() and len(prefix) == 2:
        return prefix
    return next((site.country for site in sites if site.country), NO_COUNTRY)


def _texts(fields: Fields) -> tuple[TextInput, ...]:
    """Names and descriptions by language, in the order of the names; the first is the original."""
    names = _by_language(fields, "names", None)
    descriptions = _by_language(fields, "texts", "description")
    rows = []
    for locale in dict.fromkeys((*names, *descriptions)):
        row = TextInput(locale, names.get(locale, ""), descriptions.get(locale, ""))
        checks.length(fields.found, f"names.{locale}", row.name, 300)
        refused = claims.refusal(row.name)
        if refused:
            fields.found.add(f"names.{locale}", refused)
        checks.length(
            fields.found, f"texts.{locale}.description", row.description, checks.MAX_DESCRIPTION
        )
        rows.append(row)
    if not any(names.values()):
        fields.found.add("names", _l("Please give the name in at least one language."))
    return tuple(rows)


def _by_language(fields: Fields, key: str, inner: str | None) -> dict[str, str]:
    """`{"de": "…"}` or `{"de": {inner: "…"}}`; a language that is not declared is found out."""
    value = fields.take(key)
    bare = isinstance(value, str) or (inner is not None and _is_single(value, inner))
    outer = Fields({"": value} if bare else value or {}, key, fields.found)
    texts: dict[str, str] = {}
    for tag in outer.left():
        text = _inner(outer, tag, inner) if inner else outer.text(tag)
        locale = records.declared(tag, text)
        if locale is None:
            fields.found.add(outer.at(tag), gettext("“%(tag)s” is no language tag.", tag=tag))
        elif locale in texts:
            fields.found.add(outer.at(tag), _l("This language is there twice."))
        elif text:
            texts[locale] = text
    return texts


def _is_single(value: object, inner: str) -> bool:
    return isinstance(value, Mapping) and set(value) == {inner}


def _inner(outer: Fields, tag: str, name: str) -> str:
    row = outer.object(tag)
    if row is None:
        return ""
    text = row.text(name)
    row.end()
    return text


def _website(fields: Fields) -> str | None:
    """An absolute address; a bare host name is taken as one."""
    text = fields.text("website")
    if not text:
        return None
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or "." not in host or parts.scheme not in ("http", "https") or " " in url:
        fields.found.add("website", _l("Please enter an address such as https://www.example.com."))
    checks.length(fields.found, "website", url, 300)
    return url


def _within(fields: Fields, key: str, low: int, high: int) -> int | None:
    value = fields.whole(key)
    if value is not None and not low <= value <= high:
        message = gettext("Please enter a number between %(low)s and %(high)s.", low=low, high=high)
        fields.found.add(fields.at(key), message)
    return value


def _sites(fields: Fields, country: str) -> tuple[SiteInput, ...]:
    rows = []
    for n, value in enumerate(fields.list("sites")):
        row = Fields(value, f"sites.{n}", fields.found)
        site = SiteInput(
            role=row.text("role") or "plant",
            country=row.text("country").upper() or country,
            **{name: row.text(name) for name in _SITE_TEXTS},
            headcount=_within(row, "headcount", 0, 10_000_000),
        )
        row.end()
        _check_site(fields.found, row.path, site)
        rows.append(site)
    return tuple(rows)


def _check_site(found: Problems, path: str, site: SiteInput) -> None:
    checks.one_of(found, f"{path}.role", site.role, SITE_ROLES)
    if site.country != NO_COUNTRY:
        checks.country(found, f"{path}.country", site.country)
    for name, limit in _SITE_TEXTS.items():
        checks.length(found, f"{path}.{name}", getattr(site, name), limit)


def _placed(site: SiteInput, country: str) -> SiteInput:
    return SiteInput(**{**asdict(site), "country": site.country or country})


def _certificates(fields: Fields) -> tuple[CertificateInput, ...]:
    rows = records.read_certificates(fields)
    checks.certificates(fields.found, rows)
    return rows


def to_record(company: Company) -> dict[str, Any]:
    """The record of a profile; importing it gives the same profile again."""
    return compact(
        ref=company.external_ref or company.id,
        kind=company.kind,
        names={text.locale: text.name for text in company.texts if text.name},
        country=company.country,
        registration=compact(scheme=company.registration_scheme, id=company.registration_id),
        texts=records.write_texts([t for t in company.texts if t.description], ("description",)),
        website=company.website,
        founded=company.founded,
        headcount=company.headcount,
        sites=[_site(site) for site in company.sites],
        certificates=records.write_certificates(company.certificates),
        state=company.state,
    )


def to_export(company: Company) -> dict[str, Any]:
    """The record with what is not for everybody: for whoever may read the whole database."""
    return to_record(company) | compact(
        sustainability=facts.write_sustainability(company.sustainability),
        references=facts.write_references(company.references),
        disclosure=setting.written(company),
    )


def _site(site: Any) -> dict[str, Any]:
    return compact(**{name: getattr(site, name) for name in SiteInput.__dataclass_fields__})


def by_ref(session: Session, ref: str) -> Company | None:
    """The whole profile known by a reference of its own or by its id."""
    query = select(Company).options(
        selectinload(Company.texts),
        selectinload(Company.sites),
        selectinload(Company.certificates),
        selectinload(Company.sustainability),
        selectinload(Company.references),
    )
    named = (Company.external_ref == ref) | (Company.id == ref)
    return session.scalars(query.where(named).limit(1)).first()


def import_one(
    session: Session, actor: Actor, data: CompanyRecord, default_state: str = "published"
) -> Company:
    """Create or overwrite the profile with the record's `ref`, in the record's state."""
    company = by_ref(session, data.ref) if data.ref else None
    if company is None:
        company = _new(session, data)
    else:
        company.version += 1
        company.changed_at = clock.now()
    known = identity.of(company)
    company.kind, company.country = data.kind, data.country
    company.registration_scheme = data.scheme if data.registered else None
    company.registration_id = data.registered.number if data.registered else None
    company.registration_warning = data.registered.warning if data.registered else None
    services.set_texts(company, data.profile.texts)
    services.set_facts(company, data.profile)
    _set_further(company, data)
    setting.read_back(company, data.levels)
    services.keep_in_step(session, company, data.profile.texts[0])
    services.settle_identity(session, actor, company, known)
    company.state = data.state or _first_state(company, default_state)
    if company.state == "published":
        company.confirmed_at = clock.now()
        company.published_at = company.published_at or company.confirmed_at
    session.flush()
    audit.record(session, actor, "company.import", company)
    return company


def _set_further(company: Company, data: CompanyRecord) -> None:
    for rows, wanted, model in (
        (company.sustainability, data.sustainability, SustainabilityFact),
        (company.references, data.references, CompanyReference),
    ):
        if wanted is not None:
            rows[:] = aligned(rows, [asdict(row) for row in wanted], model)


def _first_state(company: Company, wanted: str) -> str:
    """What looks like another company waits for staff, unless the record itself names a state."""
    return "submitted" if company.held and company.published_at is None else wanted


def _new(session: Session, data: CompanyRecord) -> Company:
    first = data.profile.texts[0]
    organisation = Organisation(
        kind=data.kind, name=first.name[:200], country=data.country, locale=first.locale[:10]
    )
    session.add(organisation)
    session.flush()
    company = services.blank(organisation)
    company.texts = []
    company.external_ref = data.ref
    session.add(company)
    return company
