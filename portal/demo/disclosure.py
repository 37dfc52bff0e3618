"""Disclosure in the demo: levels, an alias, the base's agreement and who looked at a supplier."""

from datetime import timedelta

from sqlalchemy import select

from portal.demo.past import at
from portal.demo.stage import Stage
from portal.disclosure import setting
from portal.disclosure.agreements import services, shipped
from portal.disclosure.agreements.services import TemplateInput
from portal.disclosure.looking import ANYBODY, BASE
from portal.disclosure.models import PageView
from portal.disclosure.setting import Levels
from portal.inquiries import disclosing
from portal.inquiries.models import Inquiry

KEEPER = "zhao@base.example"
# Capability → who sees what of it.
LEVELS = {
    "s01-3": {"capacity": "nda", "moq": "interest", "lead_time_days": "interest"},
    "s02-3": {"capacity": "nda", "description": "registered"},
}
ALIASES = {"n05": "European passenger-car maker"}
# Supplier of the views; its viewers, the pages they opened, how deep, how often, how long ago.
VIEWED = "s01"
VIEWS = (
    ("b01", "capability", "s01-1", "registered", 4, 2),
    ("b01", "company", "", "registered", 2, 2),
    ("b03", "capability", "s01-3", "registered", 3, 5),
    ("b05", "capability", "s01-1", "interest", 6, 9),
    ("b05", "capability", "s01-3", "nda", 5, 10),
    ("b02", "company", "", "registered", 1, 16),
    (BASE, "company", "", "nda", 3, 3),
    (BASE, "capability", "s01-2", "nda", 1, 17),
    (ANYBODY, "capability", "s01-1", "public", 23, 1),
    (ANYBODY, "company", "", "public", 41, 8),
    (ANYBODY, "company", "", "public", 37, 15),
)


def load(stage: Stage) -> None:
    """After the inquiries that agreements are proposed in."""
    _levels(stage)
    _agreements(stage)
    _views(stage)


def _levels(stage: Stage) -> None:
    session = stage.session
    for ref, levels in LEVELS.items():
        row = stage.capabilities[ref]
        with at(session, stage.ago(30)):
            known = {entry.name: entry.level for entry in setting.entries(row)}
            actor = stage.actor(ref.split("-")[0])
            setting.set_levels(session, actor, row, Levels(known | levels), None)
    for ref, alias in ALIASES.items():
        need = stage.needs[ref]
        with at(session, stage.ago(40)):
            known = {entry.name: entry.level for entry in setting.entries(need)}
            owner = next(r for r, c in stage.companies.items() if c.id == need.company_id)
            setting.set_levels(session, stage.actor(owner), need, Levels(known, alias), None)


def _agreements(stage: Stage) -> None:
    """The shipped text in force; one agreement in force, one that waits for an answer."""
    session, keeper = stage.session, stage.actors[KEEPER]
    with at(session, stage.ago(120)):
        version = services.write(session, keeper, TemplateInput(shipped.texts()))
        services.move_template(session, keeper, version.id, "put_into_force")
    people = {actors[0].org_id: actors[0] for actors in stage.people.values()}
    for state, accepted, days in (("in_talks", True, 6), ("interested", False, 1)):
        query = select(Inquiry).where(Inquiry.state == state).order_by(Inquiry.external_ref)
        inquiry = session.scalars(query.limit(1)).first()
        if inquiry is None:
            continue
        with at(session, stage.ago(days)):
            buyer, supplier = people[inquiry.buyer_id], people[inquiry.supplier_id]
            nda = disclosing.propose(session, buyer, inquiry.id, inquiry.locale)
        if accepted:
            with at(session, stage.ago(days - 1)):
                services.move(session, supplier, nda.id, "accept")


def _views(stage: Stage) -> None:
    owner = stage.companies[VIEWED].id
    for viewer, kind, ref, depth, count, days in VIEWS:
        company = stage.companies.get(viewer)
        stage.session.add(
            PageView(
                day=(stage.now - timedelta(days=days)).date(),
                company_id=owner,
                kind=kind,
                object_id=stage.capabilities[ref].id if ref else owner,
                viewer=company.id if company else viewer,
                depth=depth,
                count=count,
            )
        )
