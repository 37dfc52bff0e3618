"""Service requests: one's own organisation's; the base's staff see all of them."""

from typing import Any

from flask import Response

from portal.api import bodies, conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.api.steps import Asked, read_step
from portal.core.access import Permission
from portal.core.errors import Invalid
from portal.core.texts import Words
from portal.service_requests import clock_views, queries, rules, services
from portal.service_requests.filtering import STATE_GROUPS, Filters
from portal.service_requests.models import PRIORITIES, ServiceRequest
from portal.web.app import actor, db

STATES = [state.name for state in rules.WORKFLOW.states]
STEPS = tuple(step.name for step in rules.WORKFLOW.transitions if step.shown)


@operation(
    "GET",
    "/service-requests",
    tag="Service requests",
    summary="List service requests",
    permissions=(Permission.REQUEST_VIEW, Permission.DESK_VIEW),
    query=(
        Param("state", "State, or one of the groups open, waiting, done.",
              {"type": "string", "enum": [*STATE_GROUPS, *STATES]}),
        Param("service", "Code of the service.", {"type": "string", "maxLength": 10}),
        Param("priority", "Priority.", {"type": "string", "enum": list(PRIORITIES)}),
        Param("company", "Id of the company that asks."),
        Param("q", "Number, words of the title, or name of the company."),
        *paging.PARAMS,
    ),
    answer="ServiceRequestList",
    paged=True,
)  # fmt: skip
def list_service_requests() -> Response:
    names = ("state", "service", "priority", "company", "q")
    filters = Filters(**{name: given(name) or "" for name in names})
    query = queries.listing(actor(), filters)
    return paging.rows_page(query, ServiceRequest.id, _shown)


def _shown(row: ServiceRequest) -> dict[str, Any]:
    return representations.service_request(row, actor())


@operation(
    "GET",
    "/service-requests/<request_id>",
    tag="Service requests",
    summary="Read a service request with its timeline",
    description="Internal notes are there for the base's staff only.",
    permissions=(Permission.REQUEST_VIEW, Permission.DESK_VIEW),
    answer="ServiceRequest",
    errors=(404,),
    tagged=True,
)
def read_service_request(request_id: str) -> Response:
    return _answer(queries.request_for(db(), actor(), request_id))


def _answer(row: ServiceRequest) -> Response:
    """A reply changes the timeline but not the version, so both are in the tag."""
    entries = queries.entries(db(), actor(), row)
    clocks = clock_views.views(db(), row)
    shown = representations.service_request(row, actor(), entries, clocks)
    return conditions.tagged(shown, f"{row.version}-{len(entries)}")


@operation(
    "POST",
    "/service-requests/<request_id>/transitions",
    tag="Service requests",
    summary="Take a step of the workflow",
    description="Which steps are open now stands in `transitions` of the request. "
    "`note` goes with the step: to the customer, or, for `ask_partner`, among the staff.",
    permissions=(Permission.REQUEST_WRITE, Permission.DESK_WORK),
    body="ServiceRequestTransition",
    answer="ServiceRequest",
    errors=(404, 409, 422),
    tagged=True,
    if_match="optional",
    idempotent=True,
)
def move_service_request(request_id: str) -> Response:
    asked = read_step(bodies.read(), STEPS)
    row = queries.request_for(db(), actor(), request_id)
    entries = queries.entries(db(), actor(), row)
    conditions.check(f"{row.version}-{len(entries)}", required=False)
    _move(row, asked)
    db().flush()
    return _answer(queries.request_for(db(), actor(), request_id))


def _move(row: ServiceRequest, asked: Asked) -> None:
    words = Words(asked.note, actor().locale)
    step = services.Step(asked.transition, row.version, words)
    try:
        services.move(db(), actor(), row.id, step)
    except Invalid as error:
        raise Invalid(error.message, field="note") from error
