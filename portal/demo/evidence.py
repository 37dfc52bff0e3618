"""What is proven in the demo: two suppliers with facts on every step, an expired one, a rejected
one and documents that wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.capabilities import proofs
from portal.companies.facts import queries as company_facts
from portal.companies.facts import rules as company_rules
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Certificate
from portal.core.access import SYSTEM
from portal.core.files import Upload, store
from portal.core.models import StoredFile
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.evidence import facts, queries, services
from portal.evidence.facts import Fact
from portal.evidence.services import Finding
from portal.evidence.subjects import CERTIFICATE

STAFF = "li@base.example"
SHOWN, SEEN, ASKED, ON_SITE, REFUSED = (
    "claimed", "document_seen", "issuer_checked", "seen_on_site", "rejected",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What happened to a fact so many days ago: `holds` in days from then."""

    ago: float
    level: str
    holds: int = 365
    issuer: str = ""
    not_checked: str = ""
    reason: str = ""


# Certificates of whole companies: standard, number, body, site, days since issue and until expiry.
CERTIFICATES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "s01": (
        ("TISAX", "A-7K2Q41-3", "TÜV Nord", "Suzhou", 1070, 25,
         {"labels": ["Info High", "Proto Parts"], "scope_id": "S4T7KM",
          "assessment_level": "AL2"}),
        ("ISO 45001", "OHS-2210884", "SGS", "Suzhou", 1130, -35, {"body_kind": "accredited"}),
        ("ISO/IEC 27001", "IS 733190", "BSI", "", 300, 795, {"body_kind": "accredited"}),
    ),
    "s02": (
        ("ISO 14001", "EMS-812664", "TÜV SÜD", "", 660, 435, {"body_kind": "accredited"}),
        ("ISO 45001", "OHS-551207", "TÜV SÜD", "", 1090, 6, {"body_kind": "accredited"}),
        ("CCC", "2024011101688233", "CQC", "", 500, 1300, {"factory_code": "V043117"}),
    ),
}  # fmt: skip
SUSTAINABILITY: dict[str, tuple[dict[str, Any], ...]] = {
    "s01": (
        {"kind": "carbon_footprint", "product": "800V SiC 主驱逆变器", "value": Decimal("38.6"),
         "unit": "kg CO2e/piece", "method": "iso-14067", "boundary": "cradle-to-gate",
         "verifier": "TÜV Rheinland", "disclosure": "public"},
        {"kind": "renewable_energy", "value": Decimal(62), "unit": "%", "method": "gec",
         "site": "Suzhou", "disclosure": "public"},
    ),
    "s02": (
        {"kind": "carbon_footprint", "product": "LFP cell 161 Ah", "value": Decimal("54.2"),
         "unit": "kg CO2e/kWh", "method": "eu-cfb", "boundary": "cradle-to-gate",
         "verifier": "TÜV SÜD", "disclosure": "registered"},
        {"kind": "recycled_content", "product": "LFP cell 161 Ah", "material": "lithium",
         "value": Decimal("6.5"), "unit": "%", "method": "eu-battery", "disclosure": "public"},
        {"kind": "battery_passport", "product": "Battery packs for the EU",
         "value": Decimal(78), "unit": "%", "method": "pilot", "disclosure": "public"},
    ),
}  # fmt: skip
REFERENCES: dict[str, tuple[dict[str, Any], ...]] = {
    "s01": (
        {"customer": "国内重卡企业（年产 6 万辆）", "product": "电机控制器", "since": 2021,
         "market": "CN", "disclosure": "public"},
    ),
    "s02": (
        {"customer": "European maker of construction machinery", "product": "LFP packs 48 V",
         "since": 2022, "market": "SE", "disclosure": "registered"},
    ),
}  # fmt: skip
# Company, where the fact stands (its capability, "" for the company), its kind and name, its past.
PAST: tuple[tuple[str, str, str, str, tuple[Step, ...]], ...] = (
    ("s01", "s01-1", CERTIFICATE, "IATF 16949",
     (Step(96, SHOWN), Step(95, SEEN), Step(60, ASKED, issuer="IATF Customer Portal"))),
    ("s01", "s01-1", CERTIFICATE, "ISO 26262",
     (Step(50, SHOWN), Step(48, ASKED, issuer="TÜV Nord",
                            not_checked="Software units of other suppliers."))),
    ("s01", "s01-1", CERTIFICATE, "VDA 6.3",
     (Step(20, SHOWN), Step(17, REFUSED, reason="报告缺少第 4 页的得分表，请补交完整报告。"))),
    ("s01", "s01-1", "attribute", "peak_power",
     (Step(120, SHOWN), Step(118, SEEN), Step(90, ON_SITE, 730, "",
                                              "Only the 800 V variant was on the bench."))),
    ("s01", "s01-1", "attribute", "efficiency", (Step(70, SHOWN), Step(66, SEEN))),
    ("s01", "s01-1", "attribute", "output_current", (Step(1.4, SHOWN),)),
    ("s01", "s01-1", "capacity", "capacity", (Step(91, SHOWN), Step(90, ON_SITE, 365, "",
     "Capacity of the suppliers of power modules."))),
    ("s01", "", CERTIFICATE, "TISAX", (Step(200, SHOWN), Step(196, ASKED, issuer="ENX Portal"))),
    ("s01", "", CERTIFICATE, "ISO 45001", (Step(410, SHOWN), Step(405, SEEN))),
    ("s01", "", CERTIFICATE, "ISO/IEC 27001", (Step(2.2, SHOWN),)),
    ("s01", "", "sustainability", "carbon_footprint",
     (Step(80, SHOWN), Step(75, ASKED, issuer="TÜV Rheinland",
                            not_checked="Data of suppliers beyond the first tier."))),
    ("s01", "", "site", "plant", (Step(90, ON_SITE, 730),)),
    ("s02", "s02-1", CERTIFICATE, "IATF 16949",
     (Step(150, SHOWN), Step(149, SEEN), Step(130, ASKED, issuer="IATF Customer Portal"))),
    ("s02", "s02-1", CERTIFICATE, "UN38.3", (Step(60, SHOWN), Step(58, ASKED, issuer="CATARC"))),
    ("s02", "s02-1", "attribute", "energy_density", (Step(64, SHOWN), Step(60, ON_SITE, 730, "",
     "Three cells of one batch were weighed and cycled."))),
    ("s02", "s02-1", "attribute", "cycle_life",
     (Step(64, SHOWN), Step(62, SEEN, not_checked="Cycles beyond 2,500 are extrapolated."))),
    ("s02", "s02-1", "attribute", "charge_rate", (Step(430, SHOWN), Step(428, SEEN))),
    ("s02", "s02-1", "capacity", "capacity", (Step(3.1, SHOWN),)),
    ("s02", "", CERTIFICATE, "ISO 14001", (Step(210, SHOWN), Step(205, ASKED, issuer="TÜV SÜD"))),
    ("s02", "", CERTIFICATE, "ISO 45001", (Step(300, SHOWN), Step(296, SEEN))),
    ("s02", "", CERTIFICATE, "CCC", (Step(30, SHOWN), Step(28, ASKED, issuer="CQC"))),
    ("s02", "", "sustainability", "carbon_footprint",
     (Step(33, SHOWN), Step(30, SEEN, not_checked="The electricity mix of the cathode maker."))),
    ("s02", "", "sustainability", "recycled_content", (Step(33, SHOWN), Step(29, REFUSED,
     reason="声明未说明消费前与消费后再生料的比例。"))),
    ("s02", "", "reference", "European maker of construction machinery",
     (Step(45, SHOWN), Step(41, ASKED, issuer="The customer's purchasing department"))),
    ("s02", "", "profile", "headcount", (Step(100, SHOWN), Step(97, SEEN))),
)  # fmt: skip


