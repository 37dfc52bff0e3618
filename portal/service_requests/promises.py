"""Promises of the base in words: until when, in the requester's zone and in the base's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import dates

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.models import ServiceRequest

# By clock: with the requester's zone, and where it is the base's own.
_YOURS = {
    "first_reply": _l("We reply by %(moment)s your time (%(zone)s)."),
    "plan": _l("You have a proposal or a named partner by %(moment)s your time (%(zone)s)."),
    "again": _l("We answer by %(moment)s your time (%(zone)s)."),
}
_BASE = {
    "first_reply": _l("We reply by %(moment)s (%(zone)s)."),
    "plan": _l("You have a proposal or a named partner by %(moment)s (%(zone)s)."),
    "again": _l("We answer by %(moment)s (%(zone)s)."),
}


def moment(due: datetime, zone: str) -> str:
    """`Tue, Nov 24, 14:00`: weekday, date and time in a zone, in the reader's language."""
    cldr, tz = i18n.current().babel, ZoneInfo(zone)
    local = due.astimezone(tz)
    return gettext(
        "%(day)s, %(time)s",
        day=dates.format_skeleton("MMMEd", local, locale=cldr),
        time=dates.format_time(local, "short", tzinfo=tz, locale=cldr),
    )


def zone_label(zone: str) -> str:
    """The zone as people know it: its place."""
    return zone.replace("_", " ")


def sentence(clock_name: str, due: datetime, zone: str) -> str:
    """The promise of a clock, for a requester in this zone, in the reader's language."""
    words = _BASE if zone == i18n.BASE_ZONE else _YOURS
    return str(words[clock_name]) % {"moment": moment(due, zone), "zone": zone_label(zone)}


def sentences(request: ServiceRequest, zone: str) -> list[str]:
    """What the base promises on this request at present, in the reader's language; nothing while
    the clocks stand still."""
    dues = {"first_reply": request.first_reply_due, "plan": request.plan_due}
    if request.reopened_at is not None:
        dues["again"] = request.next_due
    return [sentence(name, due, zone) for name, due in dues.items() if due is not None]
