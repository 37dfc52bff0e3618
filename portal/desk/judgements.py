"""Judgements of the base about matches: what waits, what was said, and the collection they make."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies.rules import name_for
from portal.core import i18n
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.desk.blueprint import blueprint
from portal.matching import judging, qrels, queries, weighing
from portal.needs.models import Need
from portal.web.app import actor, db
from portal.web.forms import sent_line
from portal.web.guards import requires
from portal.web.paging import Page, paginate
from portal.web.targets import own_page
from portal.web.templating import page

GROUPS = ("good", "wrong")


@blueprint.get("/desk/judgements")
@requires(Permission.MATCH_JUDGE)
def judgements() -> ResponseReturnValue:
    """Recent matches that nobody has judged, or what was said; and how the order does by it."""
    asked = request.args.get("group", "")
    group = asked if asked in GROUPS else ""
    rows = paginate(db(), judging.judged(group) if group else judging.unjudged())
    said = judging.everything(db())
    return page(
        "desk/judgements.html",
        rows=rows,
        group=group,
        judged={(r.need_id, r.capability_id): r for r in rows} if group else {},
        counts=judging.counts(said),
        figures=weighing.figures(db(), queries.weights(db()), said),
        **_shown(rows),
    )


def _shown(rows: Page[Any]) -> dict[str, Any]:
    tag = i18n.current().tag
    return {
        "needs": queries.titles(db(), Need, {row.need_id for row in rows}),
        "capabilities": queries.shown_capabilities(db(), {row.capability_id for row in rows}),
        "text_of": lambda row: chosen(row.texts, tag),
        "name_of": lambda company: name_for(company.texts, tag),
        "verdicts": judging.VERDICTS,
    }


@blueprint.post("/desk/judgements")
@requires(Permission.MATCH_JUDGE)
def judge() -> ResponseReturnValue:
    """Good, wrong, or taken back; then back to where the button was."""
    need, capability, verdict, note = map(sent_line, ("need", "capability", "verdict", "note"))
    judging.judge(db(), actor(), judging.Opinion(need, capability, verdict, note))
    withdrawn = verdict == judging.WITHDRAWN
    flash(gettext("Taken back.") if withdrawn else gettext("Thank you, noted."), "success")
    back = request.form.get("back", "").rstrip("?")
    return redirect(own_page(back, url_for("desk.judgements")), 303)


@blueprint.get("/desk/judgements/collection.zip")
@requires(Permission.MATCH_JUDGE)
def collection() -> ResponseReturnValue:
    """Judgements with the public texts they are about, in the form of relevance runs."""
    headers = {"Content-Disposition": 'attachment; filename="judged-matches.zip"'}
    body = qrels.zipped(qrels.collected(db()))
    return Response(body, mimetype="application/zip", headers=headers)
