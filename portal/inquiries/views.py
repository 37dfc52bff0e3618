"""Pages of inquiries."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.capabilities.rules import may_see as may_see_capability
from portal.companies import queries as companies
from portal.core import clock, i18n
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.disclosure import reading
from portal.disclosure.queries import NOBODY
from portal.inquiries import disclosing, naming, queries, rules, services, thread
from portal.inquiries.forms import InquiryForm, MoveForm, WordsForm
from portal.inquiries.models import Inquiry
from portal.listings import panels
from portal.needs.rules import may_see as may_see_need
from portal.web.app import actor, db, portal
from portal.web.attachments import download
from portal.web.guards import requires
from portal.web.paging import Page, paginate
from portal.web.templating import page

blueprint = Blueprint("inquiries", __name__)


@blueprint.get("/inquiries")
@requires(Permission.INQUIRY_VIEW)
def overview() -> ResponseReturnValue:
    box = request.args.get("box", "")
    if box not in queries.BOXES:
        box = "received" if actor().sells else "sent"
    counts = queries.state_counts(db(), actor())[box]
    state = request.args.get("state", "")
    states = (state,) if state in counts else ()
    rows = _as_read(paginate(db(), queries.listing(actor(), box, states)))
    return page(
        "inquiries/overview.html",
        box=box,
        rows=rows,
        counts=counts,
        state=state,
        states=[s for s in rules.WORKFLOW.states if s.name in counts],
        unread=queries.unread_counts(db(), actor(), [row.id for row in rows]),
        unread_boxes=queries.unread_boxes(db(), actor()),
        side=rules.BUYER if box == "sent" else rules.SUPPLIER,
        **_reading(),
    )


def _as_read(rows: Page[Inquiry]) -> Page[Inquiry]:
    """Buyers behind an alias by no other name."""
    if not any(map(naming.has_alias, rows)):
        return rows
    return replace(rows, rows=[naming.as_read(row, reading.sees()) for row in rows])


def _reading() -> dict[str, Any]:
    """What templates need to show companies and titles in the reader's language."""
    tag = i18n.current().tag
    return {
        "workflow": rules.WORKFLOW,
        "party": lambda company: queries.party(company, tag),
        "text_of": lambda row: chosen(row.texts, tag) if row else None,
        "waits_for": rules.waits_for,
        "state_label": rules.state_label,
    }


@blueprint.route("/inquiries/new", methods=["GET", "POST"])
@requires(Permission.INQUIRY_WRITE)
def new() -> ResponseReturnValue:
    capability = queries.capability_to_ask(db(), request.args.get("capability", ""))
    if not companies.has_profile(db(), actor()):
        flash(str(services.PROFILE_FIRST), "warning")
        return redirect(url_for("companies.overview"), 303)
    form = InquiryForm(need=request.args.get("need"))
    form.need.fill(_own_needs())
    existing = queries.open_between(db(), actor(), capability.id, form.need.data or None)
    if existing:
        flash(
            gettext("You already have an open inquiry on this. Please go on writing here."), "info"
        )
        return redirect(url_for("inquiries.show", inquiry_id=existing), 303)
    if form.validate_on_submit() and (sent := form.accept(lambda: _send(form, capability.id))):
        flash(gettext("Your inquiry is on its way to the supplier."), "success")
        return redirect(url_for("inquiries.show", inquiry_id=sent.id), 303)
    own, capability = actor().owns(capability.company_id), reading.shown(capability)
    return page("inquiries/new.html", form=form, capability=capability, own=own, **_reading())


def _own_needs() -> list[tuple[str, str]]:
    tag = i18n.current().tag
    pairs = [(n.id, chosen(n.texts, tag)) for n in queries.own_needs(db(), actor())]
    return [(need_id, text.title if text else need_id) for need_id, text in pairs]


def _send(form: InquiryForm, capability_id: str) -> Inquiry:
    portal().limiter.hit("inquiry", actor().org_id or "")
    return services.create(db(), actor(), form.to_input(capability_id))


@blueprint.get("/inquiries/<inquiry_id>")
@requires(Permission.INQUIRY_VIEW)
def show(inquiry_id: str) -> ResponseReturnValue:
    """Reading marks the thread as read, in a short transaction of its own before the page's."""
    with portal().database.reading() as session:
        found = queries.opening(session, actor(), inquiry_id)
    if found.news and request.method == "GET":
        with portal().database.transaction() as session:
            services.mark_read(session, actor(), inquiry_id)
    return _thread(inquiry_id, found.since)


