"""Figures, hours and steps of partners in words."""

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Any

from babel import dates, numbers

from portal.core import i18n
from portal.core.i18n import gettext, ngettext
from portal.core.i18n import lazy_gettext as _l

MINUTES_SHOWN = 120
FITS = {
    "service": _l("Offers this service"),
    "country": _l("Works in the market"),
    "language": _l("Speaks the language"),
}
# What happened on a referral, in the thread of both sides and in the request's timeline.
EVENTS: dict[str, Any] = {
    "asked": _l("Asked"),
    "accept": _l("Accepted"),
    "finish": _l("Result sent"),
    "give_up": _l("No help possible"),
    "decline": _l("Declined"),
    "miss": _l("Not reached"),
    "withdraw": _l("Withdrawn"),
    "assigned": _l("In charge now"),
}


def duration(minutes: int | None) -> str:
    """Working time: minutes while it is short, hours with one place after that."""
    if minutes is None:
        return ""
    if minutes < MINUTES_SHOWN:
        return gettext("%(count)s min", count=i18n.format_number(minutes))
    hours = round(Decimal(minutes) / 60, 1)
    return gettext("%(count)s h", count=i18n.format_number(hours))


def percent(share: Decimal | None) -> str:
    if share is None:
        return ""
    return numbers.format_percent(share, locale=i18n.current().babel)


def weekdays() -> list[str]:
    """Names of Monday to Sunday."""
    names = dates.get_day_names("wide", "stand-alone", i18n.current().babel)
    return [names[day] for day in range(7)]


def hours(pairs: Sequence[Sequence[str]]) -> str:
    """Opening hours of a day as the reader writes them."""
    if not pairs:
        return gettext("Closed")
    return gettext(", ").join(f"{_clock(start)}–{_clock(end, last=True)}" for start, end in pairs)


def _clock(text: str, *, last: bool = False) -> str:
    """24:00 is how people write midnight at the end of a day."""
    if last and text == "00:00":
        return "24:00"
    return dates.format_time(time.fromisoformat(text), "short", locale=i18n.current().babel)


def referrals_count(number: int) -> str:
    return ngettext("%(num)s referral", "%(num)s referrals", number)
