"""`portal gaps`: what markets ask of a capability, and what it lacks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from portal.capabilities import queries as capabilities
from portal.capabilities.models import Capability
from portal.core import clock, i18n, locales
from portal.core.access import SYSTEM
from portal.core.errors import Invalid, NotFound
from portal.core.locales import Locale
from portal.market_rules import doors, queries, reports, rules, wording
from portal.market_rules.markets import LABELS
from portal.market_rules.presentation import Market
from portal.market_rules.rules import Moment, Verdict
from portal.web.app import portal

_MARKS = {
    Verdict.MISSING: "-",
    Verdict.EXPIRING: "!",
    Verdict.UNCLEAR: "?",
    Verdict.HAVE: "+",
    Verdict.NOT_APPLICABLE: ".",
}


@click.command("gaps")
@click.argument("capability", metavar="ID|REF")
@click.option("--market", "chosen", multiple=True, type=click.Choice(list(LABELS)))
@click.option("--sop", default=None, help="Month of the start of production, such as 2027-06.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--locale", default=None, help="Language of the answer.")
@with_appcontext
def gaps_command(
    capability: str, chosen: tuple[str, ...], sop: str | None, form: str, locale: str | None
) -> None:
    """What markets ask of a capability, and what it lacks."""
    tag = locales.closest(locale) if locale else locales.DEFAULT
    if tag is None:
        raise Invalid(f"--locale {locale}: unknown language")
    if sop and rules.month(sop) is None:
        raise Invalid(f"--sop {sop}: not a month such as 2027-06")
    moment = Moment(clock.now().date(), rules.month(sop))
    with _reading(tag) as session:
        row = _capability(session, capability)
        wanted = doors.countries_wanted(session, [row.id]).get(row.id, ())
        markets = chosen or queries.own_markets(row, wanted)
        if form == "json":
            answer = reports.json_for(session, SYSTEM, row, markets, moment)
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for market in reports.of_markets(session, SYSTEM, row, markets, moment):
                _print(market)
            click.echo(f"\n{wording.DISCLAIMER}")


@contextmanager
def _reading(locale: Locale) -> Iterator[Session]:
    """A session, the reader's language, and a place that addresses begin at."""
    app = portal()
    with (
        app.database.reading() as session,
        app.test_request_context(f"/{locale.slug}/"),
        i18n.use_locale(locale.tag),
    ):
        yield session


def _capability(session: Session, name: str) -> Capability:
    known = capabilities.by_ref(session, name)
    if known is None:
        raise NotFound(f"capability {name}: not found")
    return queries.capability_for(session, SYSTEM, known.id)


def _print(market: Market) -> None:
    click.echo(f"\n{market.label}")
    for row in market.rows:
        status = f" [{row.shown.status}]" if row.shown.to_review else ""
        click.echo(f" {_MARKS[row.line.verdict]} {row.verdict}: {row.shown.title.text}{status}")
        click.echo(
            "   " + " · ".join(part for part in (row.reason, row.level, row.applies) if part)
        )
    for shown, when in market.notices:
        click.echo(f" * {shown.title.text} ({when})")
