"""`portal index` and `portal search`."""

import json
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from portal.core import i18n, locales
from portal.core.errors import DomainError, Invalid
from portal.search import jobs
from portal.search.answers import answer
from portal.search.explain import Reason
from portal.search.index import IndexUnavailable
from portal.search.results import SearchRequest
from portal.web.app import portal

index_group = AppGroup("index", help="The search index: a cache of the database.")
FILTERS = ("category", "country", "certificate", "scenario", "market")


@index_group.command("rebuild")
def rebuild() -> None:
    """Build the index anew from the database; the old one answers meanwhile."""
    app = portal()
    with app.database.reading() as session:
        from portal.search.sources import public_versions  # noqa: PLC0415

        total = len(public_versions(session))
    with click.progressbar(length=total, label="index") as bar:
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            bar.update(count - done)
            done = count

        count = jobs.rebuild(app.engine, app.database, progress)
    click.echo(f"index: {count} documents")


@index_group.command("check")
def check() -> None:
    """Read every file of the index and compare it with the database; exit 1 on a difference."""
    app = portal()
    health = app.engine.health(deep=True)
    if not health.ok:
        raise DomainError(f"index: {health.problem}; portal index rebuild makes it anew")
    problems = jobs.differences(app.engine, app.database)
    for problem in problems[:50]:
        click.echo(problem, err=True)
    if problems:
        raise DomainError(f"index: {len(problems)} differences from the database")
    click.echo(f"index: {health.documents} documents, as in the database")


@index_group.command("stats")
def stats() -> None:
    """Figures of the index as JSON."""
    try:
        click.echo(json.dumps(portal().engine.stats(), indent=2, ensure_ascii=False))
    except IndexUnavailable as error:
        raise DomainError(f"index: {error}") from error


def _filters(pairs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in FILTERS or not value:
            raise click.BadParameter(f"{pair}: one of {', '.join(FILTERS)} and = expected")
        chosen.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in chosen.items()}


@click.command("search")
@click.argument("words")
@click.option("--locale", default=None, help="Language of the words and of the answer.")
@click.option("--kind", type=click.Choice(["capability", "need", "company"]), multiple=True)
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE")
@click.option("--limit", default=10, type=click.IntRange(1, 200), show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def search_command(
    words: str,
    locale: str | None,
    kind: tuple[str, ...],
    filters: tuple[str, ...],
    limit: int,
    form: str,
) -> None:
    """Search published capabilities, needs and companies."""
    chosen = locales.closest(locale) if locale else None
    if locale and chosen is None:
        raise Invalid(f"--locale {locale}: unknown language")
    request = SearchRequest(words, locale, kind, _filters(filters), limit)
    with i18n.use_locale((chosen or locales.DEFAULT).tag), portal().database.reading() as session:
        found = answer(session, portal().engine, request)
    if form == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _words(reason: Reason) -> str:
    """A reason on one line: both sides' words and where they stand."""
    passage = f": {reason.passage.text}" if reason.passage else ""
    if reason.query is None or reason.document is None:
        return f"{', '.join(reason.terms)}{passage}"
    return f"{reason.query.text} = {reason.document.text} ({reason.concept}){passage}"


def _print(found: Any) -> None:
    click.echo(
        f"{found.total} found" + (" (reduced: the index is not available)" if found.reduced else "")
    )
    for hit in found.hits:
        click.echo(f"\n{hit.title}  [{hit.lang}]  {hit.kind} {hit.id}")
        click.echo(f"  {hit.company_name} · {i18n.country_name(hit.country)}")
        for reason in hit.reasons:
            click.echo(f"  {_words(reason)}")
