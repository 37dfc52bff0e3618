"""Verbs of the barrier register: record, change, note on a request, publish with four eyes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.core import audit, clock, revisions
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.service_requests.barriers import queries, rules
from portal.service_requests.barriers.rules import WORKFLOW
from portal.service_requests.entries import write_change
from portal.service_requests.models import Barrier, RequestBarrier, ServiceRequest
from portal.service_requests.moving import on_desk

_INTERNAL = ("market", "kind", "category", "rule", "effect", "remedy", "source")
_DATES = ("valid_from", "valid_to", "reviewed_on")
# What the public version is found by: it cannot change behind the back of who approved it.
_FIXED = ("market", "kind", "category")


@dataclass(frozen=True)
class BarrierInput:
    """A barrier as staff record it. `effect` says what it stops or costs, `remedy` what helped."""

    market: str
    kind: str
    rule: str
    effect: str
    category: str | None = None
    remedy: str = ""
    source: str = ""
    locale: str = "en"
    valid_from: date | None = None
    valid_to: date | None = None
    reviewed_on: date | None = None


@dataclass(frozen=True)
class PublicText:
    title: str
    text: str


@dataclass(frozen=True)
class PublicInput:
    """What everybody shall read, by locale; `source` may be named in public."""

    texts: Mapping[str, PublicText] = field(default_factory=dict)
    source: str = ""


def create(
    session: Session,
    actor: Actor,
    data: BarrierInput,
    request_id: str = "",
    *,
    anyway: bool = False,
) -> Barrier:
    """Record a barrier, on the request that met it if one is named.

    Raises Conflict for a rule that is on record for this market and category, and, unless
    `anyway`, for one that reads alike.
    """
    _may(actor, Permission.DESK_WORK)
    _check(data)
    alike = queries.lookalikes(session, data.market, data.rule, data.category)
    if any(found.same for found in alike):
        raise Conflict(_l("This rule is on record for this market: please attach that barrier."))
    if alike and not anyway:
        raise Conflict(_l("There are barriers that read alike. Please look at them first."))
    barrier = Barrier(author_id=actor.user_id, state="internal", **asdict(data))
    session.add(barrier)
    session.flush()
    _keep(session, actor, barrier, "create", "")
    if request_id:
        attach(session, actor, request_id, barrier.id)
    return barrier


def edit(
    session: Session, actor: Actor, barrier_id: str, data: BarrierInput, version: int | None = None
) -> Barrier:
    """Change the internal version; the public one stays as it was approved."""
    barrier = _loaded(session, actor, barrier_id, version)
    _check(data)
    moved = [name for name in _FIXED if getattr(barrier, name) != getattr(data, name)]
    if moved and barrier.state == "public":
        message = _l("Market, kind and category of a public barrier stay: withdraw it first.")
        raise Conflict(message, field=moved[0])
    alike = queries.lookalikes(session, data.market, data.rule, data.category, barrier.id)
    if any(found.same for found in alike):
        raise Conflict(_l("This rule is on record for this market: please attach that barrier."))
    for name, value in asdict(data).items():
        setattr(barrier, name, value)
    return _changed(session, actor, barrier, "edit")


def _check(data: BarrierInput) -> None:
    required = {"rule": _l("Please name the rule."), "effect": _l("Please say what it does.")}
    missing = {name: text for name, text in required.items() if not getattr(data, name).strip()}
    if missing:
        raise Invalid(next(iter(missing.values())), errors=missing)
    if data.kind not in rules.KINDS:
        raise Invalid(_l("Please choose a kind."), field="kind")
    if data.valid_from and data.valid_to and data.valid_to < data.valid_from:
        raise Invalid(_l("The end lies before the beginning."), field="valid_to")


def attach(session: Session, actor: Actor, request_id: str, barrier_id: str) -> Barrier:
    """Note on a request that it met a barrier on record; a second time changes nothing."""
    _may(actor, Permission.DESK_WORK)
    request = on_desk(session, actor, request_id)
    barrier = queries.barrier_for(session, actor, barrier_id)
    if session.get(RequestBarrier, (barrier.id, request.id)) is None:
        row = RequestBarrier(barrier_id=barrier.id, request_id=request.id, author_id=actor.user_id)
        session.add(row)
        _note(session, actor, request, barrier, "barrier_met")
    return barrier


def detach(session: Session, actor: Actor, request_id: str, barrier_id: str) -> Barrier:
    """Take back that a request met a barrier."""
    _may(actor, Permission.DESK_WORK)
    request = on_desk(session, actor, request_id)
    barrier = queries.barrier_for(session, actor, barrier_id)
    row = session.get(RequestBarrier, (barrier.id, request.id))
    if row is not None:
        session.delete(row)
        _note(session, actor, request, barrier, "barrier_taken_back")
    return barrier


def _note(
    session: Session, actor: Actor, request: ServiceRequest, barrier: Barrier, name: str
) -> None:
    detail = {"rule": barrier.rule, "barrier_id": barrier.id}
    write_change(session, actor, request, name, detail, internal=True)


def propose(
    session: Session, actor: Actor, barrier_id: str, data: PublicInput, version: int | None = None
) -> Barrier:
    """Write what everybody shall read; it waits until somebody else approves it."""
    barrier = _loaded(session, actor, barrier_id, version)
    texts = {tag: asdict(text) for tag, text in data.texts.items() if text.title or text.text}
    if not texts:
        raise Invalid(_l("Please write the text in at least one language."), field="texts.0.title")
    for number, text in enumerate(data.texts.values()):
        if bool(text.title) != bool(text.text):
            lacking = "text" if text.title else "title"
            message = _l("Each language needs a title and a text.")
            raise Invalid(message, field=f"texts.{number}.{lacking}")
    draft = {"texts": texts, "source": data.source, **_period(barrier)}
    _check_names(session, barrier, draft)
    barrier.draft_text, barrier.draft_author_id = draft, actor.user_id
    barrier.drafted_at = clock.now()
    return _changed(session, actor, barrier, "propose")


def _period(barrier: Barrier) -> dict[str, str | None]:
    """From when to when the rule holds, as the public version says."""
    ends = {"valid_from": barrier.valid_from, "valid_to": barrier.valid_to}
    return {name: day.isoformat() if day else None for name, day in ends.items()}


def _check_names(session: Session, barrier: Barrier, draft: Mapping[str, Any]) -> None:
    named = rules.named_in(draft, queries.names_met(session, barrier))
    if named:
        raise Invalid(
            gettext(
                "The public text names a customer or a request: %(names)s",
                names=gettext(", ").join(named),
            ),
            field="texts",
        )


def discard(session: Session, actor: Actor, barrier_id: str, version: int | None = None) -> Barrier:
    """Drop the public text that waits; one that is public stays."""
    barrier = _loaded(session, actor, barrier_id, version)
    _drop_draft(barrier)
    return _changed(session, actor, barrier, "discard")


def _drop_draft(barrier: Barrier) -> None:
    barrier.draft_text, barrier.draft_author_id, barrier.drafted_at = {}, None, None


def approve(session: Session, actor: Actor, barrier_id: str, version: int | None = None) -> Barrier:
    """Publish the text that waits. Raises Conflict for the one who wrote it."""
    barrier = _loaded(session, actor, barrier_id, version)
    if barrier.drafted_at is None:
        raise Conflict(_l("No public text waits for approval."))
    if not rules.drafted_by_another(barrier, actor):
        raise Conflict(_l("Somebody else than the author approves a public text."))
    _check_names(session, barrier, barrier.draft_text)
    WORKFLOW.fire(session, barrier, "approve", actor)
    barrier.public_text = dict(barrier.draft_text)
    barrier.approved_by_id, barrier.approved_at = actor.user_id, clock.now()
    barrier.withdrawn_note = ""
    _drop_draft(barrier)
    _revision(session, actor, barrier, "approve", "")
    return barrier


def withdraw(
    session: Session, actor: Actor, barrier_id: str, reason: str, version: int | None = None
) -> Barrier:
    """Take the public version from the public pages, saying why; it stays in the history."""
    barrier = _loaded(session, actor, barrier_id, version)
    if len(reason) > 500:
        raise Invalid(_l("Please write at most 500 characters."), field="note")
    WORKFLOW.fire(session, barrier, "withdraw", actor, note=reason)
    barrier.withdrawn_note = reason.strip()
    _revision(session, actor, barrier, "withdraw", reason)
    return barrier


def _may(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise Forbidden(_l("Only the base's staff keep the register."))


def _loaded(session: Session, actor: Actor, barrier_id: str, version: int | None) -> Barrier:
    _may(actor, Permission.DESK_WORK)
    barrier = queries.barrier_for(session, actor, barrier_id)
    check_version(barrier, version)
    return barrier


def _changed(session: Session, actor: Actor, barrier: Barrier, name: str) -> Barrier:
    barrier.version += 1
    barrier.changed_at = clock.now()
    _keep(session, actor, barrier, name, "")
    return barrier


def _keep(session: Session, actor: Actor, barrier: Barrier, name: str, note: str) -> None:
    session.flush()
    audit.record(session, actor, f"barrier.{name}", barrier, {"market": barrier.market})
    _revision(session, actor, barrier, name, note)


def _revision(session: Session, actor: Actor, barrier: Barrier, name: str, note: str) -> None:
    session.flush()
    days = {key: getattr(barrier, key) for key in _DATES}
    snapshot = {
        **{key: getattr(barrier, key) for key in _INTERNAL},
        **{key: day.isoformat() if day else None for key, day in days.items()},
        "public": dict(barrier.public_text or {}),
        "draft": dict(barrier.draft_text or {}),
        "act": name,
    }
    revisions.keep(session, actor, barrier, snapshot, note).at = clock.now()
    session.flush()
