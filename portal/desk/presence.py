"""Who else has a request open, and the switch of the keyboard shortcuts."""

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk import people
from portal.desk.blueprint import blueprint
from portal.service_requests import collisions, queries
from portal.service_requests.models import RequestPresence, StaffProfile
from portal.web.app import actor, db
from portal.web.guards import requires


@blueprint.post("/desk/requests/<request_id>/presence")
@requires(Permission.DESK_WORK)
def presence(request_id: str) -> ResponseReturnValue:
    """Sign of life from an open page; the answer says who else is there, and who has written
    since the page was made."""
    seen = request.form.get("seen")
    item = queries.request_for(db(), actor(), request_id)
    key = (item.id, actor().user_id or "")
    row = db().get(RequestPresence, key) or RequestPresence(request_id=key[0], user_id=key[1])
    row.seen_at, row.writing = clock.now(), request.form.get("writing") == "1"
    db().add(row)
    entry = collisions.since(db(), actor(), item.id, seen) if seen is not None else None
    return jsonify(
        text=people.of_request(db(), actor(), item).presence,
        news=collisions.sentence(entry) if entry else "",
    )


@blueprint.post("/desk/keys")
@requires(Permission.DESK_WORK)
def switch_keys() -> ResponseReturnValue:
    user_id = actor().user_id or ""
    row = db().get(StaffProfile, user_id) or StaffProfile(user_id=user_id)
    row.keys = request.form.get("keys") == "1"
    db().add(row)
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.queue"), 303)
