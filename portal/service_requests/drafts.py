"""Requests that somebody has begun to write: kept as typed, for their author only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.ids import ID_LENGTH
from portal.service_requests import catalogue
from portal.service_requests.answers import shown
from portal.service_requests.catalogue import Form, Question, Service
from portal.service_requests.models import RequestDraft

PREFIX = "request"
KEPT = timedelta(days=90)
MOST = 20
MAX_CHARACTERS = 60_000
Fields = list[tuple[str, str]]
# Never kept: they belong to the page, not to what was written.
_PAGE_FIELDS = frozenset({"csrf_token", "_once", "do"})


@dataclass(frozen=True)
class Draft:
    """A begun request: which service, which version of its form, and the fields as typed."""

    id: str
    service: Service
    form_version: int
    fields: Fields
    changed_at: datetime

    @property
    def title(self) -> str:
        return self.value("title")

    def value(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")


def is_id(draft_id: str) -> bool:
    """Ids come from the page: only the portal's own shape is taken."""
    return len(draft_id) == ID_LENGTH and draft_id.isascii() and draft_id.isalnum()


def save(
    session: Session, actor: Actor, service: Service, draft_id: str, fields: Iterable[Any]
) -> Draft:
    """Keep what was typed; a second time under the same id replaces the first."""
    if not is_id(draft_id):
        raise NotFound
    kept = [(str(k), str(v)) for k, v in fields if k not in _PAGE_FIELDS and str(v)]
    while sum(len(k) + len(v) for k, v in kept) > MAX_CHARACTERS:
        kept.remove(max(kept, key=lambda pair: len(pair[1])))
    row = session.get(RequestDraft, (actor.user_id, _key(draft_id)))
    if row is None:
        row = RequestDraft(user_id=actor.user_id, key=_key(draft_id), data={})
        session.add(row)
        _drop_oldest(session, actor)
    row.data = {"service": service.code, "version": _version(kept, service), "fields": kept}
    row.changed_at = clock.now()
    session.flush()
    return _draft(row)


def _version(fields: Fields, service: Service) -> int:
    """The version that the page was made from; a newer one may have been published meanwhile."""
    named = dict(fields).get("form_version", "")
    known = {str(form.version): form.version for form in service.forms}
    return known.get(named, service.form.version)


def _key(draft_id: str) -> str:
    return f"{PREFIX}:{draft_id}"


def _drop_oldest(session: Session, actor: Actor) -> None:
    """Nobody finishes more than these."""
    for row in _rows(session, actor)[MOST - 1 :]:
        session.delete(row)


def _rows(session: Session, actor: Actor) -> list[RequestDraft]:
    query = (
        select(RequestDraft)
        .where(RequestDraft.user_id == actor.user_id, RequestDraft.key.startswith(f"{PREFIX}:"))
        .order_by(RequestDraft.changed_at.desc(), RequestDraft.key)
    )
    return list(session.scalars(query))


def own(session: Session, actor: Actor, code: str = "") -> list[Draft]:
    """The actor's drafts, latest first; of one service or of all."""
    found = [_draft(row) for row in _rows(session, actor)] if actor.user_id else []
    return [draft for draft in found if not code or draft.service.code == code]


def draft_for(session: Session, actor: Actor, draft_id: str) -> Draft:
    """One's own draft. Raises NotFound for those of others."""
    row = session.get(RequestDraft, (actor.user_id, _key(draft_id)))
    if row is None:
        raise NotFound
    return _draft(row)


def _draft(row: RequestDraft) -> Draft:
    service = catalogue.get(row.data["service"])
    fields = [(key, value) for key, value in row.data["fields"]]
    version = int(row.data["version"])
    return Draft(row.key.partition(":")[2], service, version, fields, row.changed_at)


def discard(session: Session, actor: Actor, draft_id: str) -> None:
    """Delete a draft, if it is there."""
    row = session.get(RequestDraft, (actor.user_id, _key(draft_id)))
    if row is not None:
        session.delete(row)


def forget_old(session: Session) -> None:
    """Delete what nobody has touched for a long time."""
    session.execute(delete(RequestDraft).where(RequestDraft.changed_at < clock.now() - KEPT))


def changes(draft: Draft) -> list[str]:
    """What became of the form since the draft was written, in sentences."""
    before, after = draft.service.form_of(draft.form_version), draft.service.form
    if before.version == after.version:
        return []
    return [*_dropped(draft, before, after), *_added(before, after), *_altered(before, after)]


def _dropped(draft: Draft, before: Form, after: Form) -> Iterator[str]:
    """What was written under a question that is gone is shown, so that nothing is lost."""
    for question in before.questions:
        if question.id in after.by_id:
            continue
        written = _written(draft, question)
        label = str(question.label)
        yield (
            gettext("No longer asked: %(question)s. You had written: %(answer)s",
                    question=label, answer=written)
            if written
            else gettext("No longer asked: %(question)s", question=label)
        )  # fmt: skip


def _written(draft: Draft, question: Question) -> str:
    name = f"q_{question.id}"
    values = [v for k, v in draft.fields if k == name or k.startswith(f"{name}-")]
    if question.type in ("multichoice", "standards", "countries"):
        return shown(Form(0, (question,)), {question.id: values})[0][1] if values else ""
    if question.type == "choice" and values:
        return shown(Form(0, (question,)), {question.id: values[0]})[0][1]
    return " ".join(values)


def _added(before: Form, after: Form) -> Iterator[str]:
    for question in after.questions:
        if question.id not in before.by_id:
            yield gettext("New question: %(question)s", question=str(question.label))


def _altered(before: Form, after: Form) -> Iterator[str]:
    for question in after.questions:
        old = before.by_id.get(question.id)
        if old is None:
            continue
        if (old.type, str(old.unit)) != (question.type, str(question.unit)):
            yield gettext(
                "Please check your answer, the kind of question has changed: %(question)s",
                question=str(question.label),
            )
        elif question.required and not old.required:
            yield gettext("Now required: %(question)s", question=str(question.label))
        elif str(old.label) != str(question.label):
            yield gettext("Reworded: %(question)s", question=str(question.label))
