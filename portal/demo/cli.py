"""`portal demo load`."""

import sys

import click
from flask.cli import AppGroup

from portal.core.errors import DomainError
from portal.demo import generate, load, plan
from portal.web.app import Portal, portal

demo_group = AppGroup("demo", help="Invented companies, people and their business, to look around.")


@demo_group.command("load")
@click.option("--size", type=click.Choice(list(generate.SIZES)), default="small", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="For 10k and 100k.")
def load_demo(size: str, seed: int) -> None:
    """Load the demo once; larger sizes add generated records to it.

    Refused when PORTAL_SECRET_KEY is set: the demo's passwords are public.
    """
    app = portal()
    if not app.settings.demo:
        raise DomainError("PORTAL_SECRET_KEY is set: demo accounts have a public password")
    with app.database.reading() as session:
        before = load.loaded(session)
    if before is None:
        _load(app)
    elif not app.engine.health().ok:
        load.settle(app.database, app.engine, lambda _steps: None)
    if size != "small" and (before or {}).get("size") != size:
        generate.add(app.database, app.engine, size, seed)
    elif before is not None:
        click.echo("demo: loaded already")


def _load(app: Portal) -> None:
    load.load(app.database, app.files)
    with app.database.reading() as session:
        count = len(load.open_needs(session))
    with click.progressbar(length=count, label="matches", file=sys.stderr) as bar:
        load.settle(app.database, app.engine, bar.update)
    click.echo(f"demo: loaded; sign in as {plan.ACCOUNTS[0][0]}, password {plan.PASSWORD}")
