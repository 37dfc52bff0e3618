"""Capabilities and needs: read by everybody once published, written by their owners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import selectinload

from portal.api import auth, bodies, conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.api.problems import ApiError
from portal.api.steps import read_step
from portal.api.views.companies import OWN
from portal.capabilities import queries as capability_queries
from portal.capabilities import records as capability_records
from portal.capabilities import rules as capability_rules
from portal.capabilities import services as capability_services
from portal.capabilities.models import Capability
from portal.core.access import Permission
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.needs import queries as need_queries
from portal.needs import records as need_records
from portal.needs import rules as need_rules
from portal.needs import services as need_services
from portal.needs.models import NEED_KINDS, Need
from portal.thesaurus.store import get_thesaurus
from portal.web.app import actor, db


@dataclass(frozen=True)
class Kind:
    """What differs between capabilities and needs."""

    model: Any
    key: str
    services: Any
    records: Any
    shown: Callable[[Any, Any], dict[str, Any]]
    load: Callable[..., Any]
    own: Callable[..., Any]
    view: Permission


CAPABILITY = Kind(
    Capability,
    "capability_id",
    capability_services,
    capability_records,
    representations.capability,
    capability_queries.capability_for,
    capability_queries.own,
    Permission.CAPABILITY_VIEW,
)
NEED = Kind(
    Need,
    "need_id",
    need_services,
    need_records,
    representations.need,
    need_queries.need_for,
    need_queries.own,
    Permission.NEED_VIEW,
)
CAPABILITY_STEPS = tuple(t.name for t in capability_rules.WORKFLOW.transitions if t.shown)
# Steps that need a new deadline are taken on the pages.
NEED_STEPS = tuple(
    t.name
    for t in need_rules.WORKFLOW.transitions
    if t.shown and t.name not in ("extend", "reopen")
)
_FILTERS = (
    OWN,
    Param("state", "With own=1: only this state.", {"type": "string", "maxLength": 30}),
    Param("category", "Id of a category; those below it count, too."),
    Param("company", "Id of a company."),
)


def _list(kind: Kind, query: Any) -> Response:
    if given("state") and not given("own"):
        message = _l("This goes with own=1 only.")
        raise ApiError(400, message, errors={"state": message})
    if given("category"):
        branch = [given("category"), *get_thesaurus().descendants(given("category"))]
        query = query.where(kind.model.category.in_(branch))
    if given("company"):
        query = query.where(kind.model.company_id == given("company"))
        if kind is NEED and not actor().owns(given("company")):
            query = query.where(need_queries.names_company())
    return paging.rows_page(query, kind.model.id, lambda row: kind.shown(row, actor()))


def _read(kind: Kind, row: Any, status: int = 200) -> Response:
    return conditions.tagged(kind.shown(row, actor()), row.version, status)


def _create(kind: Kind, endpoint: str) -> Response:
    body = bodies.read()
    _refuse(body, dict.fromkeys(representations.READ_ONLY))
    row = kind.services.create(db(), actor(), kind.records.from_record(body))
    db().flush()
    response = _read(kind, kind.load(db(), actor(), row.id), 201)
    response.headers["Location"] = url_for(endpoint, **{kind.key: row.id})
    return response


def _refuse(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """What the portal sets by itself may come back unchanged, but not be changed."""
    wrong = [n for n in representations.READ_ONLY if n in body and body[n] != present.get(n)]
    if wrong:
        message = _l("The portal sets this by itself.")
        raise Invalid(_l("Please check the marked fields."), errors=dict.fromkeys(wrong, message))


def _patch(kind: Kind, row_id: str) -> Response:
    row = kind.own(db(), actor(), row_id)
    conditions.check(row.version)
    patch = bodies.read(bodies.PATCH_TYPES)
    _refuse(patch, kind.shown(row, actor()))
    changes = {n: v for n, v in patch.items() if n not in representations.READ_ONLY}
    data = kind.records.from_record(bodies.merged(kind.records.content(row), changes))
    return _read(kind, kind.services.update(db(), actor(), row.id, data, row.version))


def _delete(kind: Kind, row_id: str) -> Response:
    row = kind.own(db(), actor(), row_id)
    conditions.check(row.version)
    kind.services.delete(db(), actor(), row.id, row.version)
    return Response(status=204)


def _move(kind: Kind, row_id: str, steps: tuple[str, ...]) -> Response:
    asked = read_step(bodies.read(), steps)
    row = kind.load(db(), actor(), row_id)
    conditions.check(row.version, required=False)
    move = kind.services.move
    return _read(kind, move(db(), actor(), row.id, asked.transition, asked.note, row.version))


@operation(
    "GET",
    "/capabilities",
    tag="Capabilities",
    summary="List capabilities",
    query=(*_FILTERS, *paging.PARAMS),
    answer="CapabilityList",
    paged=True,
)
def list_capabilities() -> Response:
    if given("own"):
        auth.demand([CAPABILITY.view], writes=False)
        query = capability_queries.own_list(actor(), given("state"))
    else:
        query = capability_queries.published()
    return _list(CAPABILITY, query.options(selectinload(Capability.certificates)))


@operation(
    "POST",
    "/capabilities",
    tag="Capabilities",
    summary="Create a draft",
    permissions=(Permission.CAPABILITY_EDIT,),
    body="CapabilityInput",
    answer="Capability",
    status=201,
    errors=(409, 422),
    tagged=True,
    idempotent=True,
)
def create_capability() -> Response:
    return _create(CAPABILITY, "api.read_capability")


@operation(
    "GET",
    "/capabilities/<capability_id>",
    tag="Capabilities",
    summary="Read a capability",
    answer="Capability",
    errors=(404,),
    tagged=True,
)
def read_capability(capability_id: str) -> Response:
    return _read(CAPABILITY, CAPABILITY.load(db(), actor(), capability_id))


@operation(
    "PATCH",
    "/capabilities/<capability_id>",
    tag="Capabilities",
    summary="Change a capability",
    description="JSON Merge Patch. A material change of a published capability returns to review.",
    permissions=(Permission.CAPABILITY_EDIT,),
    body="CapabilityPatch",
    answer="Capability",
    errors=(404, 409, 422),
    tagged=True,
    if_match="required",
)
def change_capability(capability_id: str) -> Response:
    return _patch(CAPABILITY, capability_id)


@operation(
    "DELETE",
    "/capabilities/<capability_id>",
    tag="Capabilities",
    summary="Delete a draft that was never published",
    permissions=(Permission.CAPABILITY_EDIT,),
    status=204,
    errors=(404, 409),
    if_match="required",
)
def delete_capability(capability_id: str) -> Response:
    return _delete(CAPABILITY, capability_id)


@operation(
    "POST",
    "/capabilities/<capability_id>/transitions",
    tag="Capabilities",
    summary="Take a step of the workflow",
    description="Which steps are open now stands in `transitions` of the capability.",
    permissions=(Permission.CAPABILITY_EDIT, Permission.REVIEW_DECIDE),
    body="CapabilityTransition",
    answer="Capability",
    errors=(404, 409, 422),
    tagged=True,
    if_match="optional",
    idempotent=True,
)
def move_capability(capability_id: str) -> Response:
    return _move(CAPABILITY, capability_id, CAPABILITY_STEPS)


@operation(
    "GET",
    "/needs",
    tag="Needs",
    summary="List open needs",
    query=(
        *_FILTERS,
        Param("kind", "Kind of need.", {"type": "string", "enum": list(NEED_KINDS)}),
        Param("market", "Destination, ISO 3166.", {"type": "string", "maxLength": 2}),
        *paging.PARAMS,
    ),
    answer="NeedList",
    paged=True,
)
def list_needs() -> Response:
    if given("own"):
        auth.demand([NEED.view], writes=False)
        query = need_queries.own_list(actor(), given("state"))
    else:
        query = need_queries.published()
        if given("market"):
            query = query.where(need_queries.destination_is_public())
    for column, name in ((Need.kind, "kind"), (Need.market, "market")):
        if given(name):
            query = query.where(column == given(name))
    return _list(NEED, query)


@operation(
    "POST",
    "/needs",
    tag="Needs",
    summary="Create a draft",
    permissions=(Permission.NEED_EDIT,),
    body="NeedInput",
    answer="Need",
    status=201,
    errors=(409, 422),
    tagged=True,
    idempotent=True,
)
def create_need() -> Response:
    return _create(NEED, "api.read_need")


@operation(
    "GET",
    "/needs/<need_id>",
    tag="Needs",
    summary="Read a need",
    description="What is not disclosed to you yet is left out; behind an alias `company` is null.",
    answer="Need",
    errors=(404,),
    tagged=True,
)
def read_need(need_id: str) -> Response:
    return _read(NEED, NEED.load(db(), actor(), need_id))


@operation(
    "PATCH",
    "/needs/<need_id>",
    tag="Needs",
    summary="Change a need",
    description="JSON Merge Patch. A material change of a published need returns to review.",
    permissions=(Permission.NEED_EDIT,),
    body="NeedPatch",
    answer="Need",
    errors=(404, 409, 422),
    tagged=True,
    if_match="required",
)
def change_need(need_id: str) -> Response:
    return _patch(NEED, need_id)


@operation(
    "DELETE",
    "/needs/<need_id>",
    tag="Needs",
    summary="Delete a draft that was never published",
    permissions=(Permission.NEED_EDIT,),
    status=204,
    errors=(404, 409),
    if_match="required",
)
def delete_need(need_id: str) -> Response:
    return _delete(NEED, need_id)


@operation(
    "POST",
    "/needs/<need_id>/transitions",
    tag="Needs",
    summary="Take a step of the workflow",
    description="Which steps are open now stands in `transitions` of the need. Extending and "
    "reopening need a new deadline and are done on the pages.",
    permissions=(Permission.NEED_EDIT, Permission.REVIEW_DECIDE),
    body="NeedTransition",
    answer="Need",
    errors=(404, 409, 422),
    tagged=True,
    if_match="optional",
    idempotent=True,
)
def move_need(need_id: str) -> Response:
    return _move(NEED, need_id, NEED_STEPS)
