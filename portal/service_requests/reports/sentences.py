"""What the report of a month says in whole sentences."""

from collections.abc import Iterator

from portal.core.i18n import gettext, ngettext
from portal.service_requests.reports import wording
from portal.service_requests.reports.reading import Report


def of_month(name: str, now: Report, before: Report) -> list[str]:
    """The month in words, compared with the one before."""
    return [*_volume(name, now, before), *_promises(now), *_waiting(now), *_opinion(now)]


def _number(report: Report, key: str) -> int:
    return int(report.figure(key).value or 0)


def _said(report: Report, key: str) -> str:
    kind = next(column.kind for column in report.summary.columns if column.key == key)
    return wording.shown(report.figure(key).value, kind)


def _volume(name: str, now: Report, before: Report) -> Iterator[str]:
    came, then = _number(now, "came"), _number(before, "came")
    yield ngettext(
        "In %(month)s %(num)s request arrived.",
        "In %(month)s %(num)s requests arrived.",
        came,
        month=name,
    )
    if then:
        yield _compared(came / then - 1)
    yield ngettext("%(num)s request ended.", "%(num)s requests ended.", _number(now, "left"))
    yield ngettext(
        "%(num)s request was open at the end of the month.",
        "%(num)s requests were open at the end of the month.",
        _number(now, "open"),
    )
    lines = [line for line in now.split("service").lines if line.cells[0].value]
    if lines:
        yield gettext("Most were about this service: %(service)s.", service=lines[0].name)


def _compared(change: float) -> str:
    share = wording.percent(abs(change))
    if abs(change) < 0.005:
        return gettext("That is as many as in the month before.")
    if change > 0:
        return gettext("That is %(share)s more than in the month before.", share=share)
    return gettext("That is %(share)s fewer than in the month before.", share=share)


def _promises(now: Report) -> Iterator[str]:
    if now.figure("reply_median").value is not None:
        yield gettext(
            "Half of the first replies came within %(median)s of working time, nine of ten within "
            "%(most)s.",
            median=_said(now, "reply_median"),
            most=_said(now, "reply_p90"),
        )
    if now.figure("reply_kept").value is not None:
        share = _said(now, "reply_kept")
        yield gettext("%(share)s of the first replies were in time.", share=share)
    if now.figure("plan_kept").value is not None:
        yield gettext(
            "Half of the proposals or named partners came within %(median)s; %(share)s were in "
            "time.",
            median=_said(now, "plan_median"),
            share=_said(now, "plan_kept"),
        )
    missed = _number(now, "breached")
    yield (
        ngettext(
            "A promise was missed on %(num)s request.",
            "A promise was missed on %(num)s requests.",
            missed,
        )
        if missed
        else gettext("No promise was missed.")
    )


def _waiting(now: Report) -> Iterator[str]:
    if now.figure("base").value is not None:
        yield gettext(
            "On average a request that arrived in the month has so far waited %(base)s for the "
            "base, %(customer)s for the customer and %(partner)s for partners, in working time.",
            base=_said(now, "base"),
            customer=_said(now, "customer"),
            partner=_said(now, "partner"),
        )


def _opinion(now: Report) -> Iterator[str]:
    count = now.figure("solved").n or 0
    if not count:
        yield gettext("Nobody has marked a request that arrived in this month yet.")
        return
    yield ngettext(
        "%(num)s customer marked how well the matter was solved: %(solved)s of 5.",
        "%(num)s customers marked how well their matters were solved: %(solved)s of 5 on average.",
        count,
        solved=_said(now, "solved"),
    )
