"""The texts to reply with: list, writing with a preview in each language, taking out of use."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.desk import bench, people
from portal.desk.blueprint import blueprint
from portal.desk.text_forms import ModuleForm, known
from portal.service_requests import catalogue
from portal.service_requests.models import TextModule
from portal.service_requests.text_modules import placeholders, queries, services
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page


@blueprint.get("/desk/texts")
@requires(Permission.DESK_VIEW)
def texts() -> ResponseReturnValue:
    """Everybody's and one's own, also those no longer offered."""
    service = request.args.get("service", "")
    retired = request.args.get("retired") == "1"
    rows = queries.listing(db(), actor(), service, retired=retired)
    found = people.of_desk(db(), actor())
    names = {user.id: user.name for user in found.staff}
    return page(
        "desk/texts/list.html",
        rows=[(row, bench.effects(row.actions, names)) for row in rows],
        service=service,
        retired=retired,
        may_write=_may_write,
        name_of=placeholders.name,
        catalogue=catalogue,
    )


def _may_write(module: TextModule) -> bool:
    own = module.author_id is not None
    return own or actor().may(Permission.TEXT_MODULE_EDIT)


@blueprint.route("/desk/texts/new", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def new_text() -> ResponseReturnValue:
    form = ModuleForm() if request.method == "POST" else ModuleForm(formdata=None)
    return _writing(form, None)


@blueprint.route("/desk/texts/<module_id>", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def edit_text(module_id: str) -> ResponseReturnValue:
    module = queries.module_for(db(), actor(), module_id)
    if not _may_write(module):
        raise NotFound
    return _writing(ModuleForm(**known(module)), module)


def _writing(form: Any, module: TextModule | None) -> ResponseReturnValue:
    may = actor().may
    form.offer(
        people.of_desk(db(), actor()),
        for_all=may(Permission.TEXT_MODULE_EDIT),
        may_assign=may(Permission.DESK_ASSIGN),
    )
    if form.validate_on_submit() and form.do.data != "preview":
        module_id = module.id if module else None
        saved = form.accept(lambda: services.save(db(), actor(), module_id, form.to_input()))
        if saved:
            flash(gettext("The text is saved."), "success")
            return redirect(url_for("desk.texts"), 303)
        form.version.data = module.version if module else ""
    return page(
        "desk/texts/form.html",
        form=form,
        module=module,
        previews=_previews(form),
        meanings=placeholders.MEANINGS,
    )


def _previews(form: Any) -> list[tuple[Any, str]]:
    """The text as a customer would read it, in each language that has one."""
    return [
        (loc, placeholders.fill(body.data, placeholders.examples(actor(), loc.tag))[0])
        for loc, _name, body in form.languages
        if body.data
    ]


@blueprint.post("/desk/texts/<module_id>/retire")
@requires(Permission.DESK_WORK)
def retire_text(module_id: str) -> ResponseReturnValue:
    module = queries.module_for(db(), actor(), module_id)
    if not _may_write(module):
        raise NotFound
    retired = request.form.get("retired") == "1"
    services.retire(db(), actor(), module_id, retired=retired)
    text = gettext("The text is no longer offered.") if retired else gettext("The text is back.")
    flash(text, "success")
    return redirect(url_for("desk.texts"), 303)
