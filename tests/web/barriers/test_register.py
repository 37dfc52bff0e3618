"""The register in the desk: recorded once, noted on requests, published with four eyes."""

import csv
import io
from collections.abc import Callable

import pytest
import python_calamine

from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.statements import counted
from portal.service_requests.barriers import rules, services
from tests.support.client import Browser
from tests.web.barriers.conftest import PUBLIC, SECRET, Record, given, public, row
from tests.web.partners.conftest import Stage

Open = Callable[..., Browser]
FORM = {"market": "DE", "kind": "approval", "category": "traction-inverter", "locale": "en",
        "rule": "UN R155", "effect": "No sale without a management system"}  # fmt: skip


def test_a_barrier_is_recorded_from_a_work_item(browser: Open, stage: Stage) -> None:
    request, li = stage.request(), browser("li", "en")
    assert "Barriers met" in li.get(f"/desk/requests/{request}")
    page = li.get(f"/desk/requests/{request}/barriers")
    assert f"/desk/barriers/new?request={request}" in page
    assert '<option selected value="DE">' in li.get(f"/desk/barriers/new?request={request}")
    done = li.post(f"/desk/barriers/new?request={request}", FORM)
    assert done.status == 303 and done.location.endswith(f"/desk/requests/{request}")
    page = li.get(f"/desk/requests/{request}")
    assert "UN R155" in page and "A market barrier was noted" in page
    assert "UN R155" not in browser("meyer", "en").get(f"/service-requests/{request}")


def test_a_barrier_on_record_is_attached_and_taken_back(
    browser: Open, stage: Stage, recorded: Record
) -> None:
    request, found, li = stage.request(), recorded(), browser("li", "en")
    path = f"/desk/requests/{request}/barriers"
    assert "UN R10, series 06" in li.get(path)  # of the request's own market
    assert "UN R10, series 06" not in li.get(f"{path}?market=BR")
    assert "UN R10, series 06" in li.get(f"{path}?q=R10")
    for _ in range(2):
        assert li.post(path, {"do": "attach", "barrier": found}).status == 303
    page = li.get(f"/desk/barriers/{found}")
    assert "1 request" in page and "SR-00001" in page
    assert li.post(path, {"do": "detach", "barrier": found}).status == 303
    assert "No request is noted here." in li.get(f"/desk/barriers/{found}")


def test_the_same_rule_is_recorded_once_and_likes_are_shown_first(
    browser: Open, recorded: Record
) -> None:
    found, li = recorded(), browser("li", "en")
    same = li.post("/desk/barriers/new", {**FORM, "rule": "un r10 Series 06", "anyway": "y"})
    assert same.status == 422 or same.status == 409
    assert f"/desk/barriers/{found}" in same
    like = {**FORM, "rule": "UN R10 emissions", "category": ""}
    shown = li.post("/desk/barriers/new", like)
    assert shown.status >= 400 and f"/desk/barriers/{found}" in shown
    assert li.post("/desk/barriers/new", {**like, "anyway": "y"}).status == 303
    other = {**FORM, "rule": "UN R10, series 06", "market": "BR"}
    assert li.post("/desk/barriers/new", other).status == 303


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("UN R155", "un  r155", True),
        ("Regulation (EU) 2023/1542, Article 7", "(EU) 2023/1542", True),
        ("电池护照要求", "欧盟电池护照", True),
        ("UN R155", "Lieferkettengesetz", False),
        ("Regulation on tyres", "Regulation on glass", False),
    ],
)
def test_names_of_rules_are_compared_by_what_tells_them_apart(
    one: str, other: str, alike: bool
) -> None:
    assert (rules.likeness(one, other) >= rules.ALIKE) is alike


def test_a_public_text_needs_a_second_person(
    browser: Open, database: Database, recorded: Record
) -> None:
    found, li, zhao = recorded(), browser("li", "en"), browser("zhao", "en")
    texts = {"texts-0-title": "", "texts-0-text": "", "texts-1-title": PUBLIC["en"][0],
             "texts-1-text": PUBLIC["en"][1], "texts-2-title": PUBLIC["de"][0],
             "texts-2-text": PUBLIC["de"][1], "version": "1"}  # fmt: skip
    assert li.post(f"/desk/barriers/{found}/public", texts).status == 303
    assert browser().get(f"/barriers/{found}").status == 404
    assert "Approve and publish" not in li.get(f"/desk/barriers/{found}")
    approve = f"/desk/barriers/{found}/steps/approve"
    assert li.post(approve, {"version": "2"}).status == 409
    assert row(database, found).state == "internal"
    assert "Approve and publish" in zhao.get(f"/desk/barriers/{found}")
    assert zhao.post(approve, {"version": "1"}).status == 409
    assert zhao.post(approve, {"version": "2"}).status == 303
    assert PUBLIC["de"][0] in browser(None, "de").get(f"/barriers/{found}")
    history = zhao.get(f"/desk/barriers/{found}")
    assert "Public text approved" in history and "Public text written" in history


