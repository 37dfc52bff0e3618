"""Rules of markets in the desk: the list with its progress, one rule, editing it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock, revisions
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.desk.blueprint import blueprint
from portal.desk.market_rules.forms import RuleForm, StepForm, form_data
from portal.market_rules import markets, presentation, queries, rules, services, wording
from portal.market_rules.exchange import record_of
from portal.market_rules.models import MarketRule, MarketRuleVersion
from portal.market_rules.queries import Filters
from portal.thesaurus.store import get_thesaurus
from portal.thesaurus.templating import concept_title
from portal.web.app import actor, db
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import Page, number
from portal.web.templating import page

PER_PAGE = 25
ACTS = {
    "brought_in": _l("Brought in"),
    "added": _l("Added"),
    "edited": _l("Changed"),
    "imported": _l("Imported"),
    "confirmed": _l("Confirmed"),
    "outdated": _l("Marked as outdated"),
    "retired": _l("Retired"),
    "restored": _l("Taken back into review"),
}
FIELDS = {
    "market": _l("Market"),
    "kind": _l("Kind"),
    "classes": _l("Products"),
    "but_not": _l("But not"),
    "satisfied_by": _l("Certificates that prove it"),
    "service": _l("Service that helps"),
    "title": _l("Title"),
    "summary": _l("Summary"),
    "valid_from": _l("In force from"),
    "valid_to": _l("In force until"),
    "stages": _l("Stages"),
    "condition": _l("Condition"),
    "source": _l("Source"),
}


def filters() -> Filters:
    """What the address narrows the list to; odd values ask for nothing."""
    asked = {name: request.args.get(name, "") for name in ("market", "kind", "status", "category")}
    return Filters(
        market=asked["market"] if asked["market"] in markets.LABELS else "",
        category=asked["category"] if get_thesaurus().get(asked["category"]) else "",
        kind=asked["kind"] if asked["kind"] in rules.KINDS else "",
        status=asked["status"] if asked["status"] in rules.STATUSES else "",
        due=request.args.get("due") == "1",
        words=asked_line("q", 100),
    )


def words() -> dict[str, Any]:
    """What all pages of the rules know."""
    return {
        "labels": markets.LABELS,
        "kinds": rules.KINDS,
        "statuses": rules.STATUSES,
        "step_labels": services.STEP_LABELS,
        "shown_of": lambda row: presentation.shown(queries.rule_of(row)),
        "is_due": lambda row: rules.review_due(row.status, row.reviewed_on, clock.now().date()),
        "steps_of": lambda row: [n for n, (sources, _) in services.STEPS.items()
                                 if row.status in sources],
        "words": wording,
    }  # fmt: skip


@blueprint.get("/desk/market-rules")
@requires(Permission.MARKET_RULE_VIEW)
def market_rules() -> ResponseReturnValue:
    asked = filters()
    found = queries.listed(db(), asked)
    at = number()
    shown = found[(at - 1) * PER_PAGE : at * PER_PAGE]
    confirmed, total = queries.progress(db())
    return page(
        "desk/market_rules/list.html",
        rows=Page(shown, len(found), at, PER_PAGE),
        filters=asked,
        confirmed=confirmed,
        total=total,
        categories=_categories(),
        query=request.query_string.decode("ascii", "replace"),
        **words(),
    )


def _categories() -> list[tuple[str, str]]:
    """The tops of the category tree and what stands right below them."""
    tops = get_thesaurus().roots()
    below = [(top, *get_thesaurus().children(top.id)) for top in tops]
    return [(row.id, concept_title(row.id)) for group in below for row in group]


@blueprint.get("/desk/market-rules/<rule_id>")
@requires(Permission.MARKET_RULE_VIEW)
def market_rule(rule_id: str) -> ResponseReturnValue:
    return _show(rule_id, StepForm(formdata=None))


def _show(rule_id: str, form: StepForm) -> ResponseReturnValue:
    row = queries.row_for(db(), rule_id)
    versions = queries.history(db(), rule_id)
    shown = presentation.shown(queries.rule_of(row))
    return page(
        "desk/market_rules/show.html",
        form=form,
        status=form.refused or None,
        row=row,
        shown=shown,
        stages=[(stage.start, wording.text_of(stage.what)) for stage in shown.rule.stages],
        history=list(_told(versions)),
        acts=ACTS,
        **words(),
    )


def _told(
    versions: list[MarketRuleVersion],
) -> Iterator[tuple[MarketRuleVersion, list[tuple[str, str, str]]]]:
    """Each version with what it changed, the newest first."""
    earlier: list[Mapping[str, Any]] = [*(v.content for v in versions[1:]), {}]
    for version, before in zip(versions, earlier, strict=True):
        changes = revisions.diff(before, version.content) if before else []
        yield version, [(_label(c.field), _value(c.before), _value(c.after)) for c in changes]


def _label(path: str) -> str:
    name, _dot, part = path.partition(".")
    label = str(FIELDS.get(name, name))
    return gettext("%(field)s (%(part)s)", field=label, part=part) if part else label


def _value(value: Any) -> str:
    rows = value if isinstance(value, list) else [value]
    return " · ".join("–" if row in (None, "") else str(row) for row in rows)


@blueprint.route("/desk/market-rules/new", methods=["GET", "POST"])
@requires(Permission.MARKET_RULE_EDIT)
def new_market_rule() -> ResponseReturnValue:
    return _edited(RuleForm(), None)


@blueprint.route("/desk/market-rules/<rule_id>/edit", methods=["GET", "POST"])
@requires(Permission.MARKET_RULE_EDIT)
def edit_market_rule(rule_id: str) -> ResponseReturnValue:
    row = queries.row_for(db(), rule_id)
    form = RuleForm(data=form_data(record_of(row), row.version))
    form.id.data = row.id
    return _edited(form, row)


def _edited(form: RuleForm, row: MarketRule | None) -> ResponseReturnValue:
    if form.is_submitted() and not form.rows_changed() and form.validate():
        saved = form.accept(lambda: _save(form, row))
        if saved is not None:
            flash(gettext("Saved. The rule waits to be confirmed."), "success")
            return redirect(url_for("desk.market_rule", rule_id=saved.id), 303)
    status = form.refused or None
    return page("desk/market_rules/form.html", form=form, status=status, row=row, **words())


def _save(form: RuleForm, row: MarketRule | None) -> MarketRule:
    record, why = form.to_record(), form.why.data or ""
    if row is None:
        return services.add(db(), actor(), record, why)
    return services.edit(db(), actor(), row.id, record, why, form.seen_version())


@blueprint.post("/desk/market-rules/<rule_id>/steps/<name>")
@requires(Permission.MARKET_RULE_EDIT)
def step_market_rule(rule_id: str, name: str) -> ResponseReturnValue:
    """Confirm, mark as outdated, retire, or take back; from the list back to the list."""
    form = StepForm()
    why, version = form.why.data or "", form.seen_version()
    row = form.accept(lambda: services.step(db(), actor(), rule_id, name, why, version))
    if row is None:
        return _show(rule_id, form)
    title = presentation.shown(queries.rule_of(row)).title.text
    flash(gettext("%(rule)s: %(act)s.", rule=title, act=str(ACTS[name])), "success")
    if "query" in request.form:
        query = request.form["query"][:500]
        return redirect(url_for("desk.market_rules") + (f"?{query}" if query else ""), 303)
    return redirect(url_for("desk.market_rule", rule_id=rule_id), 303)
