"""Reads of text modules: everybody's and one's own."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.service_requests.models import TextModule
from portal.service_requests.text_modules.placeholders import name


def visible(actor: Actor) -> ColumnElement[bool]:
    """What is everybody's or the actor's own, for people of the desk."""
    if not actor.may(Permission.DESK_VIEW):
        return TextModule.id.is_(None)
    return or_(TextModule.author_id.is_(None), TextModule.author_id == actor.user_id)


def module_for(session: Session, actor: Actor, module_id: str) -> TextModule:
    """The module. Raises NotFound for others' own."""
    query = select(TextModule).where(TextModule.id == module_id, visible(actor))
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def listing(
    session: Session, actor: Actor, service: str = "", *, retired: bool = False
) -> list[TextModule]:
    """All modules the actor may use, by name; of one service, or of all."""
    gone = TextModule.retired_at.is_not(None) if retired else TextModule.retired_at.is_(None)
    query = select(TextModule).where(visible(actor), gone)
    if service:
        query = query.where(TextModule.service == service)
    return sorted(session.scalars(query), key=lambda row: (name(row).casefold(), row.id))


def offered(session: Session, actor: Actor, service: str) -> list[TextModule]:
    """What fits a request: its service's own first, then one's own, then what is for all."""
    rows = [row for row in listing(session, actor) if row.service in ("", service)]
    return sorted(rows, key=lambda row: (not row.service, row.author_id is None))
