"""Pages of the analysis: one capability, all own ones as a matrix, and a rule for everybody."""

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.core import clock, i18n, sheet, spreadsheets
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.texts import site_name
from portal.market_rules import doors, markets, matrix, presentation, queries, rules, wording
from portal.market_rules import panels as _panels  # noqa: F401  (registers them)
from portal.market_rules.rules import Moment
from portal.thesaurus.store import get_thesaurus
from portal.web.app import actor, db, portal
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("market_rules", __name__)
PDF = "pdf"


@blueprint.get("/capabilities/<capability_id>/markets")
@requires(Permission.GAP_VIEW)
def of_capability(capability_id: str) -> ResponseReturnValue:
    """What a capability has and lacks in each market."""
    capability = queries.capability_for(db(), actor(), capability_id)
    wanted = doors.countries_wanted(db(), [capability.id]).get(capability.id, ())
    usual = queries.own_markets(capability, wanted)
    chosen = _chosen_markets() or usual
    moment = _moment()
    gaps = queries.gap(db(), capability, chosen, moment.on, moment.sop)
    asked = doors.open_requests(db(), actor(), [capability.id])
    return page(
        "market_rules/capability.html",
        capability=capability,
        title=presentation.title_of(capability),
        found=[presentation.market(gap, moment, actor(), capability, asked) for gap in gaps],
        usual=usual,
        **_choices(chosen, moment),
    )


@blueprint.get("/capabilities/markets")
@requires(Permission.CAPABILITY_VIEW)
def overview() -> ResponseReturnValue:
    """All own capabilities in all markets."""
    chosen, moment = _chosen_markets() or tuple(markets.LABELS), _moment()
    return page(
        "market_rules/matrix.html",
        rows=matrix.rows(db(), actor(), chosen, moment),
        sheets=sheet.available(),
        query=request.query_string.decode("ascii", "replace"),
        **_choices(chosen, moment),
    )


@blueprint.get("/capabilities/markets/export/<suffix>")
@requires(Permission.CAPABILITY_VIEW)
def export(suffix: str) -> ResponseReturnValue:
    """The matrix as a file: a table of all lines, or a sheet of paper."""
    if suffix not in (*spreadsheets.TYPES, PDF) or (suffix == PDF and not sheet.available()):
        raise NotFound
    chosen, moment = _chosen_markets() or tuple(markets.LABELS), _moment()
    found = matrix.rows(db(), actor(), chosen, moment)
    if suffix == PDF:
        words = _choices(chosen, moment)
        template = portal().jinja_env.get_template("market_rules/paper.html")
        body = matrix.paper(template.render(rows=found, **words, **_surroundings()))
        return _file(body, "application/pdf", suffix)
    return _file(matrix.table(found, moment, suffix), spreadsheets.TYPES[suffix], suffix)


def _file(body: bytes, kind: str, suffix: str) -> Response:
    answer = Response(body, content_type=kind)
    name = f"markets-{clock.now():%Y-%m-%d}.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/market-rules")
@public
def listing() -> ResponseReturnValue:
    """What a market asks for, of all products or of one category, for everybody."""
    asked = request.args.get("market", "")
    market = asked if asked in markets.LABELS else next(iter(markets.LABELS))
    category = request.args.get("category", "")
    category = category if get_thesaurus().get(category) else ""
    lines = presentation.asked_by(db(), market, category, clock.now().date())
    return page(
        "market_rules/listing.html",
        market=market,
        category=category,
        groups=[(kind, label, [line for line in lines if line[0].rule.kind == kind])
                for kind, label in rules.KINDS.items()],
        labels=markets.LABELS,
        disclaimer=wording.DISCLAIMER,
    )  # fmt: skip


@blueprint.get("/market-rules/<rule_id>")
@public
def show(rule_id: str) -> ResponseReturnValue:
    """One rule with its dates and source, for everybody."""
    rule = queries.rule_in_use(db(), rule_id)
    today = clock.now().date()
    return page(
        "market_rules/show.html",
        shown=presentation.shown(rule),
        stages=[(stage.start, wording.text_of(stage.what)) for stage in rule.stages],
        when=wording.in_force(rule, today),
        condition=wording.condition_words(rule.condition) if rule.condition else "",
        market=markets.label(rule.market),
        disclaimer=wording.DISCLAIMER,
    )


def _chosen_markets() -> tuple[str, ...]:
    asked = request.args.getlist("market")
    return tuple(code for code in markets.LABELS if code in asked)


def _moment() -> Moment:
    return Moment(clock.now().date(), rules.month(request.args.get("sop")))


def _choices(chosen: tuple[str, ...], moment: Moment) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "moment": moment,
        "labels": markets.LABELS,
        "words": wording,
        "disclaimer": wording.DISCLAIMER,
    }


def _surroundings() -> dict[str, Any]:
    """What paper shows of the portal; it has no navigation, so that nothing else is asked for."""
    return {
        "locale": i18n.current(),
        "site_name": site_name(portal().settings),
        "now": clock.now(),
    }
