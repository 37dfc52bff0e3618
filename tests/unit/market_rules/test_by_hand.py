"""Three suppliers in five markets, worked out by hand from the texts of the rules, against what
the analysis of the shipped rules says."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from portal.market_rules import rules, shipped
from portal.market_rules.conditions import Product
from portal.market_rules.rules import Facts, Held, Moment

TABLE = Path(__file__).parents[2] / "data" / "market_rules_by_hand.csv"
MOMENT = Moment(date(2026, 11, 22), "2027-06")
NOTICE = "notice"


def supplier(category: str, attribute: str, value: str, *standards: str) -> Facts:
    stated = {attribute: {"value": value, "unit": ""}}
    held = tuple(Held(standard, whole_company=True) for standard in standards)
    return Facts(rules.classes_of(category), Product(stated), held)


SUPPLIERS = {
    "pack": supplier("battery-pack", "energy", "60", "UN38.3", "IATF 16949"),
    "inverter": supplier("traction-inverter", "system_voltage", "800", "ISO 26262", "IATF 16949"),
    "chip": supplier("automotive-mcu", "aec_q_grade", "1", "AEC-Q100", "ISO 26262"),
}


def by_hand() -> list[dict[str, str]]:
    lines = TABLE.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.fixture(scope="module")
def known() -> dict[str, rules.Rule]:
    return {record["id"]: rules.parsed(record) for record in shipped.records()}


def verdict(facts: Facts, rule: rules.Rule) -> str:
    if not rule.concerns(facts.classes):
        return "not_applicable"
    return NOTICE if rule.is_notice else rules.judge(rule, facts, MOMENT).verdict.value


def test_every_line_worked_out_by_hand_comes_out_the_same(known: dict[str, rules.Rule]) -> None:
    def differing() -> Iterator[str]:
        for line in by_hand():
            found = verdict(SUPPLIERS[line["supplier"]], known[line["rule"]])
            if found != line["expected"]:
                yield f"{line['supplier']} {line['rule']}: {found}, by hand {line['expected']}"

    assert list(differing()) == []


def test_the_table_covers_each_supplier_in_five_markets(known: dict[str, rules.Rule]) -> None:
    lines = by_hand()
    covered = Counter((line["supplier"], line["market"]) for line in lines)
    assert len(covered) == len(SUPPLIERS) * 5 and min(covered.values()) >= 5
    assert all(known[line["rule"]].market == line["market"] for line in lines)


def test_there_are_rules_enough_for_every_market(known: dict[str, rules.Rule]) -> None:
    counted = Counter(rule.market for rule in known.values())
    assert len(known) >= 120 and len(counted) == 10 and min(counted.values()) >= 10
    assert all(rule.source.name and rule.source.url for rule in known.values())
    assert all(rule.status == rules.TO_REVIEW for rule in known.values())
