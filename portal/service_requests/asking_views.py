"""The public catalogue, and asking for a service: for one's company, or as staff on behalf."""

from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.companies import queries as companies
from portal.core import i18n
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.ids import new_id
from portal.service_requests import asking, catalogue, drafts, prefill, queries, services
from portal.service_requests import draft_jobs as _draft_jobs  # noqa: F401  (registers its work)
from portal.service_requests.barriers import hints
from portal.service_requests.blueprint import blueprint
from portal.service_requests.catalogue import SERVICE_OF_STANDARD, Service
from portal.service_requests.drafts import Draft
from portal.service_requests.fields import COMPOSITE
from portal.service_requests.forms import BehalfForm, RequestForm, form_for
from portal.web.app import actor, db, portal
from portal.web.forms import asked_line
from portal.web.guards import public, requires, signed_in
from portal.web.templating import page


@blueprint.get("/services", endpoint="catalogue")
@public
def catalogue_page() -> ResponseReturnValue:
    return page(
        "service_requests/catalogue.html",
        groups=catalogue.groups(offered=True),
        catalogue=catalogue,
        passed_on=_passed_on(),
        drafts=_drafts(),
    )


def _passed_on() -> dict[str, str]:
    """What a request will be linked to, carried from the catalogue to the form."""
    names = (*prefill.PASSED_ON, "company") if actor().is_staff else prefill.PASSED_ON
    given = {name: request.args.get(name, "")[:40] for name in names}
    return {name: value for name, value in given.items() if value}


def _drafts(code: str = "") -> list[Draft]:
    return drafts.own(db(), actor(), code) if actor().is_authenticated else []


@blueprint.get("/services/<code>")
@public
def service(code: str) -> ResponseReturnValue:
    found = catalogue.get(code)
    return page(
        "service_requests/service.html",
        service=found,
        catalogue=catalogue,
        passed_on=_passed_on(),
        drafts=_drafts(found.code),
        hints=hints.of_service(db(), found.code, request.args.get("market", "")),
    )


@blueprint.get("/services/gap")
@requires(Permission.REQUEST_WRITE)
def for_gap() -> ResponseReturnValue:
    """The form of the service that helps with the missing certificate named in the address."""
    return _to_gap("new")


@blueprint.get("/desk/services/gap")
@requires(Permission.DESK_WORK)
def for_gap_on_behalf() -> ResponseReturnValue:
    """The same for staff, who then say in whose name they ask."""
    return _to_gap("new_on_behalf")


def _to_gap(endpoint: str) -> ResponseReturnValue:
    code = SERVICE_OF_STANDARD.get(request.args.get(prefill.GAP, ""), "CERT")
    query: dict[str, Any] = {"code": code, **_passed_on()}
    return redirect(url_for(f"service_requests.{endpoint}", **query), 303)


@blueprint.route("/services/<code>/request", methods=["GET", "POST"])
@requires(Permission.REQUEST_WRITE)
def new(code: str) -> ResponseReturnValue:
    return _ask(_offered(code), actor())


