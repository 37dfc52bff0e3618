"""Sign-in on top of Flask-Login: the cookie carries a token whose row in the database decides."""

from contextlib import suppress
from datetime import timedelta

from flask import Flask, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy.exc import OperationalError

from portal.accounts import queries, rules
from portal.accounts.models import User, UserSession
from portal.core import clock
from portal.core.access import ANONYMOUS, Actor
from portal.web.app import actor, portal

# How often the time of last use is written.
TOUCH_EVERY = timedelta(minutes=5)


class SignedIn(UserMixin):
    """What Flask-Login keeps: the session token, never the user id."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.id = token
        self.actor = actor


def load(token: str) -> SignedIn | None:
    """The person behind a cookie's token; None when the session row is gone or too old."""
    with portal().database.reading() as session:
        row = queries.session_user(session, token)
    if row is None:
        return None
    signed_in, user = row
    _touch(signed_in, user)
    return SignedIn(token, rules.actor_of(user))


def _touch(row: UserSession, user: User) -> None:
    """Note the use; while another writer is at work the next request does it."""
    now = clock.now()
    if now - row.last_seen_at < TOUCH_EVERY:
        return
    with suppress(OperationalError), portal().database.if_free() as session:
        fresh = session.get(UserSession, row.token_hash)
        if fresh is not None:
            fresh.last_seen_at = now
            fresh.expires_at = rules.next_expiry(fresh, staff=bool(user.staff_role), now=now)


def identify() -> None:
    """Before each request: who is it?"""
    from flask_login import current_user  # noqa: PLC0415  (a proxy, resolved per request)

    if request.path.startswith(("/static/", "/healthz", "/readyz", "/metrics", "/api/")):
        return
    g.actor = current_user.actor if current_user.is_authenticated else ANONYMOUS


def begin(token: str, user: User) -> None:
    """Start a fresh cookie for a new sign-in."""
    cookie.clear()
    login_user(SignedIn(token, rules.actor_of(user)))


def end() -> None:
    logout_user()
    cookie.clear()


def current_token() -> str:
    """The token of this request's sign-in."""
    return str(cookie.get("_user_id", ""))


def unread() -> int:
    """Unread notices of the reader, for the bell."""
    if not actor().is_authenticated or g.get("failed"):
        return 0
    from portal.web.app import db  # noqa: PLC0415

    return queries.unread_notices(db(), actor())


def install(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(load)
    app.context_processor(lambda: {"unread_notices": unread()})
