"""The thesaurus in the desk: finding concepts, looking at one, writing drafts."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.desk.thesaurus.words import tables
from portal.search import usage
from portal.thesaurus import overlay, queries, rules, services
from portal.thesaurus.check import KINDS, LANGUAGES, Finding, TermIndex, findings
from portal.thesaurus.forms import TERM_FIELDS, ConceptForm, ReasonForm
from portal.thesaurus.models import ConceptRevision
from portal.thesaurus.store import Concept, Thesaurus, get_thesaurus, shipped
from portal.web.app import actor, db, portal
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import Page, number
from portal.web.templating import page

PER_PAGE = 30
FILTERS = ("q", "kind", "segment", "category", "missing", "show")


@blueprint.get("/desk/thesaurus")
@requires(Permission.THESAURUS_VIEW)
def thesaurus() -> ResponseReturnValue:
    waiting = queries.drafts(db())
    planned = queries.planned_thesaurus(db(), waiting) if waiting else get_thesaurus()
    asked = {name: asked_line(name, 100) for name in FILTERS}
    drafted = {revision.concept_id for revision in waiting}
    found = list(_found(planned, asked, drafted))
    at = number()
    shown = found[(at - 1) * PER_PAGE : at * PER_PAGE]
    return page(
        "desk/thesaurus/list.html",
        rows=Page(shown, len(found), at, PER_PAGE),
        asked=asked,
        planned=planned,
        drafted=drafted,
        kinds=[kind for kind in KINDS if kind in rules.KIND_LABELS],
        segments=sorted(set(planned.segments.values())),
        categories=planned.roots(),
        **tables(planned),
    )


def _found(
    planned: Thesaurus, asked: dict[str, str], drafted: set[str]
) -> Iterator[tuple[Concept, str]]:
    """Concepts that fit the filters, each with the term that fitted the words."""
    fitting = _holding(planned, asked["q"], drafted)
    branch = {asked["category"], *planned.descendants(asked["category"])}
    wrong = _wrong(get_thesaurus()) if asked["show"] == "problems" else frozenset()
    for concept in planned:
        if (
            (concept.id in fitting or not asked["q"])
            and asked["kind"] in ("", concept.kind)
            and (not asked["segment"] or planned.segment(concept.id) == asked["segment"])
            and (not asked["category"] or concept.id in branch)
            and not (asked["missing"] in LANGUAGES and concept.terms.get(asked["missing"]))
            and (asked["show"] != "drafts" or concept.id in drafted)
            and (asked["show"] != "problems" or concept.id in wrong)
        ):
            yield concept, fitting.get(concept.id, "")


def _holding(planned: Thesaurus, words: str, drafted: set[str]) -> dict[str, str]:
    """The thesaurus in force has its words folded already; drafts are few."""
    if not words:
        return {}
    some = Thesaurus(c for c in planned if c.id in drafted)
    by_id = {c.id: c.id for c in planned if words.casefold() in c.id}
    kept = {i: t for i, t in get_thesaurus().holding(words).items() if i not in drafted}
    return {**by_id, **kept, **some.holding(words)}


@lru_cache(maxsize=1)
def _wrong(in_force: Thesaurus) -> frozenset[str]:
    """Concepts that the checker finds fault with; a second's work, so once a release."""
    index = TermIndex(in_force, shipped())
    return frozenset(c.id for c in in_force if findings(c, in_force, index))


@blueprint.get("/desk/thesaurus/concepts/<concept_id>")
@requires(Permission.THESAURUS_VIEW)
def concept(concept_id: str) -> ResponseReturnValue:
    return _concept_page(concept_id, ReasonForm(formdata=None))


def _concept_page(concept_id: str, form: ReasonForm) -> ResponseReturnValue:
    history = queries.history(db(), concept_id)
    waiting = queries.drafts(db())
    planned = queries.planned_thesaurus(db(), waiting)
    shown = planned.get(concept_id) or get_thesaurus().get(concept_id)
    if shown is None and not history:
        raise NotFound
    draft = next((r for r in waiting if r.concept_id == concept_id), None)
    return page(
        "desk/thesaurus/concept.html",
        form=form,
        status=form.refused or None,
        concept=shown or Concept(concept_id, "general"),
        retired=concept_id not in planned,
        draft=draft,
        history=list(_told(history)),
        names=queries.names(db(), {revision.author_id for revision in history}),
        found=_findings(planned, concept_id),
        used=usage.carrying(portal().engine, concept_id),
        declared=usage.declaring(portal().engine, concept_id),
        planned=planned,
        **tables(planned),
    )


