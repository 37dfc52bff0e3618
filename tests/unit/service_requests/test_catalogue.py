"""The catalogue as data: what it promises, what its forms ask, and what the checker finds."""

import copy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.core import clock, i18n
from portal.core.errors import Invalid, NotFound
from portal.core.locales import LOCALES
from portal.service_requests import catalogue
from portal.service_requests.answers import checked, hs, shown
from portal.service_requests.answers.kinds import READERS
from portal.service_requests.catalogue import Form, Question, When, check, definition
from portal.service_requests.catalogue.conditions import asked, met
from portal.service_requests.catalogue.diff import differences
from portal.service_requests.catalogue.model import QUESTION_TYPES
from portal.service_requests.fields import FIELDS

# code: first human reply in hours, plan in days
TARGETS = {
    "CERT": (8, 5), "QMS": (8, 5), "REG": (8, 10), "CYBER": (8, 10), "BATT": (8, 10),
    "EXCTL": (4, 3), "CUST": (8, 3), "LOGI": (4, 2), "LEGAL": (8, 3), "IP": (8, 5),
    "TAX": (8, 5), "FIN": (8, 5), "SITE": (8, 10), "TAL": (8, 5), "EXPO": (8, 5),
    "MKT": (8, 5), "LANG": (4, 1), "AFTER": (4, 3), "MATCH": (4, 3),
}  # fmt: skip
CERT = catalogue.SHIPPED["CERT"].form
GIVEN = {"component": "BMS chip", "regulation": ["AEC-Q100"]}
TODAY = clock.now().date()


def test_all_services_promise_what_was_agreed() -> None:
    found = {c: (s.first_reply_hours, s.plan_days) for c, s in catalogue.SHIPPED.items()}
    assert found == TARGETS


def test_urgent_requests_are_promised_sooner() -> None:
    service = catalogue.get("cert")
    with i18n.use_locale("en"):
        assert catalogue.first_reply(service, "P1") == "2 working hours"
        assert catalogue.plan(service, "P1") == "10 working hours"
        assert catalogue.plan(service, "P4") == "10 working days"


def test_safety_brings_the_first_reply_forward() -> None:
    service = catalogue.SHIPPED["AFTER"]
    assert catalogue.reply_hours(service, "P3", {"safety": True}) == 2
    assert catalogue.reply_hours(service, "P3", {"safety": False}) == 4
    assert catalogue.reply_hours(service, "P1", {"safety": True}) == 1


def test_an_unknown_service_is_not_found() -> None:
    with pytest.raises(NotFound):
        catalogue.get("NONE")


@pytest.mark.parametrize("service", catalogue.SHIPPED.values(), ids=lambda s: s.code)
def test_shipped_services_ask_and_have_no_faults(service: catalogue.Service) -> None:
    record = definition.to_record(service)
    assert service.form.questions and service.checklist
    assert check.findings(record) == []
    again = definition.from_record(record, service.form.version, service)
    assert definition.to_record(again) == record


def test_every_type_has_a_field_and_a_reader() -> None:
    assert set(FIELDS) == set(READERS) == set(QUESTION_TYPES)
    used = {q.type for s in catalogue.SHIPPED.values() for q in s.form.questions}
    assert used == set(QUESTION_TYPES)


def test_chip_questions_are_asked_for_chips_only() -> None:
    without = checked(CERT, {**GIVEN, "chip": False, "chip_type": "MCU", "node_nm": Decimal(22)})
    assert without == {**GIVEN, "chip": False}
    with pytest.raises(Invalid) as refused:
        checked(CERT, {**GIVEN, "chip": True})
    assert set(refused.value.errors) == {"q_chip_type"}


def test_unknown_answers_are_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        checked(CERT, {**GIVEN, "colour": "red"})
    assert set(refused.value.errors) == {"q_colour"}


def question(kind: Any, **more: Any) -> Question:
    return Question("x", kind, "X", **more)


