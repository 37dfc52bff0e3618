"""The service catalogue with its forms, and asking for a service."""

from collections.abc import Callable
from typing import Any

from flask import Response, url_for

from portal.api import bodies, conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core import i18n
from portal.core.access import Permission
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.listings import checks
from portal.listings.checks import Problems
from portal.listings.records import Fields
from portal.service_requests import catalogue, queries, services
from portal.service_requests.catalogue import STANDARDS, Question, Service
from portal.service_requests.services import RequestInput
from portal.web.app import actor, db, portal

MAX_TITLE, MAX_LINE, MAX_TEXT = 300, 500, 10_000


@operation(
    "GET",
    "/services",
    tag="Services",
    summary="List the services of the base with their forms",
    description="Texts are in the language of `Accept-Language`.",
    query=(*paging.PARAMS,),
    answer="ServiceList",
    paged=True,
)
def list_services() -> Response:
    offered = [s for group in catalogue.groups(offered=True) for s in group.services]
    return paging.sequence_page(sorted(offered, key=_code), _code, _shown)


def _code(service: Service) -> str:
    return service.code


@operation(
    "GET",
    "/services/<code>",
    tag="Services",
    summary="Read a service with its form",
    description="Answers are sent under the `id` of each question. A request keeps the version "
    "of the form it was written on; older versions are read with `form_version`.",
    query=(Param("form_version", "A version of the form.", {"type": "integer", "minimum": 1}),),
    answer="Service",
    errors=(404,),
    tagged=True,
)
def read_service(code: str) -> Response:
    service = catalogue.get(code)
    version = given("form_version")
    shown = _shown(service, int(version) if version else None)
    tag = f"{service.code}-{shown['form']['version']}-{service.form.version}"
    return conditions.tagged(shown, f"{tag}-{i18n.current().tag}")


def _shown(service: Service, version: int | None = None) -> dict[str, Any]:
    form = service.form_of(version) if version else service.form
    return {
        "code": service.code,
        "title": str(service.title),
        "summary": str(service.summary),
        "description": str(service.work),
        "first_reply_hours": service.first_reply_hours,
        "plan_days": service.plan_days,
        "paid": service.paid,
        "form": {
            "version": form.version,
            "versions": [known.version for known in service.forms],
            "questions": [_question(question) for question in form.questions],
        },
    }


_OFFERED: dict[str, Callable[[Question], Any]] = {
    "choice": lambda q: [{"value": v, "label": str(label)} for v, label in q.choices],
    "multichoice": lambda q: [{"value": v, "label": str(label)} for v, label in q.choices],
    "standards": lambda _q: [{"value": name, "label": name} for name in STANDARDS],
}


def _question(question: Question) -> dict[str, Any]:
    """One question; what does not apply to it is left out."""
    offered = _OFFERED.get(question.type)
    when = question.when
    facts = {
        "help": str(question.help or ""),
        "placeholder": str(question.placeholder or ""),
        "unit": str(question.unit or ""),
        "choices": offered(question) if offered else None,
        "when": {"question": when.question, "op": when.op, "value": when.value} if when else None,
        "min": None if question.min is None else float(question.min),
        "max": None if question.max is None else float(question.max),
        "pattern": question.pattern,
        "future": question.future,
        "digits": list(question.digits),
    }
    return {
        "id": question.id,
        "type": question.type,
        "label": str(question.label),
        "required": question.required,
        **{key: value for key, value in facts.items() if value not in (None, "", [], False)},
    }


@operation(
    "POST",
    "/service-requests",
    tag="Service requests",
    summary="Ask the base for a service",
    description="The answers are checked as on the page; messages stand under `answers.<id>`. "
    "Staff name `company`, `requester` and `consent_note`. Files are sent on the page.",
    permissions=(Permission.REQUEST_WRITE, Permission.DESK_WORK),
    body="ServiceRequestInput",
    answer="ServiceRequest",
    status=201,
    errors=(404, 409, 422),
    tagged=True,
    idempotent=True,
)
def create_service_request() -> Response:
    asked = _read(bodies.read())
    portal().limiter.hit("inquiry", "service-request", actor().org_id or "")
    try:
        created = services.create(db(), actor(), asked)
    except Invalid as error:
        raise _renamed(error) from error
    db().flush()
    row = queries.request_for(db(), actor(), created.id)
    entries = queries.entries(db(), actor(), row)
    shown = representations.service_request(row, actor(), entries)
    answer = conditions.tagged(shown, f"{row.version}-{len(entries)}", 201)
    answer.headers["Location"] = url_for("api.read_service_request", request_id=row.id)
    return answer


def _renamed(error: Invalid) -> Invalid:
    """Messages under the keys of the body instead of the fields of the page."""
    errors = {
        f"answers.{name[2:]}" if name.startswith("q_") else name: message
        for name, message in error.errors.items()
    }
    return Invalid(error.message, errors=errors)


def _read(body: dict[str, Any]) -> RequestInput:
    """The body of a new request. Raises Invalid with a message per field."""
    found = Problems()
    fields = Fields(body, "", found)
    code = fields.text("service").upper()
    lang = fields.text("lang") or i18n.current().tag
    answers = fields.take("answers")
    asked = RequestInput(
        service=code,
        title=_line(fields, "title", MAX_TITLE, needed=True),
        words=Words(_line(fields, "description", MAX_TEXT, needed=True), lang),
        priority=fields.text("priority") or "P3",
        urgency_reason=_line(fields, "urgency_reason", MAX_LINE),
        markets=fields.names("markets"),
        desired_date=fields.day("desired_date"),
        consent_partners=_bool(fields, "consent_partners"),
        answers=answers if isinstance(answers, dict) else {},
        capability_id=fields.text("capability"),
        need_id=fields.text("need"),
        inquiry_id=fields.text("inquiry"),
        about_id=fields.text("about"),
        contact=fields.text("contact") or "portal",
        timezone=fields.text("timezone"),
        channel="api",
        company_id=fields.text("company"),
        requester_id=fields.text("requester"),
        consent_note=_line(fields, "consent_note", MAX_LINE),
    )
    fields.end()
    _check(found, asked, answers)
    found.stop()
    return asked


def _line(fields: Fields, name: str, longest: int, *, needed: bool = False) -> str:
    text = fields.text(name)
    checks.length(fields.found, name, text, longest)
    if needed and not text:
        fields.found.add(name, _l("Please write something first."))
    return text


def _bool(fields: Fields, name: str) -> bool:
    value = fields.take(name)
    if value not in (None, True, False):
        fields.found.add(name, gettext("This must be true or false."))
    return value is True


def _check(found: Problems, asked: RequestInput, answers: Any) -> None:
    service = catalogue.SERVICES.get(asked.service)
    if service is None or not service.offered:
        found.add("service", _l("There is no such service."))
    if answers is not None and not isinstance(answers, dict):
        found.add("answers", _l("This must be an object."))
    for place, market in enumerate(asked.markets):
        checks.country(found, f"markets.{place}", market)
