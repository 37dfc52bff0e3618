"""Verbs of capabilities: write, move along, delete, import."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.capabilities import queries, records, rules
from portal.capabilities.inputs import CapabilityInput
from portal.capabilities.models import Capability, CapabilityText
from portal.capabilities.records import from_record, to_record
from portal.companies import services as companies
from portal.companies.models import Certificate, Company
from portal.core import audit, clock, jobs, mail, revisions
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import Transition, check_version
from portal.disclosure.setting import inherit, read_back
from portal.listings.inputs import CertificateInput
from portal.listings.records import stored_attributes

__all__ = [
    "CapabilityInput",
    "create",
    "delete",
    "from_record",
    "import_one",
    "move",
    "snapshot",
    "to_record",
    "update",
]

notices.declare(
    "capability.submitted", _l("%(company)s submitted the capability “%(title)s”."), "components"
)
notices.declare("capability.publish", _l("Your capability “%(title)s” is published."), "check")
notices.declare(
    "capability.request_changes",
    _l("Please change your capability “%(title)s” before it can be published."),
    "pencil",
)
notices.declare(
    "capability.take_down",
    _l("The base took your capability “%(title)s” off the public pages."),
    "eye-off",
)


def create(session: Session, actor: Actor, data: CapabilityInput) -> Capability:
    """A new draft of the actor's organisation. Raises Invalid."""
    if not actor.may(Permission.CAPABILITY_EDIT) or actor.org_id is None:
        raise Forbidden(_l("Only suppliers list capabilities."))
    rules.check(data)
    company = companies.ensure_profile(session, actor.org_id)
    capability = _new(session, company, data)
    audit.record(session, actor, "capability.create", capability)
    return capability


def _new(session: Session, company: Company, data: CapabilityInput) -> Capability:
    capability = Capability(
        company_id=company.id, company=company, state="draft", state_note="", version=1
    )
    capability.texts, capability.certificates = [], []
    _fill(capability, data)
    session.add(capability)
    session.flush()
    return capability


def update(
    session: Session, actor: Actor, capability_id: str, data: CapabilityInput, version: int | None
) -> Capability:
    """Write a capability anew; an edit of a published one is kept as a version, and a material
    one returns to review. Raises NotFound, Conflict on a stale version, Invalid."""
    capability = queries.own(session, actor, capability_id)
    check_version(capability, version)
    rules.check(data)
    before = snapshot(capability)
    _fill(capability, data)
    capability.version += 1
    capability.changed_at = clock.now()
    session.flush()
    after = snapshot(capability)
    audit.record(
        session, actor, "capability.update", capability, {"fields": _changed(before, after)}
    )
    if before != after and capability.published_at is not None:
        revisions.keep_change(session, actor, capability, before, after)
    _after_edit(session, actor, capability, material=rules.is_material(before, after))
    return capability


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted({change.field for change in revisions.diff(before, after)})


def _after_edit(session: Session, actor: Actor, capability: Capability, *, material: bool) -> None:
    """A material change leaves the public pages until the base has looked at it."""
    if not material and capability.state == "published":
        _refresh(session, capability)
    elif material and capability.state == "published":
        move(session, actor, capability.id, "revise")
    elif material and capability.state == "unpublished":
        move(session, actor, capability.id, "rework")


def _fill(capability: Capability, data: CapabilityInput) -> None:
    capability.category = data.category
    capability.scenarios = list(data.scenarios)
    capability.attributes = stored_attributes(data.attributes)
    capability.markets = list(data.markets)
    capability.stage = data.stage
    capability.capacity_quantity, capability.capacity_unit, capability.capacity_per = (
        records.quantity_of(data.capacity)
    )
    capability.moq_quantity, capability.moq_unit, _per = records.quantity_of(data.moq)
    lead = data.lead_time
    capability.lead_sample_days = lead.sample
    capability.lead_series_from_days = lead.series_from
    capability.lead_series_to_days = lead.series_to
    _fill_texts(capability, data)
    _fill_certificates(capability, data)
    read_back(capability, data.levels)


def _fill_texts(capability: Capability, data: CapabilityInput) -> None:
    known = {row.locale: row for row in capability.texts}
    rows = []
    for position, text in enumerate(data.texts):
        row = known.get(text.locale) or CapabilityText(locale=text.locale)
        row.position, row.title = position, text.title
        row.summary, row.description = text.summary, text.description
        rows.append(row)
    capability.texts = rows


