"""`portal match`: what fits a need or a capability, stored or in a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from portal.capabilities import queries as capabilities
from portal.capabilities.models import Capability
from portal.companies.rules import name_for
from portal.core import i18n, locales
from portal.core.errors import DomainError, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.disclosure.queries import EVERYTHING
from portal.matching import queries, records, services, transient
from portal.matching.criteria import Verdict
from portal.matching.explanation import explained
from portal.matching.pairs import Pair
from portal.matching.services import Matches
from portal.needs import queries as needs
from portal.needs.models import Need
from portal.web.app import portal

match_group = AppGroup("match", help="What fits a need or a capability, and why.")
_MARKS = {Verdict.MATCH: "+", Verdict.GAP: "-", Verdict.UNKNOWN: "?"}


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--locale", default=None, help="Language of the answer."),
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text"),
        click.option("--limit", default=10, type=click.IntRange(1, 200), show_default=True),
    ):
        command = option(command)
    return command


@match_group.command("need")
@click.argument("need", metavar="ID|FILE.json")
@_options
def match_need(need: str, limit: int, form: str, locale: str | None) -> None:
    """Capabilities that fit a need: its id or reference, or a file with one record."""
    app, tag = portal(), _tag(locale)
    with app.database.reading() as session:
        row = _need(session, need)
        if form == "json":
            _print_json(records.json_for(session, app.engine, row, tag, limit, EVERYTHING))
        else:
            found = services.matches_for(session, app.engine, row, limit, EVERYTHING)
            _print_text(found, tag, lambda pair: pair.capability.id)


@match_group.command("capability")
@click.argument("capability", metavar="ID|FILE.json")
@_options
def match_capability(capability: str, limit: int, form: str, locale: str | None) -> None:
    """Open needs that a capability fits: its id or reference, or a file with one record."""
    app, tag = portal(), _tag(locale)
    with app.database.reading() as session:
        row = _capability(session, capability)
        if form == "json":
            _print_json(records.json_for(session, app.engine, row, tag, limit, EVERYTHING))
        else:
            found = services.matches_for(session, app.engine, row, limit, EVERYTHING)
            _print_text(found, tag, lambda pair: pair.need.id)


def _tag(locale: str | None) -> str:
    chosen_locale = locales.closest(locale) if locale else locales.DEFAULT
    if chosen_locale is None:
        raise Invalid(f"--locale {locale}: unknown language")
    return chosen_locale.tag


def _need(session: Session, name: str) -> Need:
    if _is_file(name):
        built: Need = _built(name, transient.need_of)
        return built
    known = needs.by_ref(session, name)
    row = queries.need(session, known.id) if known else None
    if row is None:
        raise NotFound(f"need {name}: not found")
    return row


def _capability(session: Session, name: str) -> Capability:
    if _is_file(name):
        built: Capability = _built(name, transient.capability_of)
        return built
    known = capabilities.by_ref(session, name)
    row = queries.capability(session, known.id) if known else None
    if row is None:
        raise NotFound(f"capability {name}: not found")
    return row


def _is_file(name: str) -> bool:
    return name.endswith(".json")


def _built(name: str, build: Callable[[dict[str, Any]], Any]) -> Any:
    try:
        record = json.loads(Path(name).read_text("utf-8"))
    except ValueError as error:
        raise DomainError(f"{name}: not JSON: {error}") from error
    try:
        return build(record)
    except Invalid as error:
        problems = "; ".join(f"{key}: {text}" for key, text in error.errors.items())
        raise DomainError(f"{name}: {problems or error}") from error


def _print_json(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _print_text(found: Matches, tag: str, other: Callable[[Pair], str]) -> None:
    if found.reduced:
        click.echo("The index is not available: a list by category only.")
    if not found.pairs:
        click.echo("No matches.")
    with i18n.use_locale(tag):
        for rank, pair in enumerate(found.pairs, start=1):
            _print_pair(rank, pair, found.rows[other(pair)], tag)


def _print_pair(rank: int, pair: Pair, row: Any, tag: str) -> None:
    text: Any = chosen(row.texts, tag)
    company = name_for(row.company.texts, tag)
    title = text.title if text else row.id
    name = company.name if company else row.company_id
    click.echo(f"\n{rank}. {title}  [{name}]  {row.id}  {pair.score:.2f}")
    said = explained(pair)
    click.echo(f"   {said.summary}")
    for line in said.lines:
        weight = "" if line.hard else f" ({gettext('wish')})"
        click.echo(f"   {_MARKS[line.verdict]} {line.name}: {line.wanted}{weight}: {line.evidence}")
    for bridge in said.bridges:
        click.echo(f"   = {bridge.sentence}")
    for question in said.questions:
        click.echo(f"   > {question}")
