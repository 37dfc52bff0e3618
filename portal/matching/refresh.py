"""Keeping stored matches fresh, and telling both sides of a new pair once."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.capabilities.models import Capability
from portal.core import clock, jobs
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import chosen
from portal.matching import queries
from portal.matching.models import Match
from portal.matching.pairs import Pair
from portal.needs.models import Need

KEPT = 100
# Scores that differ by less are the same.
ALIKE = 1e-3
DIGEST = "matching.digest"
# New pairs are gathered for so long, so that an import of many needs is one mail.
DIGEST_AFTER = timedelta(minutes=10)

notices.declare(
    "match.need",
    _l("A need fits your capability “%(capability)s”: %(need)s"),
    "arrows-join",
)
notices.declare(
    "match.capability",
    _l("A capability fits your need “%(need)s”: %(capability)s"),
    "arrows-join",
)
notices.declare(
    "match.needs_found",
    _l("Needs that newly fit your capability “%(title)s”: %(count)s"),
    "arrows-join",
)
notices.declare(
    "match.capabilities_found",
    _l("Capabilities that newly fit your need “%(title)s”: %(count)s"),
    "arrows-join",
)


def store(session: Session, column: Any, row_id: str, pairs: Sequence[Pair]) -> dict[str, Match]:
    """Bring the stored matches of one need or capability in line with what was found: the best are
    written, others that still fit are kept, the rest is dropped. Returns those by the other id."""
    existing = queries.stored(session, column, row_id)
    kept: dict[str, Match] = {}
    by_need = column.key == Match.need_id.key
    for pair in pairs[:KEPT]:
        key = (pair.need.id, pair.capability.id)
        row = existing.pop(key, None) or Match(need_id=key[0], capability_id=key[1])
        _fill(row, pair)
        session.add(row)
        kept[key[1] if by_need else key[0]] = row
    for gone in existing.values():
        session.delete(gone)
    session.flush()
    return kept


def _fill(row: Match, pair: Pair) -> None:
    """Write what is new; a score that only got older by some hours is left as it stands."""
    tally, found = pair.hard, pair.parts
    counted = {"met": tally.met, "gaps": tally.gaps, "unknown": tally.unknown}
    reason = pair.top_concept or row.reason or ""
    weighed = {
        "score": pair.score,
        "criteria": found.criteria,
        "relevance": found.relevance,
        "freshness": found.freshness,
    }
    if row.score is not None and reason == row.reason:
        same = all(getattr(row, name) == value for name, value in counted.items())
        if same and all(abs(getattr(row, n) - value) < ALIKE for n, value in weighed.items()):
            return
    for name, value in {**counted, **weighed, "reason": reason}.items():
        setattr(row, name, value)
    row.refreshed_at = clock.now()


def tell_about_need(
    session: Session, need: Need, pairs: Iterable[Pair], rows: dict[str, Match]
) -> None:
    """A need was published or changed: each supplier hears of each fitting capability of its own,
    the need's owner of how many were found."""
    fresh = [p for p in pairs if p.convincing and rows[p.capability.id].notified_at is None]
    found = queries.shown_capabilities(session, [p.capability.id for p in fresh])
    for row in found.values():
        path = f"/capabilities/{row.id}/matches"
        _tell_pair(session, row.company_id, "match.need", (need, row), path)
    if found:
        _tell_count(session, need, "match.capabilities_found", len(found), f"/needs/{need.id}")
    _mark(rows[i] for i in found)


def tell_about_capability(
    session: Session, capability: Capability, pairs: Iterable[Pair], rows: dict[str, Match]
) -> None:
    """A capability was published or changed: each owner of a fitting need hears of it, the
    supplier of how many needs were found."""
    fresh = [p for p in pairs if p.convincing and rows[p.need.id].notified_at is None]
    found = queries.shown_needs(session, [p.need.id for p in fresh])
    for row in found.values():
        path = f"/needs/{row.id}/matches"
        _tell_pair(session, row.company_id, "match.capability", (row, capability), path)
    if found:
        path = f"/capabilities/{capability.id}"
        _tell_count(session, capability, "match.needs_found", len(found), path)
    _mark(rows[i] for i in found)


def _tell_pair(
    session: Session, organisation: str, kind: str, pair: tuple[Need, Capability], path: str
) -> None:
    need, capability = pair
    for user in accounts.users_of(session, organisation):
        titles = {"need": _title(need, user), "capability": _title(capability, user)}
        key = f"match:{need.id}:{capability.id}"
        if notices.tell_users(session, [user], kind, titles, path=path, dedupe=key):
            payload = {"user": user.id, "since": clock.now().isoformat()}
            jobs.enqueue(session, DIGEST, payload, dedupe=user.id, delay=DIGEST_AFTER)


def _tell_count(session: Session, row: Need | Capability, kind: str, count: int, path: str) -> None:
    moment = f"{clock.now():%Y%m%d%H%M%S}"
    for user in accounts.users_of(session, row.company_id):
        params = {"title": _title(row, user), "count": count}
        key = f"{kind}:{row.id}:{moment}"
        notices.tell_users(session, [user], kind, params, path=f"{path}/matches", dedupe=key)


def _title(row: Need | Capability, user: User) -> str:
    texts: list[Any] = list(row.texts)
    text = chosen(texts, user.locale)
    return text.title if text else ""


def _mark(rows: Iterable[Match]) -> None:
    now = clock.now()
    for row in rows:
        row.notified_at = now