@blueprint.route("/desk/services/<code>/request", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def new_on_behalf(code: str) -> ResponseReturnValue:
    """Staff write a request in the name of a company; without one in the address they choose."""
    found = _offered(code)
    inquiry_id = request.values.get("inquiry", "")
    if inquiry_id and not queries.came_before_the_base(db(), inquiry_id):
        raise NotFound
    company_id = request.values.get("company", "")
    if not company_id and not request.args.get("draft"):
        return _choose_company(found)
    if not company_id:
        company_id = drafts.draft_for(db(), actor(), request.args["draft"]).value("company")
    return _ask(found, asking.in_place_of(db(), company_id), behalf=True)


def _choose_company(found: Service) -> ResponseReturnValue:
    words = asked_line("q")
    return page(
        "service_requests/choose_company.html",
        service=found,
        words=words,
        passed_on=_passed_on(),
        companies=asking.companies_named(db(), words, request.values.get("inquiry", "")),
    )


def _offered(code: str) -> Service:
    found = catalogue.get(code)
    if not found.offered:
        raise NotFound
    return found


def _ask(found: Service, asker: Actor, *, behalf: bool = False) -> ResponseReturnValue:
    form, draft = _form(found, asker, behalf=behalf)
    if request.method == "POST" and request.form.get("do") == "draft":
        return _keep(found, form)
    if request.method == "POST" and request.form.get("do") == "show":
        return _form_page(found, form, asker, status=200)
    if form.validate_on_submit():
        portal().limiter.hit("inquiry", "service-request", asker.org_id or "")
        created = form.accept(lambda: _create(form))
        if created:
            flash(gettext("Your request %(number)s is on its way.", number=created.reference))
            return redirect(_page_of(created), 303)
    return _form_page(found, form, asker, draft=draft)


def _form(found: Service, asker: Actor, *, behalf: bool) -> tuple[RequestForm, Draft | None]:
    """The form as it begins: from a draft, or from what the address links to."""
    cls = form_for(found.code, behalf=behalf)
    draft_id = request.args.get("draft", "")
    if request.method == "GET" and draft_id:
        draft = drafts.draft_for(db(), actor(), draft_id)
        form = cls(formdata=_typed(draft, found), meta={"csrf": True})
    else:
        draft = None
        data = prefill.of_query(db(), asker, found, request.args)
        form = cls(data={**data, "draft": new_id(), "timezone": _zone(asker)})
    if isinstance(form, BehalfForm):
        form.company.data = asker.org_id
        people = asking.may_ask(db(), asker.org_id or "")
        form.requester.fill((m.user_id, m.user.name) for m in people)
    return form, draft


def _zone(asker: Actor) -> str:
    wished = actor().timezone if asker.user_id else asker.timezone
    return wished if "/" in wished else "UTC"


def _typed(draft: Draft, found: Service) -> MultiDict[str, str]:
    """The fields of a draft as if they had just been sent, for the form as it is today."""
    fields = MultiDict(draft.fields)
    fields.setlist("form_version", [str(found.form.version)])
    fields.setlist("draft", [draft.id])
    return fields


def _keep(found: Service, form: RequestForm) -> ResponseReturnValue:
    """The button "Save draft", for those without script and those who want to be sure."""
    draft_id = form.draft.data or ""
    kept = drafts.save(db(), actor(), found, draft_id, request.form.items(multi=True))
    flash(gettext("The draft is saved. Attached files are not part of it."), "success")
    return redirect(_draft_url(kept), 303)


def _draft_url(draft: Draft) -> str:
    endpoint = "new_on_behalf" if actor().is_staff else "new"
    return url_for(f"service_requests.{endpoint}", code=draft.service.code, draft=draft.id)


def _create(form: RequestForm) -> Any:
    created = services.create(db(), actor(), form.to_input(form.store()))
    drafts.discard(db(), actor(), form.draft.data or "")
    return created


def _page_of(created: Any) -> str:
    endpoint = "desk.request" if actor().is_staff else "service_requests.show"
    return url_for(endpoint, request_id=created.id)


def _form_page(
    found: Service,
    form: RequestForm,
    asker: Actor,
    *,
    draft: Draft | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    is_old = form.is_submitted() and form.form_version.data not in ("", str(found.form.version))
    if is_old:
        form.form_version.data = str(found.form.version)
    asked = {question.id for question in form.asked()}
    links = (form.capability.data or "", form.need.data or "", form.inquiry.data or "")
    return page(
        "service_requests/new.html",
        form=form,
        status=status,
        service=found,
        asker=asker,
        links=queries.links_for(db(), asker, *links),
        title_of=prefill.title_of,
        sections=prefill.sections(found.form, lambda question: question.id in asked),
        steering=frozenset(q.when.question for q in found.form.questions if q.when),
        composite=COMPOSITE,
        has_profile=companies.has_profile(db(), asker),
        catalogue=catalogue,
        draft=draft,
        changes=drafts.changes(draft) if draft else [],
        is_old=is_old,
        on_behalf=isinstance(form, BehalfForm),
    )


# Drafts


@blueprint.post("/services/<code>/draft")
@requires(Permission.REQUEST_WRITE)
def save_draft(code: str) -> Response:
    return _saved(code)


@blueprint.post("/desk/services/<code>/draft")
@requires(Permission.DESK_WORK)
def save_draft_on_behalf(code: str) -> Response:
    return _saved(code)


def _saved(code: str) -> Response:
    """For the page's script: the whole form as it stands; the answer says when it was kept."""
    found, draft_id = _offered(code), request.form.get("draft", "")
    kept = drafts.save(db(), actor(), found, draft_id, request.form.items(multi=True))
    text = gettext("Draft saved at %(time)s", time=i18n.format_datetime(kept.changed_at))
    return jsonify(id=kept.id, text=text)


@blueprint.post("/services/drafts/<draft_id>/discard")
@signed_in
def discard_draft(draft_id: str) -> ResponseReturnValue:
    draft = drafts.draft_for(db(), actor(), draft_id)
    drafts.discard(db(), actor(), draft.id)
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for("service_requests.service", code=draft.service.code), 303)
