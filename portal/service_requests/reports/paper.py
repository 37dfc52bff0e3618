"""The report of a month on paper: its contents, the page, and the PDF."""

from dataclasses import dataclass, replace
from datetime import date

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from portal import paths
from portal.config import Settings
from portal.core import clock, i18n
from portal.core.access import SYSTEM
from portal.core.texts import site_name
from portal.matching import sheet
from portal.service_requests.reports import periods, reading, sentences, wording
from portal.service_requests.reports.figures import FEW
from portal.service_requests.reports.periods import MONTH, Period
from portal.service_requests.reports.reading import Question, Report
from portal.service_requests.reports.tables import Line, Table

STYLE = paths.STATIC / "report-sheet.css"
MONTHS = 12
# Columns of tables on paper: as many as fit on it.
PRINTED = (
    *("came", "left", "open", "reply_median", "reply_kept"),
    *("plan_median", "plan_kept", "breached", "solved"),
)
SPLITS = ("service", "market", "side")
LINES = 25


@dataclass(frozen=True)
class Month:
    """The month, the one before, and the twelve months that end with it."""

    name: str
    report: Report
    before: Report
    year: Report


def available() -> bool:
    """Whether PDF files can be made here."""
    return sheet.available()


def read(session: Session, month: str) -> Month:
    period = periods.of_month(month)
    last = min(period.end, periods.today())
    before = periods.months_before(period.start, 1)
    year = periods.months_before(period.start, MONTHS - 1)
    return Month(
        i18n.format_month(month),
        _report(session, replace(period, end=last)),
        _report(session, Period(before, period.start - periods.DAY)),
        _report(session, Period(year, last, MONTH)),
    )


def _report(session: Session, period: Period) -> Report:
    return reading.read(session, SYSTEM, Question(period))


def html(month: Month, settings: Settings) -> str:
    """The page in the language that is active."""
    template = _environment().get_template("desk/reports/paper.html")
    return template.render(
        month=month,
        sentences=sentences.of_month(month.name, month.report, month.before),
        summary=_compared(month),
        splits=[_printed(month.report.split(key)) for key in SPLITS],
        so_far=month.report.question.period.end == periods.today(),
        words=wording,
        few=FEW,
        locale=i18n.current(),
        site_name=site_name(settings),
        now=clock.now(),
        zone=i18n.BASE_ZONE,
    )


def pdf(page: str) -> bytes:
    return sheet.pdf(page, STYLE)


def _printed(table: Table) -> Table:
    """The columns and lines that fit."""
    places = [at for at, column in enumerate(table.columns) if column.key in PRINTED]
    lines = [
        Line(line.key, line.name, [line.cells[at] for at in places]) for line in table.lines[:LINES]
    ]
    return replace(table, columns=[table.columns[at] for at in places], lines=lines)


def _compared(month: Month) -> list[tuple[str, str, str, str]]:
    """Each figure: name, this month, the month before, how it is counted."""
    now, before = month.report.summary.lines[0], month.before.summary.lines[0]
    return [
        (
            str(column.label),
            wording.shown(this.value, column.kind),
            wording.shown(that.value, column.kind),
            str(column.definition),
        )
        for column, this, that in zip(
            month.report.summary.columns, now.cells, before.cells, strict=True
        )
    ]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    i18n.install_jinja(environment)
    environment.filters.update(
        date=i18n.format_date, datetime=i18n.format_datetime, number=i18n.format_number
    )
    return environment


def file_name(month: str, locale: str) -> str:
    return f"report-{date.fromisoformat(f'{month}-01'):%Y-%m}-{locale}.pdf"
