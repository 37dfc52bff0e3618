"""What pages show of programmes, bookings and samples, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext, ngettext
from portal.core.i18n import lazy_gettext as _l
from portal.listings.texts import shown
from portal.test_centre import programmes, rules, services
from portal.test_centre.models import Booking, BookingEvent, Run, Sample
from portal.test_centre.programmes import GRADES, Item, Programme

_HAPPENED = {
    "request": _l("Test requested"),
    "offer": _l("The base offers weeks, a price band and a plan"),
    "confirm": _l("Weeks confirmed"),
    "ask_again": _l("Other weeks asked for"),
    "call_samples": _l("The base is ready for the samples"),
    "announced": _l("Samples %(sample)s announced: %(quantity)s pieces"),
    "received": _l("Samples %(sample)s received: %(quantity)s pieces"),
    "sample": _l("Samples %(sample)s: %(where)s, %(quantity)s pieces"),
    "start": _l("Tests begun"),
    "results": _l("Results entered"),
    "moved": _l("Moved to the week of %(day)s"),
    "move_undone": _l("Back to the week of %(day)s"),
    "report": _l("Report written, a second person reads it"),
    "send_back": _l("Back to the tests"),
    "complete": _l("Passed, report released"),
    "fail": _l("Not passed, report released"),
    "cancel": _l("Cancelled by the supplier"),
    "withdraw": _l("Cancelled by the base"),
}
_TONES = {
    "complete": "success",
    "fail": "danger",
    "cancel": "danger",
    "withdraw": "danger",
    "offer": "warning",
    "call_samples": "warning",
}
# What a supplier passes on the way, and the states that mean it is reached.
STAGES = (
    (_l("Requested"), ("requested",)),
    (_l("Weeks offered"), ("offered",)),
    (_l("Confirmed"), ("confirmed",)),
    (_l("Samples"), ("samples_awaited",)),
    (_l("Tests"), ("in_test",)),
    (_l("Report"), ("report_review",)),
    (_l("Result"), ("completed", "failed")),
)


@dataclass(frozen=True)
class Happening:
    """One line of a timeline."""

    at: Any
    title: str
    who: str
    tone: str = "neutral"
    text: str = ""
    internal: bool = False


def happenings(rows: Iterable[BookingEvent]) -> list[Happening]:
    """What happened, newest first."""
    return [
        Happening(
            row.created_at,
            _sentence(row),
            row.author.name if row.author else "",
            _TONES.get(row.kind, "neutral"),
            row.note,
        )
        for row in reversed(list(rows))
    ]


def _sentence(row: BookingEvent) -> str:
    detail: Mapping[str, Any] = row.detail
    values = {
        "sample": detail.get("sample", ""),
        "quantity": i18n.format_number(detail.get("quantity", 0)),
        "where": str(rules.PLACES.get(detail.get("place", ""), "")),
        "day": i18n.format_date(date.fromisoformat(detail["week"])) if detail.get("week") else "",
    }
    return str(_HAPPENED.get(row.kind, row.kind)) % values


def stages(booking: Booking) -> list[dict[str, Any]]:
    """The way of a booking for the step list; a cancelled one has none."""
    if booking.state == "cancelled":
        return []
    now = next(n for n, (_label, names) in enumerate(STAGES) if booking.state in names)
    over = booking.state in ("completed", "failed")
    return [
        {
            "label": str(label),
            "state": "done" if n < now or over else "current" if n == now else "",
        }
        for n, (label, _names) in enumerate(STAGES)
    ]


def weeks_of(booking: Booking) -> str:
    """From when to when, in one line."""
    last = services.last_day(booking)
    if booking.first_week is None or last is None:
        return ""
    return gettext(
        "%(first)s to %(last)s",
        first=i18n.format_date(booking.first_week),
        last=i18n.format_date(last),
    )


def duration(programme: Programme) -> str:
    first, last = programme.weeks
    return gettext("%(first)s to %(last)s weeks", first=first, last=last)


def grade_label(grade: str) -> str:
    if grade not in GRADES:
        return ""
    low, high = GRADES[grade]
    return gettext(
        "Grade %(grade)s (%(low)s to %(high)s °C)",
        grade=grade,
        low=str(low).replace("-", "−"),
        high=high,
    )


def conditions(item: Item | Run) -> str:
    """Stress and length of a test in one line."""
    parts = [item.stress]
    if item.hours:
        parts.append(gettext("%(num)s h", num=i18n.format_number(item.hours)))
    if item.cycles:
        parts.append(ngettext("%(num)s cycle", "%(num)s cycles", item.cycles))
    return gettext(", ").join(part for part in parts if part)


def pieces(item: Item | Run) -> str:
    """Sample size and lots as test engineers write them: 77 × 3."""
    if not item.size:
        return ""
    return f"{item.size} × {item.lots}" if item.lots else str(item.size)


def capability_title(booking: Booking) -> tuple[str, str]:
    """Title and language of the capability."""
    return title_of(booking.capability)


def title_of(capability: Any) -> tuple[str, str]:
    text = shown(capability.texts)
    return (text.text.title, text.lang) if text else (gettext("Capability"), i18n.current().tag)


def name_of_test(run: Run) -> str:
    known = programmes.tests().get(run.test)
    return known.name if known else run.test


def code_of_test(run: Run) -> str:
    known = programmes.tests().get(run.test)
    return known.code if known else run.test


def where(sample: Sample) -> str:
    """Where samples are, in words."""
    label = str(rules.PLACES[sample.state])
    if not sample.place:
        return label
    return gettext("%(state)s: %(place)s", state=label, place=sample.place)


def words() -> dict[str, Any]:
    """What every template of the centre uses."""
    return {
        "workflow": rules.WORKFLOW,
        "duration": duration,
        "conditions": conditions,
        "pieces": pieces,
        "grade_label": grade_label,
        "test_name": name_of_test,
        "test_code": code_of_test,
        "weeks_of": weeks_of,
        "where": where,
        "capability_title": capability_title,
        "chips": programmes.CHIPS,
        "kinds": programmes.KINDS,
        "places": rules.PLACES,
        "sample_tones": rules.SAMPLE_TONES,
        "verdicts": rules.VERDICTS,
        "custody_conditions": rules.CONDITIONS,
    }
