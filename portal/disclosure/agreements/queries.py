"""Reads of agreements. A loader fetches and authorises: strangers learn of nothing."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Organisation, User
from portal.accounts.naming import contact_of, may_name
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.disclosure.agreements import rules
from portal.disclosure.models import Nda, NdaTemplate, NdaText


def current(session: Session) -> NdaTemplate | None:
    """The version that is offered now, with its texts."""
    query = select(NdaTemplate).where(NdaTemplate.state == "in_force")
    query = query.options(selectinload(NdaTemplate.texts))
    return session.scalars(query.order_by(NdaTemplate.number.desc()).limit(1)).first()


def is_offered(session: Session) -> bool:
    """Whether there is a version that can be proposed."""
    query = select(NdaTemplate.id).where(NdaTemplate.state == "in_force").limit(1)
    return session.scalar(query) is not None


def templates(session: Session) -> Sequence[NdaTemplate]:
    """All versions, newest first."""
    query = select(NdaTemplate).options(selectinload(NdaTemplate.texts))
    return session.scalars(query.order_by(NdaTemplate.number.desc())).all()


def template(session: Session, template_id: str) -> NdaTemplate:
    """One version. Raises NotFound."""
    query = select(NdaTemplate).where(NdaTemplate.id == template_id)
    found = session.scalars(query.options(selectinload(NdaTemplate.texts))).first()
    if found is None:
        raise NotFound
    return found


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(NdaTemplate.number))) or 0) + 1


def text_in(version: NdaTemplate, locale: str) -> NdaText | None:
    """The words in a language, else in English, else in any."""
    known = {text.locale: text for text in version.texts}
    return known.get(locale) or known.get("en") or next(iter(version.texts), None)


def between(session: Session, first: str, second: str) -> Nda | None:
    """The newest agreement of two organisations that is proposed or in force."""
    one = and_(Nda.proposer_id == first, Nda.other_id == second)
    other = and_(Nda.proposer_id == second, Nda.other_id == first)
    query = select(Nda).where(or_(one, other), Nda.state.in_(rules.LIVING))
    return session.scalars(query.order_by(Nda.created_at.desc()).limit(1)).first()


def nda_for(session: Session, actor: Actor, nda_id: str) -> Nda:
    """An agreement with its version and acceptances, for its two sides and the base."""
    query = select(Nda).where(Nda.id == nda_id)
    query = query.options(
        selectinload(Nda.acceptances), joinedload(Nda.template).selectinload(NdaTemplate.texts)
    )
    found = session.scalars(query).first()
    if found is None or not rules.may_view(found, actor):
        raise NotFound
    return found


def own(session: Session, actor: Actor) -> Sequence[Nda]:
    """The agreements of the actor's organisation, newest first."""
    mine = or_(Nda.proposer_id == actor.org_id, Nda.other_id == actor.org_id)
    query = select(Nda).where(mine).options(joinedload(Nda.template))
    return session.scalars(query.order_by(Nda.changed_at.desc()).limit(200)).all()


def names(session: Session, ids: set[str]) -> dict[str, str]:
    """Organisations by id."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def signers(session: Session, actor: Actor, nda: Nda) -> dict[str, str]:
    """Who accepted for each organisation, as this reader may know them: people of mainland China
    are named abroad with their consent alone. The record itself keeps the names."""
    ids = [row.user_id for row in nda.acceptances]
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}
    sides = [row.organisation_id for row in nda.acceptances]
    query = select(Organisation.id, Organisation.country).where(Organisation.id.in_(sides))
    home = {row[0]: row[1] for row in session.execute(query)}
    reader = None if actor.is_staff else actor.org_country or ""
    found = {}
    for row in nda.acceptances:
        person = people.get(row.user_id or "")
        named = actor.owns(row.organisation_id) or (
            person is not None and may_name(reader, person, home.get(row.organisation_id))
        )
        found[row.organisation_id] = row.user_name if named else contact_of(row.organisation_name)
    return found
