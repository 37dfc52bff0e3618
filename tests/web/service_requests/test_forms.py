"""Each service's form, filled in by the fields of its own page, in three languages."""

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock, i18n
from portal.core.db import Database
from portal.service_requests import answers, catalogue
from portal.service_requests.catalogue import Question, conditions
from portal.service_requests.models import ServiceRequest
from tests.support.client import Browser
from tests.support.formfill import Form, form_at
from tests.support.objects import capability

Open = Callable[..., Browser]
LOCALES = ("zh-hans", "de", "en")
SOON = (clock.now() + timedelta(days=90)).date().isoformat()
LATER = (clock.now() + timedelta(days=120)).date().isoformat()
NUMBERS = {"zh-hans": "1.5", "de": "1,5", "en": "1.5"}
FITTING = {"cn_codes": "73181595, 76042990", "un_number": "UN 3480"}


def typed(question: Question, locale: str) -> dict[str, Any]:
    """What a careful person enters for a question."""
    name = f"q_{question.id}"
    match question.type:
        case "choice":
            return {name: question.choices[-1][0]}
        case "multichoice":
            return {name: [value for value, _label in question.choices]}
        case "standards":
            return {name: ["UN R10"]}
        case "countries":
            return {name: ["DE", "HU"]}
        case "bool":
            return {name: "y"}
        case "date":
            return {name: SOON}
        case "daterange":
            return {f"{name}-from": SOON, f"{name}-to": LATER}
        case "money":
            return {f"{name}-amount": NUMBERS[locale], f"{name}-currency": "EUR"}
        case "party":
            return {f"{name}-name": "Beispiel GmbH", f"{name}-country": "DE"}
        case "number":
            return {name: NUMBERS[locale]}
        case "hs":
            return {name: "8504.40.90.00"}
        case "file":
            return {}
    return {name: FITTING.get(question.id, "文本 Text Wörter")}


def filled(page: Form, code: str, locale: str) -> dict[str, Any]:
    """The page's own fields, and nothing that is not on it."""
    common = {"title": "Anfrage 询价", "description": "Beschreibung 描述", "markets": ["DE"]}
    fields = {**page.values, **common}
    for question in catalogue.get(code).form.questions:
        fields |= typed(question, locale)
    offered = {*page.kinds, *page.values}
    strange = set(fields) - offered
    assert not strange, f"not on the page: {strange}"
    return fields


@pytest.mark.parametrize(("code", "locale"), list(itertools.product(catalogue.SHIPPED, LOCALES)))
def test_every_form_is_filled_in_by_its_own_fields(
    browser: Open, database: Database, code: str, locale: str
) -> None:
    wang, path = browser("wang", locale), f"/services/{code}/request"
    page = form_at(wang.get(path).html, f"/{locale}{path}")
    answer = wang.post(path, filled(page, code, locale))
    assert answer.status == 303, answer.html
    with database.reading() as session:
        row = session.scalars(select(ServiceRequest)).one()
    form = catalogue.get(code).form
    asked = {q.id for q in conditions.asked(form, row.answers) if q.type != "file"}
    assert set(row.answers) == asked
    shown = wang.get(answer.location)
    with i18n.use_locale({"zh-hans": "zh-Hans"}.get(locale, locale)):
        words = answers.shown(form, row.answers)
    assert shown.status == 200 and len(words) == len(asked)


@pytest.mark.parametrize("code", catalogue.SHIPPED)
def test_what_is_required_is_named_at_its_field(browser: Open, code: str) -> None:
    page = browser("wang").post(
        f"/services/{code}/request", {"title": "x", "description": "y", "priority": "P3"}
    )
    asked = [q for q in catalogue.get(code).form.questions if q.required and not q.when]
    needed = [q for q in asked if q.prefill != "company"]  # the asker's own name stands there
    assert page.status == (422 if needed else 303)
    for question in needed:
        assert f'href="#q_{question.id}' in page, question.id


def test_questions_follow_an_answer_without_script(browser: Open) -> None:
    wang, path = browser("wang"), "/services/LOGI/request"
    assert "<template>" in wang.get(path)
    page = wang.post(path, {"do": "show", "title": "kept", "q_dangerous": "y"})
    assert page.status == 200 and "There is a problem" not in page and 'value="kept"' in page
    before, _, after = page.html.partition('data-when="q_dangerous"')
    assert before and after.index('name="q_un_number"') < after.index("</div>\n</div>") + 4000
    assert "<template>" not in after.split('name="q_un_number"')[0]


def test_nonsense_in_a_question_that_is_not_asked_does_not_matter(browser: Open) -> None:
    fields = {
        "title": "x", "description": "y", "q_component": "z", "q_regulation": ["UN R10"],
        "q_node_nm": "not a number",
    }  # fmt: skip
    assert browser("wang").post("/services/CERT/request", fields).status == 303


