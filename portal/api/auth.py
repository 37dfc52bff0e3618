"""Who calls: a bearer token and nothing else. Cookies say nothing here."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from flask import g, request
from sqlalchemy.exc import OperationalError

from portal.accounts import queries, rules
from portal.accounts.models import ApiToken
from portal.api.problems import ApiError
from portal.core import clock
from portal.core.access import ANONYMOUS, Permission
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.web.app import actor, portal

# How often the time of last use is written.
TOUCH_EVERY = timedelta(minutes=5)
_CHALLENGE = 'Bearer realm="portal"'
MAX_TOKEN = 200


def identify() -> None:
    """Set the actor and the scopes of this request from its token. Raises 401 for a bad one."""
    g.actor, g.api_scopes = ANONYMOUS, frozenset()
    secret = _secret()
    if secret is None:
        return
    with portal().database.reading() as session:
        found = queries.api_token_user(session, secret)
    if found is None:
        raise refused(_l("This token is not valid, or was revoked."), "invalid_token")
    token, user = found
    _touch(token)
    g.actor, g.api_scopes = rules.actor_of(user), frozenset(token.scopes)


def _secret() -> str | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not 0 < len(secret) <= MAX_TOKEN:
        raise refused(
            _l("Please send a bearer token: Authorization: Bearer obp_…"), "invalid_token"
        )
    return secret


def refused(detail: object, error: str = "", **more: str) -> ApiError:
    """401 with its challenge (RFC 6750); without `error` when no token was sent at all."""
    parts = {**({"error": error} if error else {}), **more}
    challenge = "".join(f', {name}="{value}"' for name, value in parts.items())
    return ApiError(401, detail, headers={"WWW-Authenticate": _CHALLENGE + challenge})


def _touch(token: ApiToken) -> None:
    """Note the use, in a transaction of its own so that reading stays reading; while another writer
    is at work the next call does it."""
    now = clock.now()
    if token.last_used_at is not None and now - token.last_used_at < TOUCH_EVERY:
        return
    with suppress(OperationalError), portal().database.if_free() as session:
        fresh = session.get(ApiToken, token.id)
        if fresh is not None:
            fresh.last_used_at = now


def demand(permissions: Iterable[Permission], *, writes: bool) -> None:
    """The scope for this kind of act and, if any are named, one of these permissions."""
    asked = tuple(permissions)
    if not actor().is_authenticated:
        if asked:
            raise refused(_l("This needs a token. Make one on the page “API tokens”."))
        return
    _demand_scope("write" if writes else "read")
    if asked and not any(actor().may(permission) for permission in asked):
        raise ApiError(403, _l("Your role does not permit this."))


def _demand_scope(scope: str) -> None:
    if scope not in g.api_scopes:
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        detail = gettext("This token lacks the scope “%(scope)s”.", scope=scope)
        raise ApiError(403, detail, headers={"WWW-Authenticate": challenge})
