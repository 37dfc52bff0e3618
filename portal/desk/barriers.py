"""The barrier register in the desk: list, record, public version, requests that met a barrier."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.models import User
from portal.core import i18n, revisions, spreadsheets
from portal.core.access import Permission
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.service_requests import queries as requests
from portal.service_requests.barriers import exports, presentation, queries, rules, services
from portal.service_requests.barriers.forms import BarrierForm, PublicForm, StepForm, markets
from portal.service_requests.barriers.queries import Filters
from portal.service_requests.barriers.views import filters_of
from portal.service_requests.models import Barrier
from portal.web.app import actor, db
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

MAX_QUERY, MOST_SHOWN = 200, 50


def _filters() -> Filters:
    known = filters_of(request.args)
    state = request.args.get("state", "")
    words = asked_line("q", MAX_QUERY)
    shown = state if state in queries.STATES else ""
    return Filters(known.market, known.category, known.kind, shown, words)


def _words() -> dict[str, Any]:
    return {
        "kinds": rules.labels(),
        "workflow": rules.WORKFLOW,
        "category_title": presentation.category_title,
        "countries": markets(),
    }


@blueprint.get("/desk/barriers")
@requires(Permission.DESK_VIEW)
def barriers() -> ResponseReturnValue:
    filters = _filters()
    rows = paginate(db(), queries.listing(filters))
    facets = sorted(queries.categories(db()), key=presentation.category_title)
    return page(
        "desk/barriers/list.html",
        rows=rows,
        met=queries.met_counts(db(), [row.id for row in rows]),
        counts=queries.state_counts(db()),
        filters=filters,
        categories=facets,
        **_words(),
    )


@blueprint.get("/desk/barriers/export/<suffix>", endpoint="export_barriers")
@requires(Permission.DESK_VIEW)
def export(suffix: str) -> ResponseReturnValue:
    """What the list shows, as a file."""
    if suffix not in spreadsheets.TYPES:
        raise NotFound
    rows = [(row[0], row[1]) for row in db().execute(queries.for_export(_filters()))]
    answer = Response(
        exports.body(rows, suffix), mimetype=spreadsheets.TYPES[suffix].partition(";")[0]
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="barriers.{suffix}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/desk/barriers/new", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def new_barrier() -> ResponseReturnValue:
    """Record a barrier; `?request=` names the request that met it."""
    met = request.args.get("request", "")[:20]
    source = requests.request_for(db(), actor(), met) if met else None
    first = (source.markets or [""])[0] if source else ""
    form = BarrierForm(market=first or None, locale=i18n.current().tag)
    if form.validate_on_submit():
        made = form.accept(lambda: services.create(db(), actor(), form.to_input(), met,
                                                   anyway=form.anyway.data))  # fmt: skip
        if made:
            flash(gettext("The barrier is recorded."), "success")
            return redirect(_back(met) or url_for("desk.barrier", barrier_id=made.id), 303)
    alike = _alike(form) if form.is_submitted() else []
    return page("desk/barriers/form.html", form=form, barrier=None, source=source, alike=alike,
                **_words())  # fmt: skip


def _alike(form: BarrierForm, but: str = "") -> list[queries.Alike]:
    if not (form.market.data and form.rule.data):
        return []
    return queries.lookalikes(
        db(), form.market.data, form.rule.data, form.category.data or None, but
    )


def _back(request_id: str) -> str:
    return url_for("desk.request", request_id=request_id) if request_id else ""


@blueprint.get("/desk/barriers/<barrier_id>")
@requires(Permission.DESK_VIEW)
def barrier(barrier_id: str) -> ResponseReturnValue:
    return _show(barrier_id, StepForm(formdata=None))


def _show(barrier_id: str, form: StepForm) -> ResponseReturnValue:
    found = queries.barrier_for(db(), actor(), barrier_id)
    versions = revisions.history(db(), found)
    met = db().scalars(queries.requests_of(actor(), found).limit(MOST_SHOWN)).all()
    return page(
        "desk/barriers/show.html",
        form=form,
        status=form.refused or None,
        item=found,
        met=met,
        total=queries.met_counts(db(), [found.id]).get(found.id, 0),
        public_texts=presentation.languages(found.public_text),
        draft_texts=presentation.languages(found.draft_text),
        history=presentation.history(versions, _names({row.actor_id for row in versions})),
        may_approve=rules.WORKFLOW.can("approve", found, actor()),
        may_withdraw=rules.WORKFLOW.can("withdraw", found, actor()),
        **_words(),
    )


def _names(ids: set[str | None]) -> dict[str, str]:
    rows = db().execute(select(User.id, User.name).where(User.id.in_([i for i in ids if i])))
    return {row[0]: row[1] for row in rows}


@blueprint.route("/desk/barriers/<barrier_id>/edit", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def edit_barrier(barrier_id: str) -> ResponseReturnValue:
    found = queries.barrier_for(db(), actor(), barrier_id)
    form = BarrierForm() if request.method == "POST" else BarrierForm.of(found)
    if form.validate_on_submit() and form.accept(
        lambda: services.edit(db(), actor(), found.id, form.to_input(), form.seen_version())
    ):
        flash(gettext("Saved."), "success")
        return redirect(url_for("desk.barrier", barrier_id=found.id), 303)
    return page("desk/barriers/form.html", form=form, barrier=found, source=None, alike=[],
                status=form.refused or None, **_words())  # fmt: skip


@blueprint.route("/desk/barriers/<barrier_id>/public", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def public_barrier(barrier_id: str) -> ResponseReturnValue:
    """Write the public version; it waits for a second person."""
    found = queries.barrier_for(db(), actor(), barrier_id)
    form = PublicForm() if request.method == "POST" else PublicForm.of(found)
    if form.validate_on_submit() and form.accept(
        lambda: services.propose(db(), actor(), found.id, form.to_input(), form.seen_version())
    ):
        flash(gettext("The text waits until a colleague approves it."), "success")
        return redirect(url_for("desk.barrier", barrier_id=found.id), 303)
    return page("desk/barriers/public.html", form=form, item=found, status=form.refused or None,
                **_words())  # fmt: skip


@blueprint.post("/desk/barriers/<barrier_id>/steps/<name>")
@requires(Permission.REVIEW_DECIDE)
def step_barrier(barrier_id: str, name: str) -> ResponseReturnValue:
    """Approve or withdraw the public version, or drop the text that waits."""
    queries.barrier_for(db(), actor(), barrier_id)
    form = StepForm()
    if form.validate_on_submit() and form.accept(lambda: _step(barrier_id, name, form)):
        flash(gettext("Done."), "success")
        return redirect(url_for("desk.barrier", barrier_id=barrier_id), 303)
    return _show(barrier_id, form)


def _step(barrier_id: str, name: str, form: StepForm) -> Barrier:
    version, reason = form.seen_version(), form.note.data or ""
    if name == "withdraw":
        return services.withdraw(db(), actor(), barrier_id, reason, version)
    verbs = {"approve": services.approve, "discard": services.discard}
    if name not in verbs:
        raise NotFound
    return verbs[name](db(), actor(), barrier_id, version)


@blueprint.get("/desk/requests/<request_id>/barriers")
@requires(Permission.DESK_WORK)
def request_barriers(request_id: str) -> ResponseReturnValue:
    """Look for the barrier that a request met before recording a new one."""
    found = requests.request_for(db(), actor(), request_id)
    words = asked_line("q", MAX_QUERY)
    market = filters_of(request.args).market
    return page(
        "desk/barriers/attach.html",
        source=found,
        q=words,
        market=market,
        suggested=queries.suggested(db(), found, words, market),
        noted=queries.of_request(db(), found.id),
        **_words(),
    )


@blueprint.post("/desk/requests/<request_id>/barriers")
@requires(Permission.DESK_WORK)
def change_request_barriers(request_id: str) -> ResponseReturnValue:
    """Note that the request met a barrier on record, or take that back."""
    verbs = {"attach": services.attach, "detach": services.detach}
    verb = verbs.get(request.form.get("do", "attach"))
    if verb is None:
        raise Conflict(gettext("There is no such step."))
    verb(db(), actor(), request_id, request.form.get("barrier", "")[:20])
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.request", request_id=request_id, _anchor="barriers"), 303)