def _findings(planned: Thesaurus, concept_id: str) -> list[Any]:
    shown = planned.get(concept_id)
    return findings(shown, planned, TermIndex(planned, shipped())) if shown else []


def _told(history: list[ConceptRevision]) -> Iterator[tuple[ConceptRevision, list[Any]]]:
    """Each revision with what it changed, against the published one before it."""
    for place, revision in enumerate(history):
        earlier = (r for r in history[place + 1 :] if r.status == overlay.PUBLISHED)
        before = next((r.state for r in earlier), None)
        known = overlay.compose({revision.concept_id: before} if before else {}, "")
        after = overlay.concept_of(revision.state)
        yield revision, list(rules.differences(known.get(revision.concept_id), after))


@blueprint.route("/desk/thesaurus/new", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def new_concept() -> ResponseReturnValue:
    return _edited(None)


@blueprint.route("/desk/thesaurus/concepts/<concept_id>/edit", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def edit_concept(concept_id: str) -> ResponseReturnValue:
    planned = queries.planned_thesaurus(db(), queries.drafts(db()))
    shown = planned.get(concept_id) or get_thesaurus().get(concept_id)
    if shown is None:
        raise NotFound
    return _edited(shown)


def _edited(shown: Concept | None) -> ResponseReturnValue:
    form = ConceptForm()
    form.prepare()
    if shown is not None and not form.is_submitted():
        form.show(shown, services.seen(db(), shown.id))
    if shown is not None:
        form.id.data = shown.id
    planned = queries.planned_thesaurus(db(), queries.drafts(db()))
    found: list[Any] = []
    if form.validate_on_submit():
        concept_id = shown.id if shown else str(form.id.data)
        state = form.to_state(concept_id, planned)
        found = _problems(state, planned, new=shown is None)
        saves = _may_wait(found, form)
        if saves and form.accept(lambda: _saved(form, state)) is not None:
            flash(gettext("The draft is saved."), "success")
            return redirect(url_for("desk.concept", concept_id=concept_id), 303)
        form.show_findings(found)
    return page(
        "desk/thesaurus/edit.html",
        form=form,
        status=form.refused or None,
        shown=shown,
        found=found,
        fields=TERM_FIELDS,
        planned=planned,
        **tables(planned),
    )


def _may_wait(found: list[Any], form: ConceptForm) -> bool:
    """Problems are mended in the draft, if its author wants; an id cannot change later."""
    return not found or (form.anyway.data and all(finding.field != "id" for finding in found))


def _saved(form: ConceptForm, state: overlay.State) -> ConceptRevision:
    reason = form.reason.data or ""
    return services.save_draft(db(), actor(), state, reason, version=form.version.data or "")


def _problems(state: overlay.State, planned: Thesaurus, *, new: bool) -> list[Any]:
    """Findings in the thesaurus that holds the concept as it was typed."""
    concept = overlay.concept_of(state)
    if concept is None:
        return []
    if new and concept.id in planned:
        return [Finding("id", gettext("There is a concept with this id already."))]
    with_it = planned.changed({concept.id: concept}, "draft")
    return findings(concept, with_it, TermIndex(with_it, shipped()))


@blueprint.post("/desk/thesaurus/concepts/<concept_id>/retire")
@requires(Permission.THESAURUS_EDIT)
def retire_concept(concept_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    used = usage.declaring(portal().engine, concept_id) or 0
    if form.validate_on_submit() and form.accept(
        lambda: services.retire(db(), actor(), concept_id, form.reason.data or "", used=used)
    ):
        flash(gettext("The concept goes with the next release."), "success")
        return redirect(url_for("desk.thesaurus_drafts"), 303)
    return _concept_page(concept_id, form)


@blueprint.post("/desk/thesaurus/concepts/<concept_id>/withdraw")
@requires(Permission.THESAURUS_EDIT)
def withdraw_draft(concept_id: str) -> ResponseReturnValue:
    services.withdraw(db(), actor(), concept_id)
    flash(gettext("The draft is withdrawn."), "success")
    return redirect(url_for("desk.thesaurus_drafts"), 303)
