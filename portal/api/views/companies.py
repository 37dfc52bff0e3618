"""Company profiles: published ones for everybody, one's own in every state."""

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.accounts.models import ORGANISATION_KINDS
from portal.api import auth, conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.companies import queries
from portal.companies.models import Company
from portal.core.access import Permission
from portal.web.app import actor, db

OWN = Param("own", "1: only your organisation’s, in every state.", {"type": "boolean"})


@operation(
    "GET",
    "/companies",
    tag="Companies",
    summary="List published companies",
    query=(
        OWN,
        Param("kind", "What the company is.", {"type": "string", "enum": list(ORGANISATION_KINDS)}),
        Param("country", "ISO 3166 code.", {"type": "string", "maxLength": 2}),
        *paging.PARAMS,
    ),
    answer="CompanyList",
    paged=True,
)
def list_companies() -> Response:
    query = select(Company).options(
        selectinload(Company.texts), selectinload(Company.sites), selectinload(Company.certificates)
    )
    if given("own"):
        auth.demand([Permission.COMPANY_VIEW], writes=False)
        query = query.where(Company.id == actor().org_id)
    else:
        query = query.where(Company.state == "published")
    for column, name in ((Company.kind, "kind"), (Company.country, "country")):
        if given(name):
            query = query.where(column == given(name))
    return paging.rows_page(query, Company.id, representations.company)


@operation(
    "GET",
    "/companies/<company_id>",
    tag="Companies",
    summary="Read a company",
    answer="Company",
    errors=(404,),
    tagged=True,
)
def read_company(company_id: str) -> Response:
    row = queries.company_for(db(), actor(), company_id)
    return conditions.tagged(representations.whole_company(db(), row), row.version)
