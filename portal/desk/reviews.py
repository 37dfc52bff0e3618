"""The review queue: what waits, what changed, and the decision, alike for every kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from portal.capabilities import queries as capability_queries
from portal.capabilities import rules as capability_rules
from portal.capabilities import services as capability_services
from portal.companies import presentation as company_presentation
from portal.companies import queries as company_queries
from portal.companies import rules as company_rules
from portal.companies import services as company_services
from portal.companies.queries import Flag
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import Workflow
from portal.desk.blueprint import blueprint
from portal.desk.comparison import compare, last_published
from portal.listings import terms
from portal.needs import queries as need_queries
from portal.needs import rules as need_rules
from portal.needs import services as need_services
from portal.web.app import actor, db
from portal.web.forms import BaseForm
from portal.web.guards import requires
from portal.web.templating import page

MAX_NOTE = 2000
Flags = Mapping[str, Sequence[Flag]]


def _no_flags(_session: Session, _objects: Sequence[Any]) -> Flags:
    return {}


@dataclass(frozen=True)
class Reviewable:
    """How one kind is listed, loaded, compared and moved along."""

    title: Any
    icon: str
    waiting: Callable[[Session], Sequence[Any]]
    load: Callable[[Session, Actor, str], Any]
    snapshot: Callable[[Any], dict[str, Any]]
    workflow: Workflow
    move: Callable[..., Any]
    label: Callable[[str], str]
    page: tuple[str, str]
    flags: Callable[[Session, Sequence[Any]], Flags] = _no_flags

    def url(self, object_id: str) -> str:
        endpoint, argument = self.page
        values: dict[str, Any] = {argument: object_id}
        return url_for(endpoint, **values)


REVIEWABLE: Mapping[str, Reviewable] = {
    "company": Reviewable(
        _l("Company profile"),
        "building-factory-2",
        company_queries.awaiting_review,
        company_queries.company_for,
        company_services.snapshot,
        company_rules.WORKFLOW,
        company_services.move,
        company_presentation.field_label,
        ("companies.show", "company_id"),
        company_queries.review_flags,
    ),
    "capability": Reviewable(
        _l("Capability"),
        "components",
        capability_queries.awaiting_review,
        capability_queries.capability_for,
        capability_services.snapshot,
        capability_rules.WORKFLOW,
        capability_services.move,
        terms.field_label,
        ("capabilities.show", "capability_id"),
    ),
    "need": Reviewable(
        _l("Need"),
        "clipboard-list",
        need_queries.awaiting_review,
        need_queries.need_for,
        need_services.snapshot,
        need_rules.WORKFLOW,
        need_services.move,
        terms.field_label,
        ("needs.show", "need_id"),
    ),
}


@dataclass(frozen=True)
class Waiting:
    """A line of the queue; title and company are in the language of their author."""

    kind: str
    entry: Reviewable
    id: str
    title: str
    lang: str
    company: str
    since: datetime
    maker: Any = None  # the company behind it
    flags: Sequence[Flag] = ()


class DecisionForm(BaseForm):
    version = HiddenField()
    note = TextAreaField(_l("Reason or note to the company"), [Length(max=MAX_NOTE)])


def heading(obj: Any) -> tuple[str, str]:
    """Title or name in the original language, and which language that is."""
    if not obj.texts:
        return "–", "und"
    text = obj.texts[0]
    return getattr(text, "title", "") or getattr(text, "name", "") or "–", text.locale


def _company_name(obj: Any) -> str:
    return "" if obj.__tablename__ == "company" else heading(obj.company)[0]


def _waiting(kind: str, entry: Reviewable) -> list[Waiting]:
    objects = entry.waiting(db())
    flags = entry.flags(db(), objects)
    return [
        Waiting(
            kind,
            entry,
            obj.id,
            *heading(obj),
            company=_company_name(obj),
            since=obj.changed_at,
            maker=obj if kind == "company" else obj.company,
            flags=flags.get(obj.id, ()),
        )
        for obj in objects
    ]


def waiting(kind: str | None = None) -> list[Waiting]:
    """Everything that waits for a decision, the longest waiting first."""
    found = [
        row
        for name, entry in REVIEWABLE.items()
        if kind in (None, name)
        for row in _waiting(name, entry)
    ]
    return sorted(found, key=lambda row: row.since)


@blueprint.get("/desk/reviews")
@requires(Permission.REVIEW_VIEW)
def reviews() -> ResponseReturnValue:
    everything = waiting()
    kind = request.args.get("kind")
    rows = [row for row in everything if kind not in REVIEWABLE or row.kind == kind]
    counts = {name: sum(row.kind == name for row in everything) for name in REVIEWABLE}
    return page(
        "desk/reviews.html",
        rows=rows,
        kinds=REVIEWABLE,
        counts=counts,
        kind=kind,
        total=len(everything),
    )


@blueprint.get("/desk/reviews/<kind>/<object_id>")
@requires(Permission.REVIEW_VIEW)
def review(kind: str, object_id: str) -> ResponseReturnValue:
    obj = _load(kind, object_id)
    return _review_page(kind, obj, DecisionForm(version=str(obj.version)))


@blueprint.post("/desk/reviews/<kind>/<object_id>")
@requires(Permission.REVIEW_DECIDE)
def decide(kind: str, object_id: str) -> ResponseReturnValue:
    """A refused step shows the page again, so that the reason typed is not lost."""
    obj, entry, form = _load(kind, object_id), REVIEWABLE[kind], DecisionForm()
    sent = form.seen_version() or 0
    step, note = request.form.get("transition", ""), form.note.data or ""
    if form.validate_on_submit() and form.accept(
        lambda: entry.move(db(), actor(), object_id, step, note=note, version=sent)
    ):
        name = heading(obj)[0]
        flash(gettext("“%(name)s” is decided; the company has been told.", name=name), "success")
        return redirect(url_for("desk.reviews"), 303)
    form.version.data = str(obj.version)
    return _review_page(kind, obj, form, status=409 if form.form_errors else None)


def _load(kind: str, object_id: str) -> Any:
    if kind not in REVIEWABLE:
        raise NotFound
    return REVIEWABLE[kind].load(db(), actor(), object_id)


def _review_page(
    kind: str, obj: Any, form: DecisionForm, status: int | None = None
) -> ResponseReturnValue:
    entry = REVIEWABLE[kind]
    base = last_published(db(), obj)
    title, lang = heading(obj)
    before = base.snapshot if base else {}
    return page(
        "desk/review.html",
        form=form,
        status=status,
        entry=entry,
        obj=obj,
        title=title,
        lang=lang,
        company=_company_name(obj),
        base=base,
        lines=list(compare(before, entry.snapshot(obj), entry.label)),
        state=entry.workflow.state(obj.state),
        steps=entry.workflow.available(obj, actor()),
        hindrances=entry.workflow.hindrances(obj, actor()),
        flags=entry.flags(db(), [obj]).get(obj.id, ()),
    )
