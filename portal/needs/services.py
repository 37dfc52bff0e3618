"""Verbs of needs: write, move along, extend, reopen, close at the deadline, delete, import."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.companies import services as companies
from portal.companies.models import Company
from portal.core import audit, clock, jobs, mail, revisions
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import Transition, check_version
from portal.disclosure.setting import read_back
from portal.needs import queries, records, rules
from portal.needs.inputs import NeedInput, Price
from portal.needs.models import Need, NeedText
from portal.needs.records import from_record, to_record

__all__ = [
    "NeedInput",
    "close_due",
    "create",
    "delete",
    "extend",
    "from_record",
    "import_one",
    "move",
    "reopen",
    "snapshot",
    "to_record",
    "update",
]

notices.declare(
    "need.submitted", _l("%(company)s submitted the need “%(title)s”."), "clipboard-list"
)
notices.declare("need.publish", _l("Your need “%(title)s” is published."), "check")
notices.declare(
    "need.request_changes",
    _l("Please change your need “%(title)s” before it can be published."),
    "pencil",
)
notices.declare(
    "need.expire",
    _l("The deadline of your need “%(title)s” has passed. How did it end?"),
    "clock",
)
notices.declare("need.reopen", _l("The need “%(title)s” is open again."), "reload")


def create(session: Session, actor: Actor, data: NeedInput) -> Need:
    """A new draft of the actor's organisation. Raises Invalid."""
    if not actor.may(Permission.NEED_EDIT) or actor.org_id is None:
        raise Forbidden(_l("You may not post needs."))
    rules.check(data, rules.kinds_for(actor))
    rules.check_deadline(data.deadline, clock.now())
    company = companies.ensure_profile(session, actor.org_id)
    need = _new(session, company, data)
    audit.record(session, actor, "need.create", need)
    return need


def _new(session: Session, company: Company, data: NeedInput) -> Need:
    need = Need(company_id=company.id, company=company, state="draft", state_note="", version=1)
    need.texts = []
    _fill(need, data)
    session.add(need)
    session.flush()
    return need


def update(
    session: Session, actor: Actor, need_id: str, data: NeedInput, version: int | None
) -> Need:
    """Write a need anew; an edit of a published one is kept as a version, and a material one
    returns to review. Raises NotFound, Conflict on a stale version or after closing, Invalid."""
    need = queries.own(session, actor, need_id)
    check_version(need, version)
    if not rules.may_edit(need):
        raise Conflict(_l("A need that is closed can no longer be changed."))
    rules.check(data, (*rules.kinds_for(actor), need.kind))
    data = _with_deadline(need, data)
    before = snapshot(need)
    _fill(need, data)
    need.version += 1
    need.changed_at = clock.now()
    session.flush()
    after = snapshot(need)
    fields = sorted({change.field for change in revisions.diff(before, after)})
    audit.record(session, actor, "need.update", need, {"fields": fields})
    if before != after and need.published_at is not None:
        revisions.keep_change(session, actor, need, before, after)
    _after_edit(session, actor, need, material=rules.is_material(before, after))
    return need


def _with_deadline(need: Need, data: NeedInput) -> NeedInput:
    """Answers are being written against the deadline of a published need: it moves once only."""
    if need.state != "published":
        rules.check_deadline(data.deadline, clock.now())
        return data
    if _minute(data.deadline) != _minute(need.deadline):
        raise Invalid(
            _l("The deadline of a published need is moved with “Extend the deadline” only."),
            field="deadline",
        )
    return replace(data, deadline=need.deadline, deadline_zone=need.deadline_zone)


def _minute(moment: datetime | None) -> datetime | None:
    """Forms show no seconds."""
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _after_edit(session: Session, actor: Actor, need: Need, *, material: bool) -> None:
    if need.state == "published":
        if material:
            move(session, actor, need.id, "revise")
        else:
            _refresh(session, need)


