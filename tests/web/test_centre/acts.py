"""Bookings of the test centre, as the people of the tests would make them."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.capabilities.models import Capability, CapabilityText
from portal.core import clock
from portal.core.access import Actor
from portal.core.files import FileStore, Upload, store
from portal.core.models import StoredFile
from portal.test_centre import results, rules, samples, services, weeks
from portal.test_centre.models import Booking
from portal.test_centre.results import ReportInput, RunInput
from portal.test_centre.samples import CustodyInput, SampleInput
from portal.test_centre.services import BookingInput, OfferInput
from portal.test_centre.weeks import LineInput


class Centre:
    """The people, a chip of Wang's company, and a line with twelve free weeks of one place."""

    def __init__(self, session: Session, places: int = 1, files: FileStore | None = None) -> None:
        self.session, self.files = session, files
        self.wang, self.chen, self.sun = map(self.actor, ("wang", "chen", "sun"))
        self.li, self.zhao = self.actor("li"), self.actor("zhao")
        self.chip = chip(self.wang.org_id or "")
        session.add(self.chip)
        session.flush()
        names = {"en": "Burn-in ovens", "de": "Burn-in-Öfen"}
        data = LineInput(names, ("aec-q100", "reliability"), places)
        self.line = weeks.save_line(session, self.zhao, None, data)
        self.monday = rules.monday(rules.today()) + timedelta(weeks=1)
        weeks.publish(session, self.zhao, self.line.id, self.monday, 12, places)

    def actor(self, name: str) -> Actor:
        user = accounts.user_by_email(self.session, f"{name}@test.example")
        assert user is not None
        return actor_of(user)

    def ask(self, **more: object) -> Booking:
        given = {
            "programme": "aec-q100",
            "capability_id": self.chip.id,
            "device": "HN32A-secret",
            "chip_type": "mcu",
            "locale": "en",
            "grade": "1",
            "destructive": True,
            "publish": True,
            **more,
        }
        return services.request(self.session, self.wang, BookingInput(**given))  # type: ignore[arg-type]

    def offer(self, booking: Booking, first: date | None = None, count: int = 2) -> Booking:
        data = OfferInput(
            self.line.id, first or self.monday, count, "EUR 40,000 to 60,000", "Plan", "en"
        )
        return services.offer(self.session, self.li, booking.id, data)

    def confirmed(self, first: date | None = None, **more: object) -> Booking:
        booking = self.offer(self.ask(**more), first)
        return services.step(self.session, self.wang, booking.id, "confirm")

    def in_test(self, **more: object) -> Booking:
        booking = self.confirmed(**more)
        services.step(self.session, self.li, booking.id, "call_samples")
        sample = samples.announce(
            self.session, self.wang, booking.id, SampleInput("LOT-7", 80, "2631", "SF", "SF123")
        )
        arrived = CustodyInput("received", 80, "intact", "Cabinet 3")
        samples.record(self.session, self.li, sample.id, arrived)
        return services.step(self.session, self.li, booking.id, "start")

    def tested(self, verdict: str = "pass", **more: object) -> Booking:
        booking = self.in_test(**more)
        self.session.expire(booking, ["runs"])
        self.session.refresh(booking, ["runs"])
        finding = "" if verdict == "pass" else "Two rejects after 500 h"
        found = {run.id: RunInput("pass", 77, 0) for run in booking.runs}
        first = next(iter(found))
        found[first] = RunInput(verdict, 77, 0 if verdict == "pass" else 2, finding)
        results.enter(self.session, self.li, booking.id, found)
        return booking

    def reported(self, verdict: str = "pass", **more: object) -> Booking:
        booking = self.tested(verdict, **more)
        report = ReportInput(
            "TC-R-1", "HN32A in LQFP-64", "Functional safety", "Rejects in HTOL", self.file()
        )
        return results.report(self.session, self.li, booking.id, report)

    def file(self) -> StoredFile:
        if self.files is not None:
            return store(self.session, self.files, Upload("r.txt", "text/plain", b"r"), None)
        made = StoredFile(sha256="0" * 64, size=1, media_type="application/pdf", name="r.pdf")
        self.session.add(made)
        self.session.flush()
        return made


def chip(company: str, title: str = "车规级MCU") -> Capability:
    return Capability(
        company_id=company,
        category="automotive-mcu",
        markets=["DE"],
        attributes={"aec_q_grade": {"value": "1"}},
        state="published",
        published_at=clock.now(),
        texts=[CapabilityText(locale="zh-Hans", title=title, summary="32位")],
        certificates=[],
    )
