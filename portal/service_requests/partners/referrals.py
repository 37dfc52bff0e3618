"""Verbs of referrals: ask partners, write to each other, take a step, mark an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.core import audit, clock, jobs
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import format_list, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.core.workflow import check_version
from portal.service_requests import entries
from portal.service_requests import queries as requests
from portal.service_requests import services as request_services
from portal.service_requests.models import (
    Partner,
    Referral,
    ReferralEntry,
    ServiceRequest,
)
from portal.service_requests.partners import hours, news, queries, rules, sharing
from portal.service_requests.partners.rules import WORKFLOW
from portal.service_requests.rules import STAFF
from portal.service_requests.services import Step


@dataclass(frozen=True)
class ReferralInput:
    """What staff ask partners: the brief is all they read besides what is ticked in `shared`."""

    partner_ids: Sequence[str]
    title: str
    words: Words
    shared: Sequence[str] = ()
    desired_date: date | None = None
    wait: bool = False
    version: int | None = None


def refer(session: Session, actor: Actor, request_id: str, data: ReferralInput) -> list[Referral]:
    """Ask one or several partners about a request; the request waits for them if so wished."""
    if not actor.may(Permission.DESK_WORK):
        raise NotFound
    request = requests.request_for(session, actor, request_id)
    if not rules.takes_referrals(request):
        raise Conflict(_l("This request has ended; open it again before you ask a partner."))
    partners = _chosen(session, request, data.partner_ids)
    _check_words(session, request, data.words, "brief", data.title)
    _check_shared(session, request, data)
    _check_files(session, request, data.words)
    asked = [_ask(session, actor, request, partner, data) for partner in partners]
    if data.wait and request.state != "waiting_partner":
        _wait(session, actor, request, asked, data.version)
    return asked


def _chosen(session: Session, request: ServiceRequest, ids: Sequence[str]) -> list[Partner]:
    open_ids = {r.partner_id for r in queries.of_request(session, request.id) if rules.is_open(r)}
    found = [row for row in queries.active(session) if row.id in ids]
    if not found or len(found) < len(set(ids)):
        raise Invalid(_l("Please choose at least one partner."), field="partners")
    for row in found:
        if row.id in open_ids:
            raise Invalid(
                gettext(
                    "%(partner)s is working on this request already.",
                    partner=row.organisation.name,
                ),
                field="partners",
            )
    return found


def _check_words(
    session: Session, request: ServiceRequest, words: Words, field: str, title: str = ""
) -> None:
    """Words for a partner; without consent they must not name who asks."""
    entries.check_words(words, field)
    if request.consent_partners:
        return
    names = queries.company_names(session, request)
    found = sharing.names_in(f"{title}\n{words.body}", [*names, *sharing.short_names(names)])
    if found:
        raise Invalid(
            gettext(
                "The requester has not agreed to share this request with partners. "
                "Please write without names; this one tells who asks: %(name)s.",
                name=found[0],
            ),
            field=field,
        )


def _check_shared(session: Session, request: ServiceRequest, data: ReferralInput) -> None:
    files = sharing.file_keys(queries.shareable_files(session, request.id))
    known = {fact.key for fact in sharing.shareable(request)} | {key for key, _name in files}
    if any(key not in known for key in data.shared):
        raise Invalid(_l("This part of the request cannot be shared."), field="shared")
    if data.shared and not request.consent_partners:
        raise Invalid(
            _l("The requester has not agreed to share this request with partners."),
            field="shared",
        )


def _check_files(session: Session, request: ServiceRequest, words: Words) -> None:
    """A confidential file does not reach a partner by being attached anew."""
    found = queries.confidential_among(session, request.id, words.attachments)
    if found:
        raise Invalid(
            gettext(
                "The requester has sent “%(name)s” as confidential; it stays with the base.",
                name=found[0].name,
            ),
            field="attachment",
        )


def _ask(
    session: Session, actor: Actor, request: ServiceRequest, partner: Partner, data: ReferralInput
) -> Referral:
    now = clock.now()
    referral = Referral(
        number=queries.next_number(session),
        request=request,
        partner=partner,
        author_id=actor.user_id,
        title=data.title,
        brief=data.words.body,
        locale=data.words.locale,
        shared=list(data.shared),
        desired_date=data.desired_date,
        due=hours.answer_due(hours.calendar(session, partner), now, data.desired_date),
        created_at=now,
        changed_at=now,
    )
    session.add(referral)
    session.flush()
    entry = write(session, actor, referral, data.words, event="asked", keep_words=False)
    audit.record(session, actor, "referral.create", referral, {"shared": referral.shared})
    note_on_request(session, actor, referral, "asked")
    news.tell_partner(session, referral, entry.id, "asked")
    return referral


def _wait(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    asked: Sequence[Referral],
    version: int | None,
) -> None:
    names = format_list(referral.partner.organisation.name for referral in asked)
    note = Words(gettext("Waiting for %(partners)s.", partners=names), actor.locale)
    request_services.move(session, actor, request.id, Step("ask_partner", version, note))


def write(
    session: Session,
    actor: Actor,
    referral: Referral,
    words: Words | None = None,
    *,
    event: str | None = None,
    internal: bool = False,
    keep_words: bool = True,
) -> ReferralEntry:
    """Add a line to the thread of a referral."""
    entry = ReferralEntry(
        referral_id=referral.id,
        internal=internal,
        event=event,
        body=words.body if words and keep_words else "",
        **entries.signed(actor, words, rules.PARTNER),
    )
    session.add(entry)
    session.flush()
    return entry


def note_on_request(session: Session, actor: Actor, referral: Referral, step: str) -> None:
    """A line in the request's timeline that only the staff see."""
    detail = {
        "partner": referral.partner.organisation.name,
        "number": referral.reference,
        "step": step,
    }
    author = actor if actor.is_staff else SYSTEM  # a partner is no party of the request
    entries.write(session, author, referral.request, event="referral", internal=True, detail=detail)


