"""Samples: announced by the supplier, then in the custody of the base until they are gone."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.test_centre import following, news, queries, rules
from portal.test_centre.models import Booking, CustodyEvent, Sample

TAKEN_IN = ("confirmed", "samples_awaited", "in_test")
MOST_PIECES = 100_000
LEAVING = ("returned", "scrapped")


@dataclass(frozen=True)
class SampleInput:
    """A parcel with pieces of one lot."""

    lot: str
    quantity: int
    date_code: str = ""
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True)
class CustodyInput:
    """What happens to samples: `kind` is the place they go to, `quantity` how many pieces."""

    kind: str
    quantity: int
    condition: str = ""
    place: str = ""
    note: str = ""


def announce(session: Session, actor: Actor, booking_id: str, data: SampleInput) -> Sample:
    """Tell the base what is on its way. Raises NotFound, Forbidden, Conflict, Invalid."""
    booking = queries.booking_for(session, actor, booking_id)
    if not rules.parties(booking, actor):
        raise Forbidden(_l("Owners and editors of a supplier announce samples."))
    if booking.state not in TAKEN_IN:
        raise Conflict(_l("Samples are announced when the weeks are confirmed."))
    if not data.lot.strip():
        raise Invalid(_l("Please name the lot."), field="lot")
    if not 1 <= data.quantity <= MOST_PIECES:
        raise Invalid(_l("Please enter how many pieces."), field="quantity")
    sample = Sample(
        number=queries.next_number(session, Sample),
        booking_id=booking.id,
        lot=data.lot,
        date_code=data.date_code,
        carrier=data.carrier,
        tracking=data.tracking,
        quantity=data.quantity,
        left=data.quantity,
        state="announced",
        version=1,
        changed_at=clock.now(),
    )
    session.add(sample)
    session.flush()
    _note(session, actor, sample, CustodyInput("announced", data.quantity))
    audit.record(session, actor, "test_sample.announce", sample, {"booking": booking.id})
    event = following.happened(
        session, actor, booking, "announced", sample=sample.reference, quantity=data.quantity
    )
    news.tell_step(session, actor, booking, event, "announced")
    return sample


def record(
    session: Session, actor: Actor, sample_id: str, data: CustodyInput, version: int | None = None
) -> Sample:
    """Write down what became of samples. Raises NotFound for all but the staff."""
    if not actor.may(Permission.TEST_CENTRE_WORK):
        raise NotFound
    sample = queries.sample_for(session, actor, sample_id)
    check_version(sample, version)
    _check(sample, data)
    _apply(sample, data)
    _note(session, actor, sample, data)
    audit.record(session, actor, f"test_sample.{data.kind}", sample, {"quantity": data.quantity})
    _count(session, sample.booking)
    _tell(session, actor, sample, data)
    return sample


def _check(sample: Sample, data: CustodyInput) -> None:
    if data.kind not in rules.NEXT_PLACES[sample.state]:
        raise Conflict(_l("Samples cannot go there from where they are."), field="kind")
    arriving = data.kind == "received"
    most = MOST_PIECES if arriving else sample.left
    if not 1 <= data.quantity <= most:
        raise Invalid(_l("There are not so many pieces."), field="quantity")
    if arriving and data.condition not in rules.CONDITIONS:
        raise Invalid(_l("Please note in which condition they arrived."), field="condition")
    if data.kind in ("received", "stored") and not data.place.strip():
        raise Invalid(_l("Please note where they lie."), field="place")


def _apply(sample: Sample, data: CustodyInput) -> None:
    """A part that leaves makes the rest fewer; the rest stays where it is."""
    if data.kind in LEAVING:
        sample.left -= data.quantity
    elif data.kind == "received":
        sample.left = data.quantity
    if data.kind not in LEAVING or sample.left == 0:
        sample.state = data.kind
        sample.place = data.place if data.kind in rules.HERE else ""
    sample.version += 1
    sample.changed_at = clock.now()


def _note(session: Session, actor: Actor, sample: Sample, data: CustodyInput) -> None:
    row = CustodyEvent(
        sample_id=sample.id,
        kind=data.kind,
        quantity=data.quantity,
        condition=data.condition if data.kind == "received" else "",
        place=data.place,
        note=data.note,
        author_id=actor.user_id,
    )
    session.add(row)
    session.flush()


def _count(session: Session, booking: Booking) -> None:
    """How many parcels are with the base."""
    here = select(func.count()).where(Sample.booking_id == booking.id, Sample.state.in_(rules.HERE))
    booking.samples_in = session.execute(here).scalar() or 0


def _tell(session: Session, actor: Actor, sample: Sample, data: CustodyInput) -> None:
    """The supplier hears of what arrives, and of what is wrong; the rest stands on the page."""
    booking = sample.booking
    kind = "received" if data.kind == "received" else "sample"
    event = following.happened(
        session,
        actor,
        booking,
        kind,
        sample=sample.reference,
        quantity=data.quantity,
        place=data.kind,
    )
    if data.kind == "lost" or (data.kind == "received" and data.condition != "intact"):
        news.tell_supplier(session, booking, event, "trouble")
    elif data.kind == "received":
        following.take_up(session, actor, booking.request)
        news.tell_supplier(session, booking, event, "received")
