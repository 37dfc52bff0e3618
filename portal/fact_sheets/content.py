"""Fills the self-assessment from what a reader may see of a company."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.capabilities import proofs
from portal.capabilities import records as capability_records
from portal.companies import records as company_records
from portal.companies.facts import records as facts
from portal.companies.presentation import shown as shown_name
from portal.core import clock, i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.evidence import subjects
from portal.evidence.rules import Standing
from portal.evidence.subjects import Subject as Fact
from portal.fact_sheets import questions
from portal.fact_sheets.document import COMPANY, Document, Item, Section, Sheet, subject_of
from portal.fact_sheets.queries import Material
from portal.fact_sheets.questions import LISTS, TOGETHER, Question
from portal.listings.texts import shown

SPARE = 2
TITLES: Mapping[str, Any] = {
    "company": _l("Company data"),
    "sites": _l("Sites and capacities"),
    "certificates": _l("Management systems and certificates"),
    "capabilities": _l("Products and capabilities"),
    "sustainability": _l("Sustainability"),
    "references": _l("References"),
}
LEGEND = _l("Evidence legend")
ROWS: Mapping[str, Any] = {
    "sites": _l("Site %(number)s"),
    "certificates": _l("Certificate %(number)s"),
    "sustainability": _l("Figure %(number)s"),
    "references": _l("Reference %(number)s"),
}


@dataclass(frozen=True)
class Subject:
    """The company or one capability: its record as the reader sees it, and how its facts stand."""

    key: str
    title: str
    lang: str
    record: Mapping[str, Any]
    standings: Mapping[str, Standing]
    own: bool
    hints: Mapping[str, str] = field(default_factory=dict)

    def items(self, asked: Iterable[Question], at: str = "") -> tuple[Item, ...]:
        """Questions below `at`; readers other than the owner get those with an answer."""
        found = []
        for place, question in enumerate(asked, start=1):
            path = f"{at}.{question.path}" if at else question.path
            value = find(self.record, path)
            if (self.own or value not in (None, "", [])) and (self.own or not question.own):
                group = f"{self.key}.{group_of(path)}"
                known = self.standings.get(group)
                found.append(Item(f"{self.key}.{path}", str(place), question, value, group, known))
        return tuple(found)

    def blocks(self, name: str, heading: str = "") -> list[Section]:
        """One section for each row of a list, and for the owner some empty ones."""
        rows: Sequence[Mapping[str, Any]] = self.record.get(name, ())
        hinted = [place for place in range(LISTS[name][1]) if self._hint(name, place) is not None]
        room = min(max(len(rows) + SPARE, *(n + 1 for n in hinted), 0), LISTS[name][1])
        room = room if self.own else len(rows)
        return [
            Section(
                _row_title(name, place, heading),
                self.items(self._asked(name, row, place), f"{name}.{place}"),
                self.lang if heading else "",
            )
            for place, row in enumerate([*rows, *({} for _ in range(room - len(rows)))])
        ]

    def _hint(self, name: str, place: int) -> str | None:
        return self.hints.get(f"{self.key}.{name}.{place}")

    def _asked(self, name: str, row: Mapping[str, Any], place: int) -> tuple[Question, ...]:
        """What is asked of a row, and what a file says of the one at its place."""
        asked, hint = questions.of_row(name, row), self._hint(name, place)
        if hint is None:
            return asked
        more = (*LISTS[name][0], *(questions.details(hint) if name == "certificates" else ()))
        known = {question.path for question in asked}
        return (*asked, *(question for question in more if question.path not in known))


def hints(answers: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """The rows of lists that a file speaks of, by group, each with the standard it names."""
    found: dict[str, str] = {}
    for key, value in answers:
        path = key.removeprefix(subject_of(key) + ".")
        first, _dot, rest = path.partition(".")
        if first in LISTS and value not in (None, "", []):
            group = f"{subject_of(key)}.{group_of(path)}"
            found.setdefault(group, "")
            if rest.endswith(".standard"):
                found[group] = str(value)[:60]
    return found


def _row_title(name: str, place: int, heading: str) -> str:
    title = str(ROWS[name]) % {"number": place + 1}
    return f"{heading} · {title}" if heading else title


def find(record: Any, path: str) -> Any:
    """What lies at a dotted path, None where nothing does."""
    node = record
    for key in path.split("."):
        if isinstance(node, Mapping):
            node = node.get(key)
        elif isinstance(node, (list, tuple)) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def group_of(path: str) -> str:
    """What is changed, and proven, together with an answer."""
    first, _dot, rest = path.partition(".")
    if first in TOGETHER:
        return first
    if first in LISTS or first == "attributes":
        return f"{first}.{rest.partition('.')[0]}"
    return path


def document(found: Material, hinted: Mapping[str, str] | None = None) -> Document:
    """The self-assessment in the language that is active; with room for the rows of a file."""
    company = replace(_company(found), hints=hinted or {})
    capabilities = [
        replace(_capability(found, at), hints=hinted or {}) for at in range(len(found.capabilities))
    ]
    sheets = (
        ("company", _company_sections(company)),
        ("sites", [*company.blocks("sites"), *(_supply(each) for each in capabilities)]),
        ("certificates", _certificates(company, capabilities)),
        ("capabilities", [_offer(each) for each in capabilities]),
        ("sustainability", company.blocks("sustainability")),
        ("references", company.blocks("references")),
    )
    subjects_ = [company, *capabilities]
    return Document(
        company_id=found.company.id,
        name=company.title,
        locale=i18n.current().tag,
        made=clock.now(),
        full=found.full,
        versions={
            COMPANY: found.company.version,
            **{row.id: row.version for row in found.capabilities},
        },
        sheets=tuple(_numbered(n, *sheet) for n, sheet in enumerate(sheets, start=1)),
        records={each.key: each.record for each in subjects_},
    )


def _numbered(number: int, key: str, sections: Sequence[Section]) -> Sheet:
    kept = [section for section in sections if section.items]
    made = [
        Section(
            section.title,
            tuple(
                Item(i.key, f"{number}.{at}.{i.number}", i.question, i.value, i.group, i.standing)
                for i in section.items
            ),
            section.lang,
        )
        for at, section in enumerate(kept, start=1)
    ]
    return Sheet(key, str(TITLES[key]), tuple(made))


def _company(found: Material) -> Subject:
    row = found.seen_company()
    name = shown_name(row.texts, "name")
    record = {
        **company_records.to_record(row),
        "sustainability": facts.write_sustainability(row.sustainability),
        "references": facts.write_references(row.references),
        "verification": _verification(row),
    }
    return Subject(
        COMPANY,
        name.text if name else row.id,
        name.lang if name else "",
        record,
        _company_standings(found),
        found.full,
    )


def _verification(row: Any) -> dict[str, Any]:
    days = {"since": row.verified_since, "until": row.verified_until}
    return {"level": row.verification_level} | {k: d.isoformat() for k, d in days.items() if d}


def _company_standings(found: Material) -> dict[str, Standing]:
    """By group; the digests are those of the facts themselves, not of what is shown of them."""
    company, known = found.company, found.standings
    view = found.seen_company()
    made = {f"company.{name}": subjects.figure(company, name) for name in subjects.FIGURES}
    rows: tuple[tuple[str, Iterable[Any], Callable[[Any], Fact]], ...] = (
        ("certificates", view.certificates, subjects.certificate),
        ("sites", company.sites, subjects.site),
        ("sustainability", view.sustainability, subjects.sustainability),
        ("references", view.references, subjects.reference),
    )
    for name, listed, subject in rows:
        for place, row in enumerate(listed):
            made[f"company.{name}.{place}"] = subject(row)
    return {group: known.of(subject) for group, subject in made.items()}


def _capability(found: Material, at: int) -> Subject:
    row, view = found.capabilities[at], found.seen_capabilities()[at]
    text, key = shown(row.texts), f"capability.{row.id}"
    groups = {subjects.CAPACITY: "capacity"}
    standings = {
        f"{key}.{groups.get(s.kind, f'attributes.{s.key}')}": found.standings.of(s)
        for s in proofs.subjects_of(row)
    }
    for place, certificate in enumerate(view.certificates):
        subject = subjects.certificate(certificate)
        standings[f"{key}.certificates.{place}"] = found.standings.of(subject)
    title, lang = (text.text.title, text.lang) if text else (row.id, "")
    return Subject(key, title, lang, asked_record(view), standings, found.full)


def asked_record(view: Any) -> dict[str, Any]:
    """The record of a capability with the two ends of its lead time apart."""
    record = capability_records.content(view)
    lead = dict(record.get("lead_time_days") or {})
    series = lead.pop("series", [])
    lead |= dict(zip(("series_from", "series_to"), series, strict=False))
    return record | ({"lead_time_days": lead} if lead else {})


def _company_sections(company: Subject) -> list[Section]:
    written = company.record.get("names", {})
    described = company.record.get("texts", {})
    tags = questions.languages((*described, *(written if company.own else ())), own=company.own)
    identity = (*questions.names(written), *questions.IDENTITY)
    profile = (*questions.PROFILE, *questions.texts(tags, questions.DESCRIPTION))
    return [
        Section(gettext("Identity (never changed by import)"), company.items(identity)),
        Section(gettext("Profile"), company.items(profile)),
    ]


def _supply(capability: Subject) -> Section:
    title = gettext("%(title)s: capacity and lead times", title=capability.title)
    return Section(title, capability.items(questions.SUPPLY), capability.lang)


def _certificates(company: Subject, capabilities: Sequence[Subject]) -> list[Section]:
    sections = company.blocks("certificates")
    for each in capabilities:
        sections += each.blocks("certificates", each.title)
    return sections


def _offer(capability: Subject) -> Section:
    record, own = capability.record, capability.own
    tags = questions.languages(record.get("texts", {}), own=own)
    asked = (
        *questions.texts(tags, questions.TEXTS),
        *questions.OFFER,
        *questions.attributes(record.get("attributes", {}), record.get("category"), own=own),
    )
    return Section(capability.title, capability.items(asked), capability.lang)
