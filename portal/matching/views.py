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
from portal.matching import jobs, judging, queries, services, sheet, standing, wording
from portal.matching.explanation import explained
from portal.matching.models import Match
from portal.matching.standing import Standing
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
    return _page(
        "matching/for_need.html",
        need=need,
        found=found,
        weights=queries.weights(db()),
        may_ask=_may_ask(need.company_id),
        judged=_judged([(need_id, p.capability.id) for p in found.pairs]),
    )


@blueprint.get("/capabilities/<capability_id>/matches")
@requires(Permission.MATCH_VIEW)
def for_capability(capability_id: str) -> ResponseReturnValue:
    capability = queries.capability_for(db(), actor(), capability_id)
    found = services.matches_for_capability(db(), portal().engine, capability)
    return _page(
        "matching/for_capability.html",
        capability=capability,
        found=found,
        weights=queries.weights(db()),
        judged=_judged([(p.need.id, capability_id) for p in found.pairs]),
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
    try:
        need, found = _of_need(need_id, capability_id)
    except _Unknown:
        return _nothing(url_for("matching.ask_for_need", need_id=need_id))
    asking = {"need": need, "may_ask": _may_ask(need.company_id)}
    return _pair_page("matching/pair_of_need.html", found, **asking)


@blueprint.get("/capabilities/<capability_id>/matches/<need_id>")
@requires(Permission.MATCH_VIEW)
def pair_of_capability(capability_id: str, need_id: str) -> ResponseReturnValue:
    """How one need stands to a capability, in the list or not."""
    try:
        row, found = _of_capability(capability_id, need_id)
    except _Unknown:
        return _nothing(url_for("matching.ask_for_capability", capability_id=capability_id))
    return _pair_page("matching/pair_of_capability.html", found, capability=row)


class _Unknown(Exception):
    """The other side does not exist or is not public: the same to whoever asks."""


def _of_need(need_id: str, capability_id: str) -> tuple[Any, Standing]:
    need = queries.need_for(db(), actor(), need_id)
    try:
        found = standing.of_capability(db(), portal().engine, actor(), need, capability_id)
    except NotFound as error:
        raise _Unknown from error
    return need, found


def _of_capability(capability_id: str, need_id: str) -> tuple[Any, Standing]:
    row = queries.capability_for(db(), actor(), capability_id)
    try:
        found = standing.of_need(db(), portal().engine, actor(), row, need_id)
    except NotFound as error:
        raise _Unknown from error
    return row, found


def _nothing(back: str) -> ResponseReturnValue:
    flash(gettext("Nothing that is published has this number, so it cannot be matched."), "warning")
    return redirect(back, 303)


def _pair_page(template: str, found: Standing, **context: Any) -> ResponseReturnValue:
    pair = found.pair
    return _page(
        template,
        found=found,
        said=explained(pair),
        sheets=sheet.available(),
        judged=_judged([(pair.need.id, pair.capability.id)]),
        **context,
    )


# match sheets


@blueprint.get("/needs/<need_id>/matches/<capability_id>/sheet.pdf")
@requires(Permission.MATCH_VIEW)
def sheet_of_need(need_id: str, capability_id: str) -> ResponseReturnValue:
    need = queries.need_for(db(), actor(), need_id)
    found = standing.of_capability(db(), portal().engine, actor(), need, capability_id)
    return _sheet(found, need, found.row)


@blueprint.get("/capabilities/<capability_id>/matches/<need_id>/sheet.pdf")
@requires(Permission.MATCH_VIEW)
def sheet_of_capability(capability_id: str, need_id: str) -> ResponseReturnValue:
    row = queries.capability_for(db(), actor(), capability_id)
    found = standing.of_need(db(), portal().engine, actor(), row, need_id)
    return _sheet(found, found.row, row)


def _sheet(found: Standing, need: Any, capability: Any) -> ResponseReturnValue:
    if not sheet.available():
        raise NotFound
    names = queries.company_texts(db(), {need.company_id, capability.company_id})
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
    need = queries.need_for(db(), actor(), need_id)
    words, hits = _proposed("capability")
    return _page("matching/ask_for_need.html", need=need, q=words, hits=hits)


@blueprint.get("/capabilities/<capability_id>/matches/ask")
@requires(Permission.MATCH_VIEW)
def ask_for_capability(capability_id: str) -> ResponseReturnValue:
    """Find any published need, to ask how it stands to the capability."""
    row = queries.capability_for(db(), actor(), capability_id)
    words, hits = _proposed("need")
    return _page("matching/ask_for_capability.html", capability=row, q=words, hits=hits)


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
