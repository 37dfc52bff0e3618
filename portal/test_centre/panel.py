"""Bookings on the pages of what they are about: the owner and the base see them, nobody else."""

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import i18n
from portal.core.access import Actor, Permission
from portal.core.i18n import gettext
from portal.listings import panels
from portal.listings.panels import Item, Panel
from portal.service_requests.models import ServiceRequest
from portal.test_centre import programmes, queries
from portal.test_centre.following import SERVICE
from portal.test_centre.models import Booking
from portal.test_centre.programmes import CHIP_OF
from portal.test_centre.rules import WORKFLOW


def of_capability(session: Session, actor: Actor, capability: Capability) -> Panel | None:
    """What was and is tested, and the way to have it tested; only for chips."""
    owner = actor.owns(capability.company_id) and actor.may(Permission.TEST_CENTRE_VIEW)
    if capability.category not in CHIP_OF or not (owner or actor.may(Permission.TEST_CENTRE_WORK)):
        return None
    rows = queries.of_capability(session, actor, capability.id)
    known = programmes.every(session) if rows else {}
    items = [_item(actor, row, known) for row in rows]
    if actor.may(Permission.TEST_CENTRE_BOOK):
        more = url_for("test_centre.new", capability=capability.id)
        label = gettext("Have it tested at the base")
    else:
        more, label = url_for("test_centre.overview"), gettext("Programmes of the test centre")
    empty = gettext("Not tested at the base yet.")
    return Panel(gettext("Test centre"), items, more, label, empty)


def of_request(session: Session, actor: Actor, request: ServiceRequest) -> Panel | None:
    """The booking that a service request carries; each is about a capability."""
    perhaps = request.service == SERVICE and request.capability_id is not None
    booking = queries.of_request(session, actor, request.id) if perhaps else None
    if booking is None:
        return None
    return Panel(gettext("Test centre"), [_item(actor, booking, programmes.shipped())])


def _item(actor: Actor, row: Booking, known: dict[str, programmes.Programme]) -> Item:
    endpoint = "desk.test_booking" if actor.is_staff else "test_centre.booking"
    state = WORKFLOW.state(row.state).shown(actor.is_staff)
    url = url_for(endpoint, booking_id=row.id)
    return Item(known[row.programme].name, i18n.current().tag, url, f"{row.reference} · {state}")


panels.register("capability", of_capability)
panels.register("service_request", of_request)
