"""What disclosure asks of capabilities: their titles."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.capabilities.models import Capability
from portal.disclosure.looks import register_titles
from portal.listings.texts import shown


def titles(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Title and its language by id."""
    query = select(Capability).where(Capability.id.in_(list(ids)))
    rows = session.scalars(query.options(selectinload(Capability.texts)))
    found = {row.id: shown(row.texts) for row in rows}
    return {row_id: (text.text.title, text.lang) for row_id, text in found.items() if text}


register_titles("capability", titles)
