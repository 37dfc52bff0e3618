"""The customer decides about a quote."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.service_requests import queries as requests
from portal.service_requests.quotes import services
from portal.service_requests.quotes.forms import QuoteStepForm
from portal.web.app import actor, db
from portal.web.guards import requires

blueprint = Blueprint("quotes", __name__)


@blueprint.post("/service-requests/<request_id>/quotes/<quote_id>")
@requires(Permission.REQUEST_WRITE)
def decide(request_id: str, quote_id: str) -> ResponseReturnValue:
    requests.request_for(db(), actor(), request_id)
    step = QuoteStepForm().step()
    quote = services.act(db(), actor(), quote_id, step, request_id=request_id)
    accepted = gettext("You have accepted quote %(number)s.", number=quote.reference)
    declined = gettext("You have declined quote %(number)s.", number=quote.reference)
    flash(accepted if quote.state == "accepted" else declined, "success")
    return redirect(url_for("service_requests.show", request_id=request_id), 303)
