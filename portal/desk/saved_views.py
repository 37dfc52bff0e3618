"""Views of the queue under a name: kept, shared with the desk, deleted."""

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, DomainError, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.desk.blueprint import blueprint
from portal.service_requests.filtering import Filters
from portal.service_requests.models import SavedView
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.locale import with_query

MAX_NAME, MAX_VIEWS, MAX_BACK = 80, 50, 1000


def listing(session: Session, actor: Actor) -> list[SavedView]:
    """One's own views and those that colleagues share, by name."""
    query = select(SavedView).where(
        or_(SavedView.owner_id == actor.user_id, SavedView.shared.is_(True))
    )
    return list(session.scalars(query.order_by(SavedView.name, SavedView.id)))


def save(
    session: Session, actor: Actor, name: str, filters: dict[str, Any], *, shared: bool
) -> SavedView:
    """Keep filters under a name; an own view of that name is replaced."""
    if not name or len(name) > MAX_NAME:
        raise Invalid(_l("Please enter a name of at most 80 characters."), field="name")
    own = SavedView.owner_id == actor.user_id
    row = session.scalars(select(SavedView).where(own, SavedView.name == name)).first()
    if row is None:
        count = session.scalar(select(func.count()).select_from(SavedView).where(own)) or 0
        if count >= MAX_VIEWS:
            raise Conflict(_l("Please delete a view first; there are 50 already."))
        row = SavedView(owner_id=actor.user_id, name=name)
        session.add(row)
    row.filters, row.shared = filters, shared
    session.flush()
    audit.record(session, actor, "saved_view.save", row, {"name": name, "shared": shared})
    return row


def _own(session: Session, actor: Actor, view_id: str) -> SavedView:
    row = session.get(SavedView, view_id)
    if row is None or row.owner_id != actor.user_id:
        raise NotFound
    return row


def share(session: Session, actor: Actor, view_id: str, *, shared: bool) -> None:
    """Show an own view to everybody at the desk, or no longer."""
    row = _own(session, actor, view_id)
    row.shared = shared
    audit.record(session, actor, "saved_view.share", row, {"shared": shared})


def delete(session: Session, actor: Actor, view_id: str) -> None:
    row = _own(session, actor, view_id)
    audit.record(session, actor, "saved_view.delete", row, {"name": row.name})
    session.delete(row)


@blueprint.post("/desk/views")
@requires(Permission.DESK_WORK)
def save_view() -> ResponseReturnValue:
    """The filters come as the queue's query."""
    given = dict(parse_qsl(request.form.get("back", "")[:MAX_BACK]))
    filters = {name: given[name] for name in asdict(Filters()) if given.get(name)}
    name, shared = request.form.get("name", "").strip(), request.form.get("shared") == "1"
    try:
        save(db(), actor(), name, filters, shared=shared)
    except DomainError as error:
        flash(str(error), "danger")
    else:
        flash(gettext("The view “%(name)s” is saved.", name=name), "success")
    return redirect(with_query(url_for("desk.queue"), filters.items()), 303)


@blueprint.post("/desk/views/<view_id>/share")
@requires(Permission.DESK_WORK)
def share_view(view_id: str) -> ResponseReturnValue:
    share(db(), actor(), view_id, shared=request.form.get("shared") == "1")
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.queue"), 303)


@blueprint.post("/desk/views/<view_id>/delete")
@requires(Permission.DESK_WORK)
def delete_view(view_id: str) -> ResponseReturnValue:
    delete(db(), actor(), view_id)
    flash(gettext("The view is deleted."), "success")
    return redirect(url_for("desk.queue"), 303)
