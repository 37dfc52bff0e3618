"""Verdicts of the analysis: a table of cases at the edges of their days, and properties."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.companies.models import EVIDENCE_LEVELS
from portal.market_rules import rules, wording
from portal.market_rules.conditions import Product, asked
from portal.market_rules.rules import Facts, Held, Moment, Rule, Verdict, judge

TODAY = date(2026, 11, 22)
START = date(2027, 2, 18)
BATTERY = frozenset({"battery-pack", "battery"})


def rule(**more: Any) -> Rule:
    given_: dict[str, Any] = {"classes": ("battery-pack",), "satisfied_by": ("UN R100",)}
    return Rule("eu-x", "EU", rules.REQUIREMENT, **{**given_, **more})


def facts(*held: Held, attributes: dict[str, Any] | None = None) -> Facts:
    return Facts(BATTERY, Product(attributes or {}), held)


def until(day: date | None, standard: str = "UN R100", level: str = "claimed") -> Held:
    return Held(standard, day, level)


DAY = timedelta(days=1)
SOP = "2027-06"
JUNE = date(2027, 6, 1)
CASES: Iterable[tuple[str, Rule, tuple[Held, ...], str | None, Verdict, str]] = (
    ("nothing held", rule(), (), None, Verdict.MISSING, "none"),
    ("no end stated", rule(), (until(None),), SOP, Verdict.HAVE, "valid"),
    ("ends today", rule(), (until(TODAY),), None, Verdict.HAVE, "valid"),
    ("ended yesterday", rule(), (until(TODAY - DAY),), None, Verdict.MISSING, "expired"),
    ("ends the day before SOP", rule(), (until(JUNE - DAY),), SOP, Verdict.EXPIRING, "ends"),
    ("ends on the day of SOP", rule(), (until(JUNE),), SOP, Verdict.HAVE, "valid"),
    ("ends the day after", rule(), (until(JUNE + DAY),), SOP, Verdict.HAVE, "valid"),
    ("ends before the rule begins", rule(valid_from=START), (until(START - DAY),), None,
     Verdict.EXPIRING, "ends"),
    ("ends as the rule begins", rule(valid_from=START), (until(START),), None,
     Verdict.HAVE, "valid"),
    ("to come, no SOP planned", rule(valid_from=START), (), None, Verdict.MISSING, "none"),
    ("begins the month after SOP", rule(valid_from=date(2027, 7, 1)), (), SOP,
     Verdict.NOT_APPLICABLE, "later"),
    ("begins on the last day of the month", rule(valid_from=date(2027, 6, 30)), (), SOP,
     Verdict.MISSING, "none"),
    ("over the day before SOP", rule(valid_to=JUNE - DAY), (), SOP,
     Verdict.NOT_APPLICABLE, "ended"),
    ("over on the day of SOP", rule(valid_to=JUNE), (), SOP, Verdict.MISSING, "none"),
    ("over yesterday", rule(valid_to=TODAY - DAY), (), None, Verdict.NOT_APPLICABLE, "ended"),
    ("over today", rule(valid_to=TODAY), (), None, Verdict.MISSING, "none"),
    ("SOP is past: what is to come counts", rule(valid_from=START), (), "2026-10",
     Verdict.MISSING, "none"),
    ("SOP is this month", rule(), (until(TODAY - DAY),), "2026-11", Verdict.MISSING, "expired"),
    ("another standard", rule(), (until(None, "UN R10"),), None, Verdict.MISSING, "none"),
    ("written otherwise", rule(), (until(None, "ECE R100.03"), until(None, "un r100")), None,
     Verdict.HAVE, "valid"),
    ("a wider one answers", rule(satisfied_by=("ISO 9001",)), (until(None, "IATF 16949"),), None,
     Verdict.HAVE, "valid"),
    ("nothing proves it", rule(satisfied_by=()), (until(None),), None,
     Verdict.UNCLEAR, "no_certificate"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given_rule", "held", "sop", "verdict", "reason"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_verdicts_at_the_edges_of_their_days(
    given_rule: Rule, held: tuple[Held, ...], sop: str | None, verdict: Verdict, reason: str
) -> None:
    line = judge(given_rule, facts(*held), Moment(TODAY, sop))
    assert (line.verdict, line.reason) == (verdict, reason)


ENERGY = {"attribute": "energy", "above": 2, "unit": "kWh"}


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ({"energy": {"value": "2.001", "unit": "kWh"}}, Verdict.MISSING),
        ({"energy": {"value": "2", "unit": "kWh"}}, Verdict.NOT_APPLICABLE),
        ({"energy": {"value": "1999", "unit": "Wh"}}, Verdict.NOT_APPLICABLE),
        ({"energy": {"value": "82000", "unit": "Wh"}}, Verdict.MISSING),
        ({"energy": {"value": "many", "unit": "kWh"}}, Verdict.UNCLEAR),
        ({"energy": {"value": "80", "unit": "V"}}, Verdict.UNCLEAR),
        ({}, Verdict.UNCLEAR),
    ],
)
def test_a_condition_decides_whom_a_rule_concerns(stated: dict[str, Any], verdict: Verdict) -> None:
    line = judge(rule(condition=ENERGY), facts(attributes=stated), Moment(TODAY))
    assert line.verdict is verdict
    assert line.missing == (("energy",) if verdict is Verdict.UNCLEAR else ())


def test_a_certificate_settles_what_an_unknown_fact_leaves_open() -> None:
    line = judge(rule(condition=ENERGY), facts(until(None)), Moment(TODAY))
    assert line.verdict is Verdict.HAVE


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"all": [ENERGY, {"fact": "radio"}]}, None),
        ({"all": [{"not": ENERGY}, {"fact": "radio"}]}, False),
        ({"any": [ENERGY, {"fact": "radio"}]}, True),
        ({"any": [{"not": ENERGY}, {"fact": "radio"}]}, None),
        ({"scenarios": ["robotaxi"]}, True),
        ({"scenarios": ["port-automation"]}, False),
        ({"unheard": 1}, None),
        ({}, True),
    ],
)
def test_conditions_are_joined(condition: dict[str, Any], holds: bool | None) -> None:
    product = Product({"energy": {"value": "80", "unit": "kWh"}}, frozenset({"robotaxi"}))
    assert asked(condition, product).holds is holds


def test_the_better_proven_of_two_valid_certificates_is_shown() -> None:
    line = judge(
        rule(), facts(until(None), until(JUNE, level="issuer_checked")), Moment(TODAY, SOP)
    )
    assert line.held is not None
    assert line.held.level == "issuer_checked"


def test_what_is_only_claimed_stays_had_and_says_so() -> None:
    line = judge(rule(), facts(until(None)), Moment(TODAY))
    assert line.verdict is Verdict.HAVE
    assert wording.level(line) == "Stated by the company"


def test_the_day_is_told_against_the_start_of_production() -> None:
    moment = Moment(TODAY, SOP)
    told = {
        START: "Applies from Feb 18, 2027, before your SOP in June 2027",
        date(2027, 6, 15): "Applies from Jun 15, 2027, in the month of your SOP",
        date(2028, 1, 1): "Applies from Jan 1, 2028, after your SOP in June 2027",
        TODAY: "In force",
    }
    for day, words in told.items():
        assert wording.applies(judge(rule(valid_from=day), facts(), moment), moment) == words


def test_the_most_urgent_line_comes_first_and_law_before_custom() -> None:
    known = [
        rule(satisfied_by=("CE",)),
        Rule("eu-custom", "EU", rules.PRACTICE, satisfied_by=("TISAX",)),
        Rule("eu-soon", "EU", rules.REQUIREMENT, satisfied_by=("UN R10",), valid_from=START),
        Rule("eu-now", "EU", rules.REQUIREMENT, satisfied_by=("UN R155",)),
        Rule("eu-notice", "EU", rules.NOTICE),
        Rule("eu-other", "EU", rules.REQUIREMENT, classes=("lidar",)),
    ]
    lines = rules.analysed(known, facts(until(None, "CE")), Moment(TODAY))
    assert [line.rule.id for line in lines] == ["eu-now", "eu-soon", "eu-custom", "eu-x"]
    assert [r.id for r in rules.notices(known, BATTERY, TODAY)] == ["eu-notice"]


def test_reviews_fall_due_after_a_year() -> None:
    reviewed = TODAY - timedelta(days=364)
    assert not rules.review_due(rules.CONFIRMED, reviewed, TODAY)
    assert rules.review_due(rules.CONFIRMED, reviewed - DAY, TODAY)
    assert rules.review_due(rules.TO_REVIEW, None, TODAY)
    assert not rules.review_due(rules.RETIRED, None, TODAY)


@pytest.mark.parametrize("text", ["2027-13", "27-01", "2027", "x-y", "", "1999-12", "²027-01"])
def test_only_months_are_months(text: str) -> None:
    assert rules.month(text) is None


days = st.dates(date(2025, 1, 1), date(2029, 12, 31))
certificates = st.builds(
    Held,
    st.sampled_from(["UN R100", "UN R10", "IATF 16949"]),
    st.none() | days,
    st.sampled_from(EVIDENCE_LEVELS),
)
moments = st.builds(
    Moment,
    days,
    st.none() | st.dates(date(2025, 1, 1), date(2029, 12, 1)).map(lambda d: f"{d:%Y-%m}"),
)
rules_of = st.builds(
    lambda start, end: rule(valid_from=start, valid_to=end), st.none() | days, st.none() | days
)
BETTER = [Verdict.MISSING, Verdict.EXPIRING, Verdict.HAVE]


@given(rules_of, st.lists(certificates, max_size=4), certificates, moments)
def test_a_further_certificate_never_makes_it_worse(
    given_rule: Rule, held: list[Held], more: Held, moment: Moment
) -> None:
    before = judge(given_rule, facts(*held), moment).verdict
    after = judge(given_rule, facts(*held, more), moment).verdict
    if before is Verdict.NOT_APPLICABLE:
        assert after is before
    else:
        assert BETTER.index(after) >= BETTER.index(before)


@given(rules_of, st.lists(certificates, max_size=4), moments)
def test_had_means_valid_on_the_day_that_matters(
    given_rule: Rule, held: list[Held], moment: Moment
) -> None:
    line = judge(given_rule, facts(*held), moment)
    assert line.matters >= moment.on
    if line.verdict is Verdict.HAVE:
        assert line.held is not None and line.held.lasts(line.matters)
    if line.verdict is Verdict.EXPIRING:
        assert line.held is not None and line.held.lasts(moment.on)
        assert not line.held.lasts(line.matters)


@given(st.lists(rules_of, max_size=6), st.lists(certificates, max_size=3), moments)
def test_nothing_is_left_out_and_the_order_holds(
    known: list[Rule], held: list[Held], moment: Moment
) -> None:
    lines = rules.analysed(known, facts(*held), moment)
    assert len(lines) == len(known)
    assert lines == sorted(lines, key=rules.urgency)
