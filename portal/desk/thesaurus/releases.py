"""Drafts of the thesaurus on their way: what they change, the trial, the release, undoing it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.desk.thesaurus.words import tables, titles
from portal.matching import trial as trials
from portal.thesaurus import overlay, queries, rules, services
from portal.thesaurus.check import LANGUAGES
from portal.thesaurus.models import ConceptRevision, ThesaurusTrial
from portal.thesaurus.store import get_thesaurus
from portal.web.app import actor, db
from portal.web.forms import sent_line, visible
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

MAX_QUERIES = 60
MAX_WORDS = 200


@blueprint.get("/desk/thesaurus/drafts")
@requires(Permission.THESAURUS_VIEW)
def thesaurus_drafts() -> ResponseReturnValue:
    waiting = queries.drafts(db())
    planned = queries.planned_thesaurus(db(), waiting)
    trial = queries.trial_of(db(), queries.fingerprint(db(), waiting)) if waiting else None
    return page(
        "desk/thesaurus/drafts.html",
        changes=[(r, _changes(r, get_thesaurus().get(r.concept_id))) for r in waiting],
        names=queries.names(db(), {r.author_id for r in waiting}),
        found=rules.problems((r.concept_id for r in waiting), planned),
        obstacle=services.obstacle(waiting, trial, planned),
        release=queries.latest_release(db()),
        test_queries="\n".join(f"{lang}: {text}" for lang, text in trials.saved_queries(db())),
        planned=planned,
        **_tried(waiting, trial),
        **tables(planned),
    )


def _tried(waiting: list[ConceptRevision], trial: ThesaurusTrial | None) -> dict[str, Any]:
    """The trial of exactly these drafts, with the titles of the records it speaks of."""
    lines = trial.result.get("lines", []) if trial else []
    return {
        "trial": trial,
        "outdated": bool(waiting) and trial is None and queries.last_trial(db()) is not None,
        "titles": titles({hit["id"] for line in lines for hit in line["hits"]} | _needs(lines)),
    }


def _needs(lines: list[dict[str, Any]]) -> set[str]:
    return {line["text"] for line in lines if line["kind"] == "need"}


@blueprint.post("/desk/thesaurus/drafts/try")
@requires(Permission.THESAURUS_EDIT)
def try_drafts() -> ResponseReturnValue:
    services.begin_trial(db(), actor())
    flash(gettext("The trial has begun."), "success")
    return redirect(url_for("desk.thesaurus_drafts", _anchor="trial"), 303)


@blueprint.post("/desk/thesaurus/drafts/publish")
@requires(Permission.THESAURUS_PUBLISH)
def publish_drafts() -> ResponseReturnValue:
    release = services.publish(db(), actor(), sent_line("note")[: services.MAX_REASON])
    flash(gettext("Release %(number)s is published.", number=release.number), "success")
    return redirect(url_for("desk.thesaurus_release", number=release.number), 303)


@blueprint.post("/desk/thesaurus/drafts/withdraw")
@requires(Permission.THESAURUS_EDIT)
def withdraw_drafts() -> ResponseReturnValue:
    services.withdraw_all(db(), actor())
    flash(gettext("All drafts are withdrawn."), "success")
    return redirect(url_for("desk.thesaurus_drafts"), 303)


@blueprint.post("/desk/thesaurus/drafts/queries")
@requires(Permission.THESAURUS_EDIT)
def save_test_queries() -> ResponseReturnValue:
    """One a line, with the language before a colon: `de: Batteriegehäuse`."""
    kept = []
    for line in visible(request.form.get("queries", "")).splitlines()[:MAX_QUERIES]:
        lang, colon, text = line.partition(":")
        known = colon and lang.strip() in LANGUAGES
        words = (text if known else line).strip()[:MAX_WORDS]
        if words:
            kept.append((lang.strip() if known else "", words))
    trials.save_queries(db(), actor(), kept)
    flash(gettext("The test queries are saved."), "success")
    return redirect(url_for("desk.thesaurus_drafts", _anchor="queries"), 303)


@blueprint.get("/desk/thesaurus/releases")
@requires(Permission.THESAURUS_VIEW)
def thesaurus_releases() -> ResponseReturnValue:
    rows = paginate(db(), queries.releases())
    return page(
        "desk/thesaurus/releases.html",
        rows=rows,
        names=queries.names(db(), {row.actor_id for row in rows}),
    )


@blueprint.get("/desk/thesaurus/releases/<number>")
@requires(Permission.THESAURUS_VIEW)
def thesaurus_release(number: str) -> ResponseReturnValue:
    release = queries.release_for(db(), number)
    revisions = queries.revisions_of(db(), release.number)
    earlier = queries.before(db(), release.number, [r.concept_id for r in revisions])
    return page(
        "desk/thesaurus/release.html",
        release=release,
        changes=[(r, _changes(r, earlier[r.concept_id])) for r in revisions],
        names=queries.names(db(), {release.actor_id, *(r.author_id for r in revisions)}),
        undoable=not queries.later_changes(db(), release.number) & set(earlier),
        **tables(get_thesaurus()),
    )


def _changes(revision: ConceptRevision, before: Any) -> list[rules.Difference]:
    return list(rules.differences(before, overlay.concept_of(revision.state)))


@blueprint.post("/desk/thesaurus/releases/<number>/undo")
@requires(Permission.THESAURUS_PUBLISH)
def undo_release(number: str) -> ResponseReturnValue:
    release = services.undo(db(), actor(), number)
    flash(
        gettext(
            "Release %(old)s is taken back by release %(new)s.", old=number, new=release.number
        ),
        "success",
    )
    return redirect(url_for("desk.thesaurus_release", number=release.number), 303)