def _refused(inquiry_id: str, form: Any, status: int | None = None) -> ResponseReturnValue:
    """The thread again, with the form that was refused in its place."""
    return _thread(inquiry_id, clock.now(), failed=form, status=status)


def _thread(
    inquiry_id: str, since: datetime | None, *, failed: Any = None, status: int | None = None
) -> ResponseReturnValue:
    found = queries.thread_for(db(), actor(), inquiry_id)
    far = reading.sees() if naming.has_alias(found) else NOBODY
    inquiry = naming.as_read(found, far)
    steps = rules.WORKFLOW.available(inquiry, actor())
    refused = failed.step if isinstance(failed, MoveForm) else None
    moves = {
        t.name: failed if t.name == refused else MoveForm(t.name, formdata=None) for t in steps
    }
    side = rules.side_of(inquiry, actor()) or ""
    rows = queries.messages(db(), inquiry)
    written = [row.locale for row in rows if row.party == side and row.body]
    locale = written[-1] if written else None
    return page(
        "inquiries/show.html",
        form=failed,
        status=status,
        inquiry=inquiry,
        reply=failed if failed and refused is None else WordsForm(formdata=None, locale=locale),
        steps=steps,
        moves=moves,
        lines=thread.lines(inquiry, rows, actor(), since),
        panels=panels.of("inquiry", db(), actor(), inquiry),
        side=side,
        between=disclosing.between(db(), actor(), found, far),
        next_step=rules.NEXT_STEPS.get((inquiry.state, side)),
        is_open=rules.is_open(inquiry),
        capability_readable=inquiry.capability is not None
        and may_see_capability(inquiry.capability, actor()),
        need_readable=inquiry.need is not None and may_see_need(inquiry.need, actor()),
        **_reading(),
    )


@blueprint.post("/inquiries/<inquiry_id>/messages")
@requires(Permission.INQUIRY_WRITE)
def reply(inquiry_id: str) -> ResponseReturnValue:
    queries.inquiry_for(db(), actor(), inquiry_id)
    form = WordsForm()
    if form.validate_on_submit() and (sent := form.accept(lambda: _reply(form, inquiry_id))):
        flash(gettext("Your message is sent."), "success")
        here = url_for("inquiries.show", inquiry_id=inquiry_id, _anchor=f"m-{sent.id}")
        return redirect(here, 303)
    return _refused(inquiry_id, form)


def _reply(form: WordsForm, inquiry_id: str) -> Any:
    return services.reply(db(), actor(), inquiry_id, form.words())


@blueprint.post("/inquiries/<inquiry_id>/steps/<step>")
@requires(Permission.INQUIRY_WRITE)
def move(inquiry_id: str, step: str) -> ResponseReturnValue:
    queries.inquiry_for(db(), actor(), inquiry_id)
    form = MoveForm(step)
    if form.validate_on_submit() and form.accept(lambda: _move(form, inquiry_id)):
        return redirect(url_for("inquiries.show", inquiry_id=inquiry_id), 303)
    return _refused(inquiry_id, form, form.refused or None)


def _move(form: MoveForm, inquiry_id: str) -> Inquiry:
    return services.move(db(), actor(), inquiry_id, form.to_input())


@blueprint.post("/inquiries/<inquiry_id>/name")
@requires(Permission.INQUIRY_WRITE)
def name_oneself(inquiry_id: str) -> ResponseReturnValue:
    """A buyer behind an alias shows its name to this supplier."""
    disclosing.name_oneself(db(), actor(), inquiry_id)
    flash(gettext("The supplier sees the name of your company now."), "success")
    return redirect(url_for("inquiries.show", inquiry_id=inquiry_id), 303)


@blueprint.post("/inquiries/<inquiry_id>/agreement")
@requires(Permission.INQUIRY_WRITE)
def propose_agreement(inquiry_id: str) -> ResponseReturnValue:
    locale = request.form.get("locale", i18n.current().tag)[:20]
    nda = disclosing.propose(db(), actor(), inquiry_id, locale)
    flash(gettext("The agreement is proposed; the other side has been told."), "success")
    return redirect(url_for("disclosure.agreement", nda_id=nda.id), 303)


@blueprint.get("/inquiries/<inquiry_id>/files/<file_id>")
@requires(Permission.INQUIRY_VIEW)
def attachment(inquiry_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.attachment_for(db(), actor(), inquiry_id, file_id))
