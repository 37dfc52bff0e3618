"""What the partner's area and the desk show alike: one referral, and working hours."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.service_requests import catalogue
from portal.service_requests.forms import WorkForm
from portal.service_requests.models import Partner, Referral
from portal.service_requests.partners import (
    hours,
    presentation,
    queries,
    referrals,
    rules,
    services,
    sharing,
)
from portal.service_requests.partners.forms import HoursForm
from portal.service_requests.quotes import queries as quotes
from portal.service_requests.quotes import rules as quote_rules
from portal.web.app import actor, db
from portal.web.templating import page


def referral(found: Referral) -> dict[str, Any]:
    """What the page shows to the partner and to the staff alike."""
    return {
        "item": found,
        "service": catalogue.get(found.request.service),
        "facts_shared": sharing.shown(found),
        "files_shared": queries.shared_files(db(), found),
        "entries": queries.entries(db(), actor(), found),
        "quotes": quotes.of_referral(db(), actor(), found.id),
        "quote_workflow": quote_rules.WORKFLOW,
        "workflow": rules.WORKFLOW,
        "steps": rules.WORKFLOW.available(found, actor()),
        "is_open": rules.is_open(found),
        "events": presentation.EVENTS,
        "zone": found.partner.calendar.zone,
    }


def act(referral_id: str, form: WorkForm) -> object:
    """A message, an internal note, or a step with its words; the button says which."""
    stored = form.attachment.store()
    name = form.do.data or "reply"
    if name in ("reply", "note"):
        words = form.words(name, stored)
        return referrals.say(db(), actor(), referral_id, words, internal=name == "note")
    return referrals.act(db(), actor(), referral_id, form.step("reply", stored))


def working_hours(partner: Partner, back: str, saved: str) -> ResponseReturnValue:
    """The form of a partner's hours; once they are saved it leads back and says so."""
    form = (
        HoursForm()
        if request.method == "POST"
        else HoursForm.of(partner, hours.own_days(db(), partner.calendar))
    )
    shown = {"form": form, "partner": partner, "back": back}
    if form.rows_changed():
        return page("partners/hours.html", status=200, **shown)
    if form.validate_on_submit() and form.accept(
        lambda: services.set_hours(db(), actor(), partner.id, form.to_input(), form.seen_version())
    ):
        flash(saved, "success")
        return redirect(back, 303)
    return page("partners/hours.html", status=form.refused or None, **shown)
