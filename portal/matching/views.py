"""Pages of matching: lists of matches, one pair, and why something is not in a list."""

from typing import Any, cast

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies.rules import name_for
from portal.core import clock, i18n
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.texts import chosen, site_name
from portal.disclosure import reading
from portal.market_rules import markets
from portal.matching import (
    jobs,
    judging,
    queries,
    services,
    sheet,
    sides,
    standing,
    wording,
)
from portal.matching import market_reach as _market_reach  # noqa: F401  (registers itself)
from portal.matching.explanation import explained
from portal.matching.sides import Side
from portal.search.answers import Found, answer
from portal.search.results import SearchRequest
from portal.web.app import Portal, actor, db, portal
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("matching", __name__)
blueprint.record_once(lambda state: jobs.register(cast(Portal, state.app).engine))
PER_PAGE = 10
PROPOSED = 10
MAX_QUERY = 200


@blueprint.get("/matches")
@requires(Permission.MATCH_VIEW)
def overview() -> ResponseReturnValue:
    """Own needs with what fits them, or own capabilities with the needs they fit."""
    side, clean = _side(actor()), request.args.get("show") == "clean"
    found = _matched(sides.NEED if side == "needs" else sides.CAPABILITY, clean=clean)
    return _page("matching/overview.html", side=side, clean=clean, sides=_sides(actor()), **found)


def _sides(who: Actor) -> tuple[str, ...]:
    """What this reader has on the market; suppliers look for parts, too."""
    return ("capabilities", "needs") if who.sells or who.is_staff else ("needs",)


def _side(who: Actor) -> str:
    asked = request.args.get("side", "")
    return asked if asked in _sides(who) else _sides(who)[0]


def _matched(side: Side, *, clean: bool) -> dict[str, Any]:
    """The reader's own records of a side with the best that was found for each."""
    own = paginate(db(), side.matched(actor(), clean=clean), per_page=PER_PAGE)
    ids = [row.id for row in own]
    best = queries.best_of(db(), side.column, ids, clean=clean)
    others = {getattr(m, f"{side.other}_id") for rows in best.values() for m in rows}
    sees = reading.sees()
    return {
        "own": own,
        "best": best,
        "counts": queries.counts_of(db(), side.column, ids, clean=clean),
        "others": {i: sees.seen(row) for i, row in side.shown(db(), others).items()},
    }


@blueprint.get("/needs/<need_id>/matches")
@requires(Permission.MATCH_VIEW)
def for_need(need_id: str) -> ResponseReturnValue:
    return _matches_of(sides.NEED, need_id, "matching/for_need.html")


@blueprint.get("/capabilities/<capability_id>/matches")
@requires(Permission.MATCH_VIEW)
def for_capability(capability_id: str) -> ResponseReturnValue:
    return _matches_of(sides.CAPABILITY, capability_id, "matching/for_capability.html")


def _matches_of(side: Side, own_id: str, template: str) -> ResponseReturnValue:
    own = side.read_for(db(), actor(), own_id)
    found = services.matches_for(db(), portal().engine, own, far=reading.sees())
    return _page(
        template,
        found=found,
        weights=queries.weights(db()),
        may_ask=_may_ask(own.company_id),
        judged=_judged([(p.need.id, p.capability.id) for p in found.pairs]),
        **{side.name: own},
    )


def _may_ask(company_id: str) -> bool:
    return actor().owns(company_id) and actor().may(Permission.INQUIRY_WRITE)


def _judged(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Any] | None:
    """What the base thinks of these pairs; None for those who are not to know."""
    return judging.latest(db(), pairs) if actor().may(Permission.MATCH_JUDGE) else None


# one pair


@blueprint.get("/needs/<need_id>/matches/<capability_id>")
@requires(Permission.MATCH_VIEW)
def pair_of_need(need_id: str, capability_id: str) -> ResponseReturnValue:
    """How one capability stands to a need, in the list or not."""
    return _pair_page(sides.NEED, need_id, capability_id)


@blueprint.get("/capabilities/<capability_id>/matches/<need_id>")
@requires(Permission.MATCH_VIEW)
def pair_of_capability(capability_id: str, need_id: str) -> ResponseReturnValue:
    """How one need stands to a capability, in the list or not."""
    return _pair_page(sides.CAPABILITY, capability_id, need_id)


def _pair_page(side: Side, own_id: str, other_id: str) -> ResponseReturnValue:
    own = side.read_for(db(), actor(), own_id)
    try:
        found = standing.of(db(), portal().engine, actor(), own, other_id)
    except NotFound:
        return _nothing(_ask_url(side, own_id))
    return _page(
        "matching/one_pair.html",
        own=own,
        side=side.name,
        found=found,
        said=explained(found.pair),
        access=_access(*side.in_order(own, found.row)),
        sheets=sheet.available(),
        may_ask=_may_ask(own.company_id),
        judged=_judged([(found.pair.need.id, found.pair.capability.id)]),
    )


