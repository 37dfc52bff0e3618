"""Matches in the form of the contract, for the command and the API alike."""

from typing import Any

from sqlalchemy.orm import Session

from portal.core import i18n
from portal.disclosure.queries import NOBODY, Sight
from portal.matching import services, sides
from portal.matching.criteria import Criterion
from portal.matching.explanation import explained
from portal.matching.pairs import Pair
from portal.matching.services import LIMIT, Matches
from portal.matching.sides import Row
from portal.matching.standing import Standing
from portal.search.engine import EmbeddedEngine


def json_for(
    session: Session,
    engine: EmbeddedEngine,
    asking: Row,
    locale: str,
    limit: int = LIMIT,
    far: Sight = NOBODY,
) -> dict[str, Any]:
    """Matches of a need or a capability, stored or not, for a reader who sees so far."""
    side = sides.of(asking)
    found = services.matches_for(session, engine, asking, limit, far)
    return {side.name: asking.id or "", **to_json(found, locale, side.other)}


def to_json(found: Matches, locale: str, other: str) -> dict[str, Any]:
    """`other` names the side that is listed; texts are in the language of `locale`."""
    with i18n.use_locale(locale):
        rows = [
            {"rank": rank, **_match(pair, other)} for rank, pair in enumerate(found.pairs, start=1)
        ]
    return {"matches": rows, **({"reduced": True} if found.reduced else {})}


def standing_json(found: Standing, locale: str, other: str) -> dict[str, Any]:
    """Why one record of the other side is, or is not, among the matches."""
    with i18n.use_locale(locale):
        return {
            "need": found.pair.need.id,
            "capability": found.pair.capability.id,
            "listed": found.listed,
            "place": found.place,
            "matches": found.total,
            "standing": [{"code": code, "sentence": text} for code, text in found.sentences()],
            "match": _match(found.pair, other),
        }


def _match(pair: Pair, other: str) -> dict[str, Any]:
    side = pair.capability if other == "capability" else pair.need
    return {
        other: side.id,
        "company": side.company_id or None,
        "score": round(pair.score, 4),
        "criteria": [_criterion(line) for line in pair.criteria],
        "reasons": [reason.as_dict() for reason in pair.reasons],
        "explanation": explained(pair).as_dict(),
    }


def _criterion(line: Criterion) -> dict[str, Any]:
    return {
        "criterion": line.criterion,
        "wanted": str(line.wanted),
        "verdict": line.verdict.value,
        "evidence": str(line.evidence),
        "level": line.level,
        "hard": line.hard,
    }
