"""The thesaurus in the desk: from a draft over its trial to a release and back."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from portal.capabilities.models import Capability, CapabilityText
from portal.core import clock
from portal.core.db import Database
from portal.core.models import AuditEvent
from portal.search import jobs as search_jobs
from portal.thesaurus import exchange
from portal.thesaurus.models import ConceptRevision
from portal.thesaurus.store import get_thesaurus, put_in_force, shipped
from portal.web.app import Portal
from tests.support.client import Browser, Page
from tests.support.people import Person

Open = Callable[..., Browser]
TERMS = {
    "terms_zh_hans": "浆料流变仪",
    "terms_en": "slurry rheometer\nslurry viscosity tester",
    "terms_de": "Slurry-Rheometer",
    "terms_fr": "rhéomètre à suspension",
    "terms_es": "reómetro de suspensiones",
    "terms_ja": "スラリーレオメーター",
    "terms_pt_br": "reômetro de suspensão",
    "terms_ar": "مقياس انسيابية الملاط",
}
FORM = {"id": "slurry-rheometer", "kind": "equipment", "broader": "equipment", "reason": "asked"}
EDIT = "/desk/thesaurus/concepts/solid-state-battery/edit"


@pytest.fixture(autouse=True)
def only_here() -> Iterator[None]:
    yield
    put_in_force(shipped())


@pytest.fixture
def indexed(app: Portal, database: Database, people: dict[str, Person]) -> None:
    with database.transaction() as session:
        text = CapabilityText(locale="zh-Hans", title="浆料流变仪", summary="固态电池")
        session.add(
            Capability(
                id="cap0",
                company_id=people["wang"].org_id,
                category="solid-state-battery",
                state="published",
                published_at=clock.now(),
                texts=[text],
            )
        )
    search_jobs.rebuild(app.engine, database)


def new(staff: Browser, **more: Any) -> Page:
    return staff.post("/desk/thesaurus/new", {**FORM, **TERMS, **more})


def fields(staff: Browser) -> dict[str, str]:
    """The edit form as it is offered."""
    from tests.support.formfill import form_at

    page = staff.get(EDIT)
    values = form_at(page.html, staff.path(EDIT)).values
    return {k: v for k, v in values.items() if k not in ("csrf_token", "_once")}


def test_concepts_are_found_in_any_language(browser: Open) -> None:
    li = browser("li", "en")
    for words in ("固态电池", "Feststoffbatterie", "ssb", "solid-state-battery"):
        assert ">solid-state-battery<" in li.get(f"/desk/thesaurus?q={words}"), words
    page = li.get("/desk/thesaurus?q=batter&kind=scenario")
    assert "battery-swapping" in page and ">solid-state-battery<" not in page
    assert li.get("/desk/thesaurus?segment=battery&category=battery&page=2").status == 200
    assert li.get("/desk/thesaurus?missing=de").html.count("<tbody>") in (0, 1)
    assert li.get("/desk/thesaurus?show=problems&q=%25").status == 200


def test_a_concept_shows_all_it_has(browser: Open, indexed: None) -> None:
    page = browser("li", "en").get("/desk/thesaurus/concepts/solid-state-battery")
    assert '<ul lang="zh-Hans" dir="ltr">' in page
    assert '<ul lang="ar" dir="rtl">' in page or "No term yet" in page
    assert "/desk/thesaurus/concepts/battery-cell" in page
    assert "it cannot go" in page
    assert browser("li", "en").get("/desk/thesaurus/concepts/no-such").status == 404


def test_from_draft_to_release_and_back(
    browser: Open, indexed: None, work: Callable[[], int], app: Portal
) -> None:
    li, zhao = browser("li", "en"), browser("zhao", "en")
    assert new(li).status == 303
    assert "slurry-rheometer" not in get_thesaurus()
    assert zhao.post("/desk/thesaurus/drafts/publish").status == 409
    assert li.post("/desk/thesaurus/drafts/try").status == 303
    assert "The trial runs" in li.get("/desk/thesaurus/drafts")
    work()
    page = li.get("/desk/thesaurus/drafts")
    assert "No query moves" not in page and "浆料流变仪" in page
    assert li.post("/desk/thesaurus/drafts/publish").status == 404
    assert zhao.post("/desk/thesaurus/drafts/publish", {"note": "rheometers"}).status == 303
    work()
    app.engine.follow()
    assert "slurry-rheometer" in get_thesaurus()
    found = browser(None, "de").get("/search?q=Slurry-Rheometer")
    assert "浆料流变仪" in found
    shown = zhao.get("/desk/thesaurus/releases/1")
    assert "Take this release back" in shown and "rheometers" in shown
    assert zhao.post("/desk/thesaurus/releases/1/undo").status == 303
    work()
    app.engine.follow()
    assert "slurry-rheometer" not in get_thesaurus()
    assert "Takes back release 1" in li.get("/desk/thesaurus/releases")
    assert "Published" in li.get("/desk/thesaurus/concepts/slurry-rheometer")


def test_a_trial_older_than_the_last_edit_is_none(
    browser: Open, indexed: None, work: Callable[[], int]
) -> None:
    zhao = browser("zhao", "en")
    new(zhao)
    zhao.post("/desk/thesaurus/drafts/try")
    work()
    values = fields(zhao) | {"terms_en": "solid-state battery\nall-solid cell", "reason": "more"}
    assert zhao.post(EDIT, values).status == 303
    assert "have changed since the last trial" in zhao.get("/desk/thesaurus/drafts")
    assert zhao.post("/desk/thesaurus/drafts/publish").status == 409
    assert zhao.post("/desk/thesaurus/drafts/withdraw").status == 303
    assert "No drafts" in zhao.get("/desk/thesaurus/drafts")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms_de": "Batteriegehäuse\n固态"}, "wrong script"),
        ({"terms_en": "inverter"}, "also of"),
        ({"broader": "no-such-thing"}, "unknown broader"),
        ({"id": "Slurry Rheometer"}, "kebab-case"),
        ({"hs": "12x"}, "HS heading"),
        ({"id": "battery-cell"}, "already"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    browser: Open, change: dict[str, str], message: str
) -> None:
    page = new(browser("li", "en"), **change)
    assert page.status == 422
    assert message in page


def test_a_draft_may_have_problems_but_not_go_live(
    browser: Open, indexed: None, work: Callable[[], int]
) -> None:
    zhao = browser("zhao", "en")
    assert new(zhao, id="Slurry Rheometer", anyway="y").status == 422  # an id never changes
    assert new(zhao, broader="no-such-thing", anyway="y").status == 303
    assert "unknown broader" in zhao.get("/desk/thesaurus/drafts")
    zhao.post("/desk/thesaurus/drafts/try")
    work()
    assert zhao.post("/desk/thesaurus/drafts/publish").status == 409


def test_two_people_at_the_same_concept(browser: Open) -> None:
    li, zhao = browser("li", "en"), browser("zhao", "en")
    first, second = fields(li), fields(zhao)
    assert li.post(EDIT, first | {"reason": "a", "hs": "850760"}).status == 303
    assert zhao.post(EDIT, second | {"reason": "b", "hs": "850780"}).status == 409


def test_other_concepts_may_be_named_by_a_term(browser: Open, database: Database) -> None:
    assert new(browser("li", "en"), related="Rheologie-Unsinn", broader="动力电池").status == 422
    assert new(browser("li", "en"), broader="动力电池").status == 303
    with database.reading() as session:
        state = session.scalars(select(ConceptRevision.state)).one()
    assert state["broader"] == ["battery"]


def test_a_concept_in_use_cannot_go(browser: Open, indexed: None) -> None:
    li = browser("li", "en")
    path = "/desk/thesaurus/concepts/{}/retire"
    assert li.post(path.format("solid-state-battery"), {"reason": "x"}).status == 409
    assert li.post(path.format("battery"), {"reason": "x"}).status == 409
    assert li.post(path.format("no-such"), {"reason": "x"}).status == 404
    lowest = next(c.id for c in get_thesaurus() if not get_thesaurus().narrower(c.id))
    assert li.post(path.format(lowest), {"reason": "no longer built"}).status == 303
    assert "The concept goes" in li.get("/desk/thesaurus/drafts")


def test_files_go_out_and_come_back_as_drafts(browser: Open, database: Database) -> None:
    li = browser("li", "en")
    for form in ("csv", "ttl"):
        got = li.get(f"/desk/thesaurus/export/{form}")
        page = upload(li, f"a.{form}", got.response.get_data())
        assert "Nothing to do" in page, form
    lines = exchange.write(get_thesaurus(), "csv").splitlines()
    category = next(line for line in lines if ",yes," in line)
    changed = lines[0] + "\n" + category.replace(",yes,", ",,", 1)
    page = upload(li, "b.csv", changed.encode())
    assert "Make 1 draft" in page
    assert li.post(page.response.request.path, {"reason": "from the table"}).status == 303
    assert "from the table" in li.get("/desk/thesaurus/drafts")
    page = upload(li, "c.csv", b"id,kind\nx,y\n")
    assert "One of:" in page and "Make" not in page.html.split("<main")[1]
    sent = {"file": (io.BytesIO(b"x"), "a.exe")}
    assert li.post("/desk/thesaurus/import", sent).status == 422
    assert li.get("/desk/thesaurus/export/exe").status == 404


def upload(staff: Browser, name: str, content: bytes) -> Page:
    sent = {"file": (io.BytesIO(content), name)}
    page = staff.post("/desk/thesaurus/import", sent, content_type="multipart/form-data")
    assert page.status == 303, page.html[:3000]
    return staff.get(page.location)


def test_test_queries_are_kept(browser: Open) -> None:
    li = browser("li", "en")
    sent = {"queries": "de: Batteriegehäuse\nxx: odd\n\nBMS"}
    assert li.post("/desk/thesaurus/drafts/queries", sent).status == 303
    assert "de: Batteriegehäuse\n: xx: odd\n: BMS" in li.get("/desk/thesaurus/drafts")


def test_what_was_done_is_in_the_audit_trail(browser: Open, database: Database) -> None:
    new(browser("li", "en"))
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.action, event.detail) == ("concept.draft", {"concept": "slurry-rheometer"})


@pytest.mark.parametrize("who", ["wang", "meyer", "kern"])
def test_members_of_companies_see_nothing_of_it(browser: Open, who: str) -> None:
    someone = browser(who, "en")
    for path in ("", "/drafts", "/releases", "/concepts/battery", "/new", "/export/csv"):
        assert someone.get(f"/desk/thesaurus{path}").status == 404
    assert someone.post("/desk/thesaurus/drafts/publish").status == 404
