"""The queue: requests by filters that stand in the address, and one action on many of them."""

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import Conflict, DomainError
from portal.core.i18n import gettext, ngettext
from portal.desk import item, people, saved_views
from portal.desk.blueprint import blueprint
from portal.service_requests import bulk, calendars, clock_views, queries, rules
from portal.service_requests.bulk import BulkInput, BulkResult
from portal.service_requests.filtering import STATE_GROUPS, Filters
from portal.web.app import actor, db
from portal.web.forms import shown_line
from portal.web.guards import requires
from portal.web.locale import with_query
from portal.web.paging import PER_PAGE, Page, number
from portal.web.templating import page

MAX_QUERY = 200
MAX_BACK = 1000
SHOWN_REFUSALS = 5
# Queues as tabs: name, filters.
TABS = {
    "all": Filters(state="open"),
    "mine": Filters(state="open", assignee="mine"),
    "team": Filters(state="open", team="mine"),
    "none": Filters(state="open", assignee="none"),
    "breaching": Filters(state="open", due="breaching"),
    "waiting": Filters(state="waiting"),
    "resolved": Filters(state="resolved"),
    "low": Filters(state="any", marks="low"),
}


def filters_of(given: dict[str, str]) -> Filters:
    """What an address asks for; open requests unless it says otherwise, all when it only
    searches."""
    values = {name: shown_line(given.get(name, "")[:MAX_QUERY]) for name in asdict(Filters())}
    known = {*STATE_GROUPS, *(state.name for state in rules.WORKFLOW.states), "any"}
    usual = "any" if values["q"] else "open"
    state = values["state"] if values["state"] in known else usual
    return Filters(**{**values, "state": state})


@blueprint.get("/desk")
@requires(Permission.DESK_VIEW)
def queue() -> ResponseReturnValue:
    filters = filters_of(request.args.to_dict())
    asked = replace(filters, state="") if filters.state == "any" else filters
    counts = queries.queue_counts(db(), actor(), asked)
    rows = _page(asked, counts["shown"])
    return page(
        "desk/queue.html",
        requests=rows,
        clocks=clock_views.views_of(db(), rows.rows),
        filters=filters,
        counts=counts,
        tabs=TABS,
        alarms=calendars.alarms(db()),
        saved=saved_views.listing(db(), actor()),
        back=request.query_string.decode()[:MAX_BACK],
        most=bulk.MAX_REQUESTS,
        undo=request.args.get("undo", "")[:20],
        **_choices(),
        **item.tables(),
    )


def _choices() -> dict[str, Any]:
    found = people.of_desk(db(), actor())
    return {
        "people": found,
        "assignable": found.staff if actor().may(Permission.DESK_ASSIGN) else (),
        "bulk_steps": [t for t in rules.WORKFLOW.transitions if t.name in bulk.STEPS],
    }


def _page(filters: Filters, total: int) -> Page[Any]:
    at = number()
    query = queries.queue_page(actor(), filters, PER_PAGE, (at - 1) * PER_PAGE)
    return Page(db().scalars(query).unique().all(), total, at)


@blueprint.post("/desk/bulk")
@requires(Permission.DESK_WORK)
def bulk_change() -> ResponseReturnValue:
    action = request.form.get("action", "")
    if action == "suggest":
        return _to_suggestions()
    value = request.form.get(f"value-{action}", "")[:MAX_QUERY]
    try:
        done = bulk.apply(db(), actor(), BulkInput(action, _chosen(), value))
    except DomainError as error:
        flash(str(error), "danger")
        return back()
    if done.done:
        count = len(done.done)
        flash(ngettext("%(num)s request changed.", "%(num)s requests changed.", count), "success")
    _say_refused(done)
    return back(undo=done.change_id)


def _chosen() -> list[str]:
    """The ticked requests, those that the page showed, or the first of the whole view."""
    scope = request.form.get("scope", "")
    if scope == "page":
        return request.form.get("shown", "").split()[:PER_PAGE]
    return _of_view() if scope == "view" else request.form.getlist("ids")


def _of_view() -> list[str]:
    """Ids in the order of the queue; no more than may be changed at once."""
    filters = filters_of(dict(parse_qsl(request.form.get("back", "")[:MAX_BACK])))
    asked = replace(filters, state="") if filters.state == "any" else filters
    return list(db().scalars(queries.queue_ids(actor(), asked).limit(bulk.MAX_REQUESTS)))


def _to_suggestions() -> ResponseReturnValue:
    """Look first: who would take care of the ticked requests."""
    ids = ",".join(_chosen()[:PER_PAGE])
    kept = request.form.get("back", "")[:MAX_BACK]
    return redirect(url_for("desk.suggestions", ids=ids, back=kept or None), 303)


@blueprint.post("/desk/bulk/<change_id>/undo")
@requires(Permission.DESK_WORK)
def bulk_undo(change_id: str) -> ResponseReturnValue:
    try:
        done = bulk.undo(db(), actor(), change_id)
    except Conflict as error:
        flash(str(error), "warning")
        return back()
    count = len(done.done)
    flash(ngettext("%(num)s request put back.", "%(num)s requests put back.", count), "success")
    _say_refused(done)
    return back()


def _say_refused(done: BulkResult) -> None:
    for refusal in done.refused[:SHOWN_REFUSALS]:
        words = gettext(
            "%(number)s stayed as it was: %(reason)s",
            number=refusal.reference,
            reason=refusal.reason,
        )
        flash(words, "warning")
    more = len(done.refused) - SHOWN_REFUSALS
    if more > 0:
        text = ngettext("%(num)s more stayed as it was.", "%(num)s more stayed as they were.", more)
        flash(text, "warning")


def back(**more: str | None) -> ResponseReturnValue:
    """The queue as it was filtered when the form was sent."""
    given = parse_qsl(request.form.get("back", "")[:MAX_BACK])
    pairs = [(name, value) for name, value in given if name not in ("undo", *more)]
    return redirect(with_query(url_for("desk.queue"), [*pairs, *more.items()]), 303)
