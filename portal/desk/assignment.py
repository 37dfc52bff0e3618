"""Assignment: the rules with a trial of them, the switch, and suggestions for chosen requests."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk import item
from portal.desk.blueprint import blueprint
from portal.service_requests.assignment import queries, services, wording
from portal.service_requests.assignment.choosing import Rule
from portal.service_requests.assignment.forms import RulesForm
from portal.service_requests.assignment.queries import Member
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page

TRIED = 20
MAX_IDS = 200


@blueprint.route("/desk/assignment", methods=["GET", "POST"])
@requires(Permission.DESK_ASSIGN)
def assignment() -> ResponseReturnValue:
    """The rules; `do=try` shows what they would do without saving them."""
    members = queries.members(db())
    form = RulesForm() if request.method == "POST" else _stored()
    added = form.rows_changed()
    form.offer(members)
    if added:
        return _rules_page(form, members, None, status=200)
    rules: list[Rule] | None = None
    if form.validate_on_submit():
        rules = typed = form.accept(lambda: _typed(form))
        wanted = typed is not None and form.do.data != "try"
        if wanted and form.accept(lambda: _save(form, typed or [])):
            flash(gettext("The rules are saved."), "success")
            return redirect(url_for("desk.assignment"), 303)
    elif request.method == "GET":
        rules = [queries.as_rule(row) for row in queries.stored_rules(db())]
    return _rules_page(form, members, rules, status=form.refused or None)


def _stored() -> RulesForm:
    rows = queries.stored_rules(db())
    names = queries.company_names(db(), {row.company_id for row in rows if row.company_id})
    return RulesForm.of(rows, names, queries.switch(db()).version)


def _typed(form: RulesForm) -> list[Rule]:
    rules = form.to_rules(queries.companies_named(db(), form.companies()))
    services.check(db(), rules)
    return services.in_order(rules)


def _save(form: RulesForm, rules: list[Rule]) -> bool:
    services.set_rules(db(), actor(), rules, form.seen_version())
    return True


def _rules_page(
    form: RulesForm, members: list[Member], rules: list[Rule] | None, status: int | None
) -> ResponseReturnValue:
    """With a trial of the rules, where they can be read."""
    people = [member.as_person() for member in members]
    newest = queries.newest(db(), TRIED) if rules is not None else []
    return page(
        "desk/assignment/rules.html",
        form=form,
        status=status,
        switch=queries.switch(db()),
        suggestions=services.trial(newest, rules or [], people),
        shows_trial=rules is not None,
        tried=form.do.data == "try" and not form.refused,
        taking=sum(person.takes for person in people),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"reasons": wording.reasons, **item.tables()}


@blueprint.post("/desk/assignment/switch", endpoint="switch_assignment")
@requires(Permission.DESK_ASSIGN)
def switch() -> ResponseReturnValue:
    on = request.form.get("on") == "1"
    services.turn(db(), actor(), on=on)
    flash(
        gettext("From now on new requests are assigned when they come in.")
        if on
        else gettext("From now on new requests wait until somebody assigns them."),
        "success",
    )
    return redirect(url_for("desk.assignment"), 303)


@blueprint.get("/desk/suggestions")
@requires(Permission.DESK_VIEW)
def suggestions() -> ResponseReturnValue:
    """Who would take care of the requests named in the address, with the reasons."""
    ids = list(dict.fromkeys(request.args.get("ids", "").split(",")))[:MAX_IDS]
    found = queries.open_ones(db(), ids)
    return page(
        "desk/assignment/suggestions.html",
        suggestions=services.suggest(db(), found),
        back=request.args.get("back", "")[:1000],
        works=actor().may(Permission.DESK_WORK),
        **_words(),
    )
