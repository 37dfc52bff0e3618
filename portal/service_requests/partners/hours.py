"""A partner's working time: its own calendar, and until when it owes a word."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.service_requests import calendars
from portal.service_requests.models import CalendarDay, Partner, Referral, WorkCalendar
from portal.service_requests.working_time import Calendar, NeverOpenError

# Working time a partner has for its first word, and for the result when no date was wished.
ANSWER = timedelta(hours=16)
RESULT = timedelta(hours=80)
# How much working time before it is due a partner is reminded.
WARNING = timedelta(hours=4)
# Reminders of what is due until then are worked out: longer than any holiday.
LOOK_AHEAD = timedelta(days=15)
# How far before the wished date an open day is looked for.
MAX_CLOSED = 60

SHOWN_DAYS = 12
DEFAULT_WEEK = [[["09:00", "17:00"]]] * 5 + [[], []]


def calendar(session: Session, partner: Partner) -> Calendar:
    """The partner's calendar as working time is counted in it."""
    return calendars.load(session, partner.calendar_id)


def own_days(session: Session, row: WorkCalendar) -> list[CalendarDay]:
    """Days that somebody entered by hand, in their order."""
    query = select(CalendarDay).where(
        CalendarDay.calendar_id == row.id, CalendarDay.source == calendars.STAFF
    )
    return list(session.scalars(query.order_by(CalendarDay.day)))


def ahead(session: Session, row: WorkCalendar, locale: str) -> list[calendars.DayView]:
    """The next days that differ from their weekday, until the end of next year."""
    today = calendars.today(row)
    found = {
        **calendars.days_of(session, row, today.year, locale),
        **calendars.days_of(session, row, today.year + 1, locale),
    }
    return [view for day, view in sorted(found.items()) if day >= today][:SHOWN_DAYS]


def answer_due(counted: Calendar, asked: datetime, wished: date | None) -> datetime | None:
    """Until when the first word is due: two working days, but not after the wished date."""
    return _earlier(_after(counted, asked, ANSWER), _closing(counted, wished, asked))


def result_due(counted: Calendar, accepted: datetime, wished: date | None) -> datetime | None:
    """Until when the result is due: at the end of work on the wished date."""
    return _closing(counted, wished, accepted) or _after(counted, accepted, RESULT)


def warn_from(counted: Calendar, due: datetime) -> datetime:
    """From when on a reminder is in order: the last working time before the word is due."""
    day, left = due.astimezone(counted.zone).date(), WARNING
    for _ in range(MAX_CLOSED):
        for start, end in reversed(counted.openings(day)):
            until = min(end, due)
            if start < until and until - start >= left:
                return until - left
            left -= max(until - start, timedelta())
        day -= timedelta(days=1)
    return due


def reminder(counted: Calendar, due: datetime | None, now: datetime) -> int:
    """Which reminder is in order: 0 none yet, 1 before the time, 2 after it."""
    if due is None:
        return 0
    return 2 if now >= due else int(now >= warn_from(counted, due))


def minutes(counted: Calendar, start: datetime, end: datetime) -> int:
    """Working minutes between two moments."""
    return round(counted.between(start, end) / timedelta(minutes=1))


def keep_figures(referral: Referral, counted: Calendar, now: datetime) -> None:
    """Note how long the partner took for the word it says now, and whether it came in time."""
    late = referral.due is not None and now > referral.due
    referral.in_time = not late if referral.in_time is None else referral.in_time and not late
    if referral.answered_at is None:
        referral.answered_at = now
        referral.answer_minutes = minutes(counted, referral.created_at, now)


def _after(counted: Calendar, start: datetime, budget: timedelta) -> datetime | None:
    try:
        return counted.after(start, budget)
    except NeverOpenError:
        return None


def _closing(counted: Calendar, wished: date | None, start: datetime) -> datetime | None:
    """The end of work on the last open day up to a date; None when there is none after `start`."""
    day = wished
    for _ in range(MAX_CLOSED if day else 0):
        openings = counted.openings(day) if day else ()
        if openings:
            return openings[-1][1] if openings[-1][1] > start else None
        day = day - timedelta(days=1) if day else None
    return None


def _earlier(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