def test_a_request_begins_with_the_facts_of_what_it_is_about(
    browser: Open, database: Database, people: dict[str, Any]
) -> None:
    wang = browser("wang")
    with database.transaction() as session:
        row = capability(people["wang"].org_id, "published")
        session.add(row)
        session.flush()
        found = row.id
    gap = wang.get(f"/services/gap?standard=UN+R155&capability={found}")
    assert gap.status == 303 and "/services/CYBER/request" in gap.location
    page = form_at(wang.get(gap.location).html, gap.location)
    assert page.values["capability"] == [found]
    assert page.values["q_standards"] == ["UN R155"]
    assert sorted(page.values["markets"]) == ["DE", "HU"]
    assert "UN R155" in page.values["title"][0]


def test_a_draft_of_others_fills_in_nothing(
    browser: Open, database: Database, people: dict[str, Any]
) -> None:
    with database.transaction() as session:
        row = capability(people["wang"].org_id, "draft")
        session.add(row)
        session.flush()
        found = row.id
    assert browser("wang").get(f"/services/CERT/request?capability={found}").status == 200
    assert browser("meyer").get(f"/services/CERT/request?capability={found}").status == 404
    company = people["wang"].org_id
    assert (
        browser("li")
        .get(f"/desk/services/CERT/request?company={people['meyer'].org_id}&capability={found}")
        .status
        == 404
    )
    own = browser("li").get(f"/desk/services/CERT/request?company={company}&capability={found}")
    assert own.status == 200


def test_staff_ask_in_the_name_of_a_company(
    browser: Open, database: Database, people: dict[str, Any]
) -> None:
    li, company = browser("li"), people["wang"].org_id
    chooser = li.get("/desk/services/MATCH/request?q=")
    assert company in chooser
    path = f"/desk/services/MATCH/request?company={company}"
    page = form_at(li.get(path).html, f"/en{path}")
    fields = {**page.values, "title": "Treffen", "description": "Bitte vermitteln."}
    refused = li.post(path, {**fields, "requester": [people["wang"].id]})
    assert refused.status == 422 and 'href="#consent_note"' in refused
    note = {"consent_note": "Telephone, 3 March", "requester": [people["wang"].id]}
    foreign = li.post(path, {**fields, **note, "requester": [people["meyer"].id]})
    assert foreign.status == 422
    answer = li.post(path, {**fields, **note})
    assert answer.status == 303 and "/desk/requests/" in answer.location
    with database.reading() as session:
        row = session.scalars(select(ServiceRequest)).one()
    assert (row.company_id, row.requester_id) == (company, people["wang"].id)
    assert (row.created_by_id, row.consent_note) == (people["li"].id, "Telephone, 3 March")
    assert "Treffen" in browser("wang").get("/service-requests")


def test_staff_start_where_the_record_is_and_keep_what_it_is_about(
    browser: Open, database: Database, people: dict[str, Any]
) -> None:
    with database.transaction() as session:
        row = capability(people["wang"].org_id, "published")
        session.add(row)
        session.flush()
        found = row.id
    li, company = browser("li", "en"), people["wang"].org_id
    gap = li.get(f"/desk/services/gap?standard=UN+R155&capability={found}")
    assert gap.status == 303 and "/desk/services/CYBER/request" in gap.location
    link = re.search(
        rf'href="/en(/desk/services/CYBER/request\?[^"]*company={company}[^"]*)"',
        li.get(gap.location).html,
    )
    assert link, "choosing a company keeps the rest of the address"
    path = unescape(link[1])
    page = form_at(li.get(path).html, f"/en{path}")
    assert page.values["capability"] == [found] and page.values["q_standards"] == ["UN R155"]
    assert "UN R155" in page.values["title"][0]
    shown = li.get(f"/capabilities/{found}")
    assert f"/en/services?company={company}&amp;capability={found}" in shown
    assert f"/en/services?capability={found}" in shown


def test_viewers_of_a_company_are_not_named_as_requesters(
    browser: Open, people: dict[str, Any]
) -> None:
    path = f"/desk/services/MATCH/request?company={people['wang'].org_id}"
    page = form_at(browser("li").get(path).html, f"/en{path}")
    assert people["sun"].id not in page.offered["requester"]


def test_wild_words_are_shown_as_words(browser: Open) -> None:
    wild = "<script>alert(1)</script> {{7*7}} \u202e'; DROP TABLE--"
    fields = {
        "title": wild, "description": wild, "q_buyer-name": wild, "q_instrument": ["lc"],
        "q_amount-amount": "12.50", "q_amount-currency": "EUR", "q_terms": wild,
    }  # fmt: skip
    wang = browser("wang")
    answer = wang.post("/services/FIN/request", fields)
    assert answer.status == 303, answer.html
    page = wang.get(answer.location)
    assert "<script>alert" not in page and "{{7*7}}" in page and "12.50" in page
