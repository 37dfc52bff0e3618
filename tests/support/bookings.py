"""Bookings of the test centre at every stage, for the table of who may do what."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.files import FileStore
from portal.test_centre import results, services
from portal.test_centre.models import Run, Sample
from tests.web.test_centre.acts import Centre


def bookings(session: Session, files: FileStore) -> dict[str, str]:
    """Ids by name: a chip, a line, its first free week, samples, and a booking that was asked for,
    one that runs, one with all results, one whose report waits, one released, one moved."""
    centre = Centre(session, places=9, files=files)
    made = {
        "test-booking": centre.ask(),
        "test-booking-running": centre.in_test(),
        "test-booking-tested": centre.tested(),
        "test-booking-review": centre.reported(),
        "test-booking-done": centre.reported("fail"),
        "test-booking-moved": centre.confirmed(),
    }
    results.release(session, centre.zhao, made["test-booking-done"].id)
    later = centre.monday + timedelta(weeks=3)
    services.move(session, centre.li, made["test-booking-moved"].id, centre.line.id, later)
    made["test-booking-tested"].report_id = centre.file().id
    running = Sample.booking_id == made["test-booking-running"].id
    session.flush()
    run = select(Run.id).where(Run.booking_id == made["test-booking-running"].id)
    return {
        "test-chip": centre.chip.id,
        "test-run": session.scalars(run.order_by(Run.position)).first() or "",
        "test-line": centre.line.id,
        "test-start": f"{centre.line.id}|{centre.monday.isoformat()}",
        "test-monday": centre.monday.isoformat(),
        "test-sample": session.scalars(select(Sample).where(running)).one().id,
        **{name: row.id for name, row in made.items()},
    }
