"""Quotes in the desk: send one, pass one on, withdraw one."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.service_requests import queries as requests
from portal.service_requests.quotes import bank_data, queries, services
from portal.service_requests.quotes.forms import QuoteForm, QuoteStepForm
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page


@blueprint.route("/desk/requests/<request_id>/quotes", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def quote(request_id: str) -> ResponseReturnValue:
    item = requests.request_for(db(), actor(), request_id)
    form = QuoteForm()
    if form.validate_on_submit() and form.accept(
        lambda: services.send(db(), actor(), request_id, form.to_input())
    ):
        flash(gettext("The quote is with the customer."), "success")
        return redirect(url_for("desk.request", request_id=request_id), 303)
    return page(
        "desk/partners/quote.html", form=form, item=item, fraud_notice=bank_data.FRAUD_NOTICE
    )


@blueprint.post("/desk/quotes/<quote_id>")
@requires(Permission.DESK_WORK)
def act_on_quote(quote_id: str) -> ResponseReturnValue:
    found = queries.quote_for(db(), actor(), quote_id)
    services.act(db(), actor(), quote_id, QuoteStepForm().step())
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.request", request_id=found.request_id), 303)
