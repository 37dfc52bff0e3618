"""Links that are mailed to people and serve once."""

import secrets
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts import queries, rules
from portal.accounts.models import (
    OneTimeToken,
    User,
)
from portal.core import clock, jobs, mail
from portal.core.errors import NotFound

ASKED = "account.link"


def ask(session: Session, email: str, purpose: str) -> None:
    """Have a link mailed if there is an account to send one for.

    The worker looks that up: an answer that takes longer would tell which addresses have accounts.
    """
    address = queries.normal_email(email)
    jobs.enqueue(session, ASKED, {"email": address, "purpose": purpose})


@jobs.handles(ASKED)
def _send_asked(session: Session, payload: dict[str, Any]) -> None:
    user, purpose = queries.user_by_email(session, payload["email"]), payload["purpose"]
    if user is None or user.disabled_at is not None:
        return
    if purpose != "confirm" or user.email_confirmed_at is None:
        send(session, user, purpose)


def send(session: Session, user: User, purpose: str) -> None:
    """Mail a link; `purpose` is `confirm` or `reset`."""
    token = secrets.token_urlsafe(32)
    life = rules.TOKEN_LIFE[purpose]
    now = clock.now()
    session.add(
        OneTimeToken(
            token_hash=queries.token_hash(token),
            purpose=purpose,
            user_id=user.id,
            expires_at=now + life,
        )
    )
    context = {"expires": (now + life).isoformat()}
    path = f"/account/{purpose}/{token}"
    mail.enqueue(session, queries.recipient(user), f"accounts/{purpose}", context, path)


def use(session: Session, token: str, purpose: str) -> User:
    """Whose link it is, used up now. Raises NotFound for a used, expired or unknown one."""
    row = queries.one_time_token(session, token)
    if row is None or not rules.token_good(row, purpose, clock.now()):
        raise NotFound
    row.used_at = clock.now()
    user = queries.user(session, row.user_id)
    if user is None:
        raise NotFound
    return user


def end_all(session: Session, user: User) -> None:
    session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.user_id == user.id, OneTimeToken.used_at.is_(None))
        .values(used_at=clock.now())
    )
