"""The key facts of a company, or of one capability, on a single page of paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from jinja2 import Environment

from portal import paths
from portal.capabilities import proofs
from portal.companies import listings, registration, rules
from portal.companies.presentation import shown as shown_text
from portal.companies.verification.rules import LEVEL_LABELS, MEANINGS, NOT_CHECKED
from portal.core import clock, i18n, sheet
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.evidence import presentation, subjects
from portal.evidence.facts import Fact, reference_fact, sustainability_fact
from portal.evidence.rules import REJECTED, Standing
from portal.fact_sheets.content import asked_record
from portal.fact_sheets.queries import Material
from portal.listings import certificate_details, terms
from portal.listings.texts import shown
from portal.thesaurus.templating import concept_title

STYLE = paths.STATIC / "fact-sheet.css"
# How much there is room for, most first: rows of a list, and characters of the long text and of
# the short ones.
DENSITIES = ((8, 800, 110), (6, 560, 100), (4, 400, 90), (3, 280, 80), (3, 180, 50), (2, 110, 40))


@dataclass(frozen=True)
class Text:
    """Somebody's own words; `label` names their language when it is not the reader's."""

    text: str
    lang: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    """A fact: what it is, what is said, further particulars, and how it stands."""

    label: Text
    value: str = ""
    more: str = ""
    standing: Standing | None = None
    words: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a heading; `left` are those for which there was no room."""

    title: str
    lines: tuple[Line, ...]
    left: int = 0


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on the page."""

    title: Text
    other: Text | None
    company: Text | None
    about: tuple[tuple[str, str], ...]
    level: str
    level_name: str
    meaning: str
    since: Any
    until: Any
    text: Text | None
    sections: tuple[Section, ...]
    not_checked: str
    path: str


@dataclass(frozen=True)
class Room:
    """What fits on this attempt."""

    rows: int
    text: int
    short: int


def available() -> bool:
    """Whether PDF files can be made here."""
    return sheet.available()


def pdf(environment: Environment, found: Material, surroundings: dict[str, Any]) -> bytes:
    """One page, in the language that is active: as much as there is room for."""
    template = environment.get_template("fact_sheets/paper.html")
    for density in DENSITIES:
        room = Room(*density)
        made = _capability(found, room) if surroundings["capability"] else _company(found, room)
        html = template.render(sheet=made, ladder=_ladder(), **surroundings)
        body, _pages = sheet.laid_out(html, STYLE, most=1)
        if body:
            return body
    raise Invalid(_l("This cannot be laid out on one page."))


def _ladder() -> list[tuple[int, str]]:
    steps = reversed(presentation.LADDER)
    return [(n, str(presentation.label(s, inside=False))) for n, s in enumerate(steps, start=1)]


def cut(text: str, most: int) -> str:
    """A text that ends with a hint at the page when there is no room for all of it."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    kept = text[:most]
    word = kept.rsplit(" ", 1)[0]
    kept = word if len(word) > most * 2 // 3 else kept
    return gettext("%(text)s … on the page", text=kept.rstrip(" ,.;:，。；：、"))


def _words_of(standing: Standing | None) -> str:
    """The sheet is handed on: it says what strangers may know."""
    if standing is None:
        return ""
    words = str(presentation.label(standing.state, inside=False))
    if standing.since is None or standing.state == REJECTED:
        return words
    return gettext("%(step)s, %(date)s", step=words, date=i18n.format_date(standing.since))


def _line(label: Any, value: str, standing: Standing | None, more: str = "") -> Line:
    text = label if isinstance(label, Text) else Text(str(label))
    return Line(text, value, more, standing, _words_of(standing))


def _section(title: Any, lines: Iterable[Line], room: Room) -> Section | None:
    """The best proven lines first, when not all of them have room."""
    rows = list(lines)
    if not rows:
        return None
    if len(rows) > room.rows:
        order = sorted(rows, key=lambda line: -(line.standing.step if line.standing else 0))
        chosen = order[: room.rows]
        kept = [row for row in rows if any(row is each for each in chosen)]
    else:
        kept = rows
    short = tuple(
        replace(
            line,
            label=replace(line.label, text=cut(line.label.text, room.short)),
            value=cut(line.value, room.short),
            more=cut(line.more, room.short),
        )
        for line in kept
    )
    return Section(str(title), short, len(rows) - len(kept))