def _fill_certificates(capability: Capability, data: CapabilityInput) -> None:
    """A row that stays the same keeps the evidence seen for it; a changed one is a new claim."""
    known = {_key(row): row for row in capability.certificates}
    rows = []
    for position, item in enumerate(data.certificates):
        row = known.pop(item.key, None) or Certificate(
            company_id=capability.company_id,
            standard=item.standard,
            number=item.number,
            body=item.body,
            scope=item.scope,
            site=item.site,
            issued=item.issued,
            expires=item.expires,
            details=dict(item.details),
            level="claimed",
        )
        row.position = position
        rows.append(row)
    inherit(capability.certificates, rows)
    capability.certificates = rows


def _key(row: Certificate) -> tuple[object, ...]:
    names = CertificateInput.__dataclass_fields__
    return CertificateInput(**{name: getattr(row, name) for name in names}).key


def delete(session: Session, actor: Actor, capability_id: str, version: int | None = None) -> None:
    """Remove a draft that was never published. Raises NotFound, Conflict."""
    capability = queries.own(session, actor, capability_id)
    check_version(capability, version)
    if not rules.may_delete(capability):
        raise Conflict(_l("Only drafts that were never published can be deleted."))
    audit.record(session, actor, "capability.delete", capability)
    session.delete(capability)


def snapshot(capability: Capability) -> dict[str, Any]:
    """What the capability says at this moment, as plain JSON."""
    return records.content(capability)


def move(
    session: Session,
    actor: Actor,
    capability_id: str,
    transition: str,
    note: str = "",
    version: int | None = None,
) -> Capability:
    """Take one step of the workflow, with everything that follows from it.

    Raises NotFound, Forbidden, Conflict, Invalid (field "note")."""
    capability = queries.capability_for(session, actor, capability_id)
    if transition in ("submit", "publish", "republish"):
        _company_ready(capability)
    step = rules.WORKFLOW.fire(session, capability, transition, actor, note=note, version=version)
    capability.state_note = note.strip() if step.note_required else ""
    if step.target == "published":
        capability.published_at = capability.published_at or clock.now()
    if step.name == "publish":
        revisions.keep(session, actor, capability, snapshot(capability), note)
    if "published" in (step.target, *step.sources):
        _refresh(session, capability)
    _tell(session, capability, step)
    return capability


def _company_ready(capability: Capability) -> None:
    if capability.company.state != "published":
        raise Conflict(
            _l("Your company profile must be published first. Then capabilities can follow.")
        )


def _refresh(session: Session, capability: Capability) -> None:
    """Index and matches follow after the commit."""
    payload = {"kind": "capability", "id": capability.id}
    jobs.enqueue(session, "index.update", payload, dedupe=f"capability:{capability.id}")
    if capability.state == "published":
        jobs.enqueue(
            session,
            "matching.capability",
            {"id": capability.id},
            dedupe=f"capability:{capability.id}",
        )


def _tell(session: Session, capability: Capability, step: Transition) -> None:
    """Staff hear of what waits for them, the owner of what was decided."""
    title = capability.texts[0].title
    dedupe = f"capability:{capability.id}:{capability.version}"
    if step.target == "submitted":
        company = capability.company.texts[0].name if capability.company.texts else ""
        params = {"title": title, "company": company}
        path = f"/desk/reviews/capability/{capability.id}"
        notices.tell_staff(session, "capability.submitted", params, path=path, dedupe=dedupe)
    elif "staff" in step.parties:
        path, kind = f"/capabilities/{capability.id}", f"capability.{step.name}"
        told = notices.tell_organisation(
            session, capability.company_id, kind, {"title": title}, path=path, dedupe=dedupe
        )
        for user in told:
            mail.enqueue(
                session, accounts.recipient(user), "capabilities/decided", {"step": step.name}, path
            )


def import_one(
    session: Session,
    actor: Actor,
    company: Company,
    data: CapabilityInput,
    default_state: str = "published",
) -> Capability:
    """Create or overwrite the capability with the record's `ref`, in the record's state."""
    rules.check(data)
    capability = queries.by_ref(session, data.ref) if data.ref else None
    if capability is None:
        capability = _new(session, company, data)
        capability.external_ref = data.ref
    else:
        _fill(capability, data)
        capability.version += 1
        capability.changed_at = clock.now()
    capability.state = rules.WORKFLOW.state(data.state or default_state).name
    if capability.state == "published":
        capability.published_at = capability.published_at or clock.now()
    audit.record(session, actor, "capability.import", capability)
    return capability
