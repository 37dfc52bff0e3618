"""The page of one referral as both sides share it, and what is written there."""

from typing import Any

from portal.service_requests import catalogue
from portal.service_requests.forms import WorkForm
from portal.service_requests.models import Referral
from portal.service_requests.partners import presentation, queries, referrals, rules, sharing
from portal.service_requests.quotes import queries as quotes
from portal.service_requests.quotes import rules as quote_rules
from portal.web.app import actor, db


def shown(found: Referral) -> dict[str, Any]:
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
