"""Bearer tokens of the API."""

import secrets

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts import queries, rules
from portal.accounts.models import (
    ApiToken,
)
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l


def create_token(
    session: Session, actor: Actor, name: str, scopes: list[str]
) -> tuple[ApiToken, str]:
    """A bearer token for the API; the secret is returned this once."""
    if not scopes or any(scope not in rules.SCOPES for scope in scopes):
        raise Invalid(_l("Please choose at least one scope."), field="scopes")
    secret = f"obp_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        user_id=actor.user_id, name=name, token_hash=queries.token_hash(secret), scopes=scopes
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "token.create", row, {"scopes": scopes})
    return row, secret


def revoke_token(session: Session, actor: Actor, token_id: str) -> None:
    row = session.get(ApiToken, token_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    row.revoked_at = clock.now()
    audit.record(session, actor, "token.revoke", row)


def end_all(session: Session, user_id: str) -> None:
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