def test_a_new_public_text_leaves_the_old_one_until_it_is_approved(
    browser: Open, stage: Stage, published: Record
) -> None:
    found = published()
    with stage.acting("zhao") as (session, actor):
        services.propose(session, actor, found, public({"en": ("New title", "New text.")}))
        with pytest.raises(Conflict):
            services.approve(session, actor, found)
    assert "New title" not in browser().get(f"/barriers/{found}")
    assert "Waiting for approval" in browser("li", "en").get("/desk/barriers?state=waiting")
    with stage.acting("admin") as (session, actor):
        services.approve(session, actor, found)
    assert "New title" in browser().get(f"/barriers/{found}")


def test_a_public_text_is_withdrawn_with_a_reason(browser: Open, published: Record) -> None:
    found, zhao = published(), browser("zhao", "en")
    path = f"/desk/barriers/{found}/steps/withdraw"
    assert zhao.post(path, {"note": "", "version": "3"}).status == 422
    assert zhao.post(path, {"note": "The rule was amended", "version": "3"}).status == 303
    assert browser().get(f"/barriers/{found}").status == 404
    assert PUBLIC["en"][0] not in browser().get("/barriers")
    assert "The rule was amended" in zhao.get(f"/desk/barriers/{found}")


def test_a_public_text_names_no_customer_and_no_request(stage: Stage, recorded: Record) -> None:
    found = recorded(stage.request())
    for text in ("As NORDSTERN Fahrzeugwerke AG found", "See SR-00001"):
        with stage.acting("li") as (session, actor), pytest.raises(Invalid):
            services.propose(session, actor, found, public({"en": ("Title", text)}))
    with stage.acting("li") as (session, actor):
        services.propose(session, actor, found, public())


def test_a_name_that_came_in_after_the_text_was_written_stops_the_approval(
    stage: Stage, recorded: Record
) -> None:
    found = recorded()
    with stage.acting("li") as (session, actor):
        text = {"en": ("Title", "Met by Nordstern Fahrzeugwerke AG.")}
        services.propose(session, actor, found, public(text))
    request = stage.request()
    with stage.acting("li") as (session, actor):
        services.attach(session, actor, request, found)
    with stage.acting("zhao") as (session, actor), pytest.raises(Invalid):
        services.approve(session, actor, found)


def test_market_and_category_of_a_public_barrier_stay(stage: Stage, published: Record) -> None:
    found = published()
    with stage.acting("li") as (session, actor):
        with pytest.raises(Conflict):
            services.edit(session, actor, found, given(market="BR"))
        services.edit(session, actor, found, given(effect="Other words"))


def test_only_the_staff_keep_the_register(stage: Stage, browser: Open, recorded: Record) -> None:
    found = recorded()
    with stage.acting("wang") as (session, actor), pytest.raises(Forbidden):
        services.create(session, actor, given(rule="Another"))
    for name in ("wang", "meyer", "hoffmann"):
        for path in ("", f"/{found}", "/new", "/export/csv"):
            assert browser(name, "en").get(f"/desk/barriers{path}").status == 404


def test_the_list_is_narrowed_by_market_category_state_and_words(
    browser: Open, recorded: Record, published: Record
) -> None:
    recorded()
    published(market="BR", rule="INMETRO 299", category=None, kind="standard")
    li = browser("li", "en")
    for query, first, second in (
        ("", True, True),
        ("?market=DE", True, False),
        ("?category=power-electronics", True, False),
        ("?state=public", False, True),
        ("?kind=standard", False, True),
        ("?q=inmetro", False, True),
    ):
        page = li.get(f"/desk/barriers{query}")
        assert ("UN R10, series 06" in page, "INMETRO 299" in page) == (first, second), query


def test_the_register_leaves_as_a_table(browser: Open, recorded: Record, stage: Stage) -> None:
    recorded(stage.request())
    recorded(rule="=cmd|x", market="BR")
    li = browser("li", "en")
    text = li.get("/desk/barriers/export/csv").response.get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["Requests that met it"] for r in rows] == ["0", "1"]
    assert rows[0]["Rule or regulation"] == "'=cmd|x"
    assert rows[1]["What it stops or costs"] == SECRET
    one = li.get("/desk/barriers/export/csv?market=DE").response.get_data().decode()
    assert "cmd" not in one
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(li.get("/desk/barriers/export/xlsx").response.get_data())
    )
    assert len(book.get_sheet_by_index(0).to_python()) == 3
    assert li.get("/desk/barriers/export/pdf").status == 404


def test_more_barriers_need_no_more_statements(
    browser: Open, database: Database, recorded: Record, published: Record, stage: Stage
) -> None:
    li, guest = browser("li", "en"), browser()
    request = stage.request()
    found = published(request)

    def statements() -> list[int]:
        counts = []
        for person, path in (
            (li, "/desk/barriers"),
            (li, f"/desk/barriers/{found}"),
            (li, f"/desk/requests/{request}/barriers"),
            (li, f"/desk/requests/{request}"),
            (guest, "/barriers"),
            (guest, f"/barriers/{found}"),
        ):
            person.get(path)  # opening hours are read once
            with counted(database) as seen:
                assert person.get(path).status == 200
            counts.append(len(seen))
        return counts

    few = statements()
    for number in range(5):
        published(request, rule=f"Rule number {number}x", category=None)
    many = statements()
    assert many == few
    assert max(many) <= 12, many