DATES = {"from": "2027-05-01", "to": "2027-05-03"}
ACCEPTED = [
    (question("text"), " a ", "a"),
    (question("text", pattern=r"UN ?\d{4}"), "UN 3480", "UN 3480"),
    (question("number"), Decimal("1.50"), "1.5"),
    (question("number", min=Decimal(1)), 3, 3),
    (question("money"), {"amount": "12.50", "currency": "EUR"},
     {"amount": "12.50", "currency": "EUR"}),
    (question("date", future=True), TODAY, TODAY.isoformat()),
    (question("daterange"), DATES, DATES),
    (question("bool"), False, False),
    (question("standards"), ["UN R10", "UN R10"], ["UN R10"]),
    (question("countries"), ["DE"], ["DE"]),
    (question("hs"), "8504.40", "850440"),
    (question("party"), {"name": "A", "country": "", "email": None}, {"name": "A"}),
    (question("choice", choices=(("a", "A"),)), "a", "a"),
    (question("multichoice", choices=(("a", "A"),)), ["a"], ["a"]),
]  # fmt: skip
REFUSED = [
    (question("text", max=Decimal(3)), "abcd", "q_x"),
    (question("text", min=Decimal(3)), "ab", "q_x"),
    (question("text", pattern=r"\d+"), "12a", "q_x"),
    (question("text"), ["a"], "q_x"),
    (question("text"), "a\x00b", "q_x"),
    (question("longtext"), "x" * 10_001, "q_x"),
    (question("number", max=Decimal(5)), 6, "q_x"),
    (question("number"), True, "q_x"),
    (question("number"), "NaN", "q_x"),
    (question("number"), "1e400", "q_x"),
    (question("money"), {"amount": "1", "currency": "XYZ"}, "q_x.currency"),
    (question("money"), {"currency": "EUR"}, "q_x.amount"),
    (question("money", min=Decimal(0)), {"amount": "-1", "currency": "EUR"}, "q_x.amount"),
    (question("money"), "12 EUR", "q_x.amount"),
    (question("date", future=True), TODAY - timedelta(days=1), "q_x"),
    (question("date"), "31.12.2027", "q_x"),
    (question("date"), "0007-01-01", "q_x"),
    (question("daterange"), {"from": "2027-05-02", "to": "2027-05-01"}, "q_x.to"),
    (question("daterange"), {"from": "2027-05-02", "to": ""}, "q_x.to"),
    (question("bool"), "yes", "q_x"),
    (question("standards"), ["UN R9999"], "q_x"),
    (question("countries"), ["XX"], "q_x"),
    (question("hs"), "775000", "q_x"),
    (question("hs"), "85044", "q_x"),
    (question("hs", digits=(10,)), "85044090", "q_x"),
    (question("party"), {"country": "DE"}, "q_x.name"),
    (question("party"), {"name": "A", "email": "nobody"}, "q_x.email"),
    (question("party"), {"name": "A", "iban": "DE00"}, "q_x.name"),
    (question("choice", choices=(("a", "A"),)), "b", "q_x"),
    (question("multichoice", choices=(("a", "A"),)), "a", "q_x"),
    (question("text", required=True), "  ", "q_x"),
    (question("money", required=True), {"amount": None, "currency": ""}, "q_x.amount"),
]


@pytest.mark.parametrize(("asks", "given", "kept"), ACCEPTED)
def test_fitting_answers_are_kept(asks: Question, given: Any, kept: Any) -> None:
    form = Form(1, (asks,))
    assert checked(form, {"x": given}) == {"x": kept}
    assert shown(form, {"x": kept})[0][1]


