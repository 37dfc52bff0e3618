"""A copy of everything the portal holds about a person: JSON, their files, and a page to read."""

import json
import os
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from portal import paths
from portal.core import clock, i18n
from portal.core.files import FileStore
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.journal import Journal
from portal.core.models import StoredFile
from portal.privacy import mapping
from portal.privacy.person import Person, own

FOLDER = "exports"
Rows = list[dict[str, Any]]
# Tables by the words people use for them; others keep the name they have in the data.
TITLES = {
    "user_account": _l("Account"),
    "membership": _l("Membership"),
    "user_session": _l("Sign-ins"),
    "consent": _l("Consents"),
    "inquiry": _l("Inquiries begun by you"),
    "inquiry_message": _l("Messages in inquiries"),
    "service_request": _l("Service requests"),
    "request_entry": _l("Messages in service requests"),
    "request_draft": _l("Drafts"),
    "notice": _l("Notices"),
    "audit_event": _l("Changes recorded"),
    "security_event": _l("Failed sign-ins"),
    "satisfaction": _l("Answers about our service"),
    "api_token": _l("API tokens"),
    "invitation": _l("Invitations"),
    "privacy_request": _l("Copies and erasure asked for"),
    "staff_view": _l("Confidential records opened"),
}


def collect(session: Session, journal: Journal, who: Person) -> dict[str, Rows]:
    """Table → rows of the person, with the columns that the map lets out."""
    found: dict[str, Rows] = {}
    for table, lines in mapping.tables():
        where = own(table, lines, who)
        if where is None:
            continue
        columns = [table.c[line.column] for line in lines if line.export == "yes" or line.links]
        rows = [dict(row) for row in session.execute(select(*columns).where(where)).mappings()]
        if rows:
            found[table.name] = rows
    events, views = journal.events_of(who.id), journal.views_by(who.id)
    found |= {"security_event": [asdict(event) for event in events]} if events else {}
    found |= {"staff_view": [asdict(view) for view in views]} if views else {}
    return found


def uploads(session: Session, who: Person) -> Iterator[StoredFile]:
    """Files that the person sent with words of their own."""
    known = mapping.by_table()
    ids: set[str] = set()
    for table, _lines in mapping.tables():
        parents = {key.column.table: column for column in table.c for key in column.foreign_keys}
        files = {t: c for t, c in parents.items() if t.name == StoredFile.__tablename__}
        for parent, column in parents.items():
            where = own(parent, known.get(parent.name, ()), who) if files else None
            if where is not None and len(table.primary_key.columns) > 1:
                ids |= _files_of(session, table, next(iter(files.values())), column, parent, where)
    yield from session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))


def _files_of(
    session: Session, table: Table, file: Any, column: Any, parent: Table, where: Any
) -> set[str]:
    """Files in a table that ties them to words of the person."""
    (key,) = parent.primary_key.columns
    return set(session.scalars(select(file).select_from(table).join(parent, column == key)
               .where(where)))  # fmt: skip


def write(
    session: Session, store: FileStore, journal: Journal, instance: Path, who: Person
) -> tuple[str, int]:
    """Make the archive; returns its name in the folder of exports and its size."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}.zip"
    data, files = collect(session, journal, who), list(uploads(session, who))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", as_json({"made_at": clock.now(), "data": data}))
            archive.writestr("index.html", _page(who, data, files))
            for file in files:
                _add(archive, store, file)
        out.flush()
        os.fsync(out.fileno())
    return path.name, path.stat().st_size


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return clock.iso_z(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _add(archive: zipfile.ZipFile, store: FileStore, file: StoredFile) -> None:
    try:
        archive.writestr(inside(file), store.get(file.sha256))
    except FileNotFoundError:
        return


def inside(file: StoredFile) -> str:
    """The name of a file in the archive: its own, made harmless, after its id."""
    name = "".join(c if c.isalnum() or c in "-_. " else "_" for c in file.name).strip(". ")
    return f"files/{file.id}-{name}"


_env = Environment(
    loader=FileSystemLoader(paths.TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
i18n.install_jinja(_env)


def _page(who: Person, data: dict[str, Rows], files: list[StoredFile]) -> str:
    """The page that shows the copy to people."""
    with i18n.use_locale(who.locale, who.timezone):
        tables = [(str(TITLES.get(name, name)), rows) for name, rows in data.items()]
        return _env.get_template("privacy/copy.html").render(
            title=gettext("Copy of your data"),
            made_at=i18n.format_datetime(clock.now()),
            language=i18n.current().tag,
            direction=i18n.current().dir,
            tables=tables,
            files=[(file.name, inside(file)) for file in files],
            shown=_shown,
        )


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return i18n.format_datetime(value)
    return as_json(value) if isinstance(value, dict | list) else str(value)
