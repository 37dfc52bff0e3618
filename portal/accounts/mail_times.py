"""When a person's mails leave: at once by day, once a day together, or not at all."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import MailPreference, Membership, User
from portal.core import clock, jobs, mail
from portal.core.i18n import zones
from portal.core.mail import Plan, Recipient, Thread

MODES = ("immediate", "digest", "inbox")
NIGHT_BEGINS, NIGHT_ENDS = 22, 7
# News of one conversation that follow each other this closely become one mail.
STORM = timedelta(minutes=10)
# What people have asked for themselves and wait for.
AT_ONCE = ("accounts/", "mail_in/")


def after_night(moment: datetime, zone: str) -> datetime:
    """The moment itself, or the next morning where it is night in the zone."""
    local = moment.astimezone(_zone(zone))
    if NIGHT_ENDS <= local.hour < NIGHT_BEGINS:
        return moment
    return next_hour(moment, NIGHT_ENDS, zone)


def next_hour(moment: datetime, hour: int, zone: str) -> datetime:
    """When the clock in the zone next strikes this hour."""
    place = _zone(zone)
    day = moment.astimezone(place).date()
    today = datetime.combine(day, time(hour), place)
    if today.astimezone(moment.tzinfo) > moment:
        return today.astimezone(moment.tzinfo)
    tomorrow = datetime.combine(day + timedelta(days=1), time(hour), place)
    return tomorrow.astimezone(moment.tzinfo)


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name if name in zones() else "UTC")


class Wishes(mail.Planner):
    """Asks what the reader of a mail wishes; strangers have no wishes."""

    def plan(
        self, session: Session, to: Recipient, template: str, thread: Thread | None
    ) -> Plan | None:
        """When this mail leaves; None for readers who only want the inbox."""
        row = None if template.startswith(AT_ONCE) else _wish(session, to.email)
        if row is None:
            return Plan(clock.now())
        user_id, wish = row
        if wish.mode == "inbox":
            return None
        urgent = thread is not None and thread.urgent
        if wish.mode == "digest" and not urgent:
            hour = next_hour(clock.now(), wish.digest_hour, to.timezone)
            return Plan(hour, f"digest:{user_id}", digest=True)
        bundle = f"thread:{thread.root}" if thread else None
        run_at = clock.now() if urgent else _apart(session, bundle)
        return Plan(run_at if urgent or wish.night else after_night(run_at, to.timezone), bundle)

    def still_wanted(self, session: Session, email: str, company: str) -> bool:
        """Whether the reader is still active, and at the base or in the company."""
        query = (
            select(User.disabled_at, User.staff_role, Membership.organisation_id)
            .outerjoin(Membership, Membership.user_id == User.id)
            .where(User.email == email)
        )
        row = session.execute(query).first()
        if row is None:
            return not company
        disabled_at, staff_role, organisation_id = row
        belongs = not company or bool(staff_role) or organisation_id == company
        return disabled_at is None and belongs


def _wish(session: Session, email: str) -> tuple[str, MailPreference] | None:
    query = (
        select(User.id, MailPreference)
        .outerjoin(MailPreference, MailPreference.user_id == User.id)
        .where(User.email == email)
    )
    row = session.execute(query).first()
    return (row[0], row[1] or unchosen(row[0])) if row else None


def unchosen(user_id: str) -> MailPreference:
    """What holds for a person who has not chosen yet."""
    return MailPreference(user_id=user_id, mode="immediate", night=False, digest_hour=8)


def _apart(session: Session, bundle: str | None) -> datetime:
    """Now, or ten minutes after the last mail of the same conversation."""
    last = jobs.last_done(session, "mail.send", bundle) if bundle else None
    return max(clock.now(), last + STORM) if last else clock.now()


mail.plan_with(Wishes())