def say(
    session: Session, actor: Actor, referral_id: str, words: Words, *, internal: bool = False
) -> ReferralEntry:
    """Write to the other side, or among the people of one's own."""
    referral = _writable(session, actor, referral_id)
    field = "note" if internal else "reply"
    if actor.is_staff and not internal:
        _check_words(session, referral.request, words, field)
        _check_files(session, referral.request, words)
    else:
        entries.check_words(words, field)
    entry = write(session, actor, referral, words, internal=internal)
    audit.record(session, actor, "referral.write", referral, {"entry": entry.id})
    if internal:
        return entry
    referral.changed_at = entry.created_at
    tell = news.tell_partner if actor.is_staff else news.tell_staff
    tell(session, referral, entry.id, "message")
    return entry


def _writable(session: Session, actor: Actor, referral_id: str) -> Referral:
    referral = queries.referral_for(session, actor, referral_id, lock=True)
    if not rules.parties(referral, actor):
        raise Forbidden(_l("You may read referrals, but not write in them."))
    return referral


def act(session: Session, actor: Actor, referral_id: str, step: Step) -> Referral:
    """Take a step of the workflow; its words go to the other side."""
    referral = _writable(session, actor, referral_id)
    if WORKFLOW.find(step.name) is None:
        raise NotFound
    if actor.is_staff:
        _check_files(session, referral.request, step.words)
    if actor.is_staff and step.words.body.strip():
        _check_words(session, referral.request, step.words, "reply")
    _step(session, actor, referral, step)
    return referral


def _step(session: Session, actor: Actor, referral: Referral, step: Step) -> None:
    try:
        WORKFLOW.fire(
            session, referral, step.name, actor, note=step.words.body, version=step.version
        )
    except Invalid as error:
        raise Invalid(error.message, field="reply") from error
    _keep(session, actor, referral, step)
    entry = write(session, actor, referral, step.words, event=step.name)
    note_on_request(session, actor, referral, step.name)
    tell = news.tell_partner if actor.is_staff else news.tell_staff
    tell(session, referral, entry.id, step.name)
    _resume(session, referral)