def _access(need: Any, capability: Any) -> dict[str, str] | None:
    """Where the notices about such products in the need's market stand; they decide nothing."""
    market, category = markets.of_country(need.market), capability.category or need.category
    if market is None or not category:
        return None
    url = url_for("market_rules.listing", market=market, category=category, _anchor="notice")
    return {"market": markets.label(market), "url": url}


def _ask_url(side: Side, own_id: str) -> str:
    own: dict[str, Any] = {f"{side.name}_id": own_id}
    return url_for(f"matching.ask_for_{side.name}", **own)


def _nothing(back: str) -> ResponseReturnValue:
    """The other side does not exist or is not public: the same to whoever asks."""
    flash(gettext("Nothing that is published has this number, so it cannot be matched."), "warning")
    return redirect(back, 303)


# match sheets


@blueprint.get("/needs/<need_id>/matches/<capability_id>/sheet.pdf")
@requires(Permission.MATCH_VIEW)
def sheet_of_need(need_id: str, capability_id: str) -> ResponseReturnValue:
    return _sheet(sides.NEED, need_id, capability_id)


@blueprint.get("/capabilities/<capability_id>/matches/<need_id>/sheet.pdf")
@requires(Permission.MATCH_VIEW)
def sheet_of_capability(capability_id: str, need_id: str) -> ResponseReturnValue:
    return _sheet(sides.CAPABILITY, capability_id, need_id)


def _sheet(side: Side, own_id: str, other_id: str) -> ResponseReturnValue:
    own = side.read_for(db(), actor(), own_id)
    found = standing.of(db(), portal().engine, actor(), own, other_id)
    if not sheet.available():
        raise NotFound
    need, capability = side.in_order(own, found.row)
    names = queries.company_texts(db(), {need.company_id, capability.company_id})
    if not need.company_id:  # known by an alias only
        names[""] = need.company.texts
    tag = i18n.current().tag
    html = (
        portal()
        .jinja_env.get_template("matching/sheet.html")
        .render(
            found=found,
            said=explained(found.pair),
            need=need,
            capability=capability,
            names={company: name_for(texts, tag) for company, texts in names.items()},
            text_of=lambda row: chosen(row.texts, tag),
            **_surroundings(),
        )
    )
    body = sheet.pdf(html)
    name = f"match-{found.pair.need.id}-{found.pair.capability.id}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/pdf", headers=headers)


def _surroundings() -> dict[str, Any]:
    """What a sheet shows of the portal; it has no navigation, so that nothing else is asked for."""
    settings = portal().settings
    return {
        "locale": i18n.current(),
        "site_name": site_name(settings),
        "base_url": settings.base_url,
        "now": clock.now(),
    }


# why not?


@blueprint.get("/needs/<need_id>/matches/ask")
@requires(Permission.MATCH_VIEW)
def ask_for_need(need_id: str) -> ResponseReturnValue:
    """Find any published capability, to ask how it stands to the need."""
    return _ask_page(sides.NEED, need_id)


@blueprint.get("/capabilities/<capability_id>/matches/ask")
@requires(Permission.MATCH_VIEW)
def ask_for_capability(capability_id: str) -> ResponseReturnValue:
    """Find any published need, to ask how it stands to the capability."""
    return _ask_page(sides.CAPABILITY, capability_id)


def _ask_page(side: Side, own_id: str) -> ResponseReturnValue:
    own = side.read_for(db(), actor(), own_id)
    words, hits = _proposed(side.other)
    return _page("matching/ask_about.html", own=own, side=side.name, q=words, hits=hits)


def _proposed(kind: str) -> tuple[str, tuple[Found, ...]]:
    words = request.args.get("q", "")[:MAX_QUERY].strip()
    if not words:
        return "", ()
    tag = i18n.current().tag
    asked = SearchRequest(words, tag, kinds=(kind,), limit=PROPOSED, everything=True)
    return words, answer(db(), portal().engine, asked).hits


@blueprint.get("/matches/why-not")
@requires(Permission.MATCH_VIEW)
def why_not() -> ResponseReturnValue:
    """From a capability or a need of others: which own one is it about? One is not asked for."""
    capability, need = (request.args.get(name, "")[:40] for name in ("capability", "need"))
    own: list[Any] = []
    if capability:
        own = list(queries.askable_needs(db(), actor()))
    elif need and (actor().sells or actor().is_staff):
        own = list(queries.askable_capabilities(db(), actor()))
    if len(own) == 1:
        return redirect(_about(own[0].id, capability, need), 303)
    links = [(row, _about(row.id, capability, need)) for row in own]
    return _page("matching/why_not.html", links=links, about_capability=bool(capability))


def _about(own: str, capability: str, need: str) -> str:
    if capability:
        return url_for("matching.pair_of_need", need_id=own, capability_id=capability)
    return url_for("matching.pair_of_capability", capability_id=own, need_id=need)


def _page(template: str, **context: Any) -> ResponseReturnValue:
    tag = i18n.current().tag
    answered: ResponseReturnValue = page(
        template,
        text_of=lambda row: chosen(row.texts, tag),
        name_of=lambda company: name_for(company.texts, tag),
        explained=explained,
        part_names=wording.PARTS,
        verdicts=judging.VERDICTS,
        **context,
    )
    return answered
