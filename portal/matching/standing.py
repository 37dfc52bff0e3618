"""Why a record is among the matches or is not: its place, and everything that keeps it out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.companies import rules as companies
from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.disclosure.queries import sight
from portal.matching import queries, services, sides, wording
from portal.matching.pairs import Pair, ranked
from portal.matching.ranking import HUNDRED, PARTS
from portal.matching.sentences import shown
from portal.matching.sides import Row
from portal.needs.models import Need
from portal.search.engine import EmbeddedEngine
from portal.search.results import Scored

# How far down the order by texts alone is looked.
FAR = 1_000
# What other features know of a pair: (session, reader, need id, capability id) → sentences.
Remarks = Callable[[Session, Actor, str, str], Iterable[str]]
REMARKS: list[Remarks] = []


@dataclass(frozen=True)
class Standing:
    """One pair and its place. `row` is the other side's record; `by_text` its place in the order
    by texts alone; `ahead` the last pair of the list that it did not reach; `hindrances` codes of
    what keeps it out, whatever its place."""

    pair: Pair
    row: Any
    place: int | None
    total: int
    by_text: int | None
    hindrances: tuple[str, ...] = ()
    ahead: Pair | None = None
    remarks: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        return self.place is not None and self.place <= services.LIMIT

    def sentences(self) -> list[tuple[str, str]]:
        """Codes, which stay the same, with their sentences in the reader's language."""
        return [(code, text) for code, text in self._said() if text]

    def _said(self) -> Iterator[tuple[str, str]]:
        if self.place is not None:
            yield ("listed" if self.listed else "beyond"), self._placed()
            yield "behind", self._behind()
        for code in self.hindrances:
            yield code, _HINDRANCES[code](self)
        yield from (("remark", text) for text in self.remarks)

    def _placed(self) -> str:
        figures = {"place": shown(self.place or 0), "total": shown(self.total)}
        if self.listed:
            return gettext("It is in the list, in place %(place)s of %(total)s.", **figures)
        return gettext(
            "It fits in part, yet only in place %(place)s of %(total)s; the list shows the best "
            "%(limit)s.",
            limit=shown(services.LIMIT),
            **figures,
        )

    def _behind(self) -> str:
        """What costs it most against the last one that is listed."""
        if self.ahead is None:
            return ""
        part = max(PARTS, key=lambda name: _lost(self.pair, self.ahead, name))
        if _lost(self.pair, self.ahead, part) <= 0:
            return ""
        return gettext(
            "Against the last one in the list it loses most here: %(part)s.",
            part=wording.PARTS[part],
        )


def _lost(pair: Pair, ahead: Pair | None, part: str) -> float:
    """Points of a hundred that a part costs against the pair ahead."""
    if ahead is None:
        return 0.0
    gap = getattr(ahead.parts, part) - getattr(pair.parts, part)
    return float(getattr(pair.weights, part) * gap / HUNDRED)


def _by_text(found: Standing) -> str:
    if found.by_text is None:
        return gettext(
            "The search does not propose it: the texts share no term of the trade and no word of "
            "weight."
        )
    return gettext(
        "By what the texts have in common it is in place %(place)s; only the first %(limit)s are "
        "held against the criteria.",
        place=shown(found.by_text),
        limit=shown(queries.CANDIDATES),
    )


_HINDRANCES: Mapping[str, Callable[[Standing], str]] = {
    "own_company": lambda _: gettext(
        "Need and capability belong to the same company; those are never matched."
    ),
    "need_not_published": lambda _: gettext(
        "The need is not published at present, so that nothing is matched with it."
    ),
    "deadline_passed": lambda _: gettext("The deadline for answers to the need has passed."),
    "capability_not_published": lambda _: gettext(
        "The capability is not published at present, so that it is matched with nothing."
    ),
    "company_not_published": lambda _: gettext(
        "The profile of one of the two companies is not published."
    ),
    "profile_not_confirmed": lambda _: gettext(
        "The supplier has not confirmed its company profile for a year. Until it does, its "
        "capabilities stay out of all matches."
    ),
    "other_category": lambda _: gettext(
        "It stands in another category, and the texts have too little in common for it to be "
        "listed all the same."
    ),
    "texts_too_far": _by_text,
    "index_missing": lambda _: gettext(
        "The search index is being rebuilt; until then texts are not compared."
    ),
}


def of(
    session: Session,
    engine: EmbeddedEngine,
    reader: Actor,
    asking: Row,
    other_id: str,
) -> Standing:
    """How a public record of the other side, or one of the reader's own, stands to a need or a
    capability. Raises NotFound."""
    side = sides.of(asking)
    row = side.shown(session, [other_id]).get(other_id)
    if row is None or not _visible(row, reader):
        raise NotFound
    own, far = asking.company_id == row.company_id, sight(session, reader)
    scored = services.candidates(engine, services.document_of(asking), side.other, FAR, own=own)
    pairs = services.pairs_of(session, asking, scored, far, row.id)
    row = far.seen(row)
    explain = services.explaining(engine, asking)
    found = _Found(scored, pairs, row, explain(pairs[row.id], row))
    return _standing(session, reader, found, *side.in_order(asking, row))


def _visible(row: Row, reader: Actor) -> bool:
    public = row.state == "published" and row.company.state == "published"
    return public or reader.is_staff or reader.owns(row.company_id)


@dataclass(frozen=True)
class _Found:
    """What the index proposed, all pairs by the other side's id, and the one that is asked for."""

    scored: Sequence[Scored] | None
    pairs: Mapping[str, Pair]
    row: Any
    pair: Pair

    @property
    def by_text(self) -> int | None:
        ids = (s.id for s in self.scored or ())
        return next((n for n, i in enumerate(ids, start=1) if i == self.row.id), None)

    @property
    def proposed(self) -> bool:
        return self.by_text is not None and self.by_text <= queries.CANDIDATES

    def order(self, *, matchable: bool) -> list[Pair]:
        """The list as readers see it, with the asked one only where it belongs."""
        takes_part = matchable and (self.proposed or self.scored is None)
        pairs = [p for i, p in self.pairs.items() if i != self.row.id or takes_part]
        return ranked(pairs, reduced=self.scored is None)


def _standing(
    session: Session, reader: Actor, found: _Found, need: Need, row: Capability
) -> Standing:
    against = [code for code, holds in _facts_against(need, row) if holds]
    order = found.order(matchable=not against)
    mine = found.pairs[found.row.id]
    place = order.index(mine) + 1 if mine in order else None
    if found.scored is None:
        against.append("index_missing")
    elif place is None and not against:
        against.append("other_category" if found.proposed else "texts_too_far")
    return Standing(
        pair=found.pair,
        row=found.row,
        place=place,
        total=len(order),
        by_text=found.by_text,
        hindrances=tuple(against),
        ahead=order[services.LIMIT - 1] if place and place > services.LIMIT else None,
        remarks=tuple(t for ask in REMARKS for t in ask(session, reader, need.id, row.id)),
    )


def _facts_against(need: Need, row: Capability) -> Iterator[tuple[str, bool]]:
    now = clock.now()
    yield "own_company", need.company_id == row.company_id
    yield "need_not_published", need.state != "published"
    yield "deadline_passed", need.deadline is not None and need.deadline <= now
    yield "capability_not_published", row.state != "published"
    published = {need.company.state, row.company.state} == {"published"}
    yield "company_not_published", not published
    yield "profile_not_confirmed", companies.is_stale(row.company, now)
