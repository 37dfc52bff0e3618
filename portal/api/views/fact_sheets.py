"""The self-assessment of a company, as far as its reader sees it."""

from flask import Response

from portal.api.answers import as_json
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core import i18n
from portal.core.locales import BY_TAG
from portal.disclosure import reading
from portal.fact_sheets import content, queries, workbook
from portal.web.app import actor, db


@operation(
    "GET",
    "/companies/<company_id>/fact-sheet",
    tag="Companies",
    summary="Read a company’s self-assessment",
    description="The file that the company’s page offers: the same keys in every language.",
    query=(
        Param("format", "The format; there is one.", {"type": "string", "enum": ["json"]}),
        Param("locale", "Language of the questions.", {"type": "string", "enum": list(BY_TAG)}),
    ),
    answer="FactSheet",
    errors=(404,),
)
def fact_sheet_of_company(company_id: str) -> Response:
    company = queries.company_for(db(), actor(), company_id)
    opened = reading.opened(company)
    found = queries.material(db(), company, opened.reach, inside=opened.full)
    with i18n.use_locale(given("locale") or i18n.current().tag):
        return as_json(workbook.as_json(content.document(found)))
