"""Fixtures: an application over a fresh copy of a migrated database, and people at browsers."""

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import werkzeug.test
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import update

from portal import migrate
from portal.accounts import passwords
from portal.config import Settings, load_settings
from portal.core import clock, i18n, jobs
from portal.core.db import Database
from portal.core.locales import DEFAULT
from portal.core.models import Job
from portal.factory import create_app
from portal.web.app import Portal
from tests.support import quick
from tests.support.client import Browser
from tests.support.people import Person, populate

# The test client spools large bodies into a file that it never closes.
werkzeug.test.stream_encode_multipart = functools.partial(  # type: ignore[assignment]
    werkzeug.test.stream_encode_multipart, threshold=1 << 30
)
quick.build_addresses_when_asked()


def make_settings(instance: Path) -> Settings:
    env = {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_SECRET_KEY": "test-secret-key-of-more-than-32-characters",
        "PORTAL_BASE_URL": "http://localhost",
        "PORTAL_TRUSTED_HOSTS": "localhost,127.0.0.1",
        "PORTAL_SITE_NAME": "Overseas Base",
    }
    return load_settings(env).but(testing=True, argon2_memory_kib=64, rate_limits=False)


@pytest.fixture(autouse=True)
def english() -> None:
    """Each test begins in English, whatever the pages of the one before spoke."""
    i18n.activate(DEFAULT)


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Person]]:
    """A migrated database with the standing people, made once."""
    passwords.use_memory(64)
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    people = populate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    return path, people


@pytest.fixture
def settings(tmp_path: Path, populated: tuple[Path, dict[str, Person]]) -> Settings:
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copy(populated[0], instance / "portal.sqlite3")
    return make_settings(instance)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    return quick.kept_templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def app(settings: Settings, templates: FileSystemBytecodeCache) -> Iterator[Portal]:
    portal = create_app(settings)
    portal.jinja_env.bytecode_cache = templates
    yield portal
    portal.database.engine.dispose()
    portal.limiter.storage.close()


@pytest.fixture
def database(app: Portal) -> Database:
    return app.database


@pytest.fixture
def people(populated: tuple[Path, dict[str, Person]]) -> dict[str, Person]:
    return populated[1]


@pytest.fixture
def browser(app: Portal) -> Callable[..., Browser]:
    """`browser()` for a visitor, `browser("wang")` for a signed-in person."""

    def open_browser(name: str | None = None, locale: str = "en") -> Browser:
        opened = Browser(app, locale)
        return opened.sign_in(f"{name}@test.example") if name else opened

    return open_browser


@pytest.fixture
def work(app: Portal) -> Callable[[], int]:
    """Work off everything the outbox holds."""
    return lambda: jobs.run_ready(app.database)


@pytest.fixture
def mails(app: Portal, work: Callable[[], int]) -> Callable[[], list[str]]:
    """Mails sent so far and those that wait, newest last, as decoded texts with their headers."""
    from email import message_from_bytes, policy

    def read() -> list[str]:
        work()
        with app.database.transaction() as session:
            held = update(Job).where(Job.kind == "mail.send", Job.finished_at.is_(None))
            session.execute(held.values(run_at=clock.now()))
        work()
        texts = []
        for path in sorted((app.settings.instance / "mail").glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            head = f"To: {message['To']}\nSubject: {message['Subject']}\n\n"
            texts.append(head + message.get_content())  # type: ignore[attr-defined]
        return texts

    return read
