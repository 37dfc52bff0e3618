"""Units, standards, and the order of matches."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.matching.criteria import Criterion, Verdict
from portal.matching.facts import CapabilityFacts, NeedFacts, bound, measure, month_start
from portal.matching.pairs import Pair, ranked
from portal.matching.ranking import (
    NEUTRAL,
    PARTS,
    WEIGHTS,
    Weights,
    freshness,
    parts,
    responsiveness,
    score,
    share_met,
    tally,
)
from portal.matching.sentences import say
from portal.thesaurus.conversion import converted
from portal.thesaurus.standards import answers, of_one_kind, standard_id

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


def value(lines: tuple[Criterion, ...], relevance: float, weights: Weights = WEIGHTS) -> float:
    return score(parts(lines, relevance, NOW, None, NOW), weights)


def test_the_weights_make_a_hundred() -> None:
    assert sum(getattr(WEIGHTS, name) for name in PARTS) == 100
    assert score(parts((), 1.0, NOW, 1.0, NOW)) == 1.0


def test_weights_decide_what_counts() -> None:
    gap, match = (line("GAP"),), (line("MATCH"),)
    texts_only, musts_only = Weights(0, 100, 0, 0), Weights(100, 0, 0, 0)
    assert value(gap, 0.5, texts_only) == value(match, 0.5, texts_only)
    assert value(gap, 0.9, musts_only) < value(match, 0.1, musts_only)


def test_all_wishes_together_count_an_eighth_of_the_criteria() -> None:
    wished = parts((line("GAP", hard=False), line("GAP", hard=False)), 0.0, NOW, None, NOW)
    assert wished.criteria == pytest.approx(7 / 8)


def test_responsiveness_is_neutral_before_five_inquiries() -> None:
    assert responsiveness(4, 4, 1.0) is None
    assert parts((), 0.0, NOW, None, NOW).responsiveness == NEUTRAL
    assert responsiveness(5, 5, 0.0) == 1.0
    assert responsiveness(10, 5, 27.0) == pytest.approx(0.25)
    assert responsiveness(6, 0, None) == 0.0


def test_the_category_counts_as_much_as_three_others() -> None:
    lines = [line("MATCH", "category"), line("GAP"), line("UNKNOWN")]
    assert share_met(lines, hard=True) == pytest.approx(3.5 / 5)
    assert tally(lines, hard=True).gaps == 1
    assert share_met(lines, hard=False) == 1.0


def test_a_gap_costs_more_than_an_open_point() -> None:
    first, second, third = (
        value((line("MATCH"), line(v)), 0.2) for v in ("MATCH", "UNKNOWN", "GAP")
    )
    assert first > second > third


def test_relevance_decides_between_equals() -> None:
    assert value((line("MATCH"),), 0.3) > value((line("MATCH"),), 0.1)


def test_freshness_halves_in_half_a_year() -> None:
    assert freshness(NOW, NOW) == 1
    assert freshness(NOW - timedelta(days=180), NOW) == pytest.approx(0.5)
    assert freshness(NOW + timedelta(days=1), NOW) == 1


def pair(capability: str, points: float = 0.5, verdict: str = "MATCH", share: float = 0.0) -> Pair:
    criteria = (line(verdict, "category"),)
    need = NeedFacts(id="n", category="lidar")
    return Pair(need, CapabilityFacts(id=capability), criteria, points, share)


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
