"""A report as a whole: what was asked, the tables and the charts that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from portal.core import i18n
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.service_requests import catalogue
from portal.service_requests.reports import drawings, periods, rows, series, tables, wording
from portal.service_requests.reports.charts import Chart
from portal.service_requests.reports.figures import Cell
from portal.service_requests.reports.periods import Period
from portal.service_requests.reports.rows import Asked, Names, Narrowed, Row
from portal.service_requests.reports.tables import Table

EVERYTHING = Narrowed()


@dataclass(frozen=True)
class Question:
    """What a report is asked for: a period, what it is narrowed to, and by what it is split."""

    period: Period
    narrowed: Narrowed = EVERYTHING
    by: str = "service"


@dataclass(frozen=True)
class Report:
    """The answer; its parts are put together when they are first looked at."""

    question: Question
    found: Sequence[Row]
    asked: Sequence[Asked]
    names: Names
    own: str | None  # the one person whose figures may be told, None: everybody's

    @cached_property
    def summary(self) -> Table:
        return tables.summary(self.found, self.question.period)

    def figure(self, key: str) -> Cell:
        """A figure over all requests."""
        place = [column.key for column in self.summary.columns].index(key)
        return self.summary.lines[0].cells[place]

    @cached_property
    def trend(self) -> Table:
        period = self.question.period
        return tables.trend(series.trend(self.found, period), period)

    @cached_property
    def breakdown(self) -> Table:
        return self.split(self.question.by)

    def split(self, dimension: str) -> Table:
        """A breakdown; of people only those whose figures may be told."""
        found = self.found
        if dimension == "person" and self.own is not None:
            found = [row for row in found if row.person == self.own]
        keys = tables.keys_of(dimension, self._partners)
        return tables.breakdown(found, self.question.period, dimension, keys, self.names)

    @cached_property
    def _partners(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for one in self.asked:
            known = found.setdefault(one.request_id, [])
            if one.partner not in known:
                known.append(one.partner)
        return found

    @cached_property
    def cohorts(self) -> Table:
        found = series.cohorts(self.found, self.question.period, periods.today())
        return tables.cohorts(found)

    @cached_property
    def answers(self) -> Table:
        return tables.answers(self.asked, self.found, self.question.period, self.names)

    def table(self, key: str) -> Table:
        """A table by its key. Raises NotFound."""
        own = ("summary", "trend", "cohorts", "answers")
        if key in own:
            found: Table = getattr(self, key)
            return found
        if key not in wording.DIMENSIONS:
            raise NotFound
        return self.split(key)

    @cached_property
    def charts(self) -> dict[str, Chart]:
        """Charts by the key of the table that has their figures."""
        return drawings.of_report(self.trend, self.breakdown, self.cohorts, self.question.period)


def tells_of_everybody(actor: Actor) -> bool:
    return actor.may(Permission.PEOPLE_REPORT_VIEW)


def read(session: Session, actor: Actor, question: Question) -> Report:
    """The report as this reader may see it. Raises NotFound when it is asked for the figures of
    somebody else by one who may see only their own."""
    own = None if tells_of_everybody(actor) else actor.user_id or ""
    if own is not None and question.narrowed.person not in ("", own):
        raise NotFound
    return Report(
        question,
        rows.load(session, question.period, question.narrowed),
        rows.referrals(session, question.period, question.narrowed),
        rows.names(session),
        own,
    )


def unnamed(question: Question) -> Question:
    """The same question for a report that leaves the house: not about single people."""
    return replace(question, narrowed=replace(question.narrowed, person=""), by="service")


Options = list[tuple[str, Any]]


def options(report: Report, actor: Actor) -> dict[str, Options]:
    """What each filter of the page offers: values with their names."""
    people = report.names.people
    if report.own is not None:
        people = {actor.user_id or "": actor.name}
    return {
        "service": [(s.code, s.title) for g in catalogue.groups() for s in g.services],
        "market": list(i18n.countries()),
        "partner": list(report.names.partners.items()),
        "person": list(people.items()),
        "team": [(team, team) for team in report.names.teams],
        "side": list(wording.SIDES.items()),
    }
