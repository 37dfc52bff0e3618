"""What disclosure asks of needs: their titles, and who is on the market under an alias."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.disclosure.looks import register_titles, register_unnamed
from portal.listings.texts import shown
from portal.needs.models import Need


def titles(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Title and its language by id."""
    query = select(Need).where(Need.id.in_(list(ids))).options(selectinload(Need.texts))
    found = {row.id: shown(row.texts) for row in session.scalars(query)}
    return {row_id: (text.text.title, text.lang) for row_id, text in found.items() if text}


@register_unnamed
def behind_alias(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of some companies that have, or had, a public need under an alias: its end is no
    reason to name who looked while it ran."""
    query = select(Need.company_id).where(
        Need.company_id.in_(list(ids)), Need.published_at.is_not(None), Need.alias != ""
    )
    return set(session.scalars(query.distinct()))


register_titles("need", titles)
