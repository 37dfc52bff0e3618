"""The checklist of a request: copied from its service, ticked off, added to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal.core import audit, clock, i18n
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.i18n import ngettext
from portal.core.locales import LOCALES
from portal.service_requests import catalogue
from portal.service_requests.models import RequestCheck, ServiceRequest
from portal.service_requests.moving import check_version, on_desk

MAX_TEXT, MAX_LINES = 300, 60


@dataclass(frozen=True)
class Line:
    """A line as its page shows it; `own` was added by hand and can be taken away."""

    place: int
    text: str
    lang: str
    required: bool
    own: bool
    done_at: datetime | None
    done_by: str


def begin(session: Session, request: ServiceRequest) -> None:
    """Copy the lines of the service: what its checklist becomes later does not change them."""
    session.add_all(_of_service(request, 1))
    session.flush()


def follow_service(session: Session, request: ServiceRequest) -> None:
    """After a change of service: its lines instead of those of the old one that nobody ticked."""
    rows = _rows(session, request)
    for row in rows:
        if row.service not in ("", request.service) and row.done_at is None:
            session.delete(row)
    if not any(row.service == request.service for row in rows):
        session.add_all(_of_service(request, max((r.place for r in rows), default=0) + 1))
    session.flush()


def _of_service(request: ServiceRequest, first: int) -> list[RequestCheck]:
    lines = catalogue.get(request.service).checklist
    return [
        RequestCheck(
            request_id=request.id,
            place=place,
            texts=_in_all_languages(line),
            required=True,
            service=request.service,
        )
        for place, line in enumerate(lines, first)
    ]


def _in_all_languages(line: object) -> dict[str, str]:
    """A message of the catalogue in every language of the portal."""
    texts = {}
    for locale in LOCALES:
        with i18n.use_locale(locale.tag):
            texts[locale.tag] = str(line)[:MAX_TEXT]
    return texts


def _rows(session: Session, request: ServiceRequest) -> list[RequestCheck]:
    query = select(RequestCheck).where(RequestCheck.request_id == request.id)
    query = query.options(joinedload(RequestCheck.done_by))
    return list(session.scalars(query.order_by(RequestCheck.place)))


def loaded() -> ExecutableOption:
    """What a query of requests loads for `lines`."""
    return joinedload(ServiceRequest.checks).joinedload(RequestCheck.done_by)


def lines(request: ServiceRequest) -> list[Line]:
    """The checklist in the reader's language. A request from before there were checklists shows
    that of its service, which becomes its own with the first tick."""
    return [_line(row) for row in request.checks or _of_service(request, 1)]


def _line(row: RequestCheck) -> Line:
    tag = i18n.current().tag
    lang = next((t for t in (tag, "en", *row.texts) if row.texts.get(t)), tag)
    return Line(
        place=row.place,
        text=str(row.texts.get(lang, "")),
        lang=lang,
        required=row.required,
        own=not row.service,
        done_at=row.done_at,
        done_by=row.done_by.name if row.done_at and row.done_by else "",
    )


def still_open(found: list[Line]) -> int:
    """How many lines should be done before the request is resolved."""
    return sum(line.required and line.done_at is None for line in found)


def warn(session: Session, actor: Actor, request_id: str, version: int | None) -> None:
    """Raises Conflict while required lines are open: whoever resolves knows it and says so. An old
    view of the request is refused first."""
    request = on_desk(session, actor, request_id)
    check_version(session, actor, request, version)
    rows = _rows(session, request) or _of_service(request, 1)
    count = still_open([_line(row) for row in rows])
    if count:
        raise Conflict(
            ngettext(
                "%(num)s point of the checklist is still open. Tick it off, or confirm below that "
                "the request is resolved without it.",
                "%(num)s points of the checklist are still open. Tick them off, or confirm below "
                "that the request is resolved without them.",
                count,
            )
        )


def _own_rows(session: Session, request: ServiceRequest) -> list[RequestCheck]:
    """The lines to be changed; made when the request has none of its own yet."""
    rows = _rows(session, request)
    if rows:
        return rows
    begin(session, request)
    return _rows(session, request)


def tick(session: Session, actor: Actor, request_id: str, place: int, *, done: bool) -> None:
    """Note who did a line and when, or that it is open after all."""
    request = on_desk(session, actor, request_id)
    row = _at(_own_rows(session, request), place)
    if (row.done_at is not None) == done:
        return
    row.done_at = clock.now() if done else None
    row.done_by_id = actor.user_id if done else None
    _note(session, actor, request, "check" if done else "uncheck", place)


def add(session: Session, actor: Actor, request_id: str, text: str, *, required: bool) -> None:
    """Add a line of one's own at the end. Raises Invalid for an empty one."""
    request = on_desk(session, actor, request_id)
    if not text:
        raise Invalid(_l("Please write something first."), field="check")
    rows = _own_rows(session, request)
    if len(rows) >= MAX_LINES:
        raise Conflict(_l("The checklist is full."))
    place = max((row.place for row in rows), default=0) + 1
    row = RequestCheck(
        request_id=request.id,
        place=place,
        texts={actor.locale: text[:MAX_TEXT]},
        required=required,
    )
    session.add(row)
    _note(session, actor, request, "check_add", place)


def remove(session: Session, actor: Actor, request_id: str, place: int) -> None:
    """Take a line away that was added by hand and is not done."""
    request = on_desk(session, actor, request_id)
    row = _at(_rows(session, request), place)
    if row.service or row.done_at is not None:
        raise Conflict(_l("Only open lines that were added by hand can be removed."))
    session.delete(row)
    _note(session, actor, request, "check_remove", place)


def _at(rows: list[RequestCheck], place: int) -> RequestCheck:
    found = next((row for row in rows if row.place == place), None)
    if found is None:
        raise NotFound
    return found


def _note(session: Session, actor: Actor, request: ServiceRequest, name: str, place: int) -> None:
    session.flush()
    audit.record(session, actor, f"service_request.{name}", request, {"place": place})
