"""Clocks of requests in words and colours for the desk."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.clock_views import ClockView

# By tone of a clock: tone of the page, icon.
FACES = {
    "ok": ("success", "clock"),
    "warning": ("warning", "hourglass-high"),
    "breached": ("danger", "alert-triangle"),
    "paused": ("neutral", "player-pause"),
}
_WORDS = {
    "ok": _l("On track"),
    "warning": _l("Due soon"),
    "breached": _l("Overdue"),
    "paused": _l("Clock stands still"),
}
_ENDED = {
    "met": {False: _l("Kept"), True: _l("Given too late")},
    "stopped": {False: _l("Ended"), True: _l("Ended overdue")},
}


def word(view: ClockView) -> Any:
    """How the clock stands, so that its colour is not needed."""
    return _ENDED[view.state][view.breached] if view.state in _ENDED else _WORDS[view.tone]


def worked(time: timedelta) -> str:
    """Working time in words, such as 3 h 20 min."""
    hours, minutes = divmod(int(abs(time).total_seconds()) // 60, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=minutes)
    if not minutes:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)


def most_urgent(views: Sequence[ClockView]) -> ClockView | None:
    """The clock that a list shows: the one due next, else one that stands still."""
    due = [view for view in views if view.due]
    if due:
        return min(due, key=lambda view: view.due)  # type: ignore[arg-type, return-value]
    return next((view for view in views if view.state == "paused"), None)
