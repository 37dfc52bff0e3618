"""Settings: read once from the environment, checked, frozen."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
# Less would let a mail that is delivered again be taken in twice.
LEAST_DAYS, MOST_DAYS = 30, 3650
_SCANNER = re.compile(r"tcp://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}|unix:///.+")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class ConfigurationError(ValueError):
    """A setting has a value the portal cannot run with; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """Everything that an operator may choose.

    `secret_keys` holds the signing key first and older keys that are still accepted after it.
    Without `PORTAL_SECRET_KEY` the portal runs as a demo: a key of its own in the instance folder,
    loopback only.
    """

    instance: Path
    secret_keys: tuple[str, ...]
    demo: bool
    database_url: str
    search_url: str
    mail_url: str
    storage_url: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    site_name: str = "Overseas Base"
    mail_from: str = "portal@base.example"
    mail_reply_domain: str = ""
    mail_keep_days: int = 365
    scan_url: str = ""
    testing: bool = False
    argon2_memory_kib: int = 19456
    rate_limits: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def index_folder(self) -> Path:
        return self.instance / "index"

    @property
    def files_folder(self) -> Path:
        return Path(urlsplit(self.storage_url).path)

    def but(self, **changes: object) -> "Settings":
        """The same settings with some values replaced (tests, command line)."""
        return replace(self, **changes)  # type: ignore[arg-type]


VARIABLES = {
    "PORTAL_INSTANCE": "folder for database, index, files and mails",
    "PORTAL_SECRET_KEY": "signs cookies and links; required outside the demo; a comma list rotates",
    "PORTAL_DATABASE_URL": "SQLAlchemy URL of the database",
    "PORTAL_SEARCH_URL": "search engine; empty: the embedded index",
    "PORTAL_MAIL_URL": "smtp://… or smtps://…; empty: .eml files in the instance folder",
    "PORTAL_MAIL_FROM": "sender address of mails",
    "PORTAL_MAIL_REPLY_DOMAIN": "domain that takes answers by mail; empty: answers in the portal",
    "PORTAL_MAIL_KEEP_DAYS": "days that sender and subject of mails that came in are kept",
    "PORTAL_STORAGE_URL": "file:///… for uploaded files",
    "PORTAL_SCAN_URL": "tcp://… or unix:///… of clamd, which searches files; empty: none",
    "PORTAL_RATE_LIMIT_URL": "shared counters; empty: the database",
    "PORTAL_BASE_URL": "public address, used in mails and feeds",
    "PORTAL_TRUSTED_HOSTS": "comma list of host names the portal answers to",
    "PORTAL_SITE_NAME": "name shown in the header and in mails",
}
SECRET_VARIABLES = {"PORTAL_SECRET_KEY"}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises ConfigurationError naming the first bad variable."""
    env = os.environ if environ is None else environ
    _refuse_unknown(env)
    instance = Path(env.get("PORTAL_INSTANCE") or "instance").resolve()
    demo = not env.get("PORTAL_SECRET_KEY")
    base_url = _base_url(env.get("PORTAL_BASE_URL", ""), demo)
    return Settings(
        instance=instance,
        secret_keys=_demo_key(instance) if demo else _secret_keys(env["PORTAL_SECRET_KEY"]),
        demo=demo,
        database_url=_database_url(env.get("PORTAL_DATABASE_URL", ""), instance),
        search_url=_search_url(env.get("PORTAL_SEARCH_URL", "")),
        mail_url=_mail_url(env.get("PORTAL_MAIL_URL", "")),
        storage_url=_storage_url(env.get("PORTAL_STORAGE_URL", ""), instance),
        base_url=base_url,
        trusted_hosts=_trusted_hosts(env.get("PORTAL_TRUSTED_HOSTS", ""), base_url, demo),
        site_name=env.get("PORTAL_SITE_NAME") or "Overseas Base",
        mail_from=env.get("PORTAL_MAIL_FROM") or "portal@base.example",
        mail_reply_domain=_domain(env.get("PORTAL_MAIL_REPLY_DOMAIN", "")),
        mail_keep_days=_days(env.get("PORTAL_MAIL_KEEP_DAYS", "")),
        scan_url=_scan_url(env.get("PORTAL_SCAN_URL", "")),
    )


def _refuse_unknown(env: Mapping[str, str]) -> None:
    unknown = sorted(k for k in env if k.startswith("PORTAL_") and k not in VARIABLES)
    if unknown:
        raise ConfigurationError(f"{unknown[0]}: unknown setting; known are {', '.join(VARIABLES)}")


def _secret_keys(value: str) -> tuple[str, ...]:
    keys = tuple(k.strip() for k in value.split(",") if k.strip())
    if not keys or any(len(k) < 32 for k in keys):
        raise ConfigurationError("PORTAL_SECRET_KEY: each key needs at least 32 characters")
    return keys


def _demo_key(instance: Path) -> tuple[str, ...]:
    """The demo's own key, made once, so that sessions survive a restart."""
    path = instance / "demo-secret.key"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return (path.read_text(encoding="ascii"),)


def _database_url(value: str, instance: Path) -> str:
    url = value or f"sqlite:///{instance / 'portal.sqlite3'}"
    if not url.startswith(("sqlite:///", "postgresql")):
        raise ConfigurationError("PORTAL_DATABASE_URL: sqlite:///… or postgresql://… expected")
    return url


def _search_url(value: str) -> str:
    if value:
        raise ConfigurationError("PORTAL_SEARCH_URL: only the embedded index (empty) is available")
    return value


def _mail_url(value: str) -> str:
    if value and urlsplit(value).scheme not in ("smtp", "smtps"):
        raise ConfigurationError("PORTAL_MAIL_URL: smtp://host:port or smtps://host:port expected")
    return value


def _storage_url(value: str, instance: Path) -> str:
    url = value or f"file://{instance / 'files'}"
    if not url.startswith("file:///"):
        raise ConfigurationError("PORTAL_STORAGE_URL: file:///… expected")
    return url


def _scan_url(value: str) -> str:
    if value and not _SCANNER.fullmatch(value):
        raise ConfigurationError("PORTAL_SCAN_URL: tcp://host:port or unix:///path expected")
    return value


def _domain(value: str) -> str:
    name = value.strip().lower()
    if name and not _DOMAIN.fullmatch(name):
        raise ConfigurationError("PORTAL_MAIL_REPLY_DOMAIN: a host name expected, without an @")
    return name


def _days(value: str) -> int:
    text = value.strip() or str(Settings.mail_keep_days)
    if not (text.isascii() and text.isdigit() and LEAST_DAYS <= int(text) <= MOST_DAYS):
        raise ConfigurationError(
            f"PORTAL_MAIL_KEEP_DAYS: a number from {LEAST_DAYS} to {MOST_DAYS} expected"
        )
    return int(text)


def _base_url(value: str, demo: bool) -> str:
    if not value and not demo:
        raise ConfigurationError("PORTAL_BASE_URL: required outside the demo, as https://host")
    url = (value or f"http://127.0.0.1:{os.environ.get('PORT', '5000')}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ConfigurationError("PORTAL_BASE_URL: https://host[:port] without a path expected")
    return url


def _trusted_hosts(value: str, base_url: str, demo: bool) -> tuple[str, ...]:
    named = [h.strip() for h in value.split(",") if h.strip()]
    own = urlsplit(base_url).hostname or ""
    hosts = named or [own]
    return tuple(dict.fromkeys([*hosts, *LOOPBACK] if demo else [*hosts, own]))
