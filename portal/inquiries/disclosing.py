"""What the two sides of an inquiry show each other: the buyer's name, and agreements."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure.agreements import queries as agreements
from portal.disclosure.agreements import rules as agreement_rules
from portal.disclosure.agreements import services
from portal.disclosure.models import AliasReveal, Nda
from portal.disclosure.queries import Sight, sight, sight_of
from portal.inquiries import naming, queries, rules
from portal.inquiries.models import Inquiry

notices.declare("inquiry.named", _l("%(company)s names itself in an inquiry"), "building")


@dataclass(frozen=True)
class Between:
    """How the two sides of an inquiry stand to each other, for the page of one of them."""

    nda: Nda | None
    state: Any
    may_propose: bool
    unnamed: bool
    may_name: bool
    alias: str


def between(session: Session, actor: Actor, inquiry: Inquiry, far: Sight) -> Between:
    """`inquiry` as it is stored, with its need."""
    nda = agreements.between(session, inquiry.buyer_id, inquiry.supplier_id)
    writes = actor.may(Permission.INQUIRY_WRITE)
    unnamed = _unnamed(session, actor, inquiry, far)
    buyer = rules.side_of(inquiry, actor) == rules.BUYER
    free = nda is None and writes and (buyer or not unnamed)
    return Between(
        nda=nda,
        state=agreement_rules.WORKFLOW.state(nda.state) if nda else None,
        may_propose=free and agreements.is_offered(session),
        unnamed=unnamed,
        may_name=unnamed and buyer and writes,
        alias=inquiry.need.alias if inquiry.need else "",
    )


def _unnamed(session: Session, actor: Actor, inquiry: Inquiry, far: Sight) -> bool:
    """Whether the supplier knows the buyer by an alias only."""
    if inquiry.need is None or not inquiry.need.alias:
        return False
    supplier = actor.owns(inquiry.supplier_id)
    return naming.behind_alias(inquiry, far if supplier else sight_of(session, inquiry.supplier_id))


def name_oneself(session: Session, actor: Actor, inquiry_id: str) -> Inquiry:
    """The buyer shows its name to this supplier, for good: what is known is known."""
    inquiry = queries.inquiry_for(session, actor, inquiry_id)
    if rules.side_of(inquiry, actor) != rules.BUYER or not actor.may(Permission.INQUIRY_WRITE):
        raise Forbidden(_l("You may not take this step."))
    if _unnamed(session, actor, inquiry, sight(session, actor)):
        _reveal(session, actor, inquiry)
    return inquiry


def _reveal(session: Session, actor: Actor, inquiry: Inquiry) -> None:
    session.add(
        AliasReveal(
            need_id=inquiry.need_id,
            organisation_id=inquiry.supplier_id,
            user_id=actor.user_id,
            at=clock.now(),
        )
    )
    session.flush()
    audit.record(session, actor, "need.reveal", inquiry, {"need": inquiry.need_id})
    path = f"/inquiries/{inquiry.id}"
    notices.tell_organisation(
        session,
        inquiry.supplier_id,
        "inquiry.named",
        {"company": actor.org_name},
        path=path,
        dedupe=f"named:{inquiry.id}",
    )


def propose(session: Session, actor: Actor, inquiry_id: str, locale: str) -> Nda:
    """Propose the base's agreement to the other side. An agreement has two names on it: a buyer
    behind an alias names itself by proposing one, and cannot be asked for it."""
    inquiry = queries.inquiry_for(session, actor, inquiry_id)
    side = rules.side_of(inquiry, actor)
    if _unnamed(session, actor, inquiry, sight(session, actor)):
        if side != rules.BUYER:
            raise Conflict(_l("The buyer has not shown its name yet."))
        _reveal(session, actor, inquiry)
    other = inquiry.supplier_id if side == rules.BUYER else inquiry.buyer_id
    return services.propose(session, actor, other, locale, inquiry.id)
