"""Who is meant, and which rows are theirs by the data map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, or_
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.models import User
from portal.accounts.naming import ERASED_DOMAIN
from portal.core import i18n
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.privacy.mapping import Line


@dataclass(frozen=True)
class Person:
    """A person by what names them, and the pseudonym that takes its place."""

    id: str
    email: str
    name: str
    locale: str
    timezone: str
    country: str
    organisation_id: str | None
    pseudonym: str

    @property
    def erased_email(self) -> str:
        return f"{self.id}@{ERASED_DOMAIN}"


def find(session: Session, user_id: str) -> Person:
    """Raises NotFound when there is no such account."""
    user = queries.user(session, user_id)
    if user is None:
        raise NotFound
    place = user.membership.organisation if user.membership else None
    return Person(
        id=user.id,
        email=user.email,
        name=user.name,
        locale=user.locale,
        timezone=user.timezone,
        country=place.country if place else "",
        organisation_id=place.id if place else None,
        pseudonym=_pseudonym(user, place.name if place else "", place.locale if place else "en"),
    )


def _pseudonym(user: User, organisation: str, locale: str) -> str:
    with i18n.use_locale(locale):
        if organisation:
            shown = organisation[:80]
            return gettext("Former member of %(organisation)s", organisation=shown)
        if user.staff_role:
            return gettext("Former member of the base's staff")
        return gettext("Former member")


def own(table: Table, lines: Sequence[Line], who: Person) -> ColumnElement[bool] | None:
    """Which rows of a table are the person's own; None where the map names no way to tell."""
    value = {"link": who.id, "link-email": who.email}
    links = [table.c[line.column] == value[line.export] for line in lines if line.links]
    return or_(*links) if links else None


def is_last_owner(session: Session, user: User) -> bool:
    """Whether an organisation would be without an owner."""
    place = user.membership
    return (
        place is not None
        and place.role == "owner"
        and queries.owners(session, place.organisation_id) == 1
    )


def is_last_administrator(session: Session, user: User) -> bool:
    """Whether nobody would be left to look after the portal."""
    staff = queries.staff(session)
    return user.staff_role == "administrator" and not any(
        other.staff_role == "administrator" for other in staff if other.id != user.id
    )


def colleagues(session: Session, user: User) -> list[Any]:
    """The other members of the person's organisation."""
    if user.membership is None:
        return []
    members = queries.members(session, user.membership.organisation_id)
    return [member for member in members if member.user_id != user.id]
