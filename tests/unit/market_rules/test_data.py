"""The shipped rules of markets: whole, sourced, in three languages, and true to the thesaurus."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from portal.market_rules.checks import faults
from portal.market_rules.conditions import Product, asked
from portal.market_rules.markets import LABELS
from portal.market_rules.rules import NOTICE, classes_of, parsed
from portal.market_rules.shipped import FOLDER, records
from portal.service_requests.catalogue import SERVICES
from portal.thesaurus.standards import standard_id
from portal.thesaurus.store import get_thesaurus

LANGUAGES = {"en", "zh-Hans", "de"}
AT_LEAST_IN_ALL, AT_LEAST_IN_A_MARKET = 120, 10
RULES = records()
_HAN = re.compile(r"[\u3400-\u9fff]")
_TRADITIONAL = set("車電動機規範證號標準認進關稅該須產業鋰壓務單應與")


def _texts(rule: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield rule["title"]
    yield rule["summary"]
    yield from (stage["what"] for stage in rule.get("stages", ()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_a_rule_is_accepted_by_the_checks_of_the_desk(rule: dict[str, Any]) -> None:
    assert faults(rule) == []
    assert asked(rule.get("condition"), Product()).holds is not False


def test_there_are_enough_rules_in_every_market() -> None:
    counts = Counter(rule["market"] for rule in RULES)
    assert set(counts) == set(LABELS)
    assert min(counts.values()) >= AT_LEAST_IN_A_MARKET
    assert sum(not rule["id"].partition("-cn-")[1] for rule in RULES) >= AT_LEAST_IN_ALL


def test_ids_are_unique_and_begin_with_the_market() -> None:
    ids = [rule["id"] for rule in RULES]
    assert len(ids) == len(set(ids))
    assert all(rule["id"].startswith(f"{rule['market'].casefold()}-") for rule in RULES)


def test_a_file_holds_one_market_and_is_not_escaped() -> None:
    for file in FOLDER.glob("*.jsonl"):
        text = file.read_text(encoding="utf-8")
        assert "\\u" not in text
        assert all(f'"market": "{file.stem.upper()}"' in line for line in text.splitlines())


def test_what_a_rule_is_not_about_lies_within_what_it_is_about() -> None:
    tree = get_thesaurus()
    for rule in RULES:
        for name in rule.get("but_not", ()):
            assert set(tree.ancestors(name)) & set(rule["classes"]), f"{rule['id']}: {name}"


@pytest.mark.parametrize("part", ["aluminium-cell-can", "cell-tab", "thermal-barrier"])
def test_parts_of_a_battery_are_no_batteries(part: str) -> None:
    found = {rule["id"] for rule in RULES if parsed(rule).concerns(classes_of(part))}
    assert not found & {"eu-un38-3", "eu-un-r100", "eu-batt-ce", "us-hazmat", "eu-un-r10"}
    assert "eu-reach" in found


def test_no_title_stands_twice_in_a_market() -> None:
    for tag in LANGUAGES:
        titles = Counter((rule["market"], rule["title"][tag]) for rule in RULES)
        assert [title for title, times in titles.items() if times > 1] == []


def test_texts_are_there_in_every_language_and_in_its_script() -> None:
    for rule in RULES:
        for texts in _texts(rule):
            assert set(texts) == LANGUAGES, rule["id"]
            assert all(text == text.strip() and text for text in texts.values()), rule["id"]
            assert all(unicodedata.is_normalized("NFC", text) for text in texts.values())
            assert not _HAN.search(texts["en"] + texts["de"]), rule["id"]
            assert not _TRADITIONAL & set(texts["zh-Hans"]), rule["id"]
        for text in (rule["title"], rule["summary"]):
            assert _HAN.search(text["zh-Hans"]), rule["id"]
            assert text["de"] != text["en"], rule["id"]


def test_summaries_are_sentences_of_a_length_that_is_read() -> None:
    for rule in RULES:
        assert rule["summary"]["zh-Hans"].endswith("。"), rule["id"]
        assert rule["summary"]["en"].endswith("."), rule["id"]
        assert rule["summary"]["de"].endswith("."), rule["id"]
        assert len(rule["summary"]["en"]) <= 520, rule["id"]


def test_standards_are_those_of_the_thesaurus() -> None:
    known = {concept.id for concept in get_thesaurus().standards()}
    wanted = {name for rule in RULES for name in rule["satisfied_by"]}
    assert {name for name in wanted if standard_id(name) not in known} == set()


def test_every_rule_concerns_something_and_leads_to_a_service() -> None:
    assert all(rule["classes"] for rule in RULES)
    assert all(len(rule["classes"]) == len(set(rule["classes"])) for rule in RULES)
    assert {rule["service"] for rule in RULES} <= set(SERVICES)


def test_stages_follow_each_other_within_the_time_of_the_rule() -> None:
    for rule in map(parsed, RULES):
        days = [stage.start for stage in rule.stages]
        assert days == sorted(days), rule.id
        first, last = rule.valid_from or date.min, rule.valid_to or date.max
        assert all(first <= day <= last for day in days), rule.id


def test_every_source_is_named_with_publisher_and_address() -> None:
    for rule in RULES:
        source = rule["source"]
        assert source["name"].strip() and source["publisher"].strip(), rule["id"]
        assert re.match(r"https?://[a-z0-9.-]+\.[a-z]{2,}(/|$)", source["url"]), rule["id"]


def test_nothing_is_confirmed_before_staff_confirm_it() -> None:
    for rule in RULES:
        assert (rule["status"], rule["reviewed_on"], rule["reviewer"]) == ("to_review", None, None)


def test_there_are_requirements_practices_and_notices_in_every_market() -> None:
    kinds = {(rule["market"], rule["kind"]) for rule in RULES}
    assert len(kinds) == 3 * len(LABELS)
    assert not any(rule["satisfied_by"] for rule in RULES if rule["kind"] == NOTICE)
