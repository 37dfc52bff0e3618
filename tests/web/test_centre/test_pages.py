"""Pages of the test centre for everybody, for suppliers and for the desk."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.companies.models import Certificate
from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.needs.models import Need, NeedText
from portal.test_centre import programmes, results, rules
from portal.test_centre.models import Booking, Line, Run, Sample
from tests.support.client import Browser
from tests.support.formfill import form_at
from tests.support.people import Person
from tests.web.test_centre.acts import Centre

Open = Callable[..., Browser]
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def made(database: Database, verb: str = "ask", **more: object) -> str:
    with database.transaction() as session:
        booking: Booking = getattr(Centre(session), verb)(**more)
        return booking.id


@pytest.mark.parametrize("locale", ["zh-hans", "en", "de"])
def test_everybody_reads_the_programmes(browser: Open, locale: str) -> None:
    visitor = browser(locale=locale)
    page = visitor.get("/test-centre")
    for programme in programmes.shipped().values():
        assert f"/test-centre/programmes/{programme.id}" in page.html
    for name in ("aec-q100", "iso-26262-analysis", "security"):
        assert visitor.get(f"/test-centre/programmes/{name}").status == 200


def test_programmes_are_narrowed_by_chip_and_temperature(browser: Open) -> None:
    page = browser().get("/test-centre?chip=power-discrete&low=-40&high=120")
    assert "/test-centre/programmes/aec-q101" in page.html
    assert "/test-centre/programmes/aec-q100" not in page.html
    assert "Grade 1" in page.html
    assert "No AEC-Q100 grade" in browser().get("/test-centre?high=175").html


def test_the_test_plan_follows_the_grade(browser: Open) -> None:
    hottest = browser().get("/test-centre/programmes/aec-q100?grade=0").html
    assert "Ta 150 °C" in hottest and "2,000 cycles" in hottest and "77 × 3" in hottest


def test_a_supplier_books_and_the_desk_offers(browser: Open, database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        chip, line, monday = centre.chip.id, centre.line.id, centre.monday
    wang, li = browser("wang"), browser("li")
    asked = wang.post(
        "/test-centre/bookings/new",
        {
            "programme": "aec-q100",
            "capability": chip,
            "device": "HN32A",
            "chip_type": "mcu",
            "grade": "1",
            "asil": "",
            "lots": "3",
            "wished_week": monday.isoformat(),
            "destructive": "y",
            "publish": "y",
        },
    )
    assert asked.status == 303
    page = wang.get(asked.location)
    assert "HN32A" in page.html
    with database.reading() as session:
        booking = session.scalars(select(Booking)).one()
    desk = f"/desk/test-centre/bookings/{booking.id}"
    assert "HN32A" in li.get(desk).html
    offer = {
        "start": f"{line}|{monday.isoformat()}",
        "weeks": "2",
        "price": "EUR 40,000",
        "plan": "First HTOL",
        "tests": ["0", "6"],
        "version": "1",
    }
    assert li.post(f"{desk}/offer", offer).status == 303
    assert li.post(f"{desk}/offer", offer).status == 409  # seen in an older version
    with database.reading() as session:
        assert len(session.scalars(select(Run)).all()) == 2
    step = f"/test-centre/bookings/{booking.id}/steps"
    assert wang.post(f"{step}/confirm", {"version": "2"}).status == 303
    assert wang.post(f"{step}/ask_again", {"version": "3"}).status in (409, 422)


def test_results_and_report_become_evidence_for_buyers(
    browser: Open, database: Database, work: Callable[[], int]
) -> None:
    booking = made(database, "in_test")
    li, zhao, wang = browser("li"), browser("zhao"), browser("wang")
    desk = f"/desk/test-centre/bookings/{booking}"
    with database.reading() as session:
        runs = session.scalars(select(Run).order_by(Run.position)).all()
        version = session.get_one(Booking, booking).version
        capability = session.get_one(Booking, booking).capability_id
    rows = {"version": str(version)}
    for number, run in enumerate(runs):
        rows |= {
            f"runs-{number}-run": run.id,
            f"runs-{number}-verdict": "pass",
            f"runs-{number}-tested": "77",
            f"runs-{number}-rejects": "0",
        }
    wrong = li.post(f"{desk}/results", {**rows, "runs-0-rejects": "99"})
    assert wrong.status == 422 and "more rejects" in wrong.html
    assert li.post(f"{desk}/results", rows).status == 303
    report = {
        "number": "TC-R-9",
        "scope": "HN32A",
        "not_checked": "Safety",
        "file": (io.BytesIO(PDF), "failed-badly.pdf"),
    }
    assert li.post(f"{desk}/report", report).status == 303
    assert "Release" in zhao.get(desk).html
    assert wang.get(f"/test-centre/bookings/{booking}/report").status == 404
    assert zhao.get(f"{desk}/report").status == 200
    assert "failed-badly" not in wang.get("/company/views"), "not even its name before release"
    assert li.post(f"{desk}/steps/release", {}).status == 409
    assert zhao.post(f"{desk}/steps/release", {}).status == 303
    assert wang.get(f"/test-centre/bookings/{booking}/report").status == 200
    work()
    page = browser().get(f"/capabilities/{capability}")
    assert "AEC-Q100" in page.html
    assert "TC-00001" not in page.html and "HN32A-secret" not in page.html


def test_matches_count_the_result_as_checked(
    browser: Open, database: Database, people: dict[str, Person], work: Callable[[], int]
) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported()
        results.release(session, centre.zhao, booking.id)
        capability = booking.capability_id
        need = Need(
            company_id=people["meyer"].org_id,
            category="automotive-mcu",
            market="DE",
            required={"certificates": ["AEC-Q100"]},
            deadline=clock.now() + timedelta(days=30),
            state="published",
            published_at=clock.now(),
            texts=[NeedText(locale="de", title="Mikrocontroller")],
        )
        session.add(need)
        session.flush()
        key = need.id
    work()
    page = browser("meyer").get(f"/needs/{key}/matches/{capability}")
    assert page.status == 200
    assert "AEC-Q100" in page and "Checked with the issuer" in page


def test_a_failed_result_stays_between_supplier_and_base(
    browser: Open, database: Database, work: Callable[[], int], mails: Callable[[], list[str]]
) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported("fail")
        results.release(session, centre.zhao, booking.id)
        capability, key = booking.capability_id, booking.id
    work()
    assert "Rejects in HTOL" in browser("wang").get(f"/test-centre/bookings/{key}").html
    for who in (None, "meyer", "chen"):
        shown = browser(who).get(f"/capabilities/{capability}").html
        assert "TC-R-1" not in shown and "Rejects in HTOL" not in shown
    sent = "\n".join(mails())
    assert "TC-00001" in sent
    assert "HN32A-secret" not in sent and "Rejects" not in sent and "not passed" not in sent.lower()


@pytest.mark.parametrize("who", ["chen", "meyer", "hoffmann"])
def test_strangers_do_not_find_a_booking(browser: Open, database: Database, who: str) -> None:
    booking = made(database, "in_test")
    for path in ("", "/labels", "/report"):
        assert browser(who).get(f"/test-centre/bookings/{booking}{path}").status == 404
    for path in ("bookings", "samples"):
        assert browser(who).get(f"/desk/test-centre/{path}").status == 404


def test_samples_are_announced_labelled_and_taken_in(browser: Open, database: Database) -> None:
    booking = made(database, "confirmed")
    wang, li = browser("wang"), browser("li")
    announced = wang.post(
        f"/test-centre/bookings/{booking}/samples",
        {"lot": "L7", "date_code": "2631", "quantity": "90", "tracking": "SF1"},
    )
    assert announced.status == 303
    labels = wang.get(f"/test-centre/bookings/{booking}/labels").html
    assert "S-00001" in labels and "<rect" in labels and "HN32A-secret" not in labels
    found = li.get("/desk/test-centre/samples?number=TC-00001 S-00001")
    taken = {"kind": "received", "quantity": "88", "place": "Cabinet 3", "condition": "intact"}
    assert li.post(found.location, {**taken, "condition": ""}).status == 422
    assert li.post(found.location, taken).status == 303
    assert "Cabinet 3" in wang.get(f"/test-centre/bookings/{booking}").html
    with database.reading() as session:
        assert session.scalars(select(Sample)).one().left == 88


def test_the_board_shows_weeks_and_what_is_overdue(browser: Open, database: Database) -> None:
    booking = made(database, "in_test")
    with database.transaction() as session:
        session.get_one(Booking, booking).first_week = rules.today() - timedelta(weeks=9)
    page = browser("li").get("/desk/test-centre").html
    assert "Overdue" in page and "1/1" in page


def test_supervisors_keep_lines_weeks_and_programmes(browser: Open, database: Database) -> None:
    zhao = browser("zhao")
    line = {
        "names-0": "老化",
        "names-1": "Ovens",
        "names-2": "Öfen",
        "programmes": ["aec-q100"],
        "places": "2",
    }
    assert zhao.post("/desk/test-centre/lines/new", line).status == 303
    with database.reading() as session:
        key = session.scalars(select(Line)).one().id
    monday = rules.monday(rules.today()).isoformat()
    publish = {"line": key, "first": monday, "count": "4", "places": "2"}
    assert zhao.post("/desk/test-centre/weeks", publish).status == 303
    assert "0/2" in zhao.get("/desk/test-centre/weeks").html
    path = "/desk/test-centre/programmes/aec-q101"
    form = form_at(zhao.get(path).html, f"/en{path}").values
    changed = {**{k: v for k, v in form.items() if k != "_once"}, "weeks_to": "18"}
    assert zhao.post(path, changed).status == 303
    assert "12 to 18 weeks" in browser().get("/test-centre/programmes/aec-q101").html
    assert browser("li").get("/desk/test-centre/weeks").status == 404


def test_the_owner_of_a_chip_is_offered_a_test(browser: Open, database: Database) -> None:
    booking = made(database)
    with database.reading() as session:
        capability = session.get_one(Booking, booking).capability_id
        assert session.scalars(select(Certificate)).all() == []
    path = f"/capabilities/{capability}"
    own = browser("wang").get(path).html
    assert "Have it tested at the base" in own and "TC-00001" in own
    assert "TC-00001" not in browser("meyer").get(path).html


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (None, "/test-centre"),
        (None, "/test-centre/programmes/aec-q100"),
        ("wang", "/test-centre/bookings"),
        ("wang", "/test-centre/bookings/<id>"),
        ("wang", "/test-centre/bookings/new"),
        ("li", "/desk/test-centre"),
        ("li", "/desk/test-centre/bookings/<id>"),
        ("li", "/desk/test-centre/samples"),
        ("zhao", "/desk/test-centre/weeks"),
    ],
)
def test_a_page_asks_the_database_little(
    browser: Open, database: Database, who: str | None, path: str
) -> None:
    with database.transaction() as session:
        centre = Centre(session, places=9)
        ids = [centre.in_test().id for _number in range(4)]
    reader = browser(who)
    reader.get("/")
    with counted(database) as seen:
        reader.get(path.replace("<id>", ids[0]))
    assert len(seen) <= 12, "\n".join(seen)
