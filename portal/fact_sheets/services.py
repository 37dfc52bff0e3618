"""Verbs of fact sheets: keep what a file says, then take over what its owner ticked."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.capabilities import rules as capability_rules
from portal.capabilities import services as capabilities
from portal.companies import rules as company_rules
from portal.companies import services as companies
from portal.companies.facts import services as facts
from portal.companies.inputs import Identity
from portal.companies.models import Company
from portal.core import audit, clock, i18n
from portal.core.access import Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.fact_sheets import answers, comparing, content, reading, records
from portal.fact_sheets.answers import Problem
from portal.fact_sheets.comparing import Change, Part
from portal.fact_sheets.document import COMPANY, Document
from portal.fact_sheets.models import FactSheetDraft
from portal.fact_sheets.queries import Material
from portal.fact_sheets.records import Draft

LIFE = timedelta(days=7)
_FURTHER: Mapping[str, Callable[..., Company]] = {
    "sustainability": facts.set_sustainability,
    "references": facts.set_references,
}


@dataclass(frozen=True)
class Taken:
    """What came of reading a file: what is wrong with it, or whether anything differs."""

    problems: tuple[Problem, ...] = ()
    differs: bool = False


def take(session: Session, actor: Actor, found: Material, name: str, content_: bytes) -> Taken:
    """Read a file and keep its answers when nothing in it is wrong. Raises Invalid (field `file`)
    for a file that is foreign or hostile, Forbidden."""
    _may_edit(found.company, actor)
    paper = reading.read(name, content_)
    if paper.company != found.company.id:
        raise Invalid(_l("This file is about another company."), field="file")
    hinted = content.hints((cell.key, cell.value) for cell in paper.cells)
    now = content.document(found, hinted)
    with i18n.use_locale(paper.locale):
        then = content.document(found, hinted)
    said = answers.read(paper, then, now)
    parts = comparing.parts(now, said.given)
    wrong = said.problems or _refused(now, said, parts)
    if wrong:
        return Taken(tuple(wrong))
    forget(session, found.company.id)
    if parts or said.kept:
        session.add(
            FactSheetDraft(
                company_id=found.company.id,
                answers=dict(said.given),
                versions=dict(paper.versions),
                kept=list(said.kept),
                created_at=clock.now(),
            )
        )
    return Taken(differs=bool(parts or said.kept))


def _may_edit(company: Company, actor: Actor) -> None:
    if not company_rules.may_edit(company, actor):
        raise Forbidden(_l("You may not change this profile."))


def _drafts(document: Document, parts: Iterable[Part]) -> list[Draft]:
    return [
        records.changed(part.subject, document.records[part.subject], part.changes)
        for part in parts
    ]


def _refused(now: Document, said: answers.Answers, parts: Iterable[Part]) -> list[Problem]:
    """What the rules of profile and capabilities refuse, at the cell that says it."""
    items = now.items()
    found = []
    for key, reason in records.check(_drafts(now, parts)).items():
        sheet, row = said.places.get(key, ("", ""))
        item = items.get(key)
        known = now.sheet_of(key)
        title = sheet or (known.title if known else now.name)
        found.append(Problem(title, row, item.text if item else "", reason))
    return found


def draft_of(session: Session, company_id: str) -> FactSheetDraft | None:
    """The file that waits, None when there is none or it has waited too long."""
    draft = session.get(FactSheetDraft, company_id)
    return draft if draft is not None and draft.created_at > clock.now() - LIFE else None


def waiting(found: Material, draft: FactSheetDraft) -> Document:
    """The self-assessment as it is, with room for the rows of the file that waits."""
    return content.document(found, content.hints(draft.answers.items()))


def forget(session: Session, company_id: str) -> None:
    session.execute(delete(FactSheetDraft).where(FactSheetDraft.company_id == company_id))
    session.flush()


def forget_old(session: Session) -> None:
    """Drop files that nobody confirmed."""
    old = FactSheetDraft.created_at < clock.now() - LIFE
    session.execute(delete(FactSheetDraft).where(old))


def state_of(document: Document) -> str:
    """The versions that a page of differences was made from, as one word."""
    return "-".join(str(version) for version in document.versions.values())


def apply(
    session: Session, actor: Actor, found: Material, ticked: Collection[str], state: str
) -> int:
    """Take over the ticked changes by the verbs that the forms use; returns how many there were.

    Raises NotFound without a file, Conflict when something was saved since the page was made,
    Invalid with messages per key."""
    _may_edit(found.company, actor)
    draft = draft_of(session, found.company.id)
    if draft is None:
        raise NotFound
    document = waiting(found, draft)
    if state != state_of(document):
        raise Conflict(_l("Somebody else has changed this in the meantime. Please look again."))
    parts = [_ticked(part, ticked) for part in comparing.parts(document, draft.answers)]
    chosen = [part for part in parts if part.changes]
    _check(document, chosen)
    for part, ready in zip(chosen, _drafts(document, chosen), strict=True):
        if part.subject == COMPANY:
            _save_company(session, actor, found.company, ready, part.changes)
        else:
            version = document.versions[part.capability]
            data = records.capability_input(ready)
            capabilities.update(session, actor, part.capability, data, version)
    forget(session, found.company.id)
    count = sum(len(part.changes) for part in chosen)
    audit.record(session, actor, "fact_sheet.import", found.company, {"changes": count})
    return count


def _ticked(part: Part, ticked: Collection[str]) -> Part:
    changes = tuple(change for change in part.changes if change.id in ticked)
    return Part(part.subject, part.title, part.lang, changes)


def _check(document: Document, parts: Iterable[Part]) -> None:
    """Some of the changes may not stand without the others. Raises Invalid in words."""
    items = document.items()
    errors = records.check(_drafts(document, parts))
    if errors:
        said = [
            f"{items[key].number} {items[key].text}: {reason}" if key in items else str(reason)
            for key, reason in errors.items()
        ]
        raise Invalid(" ".join(said))


def _save_company(
    session: Session, actor: Actor, company: Company, ready: Draft, changes: Iterable[Change]
) -> None:
    data = records.company_input(ready)
    lists = {change.listed for change in changes if change.listed in _FURTHER}
    if any(change.listed not in _FURTHER for change in changes):
        profile = data.profile
        if not company_rules.identity_locked(company):
            profile = _with_identity(profile, company)
        companies.update(session, actor, profile, company.version)
    further: Mapping[str, Any] = {
        "sustainability": data.sustainability,
        "references": data.references,
    }
    for name in sorted(lists):
        _FURTHER[name](session, actor, further[name] or (), company.version)


def _with_identity(profile: Any, company: Company) -> Any:
    """Before publication the verb wants the identity, too: that which is there."""
    identity = Identity(
        company.kind,
        company.country,
        company.registration_scheme or "",
        company.registration_id or "",
    )
    return replace(profile, identity=identity)


def reviewed(document: Document, found: Material, parts: Iterable[Part]) -> set[str]:
    """Subjects of published capabilities that would go to the base for review."""
    public = {f"capability.{row.id}" for row in found.capabilities if row.state == "published"}
    drafts = _drafts(document, [part for part in parts if part.subject in public])
    return {
        draft.subject
        for draft in drafts
        if capability_rules.is_material(document.records[draft.subject], draft.record)
    }