def _keep(session: Session, actor: Actor, referral: Referral, step: Step) -> None:
    """Who takes care, what came of it, how long it took, and what is due next."""
    now = clock.now()
    counted = hours.calendar(session, referral.partner)
    if not actor.is_staff:
        hours.keep_figures(referral, counted, now)
        referral.assignee_id = referral.assignee_id or actor.user_id
    elif step.name == "miss":
        referral.in_time = False
    if step.name == "accept" and referral.request.plan_at is None:
        request_services.mark_plan(session, SYSTEM, referral.request, "partner")
    if step.name == "finish":
        referral.result = step.words.body
        referral.finish_minutes = hours.minutes(counted, referral.created_at, now)
    is_open = rules.is_open(referral)
    referral.finished_at = None if is_open else now
    referral.due = hours.result_due(counted, now, referral.desired_date) if is_open else None
    referral.reminded = 0


def _resume(session: Session, referral: Referral) -> None:
    """With the last word of the last partner the work on the request goes on."""
    request = referral.request
    session.flush()
    if request.state == "waiting_partner" and not queries.still_open(session, request.id):
        step = Step("resume", None, Words("", SYSTEM.locale))
        request_services.move(session, SYSTEM, request.id, step)


def give_to(
    session: Session, actor: Actor, referral_id: str, person_id: str, version: int | None = None
) -> Referral:
    """Put somebody of the partner in charge."""
    referral = queries.referral_for(session, actor, referral_id, lock=True)
    if rules.PARTNER not in rules.parties(referral, actor):
        raise NotFound
    colleagues = accounts.users_of(session, referral.partner_id)
    person = next((user for user in colleagues if user.id == person_id), None)
    if person is None:
        raise Invalid(_l("Please choose a colleague."), field="assignee")
    if not rules.is_open(referral):
        raise Conflict(_l("This referral is no longer open."))
    check_version(referral, version)
    referral.assignee_id = person.id
    referral.version += 1
    referral.changed_at = clock.now()
    entry = write(session, actor, referral, Words(person.name, actor.locale), event="assigned",
                  internal=True)  # fmt: skip
    audit.record(session, actor, "referral.assign", referral, {"to": person.id})
    if person.id != actor.user_id:
        news.tell_colleague(session, referral, entry, person, actor.name)
    return referral


def mark(session: Session, actor: Actor, referral_id: str, value: Any) -> Referral:
    """Say how good the answer was, from 1 to 5; staff only, the partner does not see it."""
    referral = queries.referral_for(session, actor, referral_id)
    if STAFF not in rules.parties(referral, actor):
        raise NotFound
    if referral.answered_at is None or rules.is_open(referral):
        raise Conflict(_l("There is no answer to mark yet."))
    if value not in rules.MARKS:
        raise Invalid(_l("Please choose a mark from 1 to 5."), field="mark")
    referral.mark = value
    audit.record(session, actor, "referral.mark", referral, {"mark": value})
    return referral


def withdraw_left_behind(session: Session) -> int:
    """Take back what partners were asked about requests that have ended; returns how many."""
    found = queries.left_behind(session, rules.ENDED)
    step = Step("withdraw", None, Words("", SYSTEM.locale))
    return jobs.each(session, found, lambda referral: _step(session, SYSTEM, referral, step))


def remind(session: Session) -> int:
    """Remind partners before their word is due and once after it; returns how many mails."""
    now = clock.now()
    due: dict[Referral, int] = {}
    for referral in queries.awaiting(session, now + hours.LOOK_AHEAD):
        counted = hours.calendar(session, referral.partner)
        wanted = hours.reminder(counted, referral.due, now)
        if wanted > referral.reminded:
            due[referral] = wanted
    return jobs.each(session, due, lambda referral: _remind(session, referral, due[referral]))


def _remind(session: Session, referral: Referral, wanted: int) -> None:
    referral.reminded = wanted
    key = f"{referral.id}:{referral.version}:{wanted}"
    news.tell_partner(session, referral, key, "due" if wanted == 1 else "late")
    if wanted == 2:
        news.tell_staff(session, referral, key, "late")