def load(stage: Stage) -> None:
    """Certificates and further facts, then what was found out about facts, oldest first."""
    for ref in CERTIFICATES:
        with at(stage.session, stage.ago(220)):
            stage.session.add_all(_certificates(stage, ref))
            _further(stage, ref)
        stage.session.expire(stage.companies[ref], ("certificates", "sustainability", "references"))
    listed = {ref: list(_facts(stage, ref)) for ref in CERTIFICATES}
    steps = [
        (step, _find(stage, listed[ref], capability, kind, name))
        for ref, capability, kind, name, past in PAST
        for step in past
    ]
    for step, fact in sorted(steps, key=lambda pair: -pair[0].ago):
        with at(stage.session, stage.ago(step.ago)):
            _happen(stage, fact, step)


def _certificates(stage: Stage, ref: str) -> Iterator[Certificate]:
    today = stage.now.date()
    for place, row in enumerate(CERTIFICATES[ref]):
        standard, number, body, site, issued, expires, details = row
        yield Certificate(
            company_id=stage.companies[ref].id,
            position=place,
            standard=standard,
            number=number,
            body=body,
            site=site,
            issued=today - timedelta(days=issued),
            expires=today + timedelta(days=expires),
            details=details,
        )


def _further(stage: Stage, ref: str) -> None:
    year = stage.now.year - 1
    company_id = stage.companies[ref].id
    for model, rows in ((SustainabilityFact, SUSTAINABILITY), (CompanyReference, REFERENCES)):
        more: dict[str, Any] = {"year": year} if model is SustainabilityFact else {}
        present: list[Any] = company_facts.rows(stage.session, model, [company_id])
        wanted = [more | row for row in rows[ref]]
        for made in company_rules.aligned(present, wanted, model):
            made.company_id = company_id
            stage.session.add(made)


def _facts(stage: Stage, ref: str) -> Iterator[Fact]:
    company = queries.company_for(stage.session, SYSTEM, stage.companies[ref].id)
    yield from facts.own(company)
    _headings, found = proofs.of_company(stage.session, company, inside=True)
    yield from found


def _find(stage: Stage, listed: list[Fact], capability: str, kind: str, name: str) -> Fact:
    """The first fact of that kind whose standard, role, kind or key has the name."""
    group = stage.capabilities[capability].id if capability else ""
    for fact in listed:
        subject = fact.subject
        value = subject.value
        said = (subject.key, *(value.get(k) for k in ("standard", "role", "kind", "customer")))
        if (subject.capability_id, subject.kind) == (group, kind) and name in said:
            return fact
    raise LookupError(f"the demo has no fact {capability} {kind} {name}")


def _happen(stage: Stage, fact: Fact, step: Step) -> None:
    subject = fact.subject
    if step.level == SHOWN:
        owner = next(a for a in stage.actors.values() if a.owns(subject.company_id))
        document = _document(stage, owner.org_id, subject.key)
        services.show(stage.session, owner, subject, document)
        return
    until = (stage.ago(step.ago) + timedelta(days=step.holds)).date()
    finding = Finding(
        step.level,
        valid_until=None if step.level == REFUSED else until,
        issuer=step.issuer,
        not_checked=step.not_checked,
        reason=step.reason,
    )
    services.record(stage.session, stage.actors[STAFF], subject, finding)


def _document(stage: Stage, owner: str | None, key: str) -> StoredFile:
    """A page of text in place of a scan."""
    content = f"Demo document\n\nThis page stands for the scan of a document: {key}\n".encode()
    return store(stage.session, stage.files, Upload("document.txt", "text/plain", content), owner)
