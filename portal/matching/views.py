"""Pages of matching."""

from typing import Any, cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.companies.rules import LEVEL_LABELS, name_for
from portal.core import i18n
from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import chosen
from portal.matching import jobs, queries, services
from portal.matching.models import Match
from portal.web.app import Portal, actor, db, portal
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("matching", __name__)
blueprint.record_once(lambda state: jobs.register(cast(Portal, state.app).engine))
PER_PAGE = 10
CRITERIA = {
    "category": _l("Category"),
    "certificate": _l("Certificate"),
    "attribute": _l("Technical data"),
    "capacity": _l("Annual capacity"),
    "market": _l("Market"),
    "lead_time": _l("Lead time"),
    "scenario": _l("Use"),
}


@blueprint.get("/matches")
@requires(Permission.MATCH_VIEW)
def overview() -> ResponseReturnValue:
    """Own needs with what fits them, or own capabilities with the needs they fit."""
    side, clean = _side(actor()), request.args.get("show") == "clean"
    found = _for_needs(clean) if side == "needs" else _for_capabilities(clean)
    return _page("matching/overview.html", side=side, clean=clean, sides=_sides(actor()), **found)


def _sides(who: Actor) -> tuple[str, ...]:
    """What this reader has on the market; suppliers look for parts, too."""
    return ("capabilities", "needs") if who.sells or who.is_staff else ("needs",)


def _side(who: Actor) -> str:
    asked = request.args.get("side", "")
    return asked if asked in _sides(who) else _sides(who)[0]


def _for_needs(clean: bool) -> dict[str, Any]:
    own = paginate(db(), queries.matched_needs(actor(), clean=clean), per_page=PER_PAGE)
    ids = [row.id for row in own]
    best = queries.best_of(db(), Match.need_id, ids, clean=clean)
    others = {m.capability_id for rows in best.values() for m in rows}
    return {
        "own": own,
        "best": best,
        "counts": queries.counts_of(db(), Match.need_id, ids, clean=clean),
        "others": queries.shown_capabilities(db(), others),
    }


def _for_capabilities(clean: bool) -> dict[str, Any]:
    own = paginate(db(), queries.matched_capabilities(actor(), clean=clean), per_page=PER_PAGE)
    ids = [row.id for row in own]
    best = queries.best_of(db(), Match.capability_id, ids, clean=clean)
    others = {m.need_id for rows in best.values() for m in rows}
    return {
        "own": own,
        "best": best,
        "counts": queries.counts_of(db(), Match.capability_id, ids, clean=clean),
        "others": queries.shown_needs(db(), others),
    }


@blueprint.get("/needs/<need_id>/matches")
@requires(Permission.MATCH_VIEW)
def for_need(need_id: str) -> ResponseReturnValue:
    need = queries.need_for(db(), actor(), need_id)
    found = services.matches_for_need(db(), portal().engine, need)
    may_ask = actor().owns(need.company_id) and actor().may(Permission.INQUIRY_WRITE)
    return _page("matching/for_need.html", need=need, found=found, may_ask=may_ask)


@blueprint.get("/capabilities/<capability_id>/matches")
@requires(Permission.MATCH_VIEW)
def for_capability(capability_id: str) -> ResponseReturnValue:
    capability = queries.capability_for(db(), actor(), capability_id)
    found = services.matches_for_capability(db(), portal().engine, capability)
    return _page("matching/for_capability.html", capability=capability, found=found)


def _page(template: str, **context: Any) -> ResponseReturnValue:
    tag = i18n.current().tag
    answer: ResponseReturnValue = page(
        template,
        text_of=lambda row: chosen(row.texts, tag),
        name_of=lambda company: name_for(company.texts, tag),
        segments=_segments,
        criterion_names=CRITERIA,
        levels=LEVEL_LABELS,
        **context,
    )
    return answer


def _segments(passage: Any) -> list[dict[str, Any]]:
    """A passage cut at its marks."""
    pieces, at = [], 0
    for start, end in passage.marks:
        pieces.append({"text": passage.text[at:start], "mark": False})
        pieces.append({"text": passage.text[start:end], "mark": True})
        at = end
    pieces.append({"text": passage.text[at:], "mark": False})
    return [piece for piece in pieces if piece["text"]]
