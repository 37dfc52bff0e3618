"""The report of a month: asked for by supervisors or made by the portal, kept as PDF."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.core import audit, clock, jobs, mail
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import by_tag
from portal.core.models import StoredFile
from portal.service_requests.models import MonthlyReport
from portal.service_requests.reports import paper, periods, rows

JOB = "report.month"
STATES = {
    "waiting": (_l("Waiting to be made"), "neutral"),
    "running": (_l("Being made"), "accent"),
    "done": (_l("Ready"), "success"),
    "failed": (_l("Could not be made"), "danger"),
}
UNFINISHED = ("waiting", "running")
# What the portal makes by itself, month by month.
LOCALES = ("zh-Hans", "en")
STEPS = 4
TOLD = ("supervisor", "administrator")
PATH = "/desk/reports/monthly"
notices.declare("report.monthly", _l("The report of %(month)s is ready"), "file-text")


def listing(session: Session, limit: int = 100) -> list[MonthlyReport]:
    """The latest months first."""
    order = (MonthlyReport.month.desc(), MonthlyReport.asked_at.desc(), MonthlyReport.id)
    query = select(MonthlyReport).options(joinedload(MonthlyReport.asked_by)).order_by(*order)
    return list(session.scalars(query.limit(limit)))


def months(session: Session) -> list[str]:
    """Months that can be reported on, the latest first: from the first request to this one."""
    oldest, now = rows.oldest(session), periods.first_of(periods.today())
    at = periods.first_of(oldest) if oldest else now
    found = []
    while at <= now:
        found.append(f"{at:%Y-%m}")
        at = periods.next_month(at)
    return found[::-1]


def ask(session: Session, actor: Actor, month: str, locale: str) -> MonthlyReport:
    """Let the worker make a report; one that is being made already is not begun again."""
    if not actor.may(Permission.REPORT_MAKE):
        raise Forbidden(_l("Only supervisors of the base make monthly reports."))
    if month not in months(session):
        raise Invalid(_l("Please choose a month of the list."), field="month")
    if not paper.available():
        raise Invalid(_l("PDF files cannot be made on this machine."), field="month")
    return _ask(session, actor, month, by_tag(locale).tag)


def _ask(session: Session, actor: Actor, month: str, locale: str) -> MonthlyReport:
    going_on = select(MonthlyReport).where(
        MonthlyReport.month == month,
        MonthlyReport.locale == locale,
        MonthlyReport.state.in_(UNFINISHED),
    )
    row = session.scalars(going_on).first()
    if row is None:
        row = MonthlyReport(month=month, locale=locale, asked_by_id=actor.user_id, total=STEPS)
        session.add(row)
        session.flush()
        audit.record(session, actor, "report.ask", row, {"month": month, "locale": locale})
        jobs.enqueue(session, JOB, {"id": row.id}, dedupe=row.id)
    return row


def ask_for_last_month(session: Session) -> int:
    """The reports of the month that is over, once; returns how many were asked for."""
    month = f"{periods.months_before(periods.today(), 1):%Y-%m}"
    if month not in months(session) or not paper.available():
        return 0
    made = select(MonthlyReport.locale).where(
        MonthlyReport.month == month, MonthlyReport.asked_by_id.is_(None)
    )
    missing = set(LOCALES) - set(session.scalars(made))
    for locale in sorted(missing):
        _ask(session, SYSTEM, month, locale)
    return len(missing)


def file_of(session: Session, report_id: str) -> StoredFile:
    """The file of a finished report. Raises NotFound."""
    own = select(MonthlyReport.file_id).where(MonthlyReport.id == report_id)
    file = session.scalars(select(StoredFile).where(StoredFile.id.in_(own))).first()
    if file is None:
        raise NotFound
    return file


def finish(session: Session, row: MonthlyReport, file_id: str) -> None:
    """Keep the file; tell those who run the desk when the portal made it by itself."""
    row.state, row.done, row.finished_at, row.file_id = "done", row.total, clock.now(), file_id
    _ended(session, row)


def fail(session: Session, row: MonthlyReport) -> None:
    """Note that it could not be made; those of other languages are told of all the same."""
    row.state, row.finished_at = "failed", clock.now()
    _ended(session, row)


def _ended(session: Session, row: MonthlyReport) -> None:
    """With the last one that the portal makes of a month, people hear of those there are."""
    session.flush()
    query = select(MonthlyReport.state).where(
        MonthlyReport.month == row.month, MonthlyReport.asked_by_id.is_(None)
    )
    states = set(session.scalars(query)) if row.asked_by_id is None else set()
    if "done" in states and states.isdisjoint(UNFINISHED):
        _tell(session, row.month)


def _tell(session: Session, month: str) -> None:
    people = [user for user in accounts.staff(session) if user.staff_role in TOLD]
    said = {"month": month}
    dedupe = f"report.monthly:{month}"
    fresh = notices.tell_users(session, people, "report.monthly", said, path=PATH, dedupe=dedupe)
    for user in fresh:
        mail.enqueue(session, accounts.recipient(user), "desk/monthly_report", said, PATH)
