"""What is written on a request: replies with the help of texts, macros, notes, steps."""

from dataclasses import replace

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.desk import bench, item
from portal.desk.blueprint import blueprint
from portal.service_requests import checks, collisions, queries, rules, services, writing
from portal.service_requests.forms import WorkForm
from portal.service_requests.text_modules import placeholders
from portal.service_requests.text_modules import queries as texts
from portal.service_requests.text_modules import services as macros
from portal.web.app import actor, db
from portal.web.guards import requires

MAX_USED = 10
PAGE_ONLY = {"texts", "insert", "drop-macro"}


@blueprint.post("/desk/requests/<request_id>")
@requires(Permission.DESK_WORK)
def act(request_id: str) -> ResponseReturnValue:
    """A reply, a note, a macro, or a step with or without words; the button says which."""
    form = WorkForm()
    if not form.validate_on_submit():
        return item.shown(request_id, form, 422)
    if form.do.data in PAGE_ONLY:
        return _prepared(request_id, form)
    return item.tried(request_id, form, lambda: _act(request_id, form))


def _prepared(request_id: str, form: WorkForm) -> ResponseReturnValue:
    """The page again with what was typed, and the chosen text after it."""
    module_id = request.form.get("module", "")
    if form.do.data == "insert" and module_id:
        found = queries.request_for(db(), actor(), request_id)
        module = texts.module_for(db(), actor(), module_id)
        tag = bench.written_in(found)
        text = placeholders.filled(module, found, actor(), tag).text
        form.reply.data = "\n\n".join(filter(None, [form.reply.data, text]))
    return item.shown(request_id, form, 200)


def _act(request_id: str, form: WorkForm) -> None:
    stored = form.attachment.store()
    name = form.do.data or "reply"
    if name == "note":
        services.note(db(), actor(), request_id, form.words("note", stored))
    elif name in rules.INTERNAL_NOTE:
        services.move(db(), actor(), request_id, form.step("note", stored))
    else:
        _speak(request_id, form, name, _words(request_id, form.words("reply", stored)))


def _words(request_id: str, words: Words) -> Words:
    """The reply in the language it says it is written in."""
    if not words.body.strip():
        return words
    collisions.check(db(), actor(), request_id, request.form.get("seen"))
    forgotten = placeholders.left_open(words.body)
    if forgotten:
        name = "{{" + forgotten[0] + "}}"
        raise Invalid(_l("Please fill in %(name)s, or delete it.", name=name), field="reply")
    if "language" in request.form:
        found = queries.request_for(db(), actor(), request_id)
        return replace(words, locale=bench.written_in(found))
    return words


def _speak(request_id: str, form: WorkForm, name: str, words: Words) -> None:
    seen = form.seen_version()
    macro = request.form.get("macro", "")
    if _step(name, macro) == "resolve" and request.form.get("anyway") != "1":
        checks.warn(db(), actor(), request_id, seen)
    if name == "macro":
        macros.apply(db(), actor(), request_id, macro, words, seen)
    elif name == "reply":
        services.reply(db(), actor(), request_id, words)
    elif name in writing.PLANS:
        services.give_plan(db(), actor(), request_id, name, words)
    else:
        services.move(db(), actor(), request_id, services.Step(name, seen, words))
    used = request.form.get("used", "").split()[:MAX_USED]
    macros.count_use(db(), actor(), used)


def _step(name: str, macro: str) -> str:
    """The step that the button takes, by itself or by a macro."""
    if name != "macro":
        return name
    return str(texts.module_for(db(), actor(), macro).actions.get("step", ""))


@blueprint.get("/desk/requests/<request_id>/texts")
@requires(Permission.DESK_VIEW)
def request_texts(request_id: str) -> ResponseReturnValue:
    """The texts that fit a request, for the picker: groups of names."""
    found = queries.request_for(db(), actor(), request_id)
    rows = texts.offered(db(), actor(), found.service)
    return jsonify(
        groups=[
            {
                "label": label,
                "texts": [{"id": row.id, "name": placeholders.name(row)} for row in members],
            }
            for label, members in bench.grouped(rows)
        ]
    )


@blueprint.get("/desk/requests/<request_id>/texts/<module_id>")
@requires(Permission.DESK_VIEW)
def request_text(request_id: str, module_id: str) -> ResponseReturnValue:
    """A text filled in for a request, in the language asked for or the requester's."""
    found = queries.request_for(db(), actor(), request_id)
    module = texts.module_for(db(), actor(), module_id)
    filled = placeholders.filled(module, found, actor(), request.args.get("language", "")[:20])
    macro = bench.macro_of(module, {})
    return jsonify(
        text=filled.text,
        language=filled.locale,
        missing=["{{" + name + "}}" for name in filled.missing],
        name=placeholders.name(module),
        effects=list(macro.effects) if macro else [],
    )
