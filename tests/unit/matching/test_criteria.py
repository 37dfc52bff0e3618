"""Each criterion against hand-written expectations."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portal.core import i18n
from portal.matching.criteria import Criterion
from portal.matching.facts import Bound, CapabilityFacts, Measure, NeedFacts, Proof, Wish
from portal.matching.facts import bound as read_bound
from portal.matching.verdicts import judge

TODAY = date(2026, 11, 22)
SOP = date(2027, 6, 1)


def line(kind: str, need: NeedFacts, capability: CapabilityFacts, on: date = TODAY) -> Criterion:
    (found,) = [c for c in judge(need, capability, on) if c.criterion == kind]
    return found


def outcome(kind: str, need: NeedFacts, capability: CapabilityFacts) -> tuple[str, str]:
    found = line(kind, need, capability)
    return found.verdict.value, str(found.evidence)


@pytest.mark.parametrize(
    ("wanted", "listed", "verdict", "evidence"),
    [
        ("battery-cell", "battery-cell", "MATCH", "Listed as battery cell"),
        ("battery-cell", "solid-state-battery", "MATCH",
         "Listed as solid-state battery, a kind of battery cell"),
        ("battery", "solid-state-battery", "MATCH", "a kind of"),
        ("solid-state-battery", "battery-cell", "UNKNOWN", "which is wider"),
        ("solid-state-battery", "sodium-ion-battery", "UNKNOWN", "a neighbouring product"),
        ("traction-inverter", "traction-motor", "UNKNOWN", "a neighbouring product"),
        ("traction-inverter", "vehicle-seat", "GAP", "Listed as vehicle seat"),
        ("traction-inverter", None, "UNKNOWN", "names no category"),
    ],
)  # fmt: skip
def test_category(wanted: str, listed: str | None, verdict: str, evidence: str) -> None:
    found = outcome("category", NeedFacts(category=wanted), CapabilityFacts(category=listed))
    assert found[0] == verdict
    assert evidence in found[1]


def held(*proofs: tuple[str, date | None]) -> CapabilityFacts:
    return CapabilityFacts(proofs=tuple(Proof(standard, until) for standard, until in proofs))


def test_who_hides_certificates_may_hold_the_missing_one() -> None:
    """Whichever is hidden, so that the verdict does not tell which."""
    need = NeedFacts(required=Wish(certificates=("IATF 16949",)))
    shown = held(("ISO 9001", None))
    assert outcome("certificate", need, shown)[0] == "GAP"
    for level in ("registered", "interest", "nda"):
        hiding = replace(shown, hidden={"certificates": level})
        verdict, told = outcome("certificate", need, hiding)
        assert (verdict, "Disclosed" in told) == ("UNKNOWN", True)
    ended = replace(held(("IATF 16949", date(2026, 1, 1))), hidden={"certificates": "nda"})
    assert outcome("certificate", need, ended)[0] == "GAP"


@pytest.mark.parametrize(
    ("proofs", "sop", "verdict", "evidence"),
    [
        ([("IATF 16949", date(2027, 6, 1))], SOP, "MATCH",
         "IATF 16949, valid until Jun 1, 2027"),  # its last day is the day
        ([("IATF 16949", date(2027, 5, 31))], SOP, "GAP",
         "IATF 16949 is valid until May 31, 2027, before the start of production in June 2027"),
        ([("IATF 16949", date(2027, 5, 31))], None, "MATCH",
         "IATF 16949, valid until May 31, 2027"),
        ([("IATF 16949", TODAY)], None, "MATCH", "IATF 16949, valid until Nov 22, 2026"),
        ([("IATF 16949", date(2026, 11, 21))], None, "GAP",
         "IATF 16949 expired on Nov 21, 2026"),
        ([("IATF 16949", date(2026, 11, 21))], SOP, "GAP",
         "IATF 16949 expired on Nov 21, 2026"),
        ([("IATF 16949", None)], SOP, "MATCH", "IATF 16949, no date of expiry stated"),
        ([("IATF 16949", date(2025, 1, 1)), ("IATF 16949", date(2028, 1, 1))], SOP, "MATCH",
         "IATF 16949, valid until Jan 1, 2028"),
        ([("IATF 16949:2016", date(2028, 1, 1))], SOP, "MATCH",
         "IATF 16949:2016, valid until Jan 1, 2028"),
        ([("ISO 9001", date(2028, 1, 1))], SOP, "GAP",
         "Not listed; the supplier lists ISO 9001"),
        ([("UN R100", date(2028, 1, 1))], SOP, "UNKNOWN", "The supplier says nothing about it"),
        ([], SOP, "UNKNOWN", "The supplier says nothing about it"),
        # a start of production that has passed does not make an expired certificate valid
        ([("IATF 16949", date(2026, 11, 21))], date(2026, 1, 1), "GAP",
         "IATF 16949 expired on Nov 21, 2026"),
    ],
)  # fmt: skip
def test_required_certificate(
    proofs: list[tuple[str, date | None]], sop: date | None, verdict: str, evidence: str
) -> None:
    need = NeedFacts(required=Wish(("IATF 16949",)), sop=sop)
    assert outcome("certificate", need, held(*proofs)) == (verdict, evidence)


def test_a_certificate_that_includes_the_wanted_one_answers_for_it() -> None:
    need = NeedFacts(required=Wish(("ISO 9001",)))
    found = outcome("certificate", need, held(("IATF 16949", None)))
    assert found == ("MATCH", "IATF 16949, no date of expiry stated")


def test_the_best_evidence_of_valid_certificates_counts() -> None:
    proofs = (
        Proof("TISAX", date(2029, 1, 1)),
        Proof("TISAX", date(2028, 1, 1), "issuer_checked", whole_company=True),
    )
    found = line("certificate", NeedFacts(wanted=Wish(("TISAX",))), CapabilityFacts(proofs=proofs))
    assert (found.level, found.hard) == ("issuer_checked", False)
    assert "Jan 1, 2028" in str(found.evidence)


def test_only_a_certificate_that_runs_out_before_the_day_is_renewable() -> None:
    need = NeedFacts(required=Wish(("IATF 16949",)), sop=SOP)
    assert line("certificate", need, held(("IATF 16949", date(2027, 1, 1)))).renewable
    assert not line("certificate", need, held(("IATF 16949", date(2026, 1, 1)))).renewable


@pytest.mark.parametrize(
    ("name", "asked", "stated", "verdict"),
    [
        ("energy_density", {"min": "250", "unit": "Wh/kg"}, ("250", "Wh/kg"), "MATCH"),
        ("energy_density", {"min": "250", "unit": "Wh/kg"}, ("249.999", "Wh/kg"), "GAP"),
        ("energy_density", {"min": "250", "unit": "Wh/kg"}, ("0.28", "kWh/kg"), "MATCH"),
        ("peak_power", {"min": "250", "unit": "kW"}, ("250000", "W"), "MATCH"),
        ("peak_power", {"min": 97.5, "unit": "kW"}, ("97.5", "kW"), "MATCH"),
        ("thickness", {"max": "8", "unit": "µm"}, ("0.008", "mm"), "MATCH"),
        ("thickness", {"max": "8", "unit": "µm"}, ("0.0081", "mm"), "GAP"),
        ("pressure", {"min": "20", "unit": "bar"}, ("2", "MPa"), "MATCH"),
        ("tensile_strength", {"min": "980", "unit": "MPa"}, ("980", "N/mm²"), "MATCH"),
        ("operating_temp_min", {"max": "-20", "unit": "°C"}, ("-30", "°C"), "MATCH"),
        ("operating_temp_min", {"max": "-20", "unit": "°C"}, ("-10", "°C"), "GAP"),
        ("system_voltage", {"min": "400", "max": "800", "unit": "V"}, ("801", "V"), "GAP"),
        ("system_voltage", {"min": "400", "max": "800", "unit": "V"}, ("0.8", "kV"), "MATCH"),
        ("channels", {"value": "4", "unit": "count"}, ("4", "count"), "MATCH"),
        ("channels", {"value": "4", "unit": "count"}, ("8", "count"), "GAP"),
        ("peak_power", {"min": "250", "unit": "kW"}, ("260", "N·m"), "UNKNOWN"),
        ("process_node", {"max": "16", "unit": "nm"}, ("12", "N·m"), "UNKNOWN"),
        # no unit stated: the attribute's own
        ("peak_power", {"min": "250", "unit": "kW"}, ("260", ""), "MATCH"),
    ],
)
def test_required_attribute(
    name: str, asked: Mapping[str, Any], stated: tuple[str, str], verdict: str
) -> None:
    need = NeedFacts(required=Wish(attributes={name: read_bound(asked)}))
    value, unit = Decimal(stated[0]), stated[1]
    capability = CapabilityFacts(attributes={name: Measure(value, value, unit)})
    assert line("attribute", need, capability).verdict.value == verdict


def test_a_stated_range_fits_when_it_reaches_the_bound() -> None:
    need = NeedFacts(required=Wish(attributes={"system_voltage": Bound(Decimal(800), None, "V")}))
    wide, low = Measure(Decimal(550), Decimal(870), "V"), Measure(Decimal(300), Decimal(500), "V")
    reaching = CapabilityFacts(attributes={"system_voltage": wide})
    below = CapabilityFacts(attributes={"system_voltage": low})
    assert outcome("attribute", need, reaching) == ("MATCH", "Supplier states 550 to 870 V")
    assert line("attribute", need, below).verdict.value == "GAP"


@pytest.mark.parametrize(
    ("name", "asked", "stated", "verdict"),
    [
        ("asil", "C", "D", "MATCH"),
        ("asil", "D", "ASIL D", "MATCH"),
        ("asil", "D", "B", "GAP"),
        ("asil", "B", "QM", "GAP"),
        ("ip_rating", "IP67", "ip67", "MATCH"),
        ("ip_rating", "IP67", "IP6K9K", "UNKNOWN"),
    ],
)
def test_attributes_in_words(name: str, asked: str, stated: str, verdict: str) -> None:
    need = NeedFacts(required=Wish(attributes={name: Bound(text=asked)}))
    capability = CapabilityFacts(attributes={name: Measure(text=stated)})
    assert line("attribute", need, capability).verdict.value == verdict


def test_an_attribute_without_a_figure_is_unknown() -> None:
    need = NeedFacts(wanted=Wish(attributes={"cycle_life": Bound(Decimal(600), None, "cycles")}))
    found = line("attribute", need, CapabilityFacts())
    assert (found.verdict.value, str(found.evidence), found.hard) == (
        "UNKNOWN", "The supplier gives no figure", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "unit", "per", "verdict"),
    [
        ("50000", "piece", "year", "MATCH"),
        ("49999.99", "piece", "year", "GAP"),
        ("4167", "piece", "month", "MATCH"),
        ("4166", "piece", "month", "GAP"),
        ("1100", "piece", "week", "MATCH"),
        ("50000", "set", "year", "UNKNOWN"),
        (None, "", "year", "UNKNOWN"),
    ],
)
def test_capacity(capacity: str | None, unit: str, per: str, verdict: str) -> None:
    need = NeedFacts(quantity=Decimal(50_000), unit="piece")
    stated = Decimal(capacity) if capacity else None
    capability = CapabilityFacts(capacity=stated, capacity_unit=unit, capacity_per=per)
    assert line("capacity", need, capability).verdict.value == verdict


def test_capacity_in_tonnes_answers_for_kilograms() -> None:
    need = NeedFacts(quantity=Decimal(12_000), unit="kg")
    capability = CapabilityFacts(capacity=Decimal(12), capacity_unit="t", capacity_per="year")
    assert line("capacity", need, capability).verdict.value == "MATCH"


@pytest.mark.parametrize(
    ("markets", "country", "verdict", "evidence"),
    [
        (("HU", "DE"), "CN", "MATCH", "The supplier serves Germany"),
        (("HU", "US"), "CN", "GAP", "Listed markets: Hungary, United States"),
        ((), "CN", "UNKNOWN", "The supplier names no markets"),
        ((), "DE", "MATCH", "The supplier is based in Germany"),
    ],
)
def test_market(markets: tuple[str, ...], country: str, verdict: str, evidence: str) -> None:
    capability = CapabilityFacts(markets=markets, country=country)
    assert outcome("market", NeedFacts(market="DE"), capability) == (verdict, evidence)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (60, 191, "MATCH"),  # 191 days after 22 November 2026 is 1 June 2027
        (60, 192, "UNKNOWN"),
        (191, 300, "UNKNOWN"),
        (192, 300, "GAP"),
        (None, 191, "MATCH"),
        (192, None, "GAP"),
        (None, None, "UNKNOWN"),
    ],
)
def test_lead_time(low: int | None, high: int | None, verdict: str) -> None:
    capability = CapabilityFacts(lead_from=low, lead_to=high)
    assert line("lead_time", NeedFacts(sop=SOP), capability).verdict.value == verdict


def test_a_start_of_production_that_has_passed_judges_nobody() -> None:
    capability = CapabilityFacts(lead_from=10, lead_to=20)
    found = outcome("lead_time", NeedFacts(sop=date(2026, 1, 1)), capability)
    assert found == ("UNKNOWN", "The start of production has already passed")


@pytest.mark.parametrize(
    ("listed", "verdict"), [(("robotaxi",), "MATCH"), (("robobus",), "GAP"), ((), "UNKNOWN")]
)
def test_a_shared_use_is_a_wish(listed: tuple[str, ...], verdict: str) -> None:
    need = NeedFacts(scenarios=("robotaxi", "urban-pilot"))
    found = line("scenario", need, CapabilityFacts(scenarios=listed))
    assert (found.verdict.value, found.hard) == (verdict, False)


def test_nothing_asked_for_gives_no_criteria() -> None:
    assert judge(NeedFacts(), CapabilityFacts(category="lidar"), TODAY) == ()


def test_hard_criteria_come_first() -> None:
    need = NeedFacts(scenarios=("robotaxi",), wanted=Wish(("TISAX",)), market="DE")
    assert [c.hard for c in judge(need, CapabilityFacts(), TODAY)] == [True, False, False]


@pytest.mark.parametrize("locale", ["zh-Hans", "en", "de"])
def test_every_sentence_renders_in_every_language(locale: str) -> None:
    need = NeedFacts(
        category="traction-inverter",
        scenarios=("robotaxi",),
        required=Wish(
            ("IATF 16949",), {"peak_power": Bound(Decimal("1250.5"), Decimal(2000), "kW")}
        ),
        market="DE",
        quantity=Decimal(60_000),
        unit="piece",
        sop=SOP,
    )
    with i18n.use_locale(locale):
        for c in judge(need, CapabilityFacts(), TODAY):
            assert str(c.wanted)
            assert str(c.evidence)


def test_figures_are_written_as_the_reader_writes_them() -> None:
    need = NeedFacts(required=Wish(attributes={"peak_power": Bound(Decimal("1250.5"), None, "kW")}))
    found = line("attribute", need, CapabilityFacts())
    with i18n.use_locale("de"):
        assert str(found.wanted).endswith("1.250,5 kW")
    assert str(found.wanted).endswith("1,250.5 kW")
