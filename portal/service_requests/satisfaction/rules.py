"""Who is asked what after closing, for how long, and who sees the answer."""

from datetime import timedelta

from portal.accounts.models import User
from portal.core import clock
from portal.core.access import Actor
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.models import Satisfaction, ServiceRequest

SOLVED = {
    5: _l("Yes, completely"),
    4: _l("Yes, mostly"),
    3: _l("Partly"),
    2: _l("Hardly"),
    1: _l("No, not at all"),
}
SERVICE = {
    5: _l("Very good"),
    4: _l("Good"),
    3: _l("Acceptable"),
    2: _l("Poor"),
    1: _l("Very poor"),
}
TONES = {5: "success", 4: "success", 3: "neutral", 2: "danger", 1: "danger"}
# A mark of this or less asks for a follow-up.
LOW = 2
# Fewer answers than this say more about single people than about the work.
LEAST_SHOWN = 5
# Steps that close what was solved; a merged, cancelled or rejected request is not asked about.
CLOSING = frozenset({"confirm", "close"})
# A request closed by mistake can be put back for ten minutes; nobody is asked before that.
ASK_AFTER = timedelta(minutes=15)
LINK_FOR = timedelta(days=30)
ANSWER_FOR = timedelta(days=60)
CHANGE_FOR = timedelta(days=14)
DEFAULT_APART = 7
MOST_APART = 365


def may_be_asked(request: ServiceRequest) -> bool:
    """Closed as solved, and wanted by somebody who is not of the base themselves. The request
    comes with its requester and their membership."""
    person = request.requester
    return is_solved(request) and person is not None and belongs(person, request)


def is_solved(request: ServiceRequest) -> bool:
    """Closed after a solution, and not because it goes on elsewhere."""
    return request.state == "closed" and request.merged_into_id is None


def belongs(person: User, request: ServiceRequest) -> bool:
    """Whether a person is still an active member of the company that asked, and not of the base."""
    member = person.membership
    here = member is not None and member.organisation_id == request.company_id
    return here and person.staff_role is None and person.disabled_at is None


def is_answered(row: Satisfaction | None) -> bool:
    return row is not None and row.answered_at is not None


def may_answer(request: ServiceRequest, row: Satisfaction | None, actor: Actor) -> bool:
    """The one who asked for the service, for a while after closing; then what was answered may be
    changed for some days."""
    mine = actor.user_id is not None and request.requester_id == actor.user_id
    if not mine or not actor.owns(request.company_id) or not is_solved(request):
        return False
    if row is not None and row.answered_at is not None:
        return clock.now() <= row.answered_at + CHANGE_FOR
    return request.closed_at is not None and clock.now() <= request.closed_at + ANSWER_FOR


def link_is_good(row: Satisfaction) -> bool:
    """The link of the mail serves one answer."""
    if row.asked_at is None or row.answered_at is not None:
        return False
    return clock.now() <= row.asked_at + LINK_FOR


def is_low(row: Satisfaction | None) -> bool:
    """Whether one of the two marks is so low that somebody should look into it."""
    marks = (row.solved, row.service) if row is not None else ()
    return any(mark is not None and mark <= LOW for mark in marks)


def needs_follow_up(row: Satisfaction | None) -> bool:
    return row is not None and is_low(row) and row.followed_up_at is None
