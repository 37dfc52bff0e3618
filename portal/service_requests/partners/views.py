"""The area of partner institutions: their referrals, their institution, their working hours."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.service_requests import catalogue
from portal.service_requests.forms import WorkForm
from portal.service_requests.partners import (
    hours,
    pages,
    presentation,
    queries,
    referrals,
    rules,
)
from portal.service_requests.quotes import bank_data
from portal.service_requests.quotes import queries as quotes
from portal.service_requests.quotes import services as quote_services
from portal.service_requests.quotes.forms import QuoteForm, QuoteStepForm
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("partners", __name__)
TABS = ("open", "mine", "done")


@blueprint.get("/partner")
@requires(Permission.REFERRAL_VIEW)
def queue() -> ResponseReturnValue:
    asked = request.args.get("tab", "")
    tab = asked if asked in TABS else "open"
    listing = queries.of_partner(actor(), actor().org_id or "", tab, mine=tab == "mine")
    return page(
        "partners/queue.html",
        referrals=paginate(db(), listing),
        counts=queries.queue_counts(db(), actor()),
        tab=tab,
        workflow=rules.WORKFLOW,
        catalogue=catalogue,
    )


@blueprint.get("/partner/referrals/<referral_id>")
@requires(Permission.REFERRAL_VIEW)
def referral(referral_id: str) -> ResponseReturnValue:
    return _show(referral_id, WorkForm(formdata=None))


def _show(referral_id: str, form: WorkForm, status: int | None = None) -> ResponseReturnValue:
    found = queries.referral_for(db(), actor(), referral_id)
    return page(
        "partners/referral.html",
        form=form,
        status=status,
        writes=bool(rules.parties(found, actor())),
        colleagues=accounts.users_of(db(), found.partner_id),
        **pages.referral(found),
    )


@blueprint.post("/partner/referrals/<referral_id>")
@requires(Permission.REFERRAL_WRITE)
def act(referral_id: str) -> ResponseReturnValue:
    """A message, an internal note, or a step with its words; the button says which."""
    queries.referral_for(db(), actor(), referral_id)
    form = WorkForm()
    if form.validate_on_submit() and form.accept(lambda: pages.act(referral_id, form)):
        flash(gettext("Done."), "success")
        return redirect(url_for("partners.referral", referral_id=referral_id), 303)
    return _show(referral_id, form, form.refused or 422)


@blueprint.post("/partner/referrals/<referral_id>/assignee")
@requires(Permission.REFERRAL_WRITE)
def assign(referral_id: str) -> ResponseReturnValue:
    form = WorkForm()
    person = request.form.get("assignee") or actor().user_id or ""
    given = form.accept(
        lambda: referrals.give_to(db(), actor(), referral_id, person, form.seen_version())
    )
    if given is None:
        return _show(referral_id, form, form.refused)
    flash(gettext("Done."), "success")
    return redirect(url_for("partners.referral", referral_id=referral_id), 303)


@blueprint.get("/partner/referrals/<referral_id>/files/<file_id>")
@requires(Permission.REFERRAL_VIEW)
def attachment(referral_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.file_for(db(), actor(), referral_id, file_id))


@blueprint.route("/partner/referrals/<referral_id>/quote", methods=["GET", "POST"])
@requires(Permission.REFERRAL_WRITE)
def propose_quote(referral_id: str) -> ResponseReturnValue:
    found = queries.referral_for(db(), actor(), referral_id)
    form = QuoteForm()
    if form.validate_on_submit() and form.accept(
        lambda: quote_services.propose(db(), actor(), found.id, form.to_input())
    ):
        flash(gettext("Your quote is with the base, which passes it on."), "success")
        return redirect(url_for("partners.referral", referral_id=referral_id), 303)
    return page(
        "partners/quote.html",
        form=form,
        item=found,
        back=url_for("partners.referral", referral_id=found.id),
        fraud_notice=bank_data.FRAUD_NOTICE,
    )


@blueprint.post("/partner/quotes/<quote_id>")
@requires(Permission.REFERRAL_WRITE)
def act_on_quote(quote_id: str) -> ResponseReturnValue:
    found = quotes.quote_for(db(), actor(), quote_id)
    quote_services.act(db(), actor(), quote_id, QuoteStepForm().step())
    flash(gettext("Done."), "success")
    return redirect(url_for("partners.referral", referral_id=found.referral_id), 303)


@blueprint.get("/partner/institution")
@requires(Permission.REFERRAL_VIEW)
def institution() -> ResponseReturnValue:
    own = queries.own(db(), actor())
    return page(
        "partners/institution.html",
        partner=own,
        kind=rules.KINDS[own.kind],
        services=[catalogue.get(code) for code in own.services],
        members=accounts.members(db(), own.id),
        ahead=hours.ahead(db(), own.calendar, actor().locale),
        weekdays=presentation.weekdays(),
        hours_text=presentation.hours,
    )


@blueprint.route("/partner/hours", methods=["GET", "POST"])
@requires(Permission.PARTNER_HOURS_EDIT)
def own_hours() -> ResponseReturnValue:
    own = queries.own(db(), actor())
    back = url_for("partners.institution")
    return pages.working_hours(own, back, gettext("Your working hours are saved."))
