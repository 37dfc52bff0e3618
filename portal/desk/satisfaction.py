"""What customers said after closing, for those who worked on it and for supervisors."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.desk import item
from portal.desk.blueprint import blueprint
from portal.service_requests.forms import WorkForm
from portal.service_requests.satisfaction import queries, rules, services
from portal.service_requests.satisfaction.forms import ApartForm
from portal.web.app import actor, db
from portal.web.forms import clean, visible
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

PERIOD = timedelta(days=365)


@blueprint.get("/desk/satisfaction")
@requires(Permission.DESK_VIEW)
def satisfaction() -> ResponseReturnValue:
    return _overview(ApartForm(formdata=None, days=queries.apart(db()).days))


def _overview(form: ApartForm) -> ResponseReturnValue:
    asked = request.args.get("show", "")
    shown = asked if asked in queries.SHOWN else "all"
    return page(
        "desk/satisfaction.html",
        form=form,
        rows=paginate(db(), queries.listing(actor(), shown)),
        shown=shown,
        supervises=actor().may(Permission.DESK_ASSIGN),
        figures=_figures(),
        rules=rules,
        **item.tables(),
    )


def _figures() -> Any:
    """Of the last twelve months; agents see the figures of what they may read, too."""
    now = clock.now()
    found = queries.figures(db(), now - PERIOD, now, "", queries.seen_by(actor()))
    return found.get("", queries.NONE)


@blueprint.post("/desk/satisfaction")
@requires(Permission.DESK_ASSIGN)
def set_satisfaction() -> ResponseReturnValue:
    """How often the same person is asked."""
    form = ApartForm()
    if form.validate_on_submit():
        done = form.accept(lambda: services.set_apart(db(), actor(), form.days.data))
        if done:
            flash(gettext("Saved."), "success")
            return redirect(url_for("desk.satisfaction"), 303)
    return _overview(form)


@blueprint.post("/desk/requests/<request_id>/satisfaction")
@requires(Permission.DESK_WORK)
def follow_up_marks(request_id: str) -> ResponseReturnValue:
    """Low marks lead to a new request, or to a note of what was done."""
    try:
        goes_to = _follow_up(request_id)
    except (Conflict, Invalid) as error:
        form = WorkForm()
        form.refuse(error)
        return item.shown(request_id, form, error.status)
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.request", request_id=goes_to), 303)


def _follow_up(request_id: str) -> str:
    if request.form.get("do") == "follow_up":
        return services.follow_up(db(), actor(), request_id).id
    note = visible(str(clean(request.form.get("follow_up_note", ""))))[: services.MAX_COMMENT]
    return services.settle(db(), actor(), request_id, note).request_id
