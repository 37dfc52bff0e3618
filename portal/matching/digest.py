"""One mail for all new pairs a person has not read of yet, with the same words as the page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.accounts import consents
from portal.accounts import queries as accounts
from portal.accounts.models import Notice
from portal.accounts.rules import actor_of
from portal.core import i18n, mail
from portal.core.locales import by_tag
from portal.disclosure.queries import Sight, sight
from portal.matching import disclosed, queries, services
from portal.matching.explanation import Explanation, explained
from portal.matching.facts import need_facts
from portal.matching.models import Match
from portal.search.engine import EmbeddedEngine

# Kind of notice → list of the mail, and the page of a pair as its reader sees it.
KINDS = {
    "match.need": ("needs", "/capabilities/{1}/matches/{0}"),
    "match.capability": ("capabilities", "/needs/{0}/matches/{1}"),
}
# So many pairs of a list are explained in the mail itself; the others by a link.
IN_FULL = 3
_Pair = tuple[str, str]


def send(session: Session, engine: EmbeddedEngine, payload: Mapping[str, Any]) -> None:
    """Write the mail of a person, unless everything was read meanwhile."""
    user = accounts.user(session, payload["user"])
    since = datetime.fromisoformat(payload["since"])
    unread = queries.unread_pairs(session, payload["user"], since, tuple(KINDS))
    if user is None or user.disabled_at is not None or not unread:
        return
    if not consents.holds(session, user.id)["digests"]:
        return
    lines: dict[str, list[dict[str, Any]]] = {"needs": [], "capabilities": []}
    with i18n.use_locale(user.locale):
        far = sight(session, actor_of(user))
        said = _explained(session, engine, far, _first(unread))
        for notice in unread:
            listed, _path = KINDS[notice.kind]
            words = said.get((notice.kind, *_pair(notice)))
            lines[listed].append(_line(notice, words, user.locale))
    mail.enqueue(session, accounts.recipient(user), "matching/digest", lines, "/matches")


def _pair(notice: Notice) -> _Pair:
    """Need and capability, from the name that keeps a pair from being told twice."""
    _word, need, capability = notice.dedupe.split(":")
    return need, capability


def _first(unread: Sequence[Notice]) -> list[Notice]:
    """Those that the mail explains in full."""
    return [n for kind in KINDS for n in [u for u in unread if u.kind == kind][:IN_FULL]]


def _line(notice: Notice, said: Explanation | None, tag: str) -> dict[str, Any]:
    path = KINDS[notice.kind][1].format(*_pair(notice))
    known = {"said": said.as_dict() if said else None}
    return {**notice.params, "path": f"/{by_tag(tag).slug}{path}", **known}


def _explained(
    session: Session, engine: EmbeddedEngine, far: Sight, notices: Iterable[Notice]
) -> dict[tuple[str, str, str], Explanation]:
    """Pairs that still stand, by kind of notice, in the language of this moment, as far as the
    reader sees."""
    wanted = {(n.kind, *_pair(n)) for n in notices}
    needs = queries.shown_needs(session, {need for _, need, _ in wanted})
    rows = queries.shown_capabilities(session, {capability for _, _, capability in wanted})
    facts, weights = queries.capabilities(session, far, rows), queries.weights(session)
    shares = _shares(session, {(need, capability) for _, need, capability in wanted})
    found: dict[tuple[str, str, str], Explanation] = {}
    for kind, need_id, capability_id in wanted:
        share = shares.get((need_id, capability_id))
        if share is None or capability_id not in facts:
            continue
        need, row = needs[need_id], rows[capability_id]
        asked = disclosed.need(need_facts(need), need, far.reach(need.company_id))
        pair = services.held(asked, facts[capability_id], share, weights)
        shown = (far.seen(row), far.seen(need))
        asking, other = shown if kind == "match.need" else shown[::-1]
        explain = services.explaining(engine, asking)
        found[kind, need_id, capability_id] = explained(explain(pair, other))
    return found


def _shares(session: Session, pairs: Iterable[_Pair]) -> dict[_Pair, float]:
    """What the texts of stored matches share; the stored part is the root of it."""
    query = select(Match).where(tuple_(Match.need_id, Match.capability_id).in_(list(pairs)))
    return {(m.need_id, m.capability_id): m.relevance**2 for m in session.scalars(query)}
