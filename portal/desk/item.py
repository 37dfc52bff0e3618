"""The work item: what its page shows, and how verbs lead back to it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.desk import bench, clock_faces, people, reaching
from portal.listings import panels
from portal.service_requests import (
    answers,
    catalogue,
    chain,
    checks,
    clock_views,
    handling,
    mentions,
    prefill,
    queries,
    rules,
    timeline,
    writing,
)
from portal.service_requests.forms import WorkForm
from portal.service_requests.models import ServiceRequest
from portal.service_requests.partners import panel
from portal.service_requests.satisfaction import panel as satisfaction
from portal.service_requests.text_modules import placeholders
from portal.web.app import actor, db
from portal.web.templating import page


def tables() -> dict[str, Any]:
    """What templates need to put requests into words."""
    return {
        "catalogue": catalogue,
        "timeline": timeline,
        "workflow": rules.WORKFLOW,
        "title_of": prefill.title_of,
        "faces": clock_faces,
        "mentions": mentions,
        "name_of": placeholders.name,
    }


def shown(request_id: str, form: WorkForm, status: int | None = None) -> ResponseReturnValue:
    """The page of a request, with what was typed and refused."""
    item = queries.request_for(db(), actor(), request_id, checks.loaded(), reaching.loaded())
    entries = queries.entries(db(), actor(), item)
    around = chain.of_request(db(), item, barriers=True)
    return page(
        "desk/request.html",
        form=form,
        status=status,
        item=item,
        entries=entries,
        events=timeline.events(entries, staff=True),
        links=chain.seen(around, actor()),
        panel=panel.of_request(db(), actor(), item),
        marks=satisfaction.of_desk(actor(), item, around.marks, entries),
        barriers=around.barriers,
        clocks=clock_views.views(db(), item),
        related=queries.related(db(), actor(), item),
        panels=panels.of("service_request", db(), actor(), item),
        bench=bench.of(db(), actor(), item, entries),
        **_facts(item),
        **_choices(item),
        **tables(),
    )


def _facts(item: ServiceRequest) -> dict[str, Any]:
    service = catalogue.get(item.service)
    return {
        "service": service,
        "answers": answers.shown(service.form_of(item.form_version), item.answers),
        "zone": clock_views.zone_of(item),
        "reach": reaching.of(item),
        "hastening": [(q, handling.options_of(q)) for q in handling.hastening(item)],
    }


def _choices(item: ServiceRequest) -> dict[str, Any]:
    found = people.of_request(db(), actor(), item)
    return {
        "people": found,
        "watches": any(user.id == actor().user_id for user in found.watchers),
        "staff": found.staff if actor().may(Permission.DESK_ASSIGN) else (),
        "steps": rules.WORKFLOW.available(item, actor()),
        "hindrances": rules.WORKFLOW.hindrances(item, actor()),
        "public_note": rules.PUBLIC_NOTE,
        "internal_note": rules.INTERNAL_NOTE,
        "plans": writing.PLANS if rules.is_open(item) and item.plan_at is None else (),
        "is_open": rules.is_open(item),
    }


def tried(request_id: str, form: WorkForm, verb: Callable[[], object]) -> ResponseReturnValue:
    """Back to the request; a refusal undoes what the verb had done by then and shows the request
    as it is, with what was typed."""
    try:
        with db().begin_nested():
            verb()
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse(error)
        return shown(request_id, form, error.status)
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.request", request_id=request_id), 303)
