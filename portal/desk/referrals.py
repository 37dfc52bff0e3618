"""Referrals in the desk: ask partners about a request, follow what they answer."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext, ngettext
from portal.desk.blueprint import blueprint
from portal.service_requests import catalogue
from portal.service_requests import queries as requests
from portal.service_requests.forms import WorkForm
from portal.service_requests.models import Referral, ServiceRequest
from portal.service_requests.partners import (
    figures,
    overview,
    pages,
    presentation,
    queries,
    referrals,
    rules,
    sharing,
)
from portal.service_requests.partners.forms import ReferralForm
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page


@blueprint.route("/desk/requests/<request_id>/referrals", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def refer(request_id: str) -> ResponseReturnValue:
    item = requests.request_for(db(), actor(), request_id)
    form, offered = ReferralForm(data=_begin(item)), _offered(item)
    form.partners.choices = [(s.partner.id, s.partner.organisation.name) for s in offered.suggested]
    form.shared.choices = [(fact.key, fact.label) for fact in offered.facts] + offered.files
    if form.validate_on_submit():
        asked = form.accept(lambda: _refer(request_id, form))
        if asked:
            said = ngettext("%(num)s partner is asked.", "%(num)s partners are asked.", len(asked))
            flash(said, "success")
            return redirect(url_for("desk.request", request_id=request_id), 303)
    return _refer_page(item, form, offered)


@dataclass(frozen=True)
class _Offered:
    """What staff choose from: partners, and what of the request can be shared."""

    suggested: list[queries.Suggestion]
    facts: list[sharing.Fact]
    files: list[tuple[str, str]]


def _offered(item: ServiceRequest) -> _Offered:
    files = sharing.file_keys(queries.shareable_files(db(), item.id))
    return _Offered(queries.suggestions(db(), item), sharing.shareable(item), files)


def _refer_page(item: ServiceRequest, form: ReferralForm, offered: _Offered) -> ResponseReturnValue:
    return page(
        "desk/partners/refer.html",
        form=form,
        status=form.refused or None,
        item=item,
        service=catalogue.get(item.service),
        suggested=offered.suggested,
        facts=offered.facts,
        files=offered.files,
        can_wait=item.state == "in_progress",
        kinds=rules.KINDS,
        show=presentation,
    )


def _begin(item: ServiceRequest) -> dict[str, object]:
    wanted = request.args.get("partner", "")
    return {
        "title": str(catalogue.get(item.service).title),
        "partners": [wanted] if wanted else [],
        "version": item.version,
        "desired_date": item.desired_date,
    }


def _refer(request_id: str, form: ReferralForm) -> list[Referral]:
    return referrals.refer(db(), actor(), request_id, form.to_input(form.attachment.store()))


@blueprint.get("/desk/referrals", endpoint="referrals")
@requires(Permission.DESK_VIEW)
def all_referrals() -> ResponseReturnValue:
    """What partners owe, or have answered, by filters that stand in the address."""
    filters = _filters()
    return page(
        "desk/partners/referrals.html",
        referrals=paginate(db(), overview.listing(actor(), filters)),
        filters=filters,
        counts=overview.counts(db(), actor()),
        partners=overview.partners(db()),
        catalogue=catalogue,
        workflow=rules.WORKFLOW,
        now=clock.now(),
    )


def _filters() -> overview.Filters:
    names = ("state", "partner", "service", "mine", "q")
    given = {name: asked_line(name) for name in names}
    return overview.Filters(
        state=given["state"] if given["state"] in overview.STATES else overview.OPEN,
        partner=given["partner"],
        service=given["service"],
        mine=given["mine"] == "1",
        q=given["q"],
    )


@blueprint.get("/desk/referrals/<referral_id>")
@requires(Permission.DESK_VIEW)
def referral(referral_id: str) -> ResponseReturnValue:
    return _show(referral_id, WorkForm(formdata=None))


def _show(referral_id: str, form: WorkForm, status: int | None = None) -> ResponseReturnValue:
    found = queries.referral_for(db(), actor(), referral_id)
    return page(
        "desk/partners/referral.html",
        form=form,
        status=status,
        figures=figures.of_partners(db(), [found.partner_id]).get(found.partner_id, figures.NONE),
        show=presentation,
        marks=rules.MARKS,
        **pages.referral(found),
    )


@blueprint.post("/desk/referrals/<referral_id>")
@requires(Permission.DESK_WORK)
def act_on_referral(referral_id: str) -> ResponseReturnValue:
    """A message, an internal note, a step, or a mark; the button says which."""
    queries.referral_for(db(), actor(), referral_id)
    form = WorkForm()
    if not form.validate_on_submit():
        return _show(referral_id, form, 422)
    try:
        _act(referral_id, form)
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse(error)
        return _show(referral_id, form, error.status)
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.referral", referral_id=referral_id), 303)


def _act(referral_id: str, form: WorkForm) -> object:
    if form.do.data != "mark":
        return pages.act(referral_id, form)
    given = request.form.get("mark", "")
    value = next((mark for mark in rules.MARKS if str(mark) == given), None)
    return referrals.mark(db(), actor(), referral_id, value)


@blueprint.get("/desk/referrals/<referral_id>/files/<file_id>")
@requires(Permission.DESK_VIEW)
def referral_attachment(referral_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.file_for(db(), actor(), referral_id, file_id))