def _company(found: Material, room: Room) -> Sheet:
    row = found.seen_company()
    described = shown_text(row.texts, "description")
    name, other = _names(row)
    sections = (
        _section(_l("What is made"), _makes(found), room),
        _section(_l("Key figures"), _figures(found), room),
        _section(_l("Certificates"), _certificates(found, row.certificates), room),
        _section(_l("Sites"), _sites(found), room),
        _section(_l("Capacities and lead times"), _capacities(found), room),
        _section(_l("Sustainability"), _sustainability(found), room),
        _section(_l("References"), _references(found), room),
    )
    text = (
        Text(cut(described.text, room.text), described.lang, described.label) if described else None
    )
    return Sheet(
        title=replace(name, text=cut(name.text, 120)),
        other=other,
        company=None,
        about=tuple(_identity(row)),
        text=text,
        sections=tuple(section for section in sections if section),
        not_checked=cut(_not_checked(found), 420),
        path=url_for("companies.show", company_id=row.id),
        **_verification(found),
    )


def _capability(found: Material, room: Room) -> Sheet:
    row, company = found.seen_capabilities()[0], found.seen_company()
    text = shown(row.texts)
    name, _other = _names(company)
    said = (text.text.summary or text.text.description) if text else ""
    sections = (
        _section(_l("Technical data"), _attributes(found), room),
        _section(_l("Supply"), _supply(found), room),
        _section(
            _l("Certificates"),
            _certificates(found, [*row.certificates, *company.certificates]),
            room,
        ),
        _section(_l("Sites"), _sites(found), room),
        _section(_l("Sustainability"), _sustainability(found), room),
        _section(_l("References"), _references(found), room),
    )
    label = (text.label or "") if text else ""
    return Sheet(
        title=Text(cut(text.text.title if text else row.id, 160), text.lang if text else "", label),
        other=None,
        company=name,
        about=(*_place_in_trade(row), *_identity(company)),
        text=Text(cut(said, room.text), text.lang if text else "", label) if said else None,
        sections=tuple(section for section in sections if section),
        not_checked=cut(_not_checked(found), 420),
        path=url_for("capabilities.show", capability_id=row.id),
        **_verification(found),
    )


def _place_in_trade(row: Any) -> Iterable[tuple[str, str]]:
    if row.category:
        yield gettext("Category"), concept_title(row.category)
    if row.scenarios:
        yield (
            gettext("Application scenarios"),
            cut(i18n.format_list(listings.labels(row.scenarios)), 120),
        )


def _names(row: Any) -> tuple[Text, Text | None]:
    name = shown_text(row.texts, "name")
    first = rules.original(row.texts)
    if name is None:
        return Text(row.id), None
    shown_name = Text(name.text, name.lang)
    if first is None or not first.name or first.name == name.text:
        return shown_name, None
    return shown_name, Text(cut(first.name, 120), first.locale)


def _identity(row: Any) -> Iterable[tuple[str, str]]:
    yield gettext("Kind"), str(rules.KIND_LABELS[row.kind])
    yield gettext("Country"), i18n.country_name(row.country)
    if row.registration_id:
        scheme = registration.SCHEMES.get(row.registration_scheme or "")
        label = str(scheme.label) if scheme else str(row.registration_scheme)
        yield label, row.registration_id
    if row.website:
        yield gettext("Website"), cut(row.website.partition("://")[2].strip("/"), 60)


def _verification(found: Material) -> dict[str, Any]:
    level = found.company.verification_level
    return {
        "level": level,
        "level_name": str(LEVEL_LABELS[level]),
        "meaning": str(MEANINGS[level]),
        "since": found.company.verified_since,
        "until": found.company.verified_until,
    }


def _not_checked(found: Material) -> str:
    """Of the company as a whole; what each step leaves open stands in the legend."""
    if not found.checks:
        return gettext("papers, sites, figures and everything marked as stated by the company.")
    check = found.checks[0]
    words = [str(NOT_CHECKED[code]) for code in check.not_checked if code in NOT_CHECKED]
    told = i18n.format_list(words) if words else ""
    return " · ".join(part for part in (told, check.not_checked_note) if part)


def _makes(found: Material) -> Iterable[Line]:
    for row in found.seen_capabilities():
        text = shown(row.texts)
        label = Text(text.text.title, text.lang, text.label or "") if text else Text(row.id)
        stage = str(terms.STAGES[row.stage]) if row.stage else ""
        yield Line(label, concept_title(row.category) if row.category else "", stage)


def _figures(found: Material) -> Iterable[Line]:
    view = found.seen_company()
    rows = (("founded", _l("Founded in")), ("headcount", _l("Employees")))
    for name, label in rows:
        value = getattr(view, name)
        if value is not None:
            words = str(value) if name == "founded" else i18n.format_number(value)
            standing = found.standings.of(subjects.figure(found.company, name))
            yield _line(label, words, standing)


