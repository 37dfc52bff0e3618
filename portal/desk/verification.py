"""Who companies are: verification, look-alikes, identity, appeals and reports, in one queue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.companies.models import Company
from portal.companies.registration import SCHEMES
from portal.companies.rules import KIND_LABELS
from portal.companies.verification import identity, queries, rules
from portal.companies.verification.levels import Finding
from portal.companies.verification.services import appeals, changes, lookalikes, reports, requests
from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import Workflow
from portal.desk.blueprint import blueprint
from portal.web.app import actor, db
from portal.web.forms import BaseForm, CheckboxesField
from portal.web.guards import requires
from portal.web.templating import page

MAX_NOTE = 2000
MOST = 200
# Steps that write a finding down.
FINDING_STEPS = ("grant", "propose")


@dataclass(frozen=True)
class Kind:
    """How one kind of the queue is called, moved, decided and shown."""

    label: Any
    icon: str
    workflow: Workflow
    decide: Callable[..., Any]
    part: str


KINDS: Mapping[str, Kind] = {
    "verification_request": Kind(
        _l("Verification"),
        "shield-check",
        rules.REQUEST,
        requests.decide,
        "desk/verification/verification_request.html",
    ),
    "lookalike": Kind(
        _l("Look-alike"),
        "copy",
        rules.LOOKALIKE,
        lookalikes.decide,
        "desk/verification/lookalike.html",
    ),
    "identity_change": Kind(
        _l("Change of identity"),
        "pencil",
        rules.CHANGE,
        changes.decide,
        "desk/verification/identity_change.html",
    ),
    "appeal": Kind(
        _l("Appeal"), "gavel", rules.APPEAL, appeals.decide, "desk/verification/appeal.html"
    ),
    "profile_report": Kind(
        _l("Reported profile"),
        "flag",
        rules.REPORT,
        reports.decide,
        "desk/verification/profile_report.html",
    ),
}


class DecisionForm(BaseForm):
    """A note, and for verification what was found and what was not looked at."""

    version = HiddenField()
    note = TextAreaField(_l("Note"), [Length(max=MAX_NOTE)], render_kw={"dir": "auto"})
    valid_until = DateField(_l("Counts until"), [Optional()])
    not_checked = CheckboxesField(_l("What was not checked?"))
    not_checked_note = StringField(_l("Further limits"), [Length(max=300)])
    visited_on = DateField(_l("Day of the visit"), [Optional()])
    visitors = StringField(_l("Who went"), [Length(max=300)])
    seen = TextAreaField(
        _l("What was seen"), [Length(max=4000)], render_kw={"rows": 6, "dir": "auto"}
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.not_checked.choices = [(k, str(label)) for k, label in rules.NOT_CHECKED.items()]

    def finding(self, level: str) -> Finding:
        last = rules.last_day(level, clock.now().date())
        return Finding(
            valid_until=self.valid_until.data or last,
            not_checked=self.not_checked.data or [],
            not_checked_note=self.not_checked_note.data or "",
            visited_on=self.visited_on.data,
            visitors=self.visitors.data or "",
            seen=self.seen.data or "",
        )


@blueprint.get("/desk/verification")
@requires(Permission.REVIEW_VIEW)
def verification() -> ResponseReturnValue:
    """The longest waiting first."""
    kind = request.args.get("kind", "")
    wanted = [kind] if kind in KINDS else list(KINDS)
    return page(
        "desk/verification/queue.html",
        rows=queries.waiting(db(), wanted, MOST),
        counts=queries.counts(db()),
        kinds=KINDS,
        kind=kind,
        rules=rules,
    )


@blueprint.get("/desk/verification/<kind>/<row_id>")
@requires(Permission.REVIEW_VIEW)
def verification_item(kind: str, row_id: str) -> ResponseReturnValue:
    row = _load(kind, row_id)
    return _item_page(kind, row, DecisionForm(data=_begin(row)))


def _begin(row: Any) -> dict[str, Any]:
    level = getattr(row, "level", None)
    last = rules.last_day(level, clock.now().date()) if level else None
    return {"version": str(row.version), "valid_until": last}


@blueprint.post("/desk/verification/<kind>/<row_id>")
@requires(Permission.REVIEW_DECIDE)
def decide_verification(kind: str, row_id: str) -> ResponseReturnValue:
    row, form = _load(kind, row_id), DecisionForm()
    step = request.form.get("transition", "")
    if form.validate_on_submit() and form.accept(lambda: _decide(kind, row, step, form)):
        flash(gettext("Decided. Those concerned have been told."), "success")
        return redirect(url_for("desk.verification"), 303)
    form.version.data = str(row.version)
    return _item_page(kind, row, form, form.refused or None)


def _decide(kind: str, row: Any, step: str, form: DecisionForm) -> Any:
    more = {"finding": form.finding(row.level)} if step in FINDING_STEPS else {}
    return KINDS[kind].decide(
        db(), actor(), row.id, step, note=form.note.data or "", version=form.seen_version(), **more
    )


def _load(kind: str, row_id: str) -> Any:
    if kind not in KINDS:
        raise NotFound
    return queries.LOADERS[kind](db(), actor(), row_id)


def _item_page(
    kind: str, row: Any, form: DecisionForm, status: int | None = None
) -> ResponseReturnValue:
    workflow = KINDS[kind].workflow
    return page(
        "desk/verification/item.html",
        status=status,
        form=form,
        kind=kind,
        entry=KINDS[kind],
        row=row,
        state=workflow.state(row.state),
        steps=workflow.available(row, actor()),
        hindrances=workflow.hindrances(row, actor()),
        rules=rules,
        **_context(kind, row),
    )


def _context(kind: str, row: Any) -> dict[str, Any]:
    if kind == "lookalike":
        return {"sides": _sides(row)}
    company: Company = row.company
    return {
        "company": company,
        "checks": queries.checks_of(db(), company.id),
        "documents": queries.documents(db(), row),
        "people": _people(row),
        "fields": list(_compared(row)) if kind == "identity_change" else (),
    }


def _people(row: Any) -> dict[str, str]:
    """Names of the people who took part, by column."""
    columns = ("asked_by_id", "proposed_by_id", "decided_by_id", "suspended_by_id", "reporter_id")
    ids = {name: getattr(row, name, None) for name in columns}
    known = queries.names_of(db(), {i for i in ids.values() if i})
    return {name: known[i] for name, i in ids.items() if i in known}


def _sides(row: Any) -> list[tuple[Any, Company | None]]:
    """Both organisations, side by side, with their profiles."""
    ids = dict.fromkeys((row.organisation_id, row.other_id))
    found = queries.side_by_side(db(), ids)
    organisations = {row.organisation_id: row.organisation, row.other_id: row.other}
    return [(organisations[i], found.get(i)) for i in ids]


def _compared(row: Any) -> Any:
    """Field, before and after of what should change."""
    before = identity.of(row.company)
    for name, after in row.wanted.items():
        label, old = identity.FIELDS[name], before[name]
        if name == "names":
            for locale, text in after.items():
                yield label, old.get(locale, ""), text
        elif name == "registration":
            yield label, _number(old), _number(after)
        elif name == "kind":
            yield label, KIND_LABELS[old], KIND_LABELS[after]
        else:
            yield label, old, after


def _number(registration: Mapping[str, Any]) -> str:
    scheme = SCHEMES.get(registration["scheme"] or "")
    name = str(scheme.label) if scheme else ""
    return gettext("%(number)s (%(register)s)", number=registration["id"] or "–", register=name)


@blueprint.post("/desk/verification/companies/<company_id>/visit")
@requires(Permission.REVIEW_DECIDE)
def plan_visit(company_id: str) -> ResponseReturnValue:
    row = requests.propose_visit(db(), actor(), company_id)
    return redirect(
        url_for("desk.verification_item", kind="verification_request", row_id=row.id), 303
    )


@blueprint.post("/desk/verification/companies/<company_id>/withdraw")
@requires(Permission.REVIEW_DECIDE)
def withdraw_verification(company_id: str) -> ResponseReturnValue:
    requests.take_back(db(), actor(), company_id, request.form.get("note", ""))
    flash(gettext("The company is only listed now, and has been told."), "success")
    return redirect(url_for("desk.review", kind="company", object_id=company_id), 303)
