"""All own capabilities against markets: on a page, as a table, on paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import paths
from portal.capabilities.models import Capability
from portal.core import sheet, spreadsheets
from portal.core.access import Actor
from portal.core.i18n import format_date, gettext
from portal.evidence.queries import standings
from portal.market_rules import doors, markets, presentation, queries, wording
from portal.market_rules.presentation import Cell
from portal.market_rules.queries import Gap
from portal.market_rules.rules import Moment
from portal.market_rules.wording import Text

STYLE = paths.STATIC / "market-rules-sheet.css"


@dataclass(frozen=True)
class MatrixRow:
    """One capability with a cell for each market, and the analyses behind them."""

    capability: Capability
    title: Text
    cells: list[Cell]
    gaps: list[Gap]


def rows(session: Session, actor: Actor, chosen: Sequence[str], moment: Moment) -> list[MatrixRow]:
    """The actor's own capabilities in the chosen markets, in a constant number of statements."""
    own = queries.own_capabilities(session, actor)
    ids = [capability.id for capability in own]
    wanted = doors.countries_wanted(session, ids)
    asked = doors.open_requests(session, actor, ids)
    known = standings(session, {capability.company_id for capability in own})
    found = []
    for capability in own:
        meant = queries.own_markets(capability, wanted.get(capability.id, ()))
        gaps = queries.gap(session, capability, chosen, moment.on, moment.sop, known)
        cells = [presentation.cell(gap, capability, asked, meant) for gap in gaps]
        found.append(MatrixRow(capability, presentation.title_of(capability), cells, gaps))
    return found


def table(found: Sequence[MatrixRow], moment: Moment, kind: str) -> bytes:
    """Every line of every product and market, for spreadsheet programs."""
    return spreadsheets.body(_lines(found, moment), kind, gettext("Products and markets"))


def _lines(found: Sequence[MatrixRow], moment: Moment) -> Iterator[list[Any]]:
    yield [
        gettext("Capability"),
        gettext("Market"),
        gettext("Rule"),
        gettext("Kind"),
        gettext("Result"),
        gettext("Why"),
        gettext("When"),
        gettext("Evidence"),
        gettext("Source"),
        gettext("Web address"),
        gettext("Reviewed on"),
    ]
    for row in found:
        for gap in row.gaps:
            yield from _of_market(row, gap, moment)


def _of_market(row: MatrixRow, gap: Gap, moment: Moment) -> Iterator[list[Any]]:
    for line in gap.lines:
        words = [wording.reason(line), wording.applies(line, moment), wording.level(line)]
        verdict = str(wording.VERDICTS[line.verdict])
        yield _cells(row, gap, presentation.shown(line.rule), [verdict, *words])
    for rule in gap.notices:
        notice = [gettext("Notice"), "", wording.in_force(rule, moment.on), ""]
        yield _cells(row, gap, presentation.shown(rule), notice)


def _cells(row: MatrixRow, gap: Gap, shown: presentation.Shown, words: list[str]) -> list[Any]:
    rule = shown.rule
    reviewed = format_date(rule.reviewed_on) if rule.is_confirmed else shown.status
    begin = [row.title.text, markets.label(gap.market), shown.title.text, shown.kind]
    return [*begin, *words, rule.source.name, rule.source.url, reviewed]


def paper(html: str) -> bytes:
    """The page as PDF."""
    return sheet.pdf(html, STYLE)
