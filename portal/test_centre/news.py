"""Who is told what about a booking. Notices and mails name its number, never chip or result."""

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import mail
from portal.core.access import Actor
from portal.core.i18n import lazy_gettext as _l
from portal.test_centre.models import Booking, BookingEvent

# What the supplier hears, by step; with a mail where somebody has to act or waits for it.
SUPPLIER = {
    "offer": (_l("Test booking %(number)s: weeks are offered, please confirm"), "calendar-due"),
    "call_samples": (_l("Test booking %(number)s: please send the samples"), "package"),
    "received": (_l("Test booking %(number)s: samples have arrived"), "package"),
    "trouble": (_l("Test booking %(number)s: something is wrong with the samples"), "alert-circle"),
    "start": (_l("Test booking %(number)s: the tests have begun"), "test-pipe"),
    "moved": (_l("Test booking %(number)s: the weeks have changed"), "calendar-event"),
    "withdraw": (_l("Test booking %(number)s was cancelled by the base"), "ban"),
    "result": (_l("Test booking %(number)s: the report is released"), "file-certificate"),
}
MAILED = frozenset(SUPPLIER) - {"received", "start"}
# What the desk hears.
DESK = {
    "confirm": (_l("Test booking %(number)s was confirmed"), "circle-check"),
    "ask_again": (_l("Test booking %(number)s: other weeks are asked for"), "calendar-event"),
    "cancel": (_l("Test booking %(number)s was cancelled by the supplier"), "ban"),
    "announced": (_l("Test booking %(number)s: samples are announced"), "package"),
    "report": (_l("Test booking %(number)s: a report waits for a second person"), "eye-check"),
}
notices.declare_all({f"test.{name}": told for name, told in SUPPLIER.items()})
notices.declare_all({f"desk.test.{name}": told for name, told in DESK.items()})


def path(booking: Booking) -> str:
    return f"/test-centre/bookings/{booking.id}"


def desk_path(booking: Booking) -> str:
    return f"/desk/test-centre/bookings/{booking.id}"


def tell_step(
    session: Session, actor: Actor, booking: Booking, event: BookingEvent, name: str
) -> None:
    """The other side hears of a step that concerns it."""
    if name in SUPPLIER:
        tell_supplier(session, booking, event, name)
    if name in DESK:
        tell_desk(session, actor, booking, event, name)


def tell_supplier(session: Session, booking: Booking, event: BookingEvent, name: str) -> None:
    told = notices.tell_organisation(
        session,
        booking.company_id,
        f"test.{name}",
        {"number": booking.reference},
        path=path(booking),
        dedupe=f"test:{event.id}",
    )
    asked = [user for user in told if user.id == booking.requester_id]
    if name in MAILED:
        _mail(session, asked or told, booking, "supplier", name, path(booking))


def tell_desk(
    session: Session, actor: Actor, booking: Booking, event: BookingEvent, name: str
) -> None:
    """Whoever takes care of the request, else all staff; for a second person everybody else."""
    staff = [user for user in accounts.staff(session) if user.id != actor.user_id]
    charged = [user for user in staff if user.id == booking.request.assignee_id]
    told = notices.tell_users(
        session,
        staff if name == "report" else charged or staff,
        f"desk.test.{name}",
        {"number": booking.reference},
        path=desk_path(booking),
        dedupe=f"desk-test:{event.id}",
    )
    if name != "report":
        _mail(session, charged and told, booking, "desk", name, desk_path(booking))


def _mail(
    session: Session, people: list[User], booking: Booking, template: str, name: str, link: str
) -> None:
    context = {"number": booking.reference, "step": name}
    for user in people:
        mail.enqueue(session, accounts.recipient(user), f"test_centre/{template}", context, link)
