"""`portal mail ingest`: takes in what the mail server hands over."""

import sys
from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.core.errors import DomainError
from portal.service_requests.mail_in import reading
from portal.service_requests.mail_in.taking import take_in
from portal.web.app import portal

# What mail servers understand as "try again later" (EX_TEMPFAIL).
TRY_AGAIN = 75
_SAYS = {
    "entry": "added",
    "ignored": "automatic",
    "bounced": "bounced",
    "refused": "refused",
    "known": "known already",
}
mail_group = AppGroup("mail", help="Answers that come in by mail.")


@mail_group.command("ingest")
@click.option(
    "--maildir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read the new mails of this maildir and mark them as read.",
)
@click.argument("source", required=False, type=click.Choice(["-"]), metavar="[-]")
def ingest(maildir: Path | None, source: str | None) -> None:
    """Add answers by mail to the requests they belong to: from a maildir, or one mail from a pipe
    (`-`). A mail is taken in once, however often it comes."""
    if not portal().settings.mail_reply_domain:
        raise DomainError("PORTAL_MAIL_REPLY_DOMAIN is not set: no mail has an address for answers")
    if (maildir is None) == (source is None):
        raise click.UsageError("give either --maildir DIR or -")
    if maildir is not None:
        _ingest_folder(maildir)
    else:
        _ingest_pipe()


def _take(content: bytes) -> str:
    return take_in(portal().database, portal().settings, portal().files, content)


def _ingest_pipe() -> None:
    """The whole input is read, so that the mail server does not see a broken pipe."""
    stream = sys.stdin.buffer
    content = stream.read(reading.MAX_BYTES + 1)
    while stream.read(1 << 20):
        pass
    try:
        outcome = _take(content)
    except Exception as error:
        click.echo(f"portal: mail could not be read: {_named(error)}", err=True)
        sys.exit(TRY_AGAIN)
    click.echo(f"mail: {_SAYS[outcome]}")


def _ingest_folder(maildir: Path) -> None:
    """What was read moves from new to cur; what failed stays and is read again the next time."""
    done: Counter[str] = Counter()
    failed = 0
    (maildir / "cur").mkdir(mode=0o700, exist_ok=True)
    for path in sorted(p for p in (maildir / "new").glob("*") if p.is_file()):
        try:
            with path.open("rb") as stream:
                outcome = _take(stream.read(reading.MAX_BYTES + 1))
            path.rename(maildir / "cur" / f"{path.name.partition(':')[0]}:2,S")
        except Exception as error:
            failed += 1
            click.echo(f"portal: {path.name}: {_named(error)}", err=True)
        else:
            done[outcome] += 1
    counted = [f"{done[name]} {word}" for name, word in _SAYS.items() if done[name]]
    click.echo(f"mail: {', '.join(counted) or 'nothing new'}")
    if failed:
        raise DomainError(f"{failed} mails could not be read; they stay in {maildir / 'new'}")


def _named(error: Exception) -> str:
    """What went wrong, without the words of the mail."""
    return type(error).__name__
