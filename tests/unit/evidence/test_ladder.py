"""The ladder: which finding may follow which step, and how a fact stands on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.access import ANONYMOUS, SYSTEM, Actor
from portal.evidence import rules, subjects
from portal.evidence.queries import Standings
from portal.evidence.rules import FINDINGS, REMINDERS, WORKFLOW, Claim, reminder_due

TODAY = date(2026, 11, 22)
LADDER = ("claimed", "document_seen", "issuer_checked", "seen_on_site")
OWNER = Actor(user_id="w", role="owner", org_id="c", org_kind="supplier")
# Finding by finding, from which states it may follow: upwards, anew, or after an end.
ALLOWED = {
    "document_seen": {"claimed", "rejected", "expired", "document_seen"},
    "issuer_checked": {"claimed", "rejected", "expired", "document_seen", "issuer_checked"},
    "seen_on_site": {*LADDER, "rejected", "expired"},
    "rejected": {*LADDER, "expired"},
}


@pytest.mark.parametrize(
    ("state", "finding"), list(product((*LADDER, "rejected", "expired"), FINDINGS))
)
def test_every_pair_of_steps(state: str, finding: str) -> None:
    claim = Claim("c", state)
    assert WORKFLOW.can(finding, claim, SYSTEM) == (state in ALLOWED[finding])
    assert not WORKFLOW.can(finding, claim, OWNER)
    assert not WORKFLOW.can(finding, claim, ANONYMOUS)


def row(subject: subjects.Subject, level: str, number: int = 1, **more: Any) -> Any:
    values = {
        "id": number, "company_id": subject.company_id, "kind": subject.kind,
        "capability_id": subject.capability_id, "key": subject.key, "digest": subject.digest,
        "level": level, "at": datetime(2026, 1, 1, tzinfo=UTC), "valid_until": None,
        "not_checked": "", "reason": "", "document_id": None, "by": None,
    }  # fmt: skip
    return SimpleNamespace(**values | more)


POWER = subjects.attribute("c", "k", "peak_power", {"value": "280", "unit": "kW"})


def test_a_finding_is_about_one_value() -> None:
    found = Standings([row(POWER, "issuer_checked")], TODAY)
    assert found.of(POWER).level == "issuer_checked"
    other = subjects.attribute("c", "k", "peak_power", {"value": "300", "unit": "kW"})
    standing = found.of(other)
    assert (standing.state, standing.changed) == ("claimed", True)


def test_equal_values_have_one_digest() -> None:
    same = ({"value": "280.0", "unit": "kW"}, {"value": 280, "unit": "kW"})
    assert {subjects.attribute("c", "k", "p", v).digest for v in same} == {
        subjects.attribute("c", "k", "p", {"value": "280", "unit": "kW"}).digest
    }
    stated = {"quantity": Decimal("24000.00"), "unit": "piece", "per": "year"}
    again = {**stated, "quantity": Decimal(24000)}
    assert subjects.capacity("c", "k", stated).digest == subjects.capacity("c", "k", again).digest


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8)), st.text(max_size=8))
def test_another_value_has_another_digest(value: dict[str, str], text: str) -> None:
    one = subjects.Subject("attribute", "c", "k", value)
    other = replace(one, value={**value, "more": text + "x"})
    assert (one.digest == other.digest) == (one.value == other.value)


def test_an_ended_finding_counts_as_claimed() -> None:
    last = row(POWER, "seen_on_site", valid_until=TODAY)
    assert Standings([last], TODAY).of(POWER).level == "seen_on_site"
    standing = Standings([last], TODAY + timedelta(days=1)).of(POWER)
    assert (standing.state, standing.level, standing.found) == (
        "expired",
        "claimed",
        "seen_on_site",
    )


def test_a_certificate_ends_before_its_finding() -> None:
    paper = subjects.Subject("certificate", "c", "z", {"standard": "TISAX"}, expires=TODAY)
    found = [row(paper, "issuer_checked", valid_until=TODAY + timedelta(days=99))]
    assert Standings(found, TODAY).of(paper).until == TODAY
    assert Standings(found, TODAY + timedelta(days=1)).of(paper).expired
    assert Standings([], TODAY + timedelta(days=1)).of(paper).expired


def test_a_fact_keeps_its_step_while_a_new_document_waits() -> None:
    rows = [row(POWER, "document_seen", 1), row(POWER, "claimed", 2, document_id="f")]
    standing = Standings(rows, TODAY).of(POWER)
    assert (standing.level, standing.waiting) == ("document_seen", 2)
    answered = Standings([replace_id(rows[1], 1), replace_id(rows[0], 3)], TODAY).of(POWER)
    assert answered.waiting is None


def replace_id(one: Any, number: int) -> Any:
    return SimpleNamespace(**vars(one) | {"id": number})


def test_reminders_come_at_ninety_thirty_seven_and_no_days() -> None:
    due = {left: reminder_due(TODAY + timedelta(days=left), TODAY) for left in range(-40, 100)}
    assert [left for left in range(99, -41, -1) if due[left] != due.get(left + 1)] == [
        *REMINDERS,
        -31,
    ]
    assert due[91] is None
    assert due[-31] is None
    assert (due[90], due[31], due[29], due[3], due[-5]) == (90, 90, 30, 7, 0)


def test_the_level_of_others_never_shows_a_refusal() -> None:
    assert rules.Standing(state="rejected").level == "claimed"
    assert rules.Standing(state="seen_on_site").step == 4