def _certificates(found: Material, rows: Sequence[Any]) -> Iterable[Line]:
    today = clock.now().date()
    for row in rows:
        standing = found.standings.of(subjects.certificate(row))
        tone, validity = rules.validity(row, today)
        until = (
            gettext("until %(date)s", date=i18n.format_date(row.expires))
            if row.expires and tone == "success"
            else str(validity)
            if not row.expires
            else f"{validity}: {i18n.format_date(row.expires)}"
        )
        value = " · ".join(part for part in (row.number, row.body, until) if part)
        details = [
            f"{label}: {words}"
            for label, words in certificate_details.words(row.standard, row.details or {})
        ]
        more = " · ".join(part for part in (row.site, row.scope, *details) if part)
        yield _line(row.standard, value, standing, more)


def _sites(found: Material) -> Iterable[Line]:
    for raw, row in zip(found.company.sites, found.seen_company().sites, strict=True):
        place = [row.address, row.city, i18n.country_name(row.country)]
        staff = row.headcount
        people = i18n.ngettext("%(num)s employee", "%(num)s employees", staff) if staff else ""
        more = " · ".join(part for part in (row.products, people) if part)
        standing = found.standings.of(subjects.site(raw))
        label = rules.SITE_ROLE_LABELS[row.role]
        yield _line(label, gettext(", ").join(p for p in place if p), standing, more)


def _capacity_standing(found: Material, at: int) -> Standing | None:
    row = found.capabilities[at]
    if row.capacity_quantity is None:
        return None
    return found.standings.of(
        subjects.capacity(row.company_id, row.id, proofs.stated_capacity(row))
    )


def _lead(record: dict[str, Any]) -> str:
    lead = record.get("lead_time_days") or {}
    first, last = lead.get("series_from"), lead.get("series_to")
    parts = []
    if lead.get("sample") is not None:
        parts.append(gettext("samples: %(days)s days", days=i18n.format_number(lead["sample"])))
    if first is not None and last not in (None, first):
        span = f"{i18n.format_number(first)}–{i18n.format_number(last)}"
        parts.append(gettext("series: %(days)s days", days=span))
    elif first is not None:
        parts.append(gettext("series: %(days)s days", days=i18n.format_number(first)))
    return " · ".join(parts)


def _capacities(found: Material) -> Iterable[Line]:
    for at, row in enumerate(found.seen_capabilities()):
        capacity = listings.amount(row.capacity_quantity, row.capacity_unit, row.capacity_per)
        lead = _lead(asked_record(row))
        text = shown(row.texts)
        if capacity or lead:
            label = Text(text.text.title, text.lang) if text else Text(row.id)
            standing = _capacity_standing(found, at) if capacity else None
            yield _line(label, capacity, standing, lead)


def _supply(found: Material) -> Iterable[Line]:
    row = found.seen_capabilities()[0]
    if row.stage:
        yield Line(Text(gettext("Stage")), str(terms.STAGES[row.stage]))
    capacity = listings.amount(row.capacity_quantity, row.capacity_unit, row.capacity_per)
    if capacity:
        yield _line(_l("Capacity"), capacity, _capacity_standing(found, 0))
    lead = _lead(asked_record(row))
    if lead:
        yield Line(Text(gettext("Lead time")), lead)
    if row.moq_quantity is not None:
        moq = listings.amount(row.moq_quantity, row.moq_unit)
        yield Line(Text(gettext("Minimum order quantity")), moq)
    if row.markets:
        yield Line(Text(gettext("Markets")), listings.countries(row.markets))


def _attributes(found: Material) -> Iterable[Line]:
    raw, row = found.capabilities[0], found.seen_capabilities()[0]
    for name, stored in row.attributes.items():
        subject = subjects.attribute(raw.company_id, raw.id, name, raw.attributes[name])
        words = terms.measured(stored.get("value"), stored.get("unit"))
        yield _line(terms.attribute_label(name), words, found.standings.of(subject))


def _sustainability(found: Material) -> Iterable[Line]:
    return [_told(found, sustainability_fact(row)) for row in found.seen_company().sustainability]


def _references(found: Material) -> Iterable[Line]:
    for row in found.seen_company().references:
        fact = reference_fact(row)
        more = " · ".join(value for _label, value in fact.more)
        standing = found.standings.of(fact.subject)
        yield _line(row.customer, more, standing)


def _told(found: Material, fact: Fact) -> Line:
    more = " · ".join(value for _label, value in fact.more)
    return _line(fact.label, fact.value, found.standings.of(fact.subject), more)