def _fill(need: Need, data: NeedInput) -> None:
    need.kind, need.category = data.kind, data.category
    need.scenarios, need.standards = list(data.scenarios), list(data.standards)
    need.required = records.stored_criteria(data.required)
    need.wanted = records.stored_criteria(data.wanted)
    need.market, need.sop = data.market, data.sop
    need.quantity_per_year = data.quantity.amount if data.quantity else None
    need.quantity_unit = data.quantity.unit if data.quantity else None
    need.incoterm, need.incoterm_place = data.incoterm, data.incoterm_place
    price = data.target_price or Price(None)
    need.target_price = price.amount
    need.target_currency, need.target_price_per = price.currency or None, price.per or None
    need.deadline, need.deadline_zone = data.deadline, data.deadline_zone
    known = {row.locale: row for row in need.texts}
    rows = []
    for position, text in enumerate(data.texts):
        row = known.get(text.locale) or NeedText(locale=text.locale)
        row.position, row.title, row.description = position, text.title, text.description
        rows.append(row)
    need.texts = rows
    if data.levels is not None or data.alias:
        need.alias = data.alias
        read_back(need, data.levels)


def delete(session: Session, actor: Actor, need_id: str, version: int | None = None) -> None:
    """Remove a draft that was never published. Raises NotFound, Conflict."""
    need = queries.own(session, actor, need_id)
    check_version(need, version)
    if not rules.may_delete(need):
        raise Conflict(_l("Only drafts that were never published can be deleted."))
    audit.record(session, actor, "need.delete", need)
    session.delete(need)


def snapshot(need: Need) -> dict[str, Any]:
    """What the need says at this moment, as plain JSON."""
    return records.content(need)


def move(
    session: Session,
    actor: Actor,
    need_id: str,
    transition: str,
    note: str = "",
    version: int | None = None,
) -> Need:
    """Take one step of the workflow, with everything that follows from it.

    Raises NotFound, Forbidden, Conflict, Invalid (field "note")."""
    need = queries.need_for(session, actor, need_id)
    if transition in ("extend", "reopen"):
        raise Conflict(_l("This step needs a new deadline."))
    if transition in ("submit", "publish"):
        _ready(need)
    return _step(session, actor, need, transition, note, version)


def _step(
    session: Session,
    actor: Actor,
    need: Need,
    transition: str,
    note: str = "",
    version: int | None = None,
    deadline: datetime | None = None,
) -> Need:
    step = rules.WORKFLOW.fire(session, need, transition, actor, note=note, version=version)
    need.state_note = note.strip() if step.note_required else ""
    need.deadline = deadline or need.deadline
    if step.name == "publish":
        _publish(session, actor, need, note)
    if "published" in (step.target, *step.sources):
        _refresh(session, need)
    _tell(session, need, step)
    return need


def _publish(session: Session, actor: Actor, need: Need, note: str) -> None:
    """A need without a deadline lives for the default time, counted from here."""
    now = clock.now()
    need.published_at = need.published_at or now
    if need.deadline is None:
        need.deadline = (now + rules.LIFE).replace(second=0, microsecond=0)
    revisions.keep(session, actor, need, snapshot(need), note)
    _watch(session, need)


def _ready(need: Need) -> None:
    if need.company.state != "published":
        raise Conflict(_l("Your company profile must be published first. Then needs can follow."))
    if need.deadline is not None and need.deadline <= clock.now():
        raise Conflict(_l("The deadline has passed. Please set a new one first."))


def extend(
    session: Session,
    actor: Actor,
    need_id: str,
    deadline: datetime | None,
    version: int | None = None,
) -> Need:
    """Move the deadline of an open need, once. Raises NotFound, Conflict, Invalid."""
    need = queries.own(session, actor, need_id)
    now = clock.now()
    if rules.WORKFLOW.can("extend", need, actor):
        rules.check_extension(need, deadline, now)
    _step(session, actor, need, "extend", version=version, deadline=deadline)
    need.extended_at = now
    revisions.keep(session, actor, need, snapshot(need))
    _watch(session, need)
    return need


