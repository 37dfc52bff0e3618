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
from portal.matching import queries, sides
from portal.matching.models import Match
from portal.matching.pairs import Pair
from portal.matching.sides import Row
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


def tell_about(
    session: Session, asking: Row, pairs: Iterable[Pair], rows: dict[str, Match]
) -> None:
    """A need or a capability was published or changed: the owner of each fitting record of the
    other side hears of that one, its own owner of how many were found."""
    side = sides.of(asking)
    others = sides.OPPOSITE[side.name].plural
    fresh = [p for p in pairs if p.convincing and rows[side.other_id(p)].notified_at is None]
    found = side.shown(session, [side.other_id(p) for p in fresh])
    for row in found.values():
        path = f"/{others}/{row.id}/matches"
        pair = side.in_order(asking, row)
        _tell_pair(session, row.company_id, f"match.{side.name}", pair, path)
    if found:
        path = f"/{side.plural}/{asking.id}"
        _tell_count(session, asking, f"match.{others}_found", len(found), path)
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


def _tell_count(session: Session, row: Row, kind: str, count: int, path: str) -> None:
    moment = f"{clock.now():%Y%m%d%H%M%S}"
    for user in accounts.users_of(session, row.company_id):
        params = {"title": _title(row, user), "count": count}
        key = f"{kind}:{row.id}:{moment}"
        notices.tell_users(session, [user], kind, params, path=f"{path}/matches", dedupe=key)


def _title(row: Row, user: User) -> str:
    texts: list[Any] = list(row.texts)
    text = chosen(texts, user.locale)
    return text.title if text else ""


def _mark(rows: Iterable[Match]) -> None:
    now = clock.now()
    for row in rows:
        row.notified_at = now
