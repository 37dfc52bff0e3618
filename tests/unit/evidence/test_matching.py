"""Evidence in matches: criteria tell their step; of two equal suppliers the proven one leads."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from portal.companies.models import Certificate
from portal.evidence import subjects
from portal.evidence.queries import Standings
from portal.matching.facts import Bound, CapabilityFacts, NeedFacts, Wish, capability_facts
from portal.matching.ranking import PROOF, parts, unproven
from portal.matching.verdicts import judge

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NEED = NeedFacts(
    quantity=Decimal(1000),
    unit="piece",
    required=Wish(("TISAX",), {"peak_power": Bound(low=Decimal(200), unit="kW")}),
)
PAPER = Certificate(id="z", company_id="c", standard="TISAX", details={})
ROW: Any = SimpleNamespace(
    id="k", company_id="c", category=None, scenarios=[], markets=[], changed_at=NOW,
    attributes={"peak_power": {"value": "280", "unit": "kW"}}, capacity_quantity=Decimal(5000),
    capacity_unit="piece", capacity_per="year", lead_series_from_days=None,
    lead_series_to_days=None,
)  # fmt: skip


def known(level: str, until: date | None = None) -> Standings:
    """Everything about the capability stands on this step."""
    facts = [
        subjects.certificate(PAPER),
        subjects.attribute("c", "k", "peak_power", ROW.attributes["peak_power"]),
        subjects.capacity("c", "k", {"quantity": Decimal(5000), "unit": "piece", "per": "year"}),
    ]
    rows = [
        SimpleNamespace(
            id=n, company_id="c", kind=f.kind, capability_id=f.capability_id, key=f.key,
            digest=f.digest, level=level, at=NOW, valid_until=until, not_checked="", reason="",
            document_id=None, by=None,
        )
        for n, f in enumerate(facts)
    ]  # fmt: skip
    return Standings(rows, TODAY)


def facts(standings: Standings | None) -> CapabilityFacts:
    return capability_facts(ROW, [PAPER], "CN", known=standings)


def levels(found: CapabilityFacts) -> dict[str, str]:
    return {line.criterion: line.level for line in judge(NEED, found, TODAY)}


@pytest.mark.parametrize("level", ["claimed", "document_seen", "issuer_checked", "seen_on_site"])
def test_criteria_tell_the_step_of_what_they_rest_on(level: str) -> None:
    assert levels(facts(known(level) if level != "claimed" else Standings([], TODAY))) == {
        "certificate": level,
        "attribute": level,
        "capacity": level,
    }


def test_what_ended_or_was_refused_counts_as_claimed() -> None:
    for standings in (known("seen_on_site", date(2026, 11, 21)), known("rejected")):
        assert set(levels(facts(standings)).values()) == {"claimed"}


def test_the_proven_one_of_two_equal_suppliers_leads_by_little() -> None:
    scores = []
    for level in ("document_seen", "issuer_checked", "seen_on_site"):
        criteria = judge(NEED, facts(known(level)), TODAY)
        scores.append(parts(criteria, 0.2, NOW, None, NOW).criteria)
    claimed = judge(NEED, facts(Standings([], TODAY)), TODAY)
    scores.insert(0, parts(claimed, 0.2, NOW, None, NOW).criteria)
    assert scores == sorted(scores)
    assert scores[-1] == 1.0
    assert scores[0] == pytest.approx(1 - PROOF)
    assert unproven(()) == 0.0


def test_a_hidden_fact_shows_no_step() -> None:
    found = facts(known("seen_on_site"))
    blank = CapabilityFacts(id="k", company_id="c", levels=found.levels)
    assert levels(blank)["capacity"] == "claimed"
    assert levels(blank)["attribute"] == "claimed"