def reopen(
    session: Session,
    actor: Actor,
    need_id: str,
    deadline: datetime | None,
    version: int | None = None,
) -> Need:
    """Publish a closed need anew with a new deadline, and tell everybody who answered it.

    Staff only. Raises NotFound, Forbidden, Conflict, Invalid."""
    need = queries.need_for(session, actor, need_id)
    if deadline is None:
        raise Invalid(_l("Please give the new deadline."), field="deadline")
    rules.check_deadline(deadline, clock.now())
    _step(session, actor, need, "reopen", version=version, deadline=deadline)
    need.extended_at = None
    revisions.keep(session, actor, need, snapshot(need))
    _watch(session, need)
    path = f"/needs/{need.id}"
    for organisation in (need.company_id, *queries.responders(session, need)):
        _notify(session, need, organisation, "reopen", path)
    return need


def _watch(session: Session, need: Need) -> None:
    """Look again when the deadline has come."""
    if need.deadline is not None:
        delay = max(need.deadline - clock.now(), timedelta(0))
        jobs.enqueue(session, "need.close_due", {}, delay=delay)


@jobs.handles("need.close_due")
def _close_due_job(session: Session, _payload: dict[str, Any]) -> None:
    close_due(session)


def close_due(session: Session) -> int:
    """Close every published need whose deadline has passed; returns how many."""
    found = queries.due(session, clock.now())
    for need in found:
        _step(session, SYSTEM, need, "expire")
    return len(found)


def _refresh(session: Session, need: Need) -> None:
    """Index and matches follow after the commit."""
    payload = {"kind": "need", "id": need.id}
    jobs.enqueue(session, "index.update", payload, dedupe=f"need:{need.id}")
    if rules.is_open(need):
        jobs.enqueue(session, "matching.need", {"id": need.id}, dedupe=f"need:{need.id}")


def _tell(session: Session, need: Need, step: Transition) -> None:
    """Staff hear of what waits for them, the owner of what was decided or has run out."""
    if step.target == "submitted":
        params = {"title": need.texts[0].title, "company": _company_name(need)}
        path, dedupe = f"/desk/reviews/need/{need.id}", f"need:{need.id}:{need.version}"
        notices.tell_staff(session, "need.submitted", params, path=path, dedupe=dedupe)
    elif step.name in ("publish", "request_changes", "expire"):
        _notify(session, need, need.company_id, step.name, f"/needs/{need.id}")


def _company_name(need: Need) -> str:
    return need.company.texts[0].name if need.company.texts else ""


def _notify(session: Session, need: Need, organisation: str, step: str, path: str) -> None:
    """A line in the inbox and a mail to each member of an organisation."""
    told = notices.tell_organisation(
        session,
        organisation,
        f"need.{step}",
        {"title": need.texts[0].title},
        path=path,
        dedupe=f"need:{need.id}:{need.version}",
    )
    for user in told:
        to = accounts.recipient(user)
        mail.enqueue(session, to, "needs/changed", {"step": step}, path)


def import_one(
    session: Session,
    actor: Actor,
    company: Company,
    data: NeedInput,
    default_state: str = "published",
) -> Need:
    """Create or overwrite the need with the record's `ref`, in the record's state."""
    rules.check(data)
    need = queries.by_ref(session, data.ref) if data.ref else None
    if need is None:
        need = _new(session, company, data)
        need.external_ref = data.ref
    else:
        _fill(need, data)
        need.version += 1
        need.changed_at = clock.now()
    need.state = rules.WORKFLOW.state(data.state or default_state).name
    if need.state != "draft":
        need.published_at = need.published_at or clock.now()
    audit.record(session, actor, "need.import", need)
    return need
