"""The inbox: features declare their sentences here by name and add lines for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.models import Notice, User

_sentences: dict[str, tuple[Any, str]] = {}


def declare(kind: str, sentence: Any, icon: str) -> None:
    """Name a kind of notice; `sentence` is a lazy message with named placeholders."""
    _sentences[kind] = (sentence, icon)


def declare_all(sentences: Mapping[str, tuple[Any, str]]) -> None:
    """Several kinds with their sentences and icons."""
    _sentences.update(sentences)


def kinds() -> dict[str, tuple[Any, str]]:
    return dict(_sentences)


def text(notice: Notice) -> str:
    """The notice in the reader's language."""
    return str(_sentences[notice.kind][0]) % notice.params


def icon(notice: Notice) -> str:
    return _sentences[notice.kind][1]


def tell_users(
    session: Session,
    users: Iterable[User],
    kind: str,
    params: Mapping[str, Any],
    *,
    path: str,
    dedupe: str,
) -> list[User]:
    """Put a line into each person's inbox, once per `dedupe`; returns those who got a new one."""
    if kind not in _sentences:
        raise KeyError(kind)
    people = list(users)
    if not people:
        return []
    known = select(Notice.user_id).where(
        Notice.dedupe == dedupe, Notice.user_id.in_([u.id for u in people])
    )
    told = set(session.scalars(known))
    fresh = [u for u in people if u.id not in told]
    session.add_all(
        Notice(user_id=u.id, kind=kind, params=dict(params), path=path, dedupe=dedupe)
        for u in fresh
    )
    return fresh


def tell_organisation(
    session: Session,
    organisation_id: str,
    kind: str,
    params: Mapping[str, Any],
    *,
    path: str,
    dedupe: str,
) -> list[User]:
    """Tell all members of an organisation."""
    people = queries.users_of(session, organisation_id)
    return tell_users(session, people, kind, params, path=path, dedupe=dedupe)


def tell_staff(
    session: Session, kind: str, params: Mapping[str, Any], *, path: str, dedupe: str
) -> list[User]:
    """Tell everybody at the base."""
    return tell_users(session, queries.staff(session), kind, params, path=path, dedupe=dedupe)
