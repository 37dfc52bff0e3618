"""Two of the staff at one request: they see each other, and no answer crosses another unseen."""

import re
from collections.abc import Callable

from portal.core.db import Database
from tests.support.client import Browser
from tests.web.desk.test_requests import take, version
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def seen(staff: Browser, found: str) -> str:
    match = re.search(r'name="seen" value="(\w*)"', staff.get(f"/desk/requests/{found}").html)
    assert match
    return match[1]


def beat(staff: Browser, found: str, **said: str) -> dict[str, str]:
    answer = staff.post(f"/desk/requests/{found}/presence", said)
    return answer.json  # type: ignore[no-any-return]


def test_who_is_there_and_who_writes(browser: Open) -> None:
    found, li, zhao = ask(browser("wang")), browser("li", "en"), browser("zhao", "en")
    assert beat(li, found)["text"] == ""
    assert "also looking at this request" in beat(zhao, found)["text"]
    beat(li, found, writing="1")
    assert "also writing an answer" in beat(zhao, found)["text"]
    assert "also writing an answer" in zhao.get(f"/desk/requests/{found}")


def test_an_answer_that_crosses_another_is_stopped_once(browser: Open, database: Database) -> None:
    found, li, zhao = ask(browser("wang")), browser("li", "en"), browser("zhao", "en")
    take(li, found)
    mark = seen(zhao, found)
    li.post(f"/desk/requests/{found}", {"do": "reply", "reply": "We look.", "seen": ""})
    assert "has just answered while you were writing" in beat(zhao, found, seen=mark)["news"]
    sent = {"do": "reply", "reply": "My other answer", "seen": mark}
    page = zhao.post(f"/desk/requests/{found}", sent)
    assert page.status == 409
    assert "has just answered while you were writing" in page and "My other answer" in page
    again = re.search(r'name="seen" value="(\w+)"', page.html)
    assert again and again[1] != mark
    assert zhao.post(f"/desk/requests/{found}", {**sent, "seen": again[1]}).status == 303
    assert beat(zhao, found, seen=again[1])["news"] == ""


def test_ones_own_messages_and_notes_do_not_cross(browser: Open) -> None:
    found, li, zhao = ask(browser("wang")), browser("li", "en"), browser("zhao", "en")
    mark = seen(li, found)
    for _ in range(2):
        sent = {"do": "reply", "reply": "One and two", "seen": mark}
        assert li.post(f"/desk/requests/{found}", sent).status == 303
    zhao.post(f"/desk/requests/{found}", {"do": "note", "note": "psst"})
    assert beat(li, found, seen=mark)["news"] == ""


def test_what_was_said_on_a_merged_request_stops_no_answer(browser: Open) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found, merged = ask(wang), ask(wang, title="The same again")
    wang.post(f"/service-requests/{found}", {"do": "reply", "reply": "First"})
    wang.post(f"/service-requests/{merged}", {"do": "reply", "reply": "Second, later"})
    data = {"into": "SR-00001", "version": version(li, merged)}
    assert li.post(f"/desk/requests/{merged}/merge", data).status == 303
    sent = {"do": "reply", "reply": "To both", "seen": seen(li, found)}
    assert li.post(f"/desk/requests/{found}", sent).status == 303