@pytest.mark.parametrize(("asks", "given", "place"), REFUSED)
def test_wrong_answers_are_refused_at_their_place(asks: Question, given: Any, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(Form(1, (asks,)), {"x": given})
    assert set(refused.value.errors) == {place}


@pytest.mark.parametrize(
    ("markets", "digits"),
    [((), (6, 8, 10)), (("JP",), (6,)), (("DE",), (6, 8, 10)), (("BR",), (6, 8))],
)
def test_hs_codes_have_the_digits_of_the_destination(
    markets: tuple[str, ...], digits: tuple[int, ...]
) -> None:
    assert hs.allowed(markets) == digits


@pytest.mark.parametrize(
    ("when", "answer", "expected"),
    [
        (When("q"), True, True),
        (When("q"), False, False),
        (When("q", "is", "no"), False, True),
        (When("q"), None, False),
        (When("q", "is", "a"), "a", True),
        (When("q", "is", "a"), "ab", False),
        (When("q", "has", "a"), ["b", "a"], True),
        (When("q", "has", "Abc"), "xabcx", True),
        (When("q", "filled"), {"name": ""}, False),
        (When("q", "filled"), "0", True),
    ],
)
def test_conditions(when: When, answer: Any, expected: bool) -> None:
    assert met(when, answer) is expected


def test_what_hangs_on_a_hidden_question_is_hidden_too() -> None:
    form = Form(
        1,
        (
            Question("a", "bool", "A"),
            Question("b", "bool", "B", when=When("a")),
            Question("c", "text", "C", when=When("b"), required=True),
        ),
    )
    assert [q.id for q in asked(form, {"a": False, "b": True})] == ["a"]
    assert checked(form, {"a": False, "b": True, "c": "x"}) == {"a": False}


def faulty(path: str, value: Any) -> set[str]:
    """Where the checker complains when one thing of the certification form is wrong."""
    record = copy.deepcopy(definition.to_record(catalogue.SHIPPED["CERT"]))
    *parents, last = path.split(".")
    node: Any = record
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    node[int(last) if isinstance(node, list) else last] = value
    return {finding.path for finding in check.findings(record)}


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("title.de", "", "title"),
        ("title.en", "x" * 121, "title"),
        ("first_reply_hours", 0, "first_reply_hours"),
        ("plan_days", "soon", "plan_days"),
        ("checklist.0", {"en": "only"}, "checklist.0"),
        ("questions.0.type", "poem", "questions.0.type"),
        ("questions.0.id", "Größe", "questions.0.id"),
        ("questions.0.id", "regulation", "questions.2.id"),
        ("questions.0.label.zh-Hans", " ", "questions.0.label"),
        ("questions.0.when", {"question": "gone", "op": "is", "value": "x"}, "questions.0.when"),
        ("questions.0.when", {"question": "asil", "op": "is", "value": "A"}, "questions.0.when"),
        ("questions.2.when", {"question": "vehicle_category", "op": "is", "value": "M9"},
         "questions.2.when"),
        ("questions.2.when", {"question": "component", "op": "above", "value": "1"},
         "questions.2.when"),
        ("questions.1.choices", [["M1", {}]], "questions.1.choices"),
        ("questions.11.max", "0", "questions.11.max"),
        ("questions.0.pattern", "(a*)*", "questions.0.pattern"),
        ("questions.0.pattern", "[", "questions.0.pattern"),
        ("questions.0.digits", [7], "questions.0.digits"),
        ("questions.0.prefill", "salary", "questions.0.prefill"),
    ],
)  # fmt: skip
def test_the_checker_names_what_is_wrong(path: str, value: Any, place: str) -> None:
    assert place in faulty(path, value)


def test_differences_are_told_by_question_and_language() -> None:
    before = definition.to_record(catalogue.SHIPPED["CERT"])
    after = copy.deepcopy(before)
    after["plan_days"] = 4
    after["title"]["de"] = "Prüfung"
    after["questions"][0]["required"] = False
    after["questions"].pop(1)
    with i18n.use_locale("en"):
        lines = differences(before, after)
    told = {(line.name, line.of, line.lang) for line in lines}
    assert ("Proposal, in working days", "", "") in told
    assert ("Title", "", "de") in told
    assert ("Required", "component", "") in told
    assert ("Question removed", "vehicle_category", "") in told
    assert differences(before, before) == []


def test_edited_texts_are_shown_in_each_language() -> None:
    shipped = catalogue.SHIPPED["CERT"]
    record = definition.to_record(shipped)
    record["title"] = {"zh-Hans": "认证", "en": "Approval", "de": "Zulassung"}
    service = definition.from_record(record, 2, shipped)
    for locale in LOCALES:
        with i18n.use_locale(locale.tag):
            assert str(service.title) == record["title"][locale.tag]


def test_old_answers_are_shown_even_when_they_no_longer_fit() -> None:
    form = Form(2, (question("date"),))
    assert dict(shown(form, {"x": "spring", "gone": "kept"})) == {"X": "spring", "gone": "kept"}
