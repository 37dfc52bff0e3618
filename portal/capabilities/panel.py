"""What a company can make, on the company's public page."""

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities import queries
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.listings.panels import Item, Panel
from portal.listings.texts import shown
from portal.thesaurus.templating import concept_title

# A page stays readable; the search finds the rest.
MOST = 60


def published_panel(session: Session, _actor: Actor, company: Company) -> Panel | None:
    """The published capabilities, newest first; a company that only buys has no such list."""
    if company.kind == "buyer":
        return None
    rows = session.scalars(queries.published(company.id).limit(MOST)).unique()
    empty = gettext("This company has not published a capability yet.")
    return Panel(gettext("Capabilities"), [_item(row) for row in rows], empty=empty)


def _item(capability: Capability) -> Item:
    text = shown(capability.texts)
    url = url_for("capabilities.show", capability_id=capability.id)
    fact = concept_title(capability.category)
    if text is None:
        return Item(fact, "", url)
    return Item(text.text.title, text.lang, url, fact)
