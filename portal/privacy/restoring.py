"""A restored backup is held against the list of erasures: who was erased stays erased."""

from pathlib import Path

from portal import migrate
from portal.accounts.models import User
from portal.accounts.naming import is_erased
from portal.config import Settings
from portal.core.db import Database
from portal.core.journal import Journal
from portal.privacy import erasing


def keep_list(instance: Path, folder: Path) -> None:
    """Put the list of erasures beside the backups, with what it already says there."""
    lines: list[str] = []
    for path in (folder / erasing.LIST, instance / erasing.LIST):
        lines += path.read_text(encoding="ascii").splitlines() if path.exists() else []
    if lines and folder.resolve() != instance.resolve():
        target = folder / erasing.LIST
        target.touch(mode=0o600)
        target.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="ascii")


def erase_again(settings: Settings, folder: Path) -> int:
    """Erase everybody on the lists of the instance and beside the archive; returns how many of
    them the backup still knew."""
    lists = (settings.instance / erasing.LIST, folder / erasing.LIST)
    ids = dict.fromkeys(user_id for path in lists for user_id in erasing.listed(path))
    if not ids:
        return 0
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        known = [user_id for user_id in ids if _is_there(database, user_id)]
        places = erasing.Places(settings, Journal(settings.instance, settings.secret_keys[0]))
        for user_id in known:
            erasing.erase(database, places, user_id)
    finally:
        database.engine.dispose()
    return len(known)


def _is_there(database: Database, user_id: str) -> bool:
    with database.reading() as session:
        user = session.get(User, user_id)
        return user is not None and not is_erased(user)
