"""The Flask application class: request context of the portal, one transaction per request."""

import secrets
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import audit
from portal.core.access import ANONYMOUS, Actor
from portal.core.db import Database
from portal.core.files import FileStore
from portal.core.journal import Journal
from portal.core.limits import RateLimiter
from portal.web import once, uploads

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Portal(Flask):
    """Flask with the portal's parts attached and a transaction around every view."""

    settings: Settings
    database: Database
    limiter: RateLimiter
    journal: Journal
    files: FileStore
    engine: Any
    live: Any

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in one transaction; an answer of 400 or more leaves nothing behind."""
        audit.request_id.set(secrets.token_hex(8))
        uploads.prepare()
        return once.answered(db) or self._run_view()

    def _run_view(self) -> Response:
        response = self.make_response(super().dispatch_request())
        session = opened_session()
        if session is None:
            return response
        if response.status_code >= 400:
            session.rollback()
        else:
            once.remember(session, response)
            session.commit()
        return response


def portal() -> Portal:
    """The running application, typed."""
    return cast(Portal, current_app)


def opened_session() -> Session | None:
    """The session of this request if a view has used the database."""
    return cast("Session | None", g.get("db_session"))


def db() -> Session:
    """The session of this request, opened at first use; unsafe methods get a write transaction."""
    if "db_session" not in g:
        g.db_session = portal().database.session(write=request.method not in SAFE_METHODS)
    return cast(Session, g.db_session)


def close_session(_error: BaseException | None = None) -> None:
    """Give the connection back; whatever was not committed is rolled back."""
    session: Any = g.pop("db_session", None)
    if session is not None:
        session.close()


def actor() -> Actor:
    """Who is behind this request."""
    return cast(Actor, g.get("actor", ANONYMOUS))
