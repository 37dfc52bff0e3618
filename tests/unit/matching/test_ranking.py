"""Units, standards, and the order of matches."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.matching.criteria import Criterion, Verdict
from portal.matching.facts import CapabilityFacts, NeedFacts, bound, measure, month_start
from portal.matching.ranking import WEIGHTS, freshness, score, share_met, tally
from portal.matching.sentences import say
from portal.matching.services import Pair, ranked
from portal.matching.standards import answers, of_one_kind, standard_id
from portal.matching.units import converted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def line(verdict: str, kind: str = "market", *, hard: bool = True) -> Criterion:
    return Criterion(kind, say("market.none"), Verdict(verdict), say("market.none"), hard=hard)


@pytest.mark.parametrize(
    ("value", "unit", "target", "result"),
    [
        ("3.3", "kW", "W", "3300"),
        ("0.1", "mm", "µm", "100"),
        ("1", "μm", "um", "1"),
        ("1", "inch", "mm", "25.4"),
        ("1", "bar", "MPa", "0.1"),
        ("90", "L/h", "L/min", "1.5"),
        ("2", "t", "kg", "2000"),
        ("12", "quux", "quux", "12"),
        ("5", "nm", "Nm", None),
        ("5", "kW", "kWh", None),
        ("5", "piece", "set", None),
        ("5", "", "V", None),
    ],
)
def test_units_are_converted_exactly_or_not_at_all(
    value: str, unit: str, target: str, result: str | None
) -> None:
    found = converted(Decimal(value), unit, target)
    assert found == (None if result is None else Decimal(result))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("IATF16949:2016", "IATF 16949"),
        ("ISO 27001", "ISO/IEC 27001"),
        ("CE", "CE marking"),
        ("UN R100.03", "UN R100"),
        ("UN38.3", "UN 38.3"),
        ("aec-q100", "AEC Q100"),
    ],
)
def test_one_standard_in_many_spellings(written: str, same: str) -> None:
    assert standard_id(written) == standard_id(same)
    assert answers(written, same)


def test_standards_that_only_look_alike() -> None:
    assert not answers("UN R10", "UN R100")
    assert not answers("AEC-Q100", "AEC-Q101")
    assert not answers("ISO 9001", "IATF 16949")
    assert of_one_kind("AEC-Q100", "AEC-Q101")
    assert not of_one_kind("ISO 9001", "TISAX")


def test_the_weights_make_one() -> None:
    parts = (WEIGHTS.hard, WEIGHTS.relevance, WEIGHTS.soft, WEIGHTS.freshness)
    assert sum(parts) == pytest.approx(1)
    assert score((), 1.0, NOW, NOW) == 1.0


def test_the_category_counts_as_much_as_three_others() -> None:
    lines = [line("MATCH", "category"), line("GAP"), line("UNKNOWN")]
    assert share_met(lines, hard=True) == pytest.approx(3.5 / 5)
    assert tally(lines, hard=True).gaps == 1
    assert share_met(lines, hard=False) == 1.0


def test_a_gap_costs_more_than_an_open_point() -> None:
    first, second, third = (
        score((line("MATCH"), line(v)), 0.2, NOW, NOW) for v in ("MATCH", "UNKNOWN", "GAP")
    )
    assert first > second > third


def test_relevance_decides_between_equals() -> None:
    assert score((line("MATCH"),), 0.3, NOW, NOW) > score((line("MATCH"),), 0.1, NOW, NOW)


def test_freshness_halves_in_half_a_year() -> None:
    assert freshness(NOW, NOW) == 1
    assert freshness(NOW - timedelta(days=180), NOW) == pytest.approx(0.5)
    assert freshness(NOW + timedelta(days=1), NOW) == 1


def pair(capability: str, value: float = 0.5, verdict: str = "MATCH", share: float = 0.0) -> Pair:
    criteria = (line(verdict, "category"),)
    need = NeedFacts(id="n", category="lidar")
    return Pair(need, CapabilityFacts(id=capability), criteria, value, share)


def test_equal_scores_are_ordered_by_id() -> None:
    found = ranked([pair("c"), pair("a"), pair("b", 0.6)])
    assert [p.capability.id for p in found] == ["b", "a", "c"]


def test_another_category_needs_texts_that_have_much_in_common() -> None:
    found = ranked([pair("a", verdict="GAP", share=0.24), pair("b", verdict="GAP", share=0.25)])
    assert [p.capability.id for p in found] == ["b"]
    assert len(ranked([pair("a", verdict="GAP")], reduced=True)) == 1


def test_stored_forms_are_read_exactly() -> None:
    assert bound({"min": "0.10", "unit": "mm"}).low == Decimal("0.10")
    assert bound({"value": "D", "unit": ""}).text == "D"
    assert measure({"value": 97.5, "unit": "%"}).high == Decimal("97.5")
    assert measure({"value": "nan", "unit": "%"}).low is None
    assert month_start("2027-06") == datetime(2027, 6, 1, tzinfo=UTC).date()
    assert month_start("2027-13") is None
