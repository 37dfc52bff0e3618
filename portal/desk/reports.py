"""Reports: figures of a period with filters that stand in the address, charts, tables, files."""

from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.spreadsheets import TYPES
from portal.desk.blueprint import blueprint
from portal.service_requests.reports import files, periods, reading, wording
from portal.service_requests.reports.figures import FEW
from portal.service_requests.reports.reading import Question
from portal.service_requests.reports.rows import Narrowed
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page

MAX_VALUE = 40
# What the tiles on top of the page show.
TILES = (
    *("came", "left", "open", "reply_median", "reply_kept", "plan_median"),
    *("plan_kept", "breached", "reopened", "solved", "service"),
)
FILTERS = ("service", "market", "partner", "person", "team", "side")


def _asked(name: str) -> str:
    return request.args.get(name, "")[:MAX_VALUE].strip()


def question() -> tuple[str, Question]:
    """The name of the period and everything else the address asks for."""
    name, period = periods.asked(*map(_asked, ("period", "from", "to", "step")))
    narrowed = Narrowed(**{name: _asked(name) for name in FILTERS})
    by = _asked("by")
    return name, Question(period, narrowed, by if by in wording.DIMENSIONS else "service")


@blueprint.get("/desk/reports")
@requires(Permission.REPORT_VIEW)
def reports() -> ResponseReturnValue:
    name, asked = question()
    report = reading.read(db(), actor(), asked)
    return page(
        "desk/reports/show.html",
        report=report,
        asked=asked,
        period_name=name,
        options=reading.options(report, actor()),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "words": wording,
        "periods": periods,
        "tiles": TILES,
        "few": FEW,
        "kept": _kept,
    }


def _kept(**changed: str) -> dict[str, str]:
    """The address's own questions, some of them changed; for links."""
    _name, asked = question()
    known = ("period", "from", "to", "step", "by", *asdict(asked.narrowed))
    found = {name: _asked(name) for name in known} | changed
    return {name: value for name, value in found.items() if value}


@blueprint.get("/desk/reports/tables/<key>.<kind>")
@requires(Permission.REPORT_VIEW)
def report_table(key: str, kind: str) -> ResponseReturnValue:
    """A table of the report as a file."""
    if kind not in TYPES:
        raise NotFound
    _name, asked = question()
    table = reading.read(db(), actor(), asked).table(key)
    span = f"{asked.period.start}-{asked.period.end}"
    headers = {"Content-Disposition": f'attachment; filename="{key}-{span}.{kind}"'}
    return Response(files.body(table, kind), content_type=TYPES[kind], headers=headers)
