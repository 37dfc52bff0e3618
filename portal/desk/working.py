"""What staff set on a request besides its steps: team, service, who watches, what it belongs to."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.core.access import Permission
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.desk import item
from portal.desk.blueprint import blueprint
from portal.service_requests import catalogue, queries, rules, services
from portal.service_requests.forms import WorkForm
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.service_requests.services import SplitInput
from portal.web.app import actor, db
from portal.web.forms import BaseForm, CheckboxesField, ChoiceField, asked_line
from portal.web.guards import requires
from portal.web.templating import page

Verb = Callable[[str, str, WorkForm], object]
# Verbs with one value; the value is the field of the verb's name.
VERBS: dict[str, Verb] = {
    "team": lambda i, v, f: services.set_team(db(), actor(), i, v, f.seen_version()),
    "service": lambda i, v, f: services.set_service(db(), actor(), i, v, f.seen_version()),
    "answer": lambda i, v, f: services.set_answer(
        db(), actor(), i, *_named_answer(v), f.seen_version()
    ),
    "watch": lambda i, _v, _f: services.watch(db(), actor(), i),
    "unwatch": lambda i, _v, _f: services.unwatch(db(), actor(), i),
    "link": lambda i, v, _f: services.link(db(), actor(), i, _known(v)),
    "unlink": lambda i, v, _f: services.unlink(db(), actor(), i, v),
}
MAX_VALUE = 100
NOT_FOUND = _l("There is no request with this number.")


@blueprint.post("/desk/requests/<request_id>/handling/<name>")
@requires(Permission.DESK_WORK)
def work(request_id: str, name: str) -> ResponseReturnValue:
    if name not in VERBS:
        raise NotFound
    form = WorkForm()
    value = request.form.get(name, "")[:MAX_VALUE].strip()
    return item.tried(request_id, form, lambda: VERBS[name](request_id, value, form))


def _named_answer(value: str) -> tuple[str, str]:
    """A question and what it is answered with, as `safety=yes`."""
    name, _sign, answer = value.partition("=")
    return name, answer


def _known(number: str) -> str:
    """The id of a request that is named by its number. Raises Invalid, for people mistype."""
    found = _named(number)
    if found is None:
        raise Invalid(NOT_FOUND, field="other")
    return found.id


def _named(number: str) -> ServiceRequest | None:
    if not number:
        return None
    try:
        return queries.request_for(db(), actor(), queries.id_of(db(), number))
    except NotFound:
        return None


class MergeForm(BaseForm):
    """Which request goes on."""

    into = StringField(
        _l("Number of the request that goes on"),
        [DataRequired(), Length(max=20)],
        render_kw={"placeholder": "SR-00042"},
    )
    version = HiddenField()


@blueprint.get("/desk/requests/<request_id>/merge")
@requires(Permission.DESK_WORK)
def merge(request_id: str) -> ResponseReturnValue:
    """Ask for the other request and show it before anything happens."""
    source = queries.request_for(db(), actor(), request_id)
    into = asked_line("into", 20)
    form = MergeForm(formdata=None, into=into, version=source.version)
    target = _named(into)
    if into and target is None:
        form.refuse(Invalid(NOT_FOUND, field="into"))
    return _merging(source, form, target, 200)


def _merging(
    source: ServiceRequest,
    form: MergeForm,
    target: ServiceRequest | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    return page(
        "desk/merge.html", form=form, status=status, item=source, target=target, **item.tables()
    )


@blueprint.post("/desk/requests/<request_id>/merge", endpoint="merge_into")
@requires(Permission.DESK_WORK)
def merge_into(request_id: str) -> ResponseReturnValue:
    source, form = queries.request_for(db(), actor(), request_id), MergeForm()
    if form.validate_on_submit():
        done = form.accept(lambda: _merge(request_id, form))
        if done:
            flash(
                gettext(
                    "%(source)s goes on as part of %(target)s.",
                    source=source.reference,
                    target=done.reference,
                ),
                "success",
            )
            return redirect(url_for("desk.request", request_id=done.id), 303)
    return _merging(source, form)


def _merge(request_id: str, form: MergeForm) -> ServiceRequest:
    into = _known((form.into.data or "").strip())
    return services.merge(db(), actor(), request_id, into, form.seen_version())


class SplitForm(BaseForm):
    """What becomes a request of its own."""

    entries = CheckboxesField(_l("Messages that belong to the new request"))
    title = StringField(_l("Title of the new request"), [DataRequired(), Length(max=300)])
    service = ChoiceField(_l("Service"))
    version = HiddenField()

    def offer(self, entries: list[RequestEntry]) -> "SplitForm":
        self.entries.choices = [(entry.id, entry.body) for entry in entries]
        self.service.fill((s.code, s.title) for g in catalogue.groups() for s in g.services)
        return self

    def to_input(self) -> SplitInput:
        return SplitInput(
            self.title.data or "", self.entries.data or (), self.service.data, self.seen_version()
        )


@blueprint.route("/desk/requests/<request_id>/split", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def split(request_id: str) -> ResponseReturnValue:
    source = queries.request_for(db(), actor(), request_id)
    said = [e for e in queries.entries(db(), actor(), source) if e.event is None and e.body]
    known: dict[str, Any] = {"service": source.service, "version": source.version}
    form = SplitForm(**known).offer(said)
    if form.validate_on_submit():
        made = form.accept(lambda: services.split(db(), actor(), request_id, form.to_input()))
        if made:
            text = gettext("%(number)s has been made of it.", number=made.reference)
            flash(text, "success")
            return redirect(url_for("desk.request", request_id=made.id), 303)
    return page(
        "desk/split.html",
        form=form,
        item=source,
        said={entry.id: entry for entry in said},
        is_open=rules.is_open(source),
    )
