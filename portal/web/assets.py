"""Static files under addresses that carry a hash of their content, cacheable for ever."""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from whitenoise import WhiteNoise
from whitenoise.base import Headers

from portal import paths

_HASHED = re.compile(r"^/static/(.+)\.[0-9a-f]{10}(\.[a-z0-9]+)$")
ROOT_URL = "/static/"


@lru_cache
def _digest(path: Path, _mtime: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """`theme.css` → `/static/theme.1a2b3c4d5e.css`."""
    path = paths.STATIC / name
    if not path.is_file():
        raise FileNotFoundError(name)
    stem, _, suffix = name.rpartition(".")
    return f"{ROOT_URL}{stem}.{_digest(path, path.stat().st_mtime)}.{suffix}"


class HashedStatic:
    """WSGI layer: takes the hash out of the path and lets WhiteNoise serve the file."""

    def __init__(self, application: object) -> None:
        self._noise = WhiteNoise(
            application,
            root=paths.STATIC,
            prefix=ROOT_URL,
            max_age=3600,
            add_headers_function=_headers,
            allow_all_origins=False,
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        match = _HASHED.match(str(environ.get("PATH_INFO", "")))
        if match:
            environ["PATH_INFO"] = f"{ROOT_URL}{match[1]}{match[2]}"
            start_response = _for_ever(start_response)
        return cast("Iterable[bytes]", self._noise(environ, start_response))


def _for_ever(start_response: Any) -> Any:
    """Let the browser keep the file: another content has another address."""

    def started(status: str, headers: list[tuple[str, str]], *rest: object) -> Any:
        fresh = [(n, v) for n, v in headers if n.lower() != "cache-control"]
        if status.startswith("200"):
            fresh.append(("Cache-Control", "public, max-age=31536000, immutable"))
        return start_response(status, fresh, *rest)

    return started


def _headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
