"""The catalogue as data."""

from datetime import date
from decimal import Decimal

import pytest

from portal.core import i18n
from portal.core.errors import Invalid, NotFound
from portal.service_requests import answers, catalogue
from portal.service_requests.answers import checked, shown

# code: first human reply in hours, plan in days
TARGETS = {
    "CERT": (8, 5), "QMS": (8, 5), "REG": (8, 10), "CYBER": (8, 10), "BATT": (8, 10),
    "EXCTL": (4, 3), "CUST": (8, 3), "LOGI": (4, 2), "LEGAL": (8, 3), "IP": (8, 5),
    "TAX": (8, 5), "FIN": (8, 5), "SITE": (8, 10), "TAL": (8, 5), "EXPO": (8, 5),
    "MKT": (8, 5), "LANG": (4, 1), "AFTER": (4, 3), "MATCH": (4, 3),
}  # fmt: skip
CERT = catalogue.get("CERT").form
GIVEN = {"component": "BMS chip", "regulation": ["AEC-Q100"]}


def test_all_services_promise_what_was_agreed() -> None:
    found = {c: (s.first_reply_hours, s.plan_days) for c, s in catalogue.SERVICES.items()}
    assert found == TARGETS


def test_urgent_requests_are_promised_sooner() -> None:
    service = catalogue.get("cert")
    with i18n.use_locale("en"):
        assert catalogue.first_reply(service, "P1") == "2 working hours"
        assert catalogue.plan(service, "P1") == "10 working hours"
        assert catalogue.plan(service, "P4") == "10 working days"


def test_an_unknown_service_is_not_found() -> None:
    with pytest.raises(NotFound):
        catalogue.get("NONE")


@pytest.mark.parametrize("service", catalogue.SERVICES.values(), ids=lambda s: s.code)
def test_conditions_name_an_earlier_yes_or_no_question(service: catalogue.Service) -> None:
    for form in service.forms:
        for question in form.questions:
            assert question.when is None or form.by_id[question.when].type == "bool"


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


def test_answers_are_stored_plain_and_shown_with_labels() -> None:
    given = {
        **GIVEN,
        "chip": True,
        "chip_type": "AFE",
        "node_nm": Decimal(180),
        "aec_q_grade": "1",
        "sop_date": date(2028, 3, 1),
    }
    stored = checked(CERT, given)
    assert (stored["node_nm"], stored["sop_date"]) == (180, "2028-03-01")
    with i18n.use_locale("en"):
        words = dict(shown(CERT, {**stored, "gone": "kept"}))
    assert words["Process node"] == "180 nm"
    assert words["AEC-Q grade"].startswith("Grade 1")
    assert words["It is a chip (semiconductor component)"] == "Yes"
    assert words["gone"] == "kept"


def test_a_condition_that_is_not_met_hides_its_question() -> None:
    assert not answers.applies(CERT.by_id["package"], {"chip": False})
