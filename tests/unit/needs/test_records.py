"""Need records of the contract: in, out, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.core.errors import Invalid
from portal.needs import records, rules
from portal.needs.models import Need
from portal.needs.services import _fill

DEMO = Path(__file__).parents[3] / "portal" / "demo" / "data"
EXAMPLE = {
    "kind": "whole-to-part",
    "texts": {"de": {"title": "Zellen", "description": "Text"}},
    "category": "solid-state-battery",
    "required": {
        "certificates": ["IATF 16949"],
        "attributes": {"energy_density": {"min": 250, "unit": "Wh/kg"}},
    },
    "wanted": {"certificates": ["TISAX"]},
    "market": "DE",
    "quantity": {"per_year": 50000, "unit": "piece"},
    "sop": "2027-06",
    "incoterm": {"term": "DAP", "place": "Rastatt"},
    "target_price": {"amount": "685.00", "currency": "EUR", "per": "piece"},
    "deadline": "2026-12-31T17:00:00+01:00",
    "deadline_zone": "Europe/Berlin",
}


def rebuilt(record: dict) -> dict:  # type: ignore[type-arg]
    """A record as it comes out after it went into a row."""
    row = Need(company_id="c", state="published")
    row.texts = []
    _fill(row, records.from_record(record))
    return records.content(row)


def errors(record: dict) -> set[str]:  # type: ignore[type-arg]
    with pytest.raises(Invalid) as caught:
        rules.check(records.from_record(record))
    return set(caught.value.errors)


def test_import_of_an_export_changes_nothing() -> None:
    assert rebuilt(EXAMPLE) == EXAMPLE


def test_deadline_with_an_offset_only_keeps_its_moment_and_offset() -> None:
    for moment in ("2026-12-31T17:00:00+01:00", "2027-01-15T17:30:00+05:30",
                   "2027-01-15T08:00:00-08:00", "2027-01-15T08:00:00+00:00"):  # fmt: skip
        out = rebuilt({"texts": EXAMPLE["texts"], "deadline": moment})
        assert out["deadline"] == moment
        assert rebuilt(out) == out


def test_every_demo_record_is_accepted_and_stays_the_same() -> None:
    for line in (DEMO / "needs.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        rules.check(records.from_record(record))
        out = rebuilt(record)
        assert rebuilt(out) == out
        assert out.get("required") == (record["required"] or None), record["ref"]


def test_wrong_values_are_named_by_their_path() -> None:
    wrong = {
        **EXAMPLE,
        "kind": "part-to-whole",
        "required": {"attributes": {"energy_density": {"min": 300, "max": 200}}},
        "market": "XX",
        "sop": "2027-13",
        "incoterm": {"term": "FOB"},
        "target_price": {"amount": "5", "currency": "EURO"},
        "quantity": {"per_year": -1, "unit": "piece"},
    }
    assert errors(wrong) == {
        "kind",
        "required.attributes.energy_density.max",
        "market",
        "sop",
        "incoterm.place",
        "target_price.currency",
        "quantity.per_year",
    }
    no_zone = {k: v for k, v in EXAMPLE.items() if k != "deadline_zone"}
    assert errors({**no_zone, "deadline": "2026-12-31"}) == {"deadline"}
    assert errors({**EXAMPLE, "hurry": True}) == {"hurry"}


def test_wrong_types_are_refused_without_a_traceback() -> None:
    dates = ("0001-01-01T00:00+08:00", "9999-12-31T23:59-05:00")
    for value in (
        None,
        1,
        *dates,
        1e300,
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


def test_a_need_is_closed_from_the_very_second_of_its_deadline() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    need = Need(state="published", deadline=now)
    assert not rules.is_open(need, now)
    assert rules.is_open(need, now - timedelta(seconds=1))
    assert rules.shown_state(Need(state="published", deadline=now)) == "closed"
