"""Inquiries of one's own organisation, received and sent. Nobody else reads them."""

from flask import Response
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.api import conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core.access import Permission
from portal.inquiries import queries, rules
from portal.inquiries.models import Inquiry
from portal.web.app import actor, db

STATES = [state.name for state in rules.WORKFLOW.states]


@operation(
    "GET",
    "/inquiries",
    tag="Inquiries",
    summary="List your organisation's inquiries",
    permissions=(Permission.INQUIRY_VIEW,),
    query=(
        Param(
            "box", "Only those received, or sent.", {"type": "string", "enum": list(queries.BOXES)}
        ),
        Param("state", "State of the inquiry.", {"type": "string", "enum": STATES}, many=True),
        *paging.PARAMS,
    ),
    answer="InquiryList",
    paged=True,
)
def list_inquiries() -> Response:
    own = {"sent": [Inquiry.buyer_id], "received": [Inquiry.supplier_id]}
    sides = own.get(given("box"), [Inquiry.buyer_id, Inquiry.supplier_id])
    query = select(Inquiry).where(or_(*(side == actor().org_id for side in sides)))
    query = query.options(joinedload(Inquiry.need))
    if given("state"):
        query = query.where(Inquiry.state.in_(given("state")))
    return paging.rows_page(query, Inquiry.id, lambda row: representations.inquiry(row, actor()))


@operation(
    "GET",
    "/inquiries/<inquiry_id>",
    tag="Inquiries",
    summary="Read an inquiry with its thread",
    description="Reading over the API does not mark the thread as seen.",
    permissions=(Permission.INQUIRY_VIEW,),
    answer="Inquiry",
    errors=(404,),
    tagged=True,
)
def read_inquiry(inquiry_id: str) -> Response:
    row = queries.inquiry_for(db(), actor(), inquiry_id)
    thread = queries.messages(db(), row)
    tag = f"{row.version}-{len(thread)}"
    return conditions.tagged(representations.inquiry(row, actor(), thread), tag)
