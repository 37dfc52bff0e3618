"""Capability records of the contract: in, out, and what is refused."""

import json
from pathlib import Path

import pytest

from portal.capabilities import records, rules
from portal.capabilities.models import Capability
from portal.capabilities.services import _fill
from portal.core.errors import Invalid

DEMO = Path(__file__).parents[3] / "portal" / "demo" / "data"
EXAMPLE = {
    "ref": "k1",
    "company": "c1",
    "texts": {"zh-Hans": {"title": "固态电池", "summary": "半固态", "description": "说明"}},
    "category": "solid-state-battery",
    "scenarios": ["robotaxi"],
    "certificates": [
        {"standard": "IATF 16949", "number": "1", "issued": "2025-03-01", "expires": "2028-02-29"}
    ],
    "attributes": {"energy_density": {"value": 280, "unit": "Wh/kg"}},
    "capacity": {"quantity": 200000, "unit": "piece", "per": "year"},
    "lead_time_days": {"sample": 30, "series": [45, 60]},
    "moq": {"quantity": 1000, "unit": "piece"},
    "markets": ["DE", "HU"],
}


def rebuilt(record: dict) -> dict:  # type: ignore[type-arg]
    """A record as it comes out after it went into a row."""
    row = Capability(company_id="c", state="published")
    row.texts, row.certificates = [], []
    _fill(row, records.from_record(record))
    return records.content(row)


def errors(record: dict) -> set[str]:  # type: ignore[type-arg]
    with pytest.raises(Invalid) as caught:
        rules.check(records.from_record(record))
    return set(caught.value.errors)


def test_import_of_an_export_changes_nothing() -> None:
    wanted = {k: v for k, v in EXAMPLE.items() if k not in ("ref", "company")}
    assert rebuilt(EXAMPLE) == wanted
    assert rebuilt(rebuilt(EXAMPLE)) == wanted


def test_every_demo_record_is_accepted_and_stays_the_same() -> None:
    for path in sorted(DEMO.glob("capabilities-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            rules.check(records.from_record(record))
            out = rebuilt(record)
            assert rebuilt(out) == out
            assert out["texts"] == record["texts"], record["ref"]


def test_unknown_keys_are_refused_by_name() -> None:
    wrong = {**EXAMPLE, "colour": "red", "moq": {"quantity": 1, "unit": "piece", "extra": 1}}
    assert errors(wrong) == {"colour", "moq.extra"}


def test_wrong_values_are_named_by_their_path() -> None:
    wrong = {
        **EXAMPLE,
        "category": "no-such-thing",
        "certificates": [{"standard": "X", "issued": "2025-03-01", "expires": "2024-01-01"}],
        "attributes": {"energy_density": {"value": 1, "unit": "kg"}, "nonsense": {"value": 1}},
        "lead_time_days": {"series": [60, 45]},
        "moq": {"quantity": 0, "unit": "piece"},
        "markets": ["Germany"],
    }
    assert errors(wrong) == {
        "category",
        "certificates.0.expires",
        "attributes.energy_density",
        "attributes.nonsense",
        "lead_time_days.series_to",
        "moq.quantity",
        "markets",
    }


def test_wrong_types_are_refused_without_a_traceback() -> None:
    for value in (
        None,
        1,
        {"quantity": "1e-999999", "unit": "t"},
        "x",
        [],
        True,
        {"a": 1},
        float("nan"),
        [None],
        {"": None},
    ):
        for key in EXAMPLE:
            try:
                rules.check(records.from_record({**EXAMPLE, key: value}))
            except Invalid as error:
                assert error.errors


def test_undeclared_language_is_found_by_script_and_words() -> None:
    cases = {
        "800V 碳化硅主驱逆变器": "zh-Hans",
        "Wechselrichter für die Antriebe von Fahrzeugen mit der neuen Technik": "de",
        "Inverter for the drives of electric vehicles": "en",
        "電気自動車のインバータ": "ja",
    }
    for title, locale in cases.items():
        assert set(rebuilt({"texts": {"und": {"title": title}}})["texts"]) == {locale}
        assert set(rebuilt({"texts": {"title": title}})["texts"]) == {locale}


def test_line_separators_and_invisible_spaces_are_tidied() -> None:
    texts = {"zh-CN": {"title": "\u200b电机\u2028控制器 "}}
    assert rebuilt({"texts": texts})["texts"] == {"zh-Hans": {"title": "电机\n控制器"}}
    assert errors({"texts": {"de": {"title": "a\x00b"}}}) >= {"texts.de.title"}
