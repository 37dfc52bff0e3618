"""The questions after closing: behind the link of a mail, and on the page of one's request."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.service_requests import catalogue
from portal.service_requests import queries as requests
from portal.service_requests.satisfaction import queries, rules, services
from portal.service_requests.satisfaction.forms import AnswerForm
from portal.web.app import actor, db, portal
from portal.web.guards import public_form, requires
from portal.web.templating import page

blueprint = Blueprint("satisfaction", __name__)


@blueprint.route("/satisfaction/<token>", methods=["GET", "POST"])
@public_form
def by_link(token: str) -> ResponseReturnValue:
    """Opening the link records nothing: machines that look through mails open it, too."""
    request, row = services.linked(db(), portal().settings, token)
    form = AnswerForm()
    if form.validate_on_submit() and form.accept(lambda: _answer(token, form)):
        return redirect(url_for("satisfaction.by_link", token=token), 303)
    is_open = rules.link_is_good(row) and rules.may_be_asked(request)
    shown = page(
        "satisfaction/link.html",
        form=form,
        status=form.refused or None,
        item=request,
        service=catalogue.get(request.service),
        answered=rules.is_answered(row),
        is_open=is_open,
        change_days=rules.CHANGE_FOR.days,
    )
    return _unnoticed(make_response(shown))


def _answer(token: str, form: AnswerForm) -> Any:
    return services.answer_by_link(db(), portal().settings, token, form.to_input())


def _unnoticed(response: Response) -> Response:
    """The address is a key: it goes to nobody else and stays in no cache or index."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.route("/service-requests/<request_id>/satisfaction", methods=["GET", "POST"])
@requires(Permission.REQUEST_WRITE)
def own(request_id: str) -> ResponseReturnValue:
    """Answer, or change the answer, about one's own request."""
    request = requests.request_for(db(), actor(), request_id)
    if request.requester_id != actor().user_id:
        raise NotFound
    row, back = queries.own(db(), actor(), request), _back(request_id)
    if not rules.may_answer(request, row, actor()):
        flash(gettext("This request cannot be answered about now."), "info")
        return back
    form = AnswerForm(row)
    if form.validate_on_submit() and form.accept(
        lambda: services.answer(db(), actor(), request_id, form.to_input())
    ):
        flash(gettext("Thank you for your answer."), "success")
        return back
    service, days = catalogue.get(request.service), rules.CHANGE_FOR.days
    return page("satisfaction/own.html", form=form, item=request, service=service, change_days=days)


def _back(request_id: str) -> ResponseReturnValue:
    return redirect(url_for("service_requests.show", request_id=request_id), 303)
