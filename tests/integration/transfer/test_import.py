"""`portal import` and `portal export`, from the file to the search and back."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Company, CompanyText
from portal.core.models import AuditEvent, Job
from portal.needs.models import Need

MAKER = {
    "ref": "c1",
    "kind": "supplier",
    "names": {"zh-Hans": "宁波（测试）电控有限公司", "en": "Ningbo Test Controls Co., Ltd."},
    "country": "CN",
    "registration": {"scheme": "USCC", "id": "91320594MA1GNRUJ98"},
    "texts": {"zh-Hans": {"description": "=专注\u2028电机控制器\u00a0与\u200b逆变器"}},
    "website": "www.ningbo-test.example",
    "sites": [{"role": "plant", "city": "Ningbo"}],
    "certificates": [{"standard": "IATF 16949", "expires": "2028-02-29"}],
}
BUYER = {"ref": "c2", "kind": "buyer", "names": {"de": "Prüfwerke AG"}, "country": "DE"}
OFFER = {
    "ref": "k1",
    "company": "c1",
    "texts": {"zh-Hans": {"title": "车规级碳化硅主驱逆变器", "description": "峰值功率280kW。"}},
    "category": "traction-inverter",
    "scenarios": ["passenger-car"],
    "certificates": [{"standard": "IATF 16949", "number": "'0512", "issued": "2025-03-01"}],
    "attributes": {
        "efficiency": {"value": 99.2, "unit": "%"},
        "operating_temp_min": {"value": -40, "unit": "°C"},
    },
    "capacity": {"quantity": 200000, "unit": "piece", "per": "year"},
    "lead_time_days": {"sample": 30, "series": [45, 60]},
    "moq": {"quantity": 1000, "unit": "piece"},
    "markets": ["DE", "HU"],
    "stage": "series",
}
WISH = {
    "ref": "n1",
    "company": "c2",
    "kind": "whole-to-part",
    "texts": {"de": {"title": "Traktionswechselrichter 800 V", "description": "- mit SiC"}},
    "category": "traction-inverter",
    "required": {
        "certificates": ["IATF 16949"],
        "attributes": {"efficiency": {"min": 97.5, "unit": "%"}},
    },
    "wanted": {"certificates": ["TISAX"]},
    "market": "DE",
    "quantity": {"per_year": 50000, "unit": "piece"},
    "sop": "2030-06",
    "deadline": "2030-12-31T17:00:00+01:00",
    "target_price": {"amount": "685.00", "currency": "EUR", "per": "piece"},
}
FORMATS = ("jsonl", "csv", "xlsx")


@pytest.fixture
def write(tmp_path: Path):
    def write(kind: str, *records: dict) -> Path:
        path = tmp_path / f"{kind}.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
        return path

    return write


@pytest.fixture
def filled(portal, write):
    """The two companies, an offer and a wish, imported."""
    records = (("companies", (MAKER, BUYER)), ("capabilities", (OFFER,)), ("needs", (WISH,)))
    for kind, rows in records:
        result = portal("import", kind, write(kind, *rows))
        assert result.exit_code == 0, result.output
    return portal


def test_imported_records_are_public_and_found(filled, database):
    with database.reading() as session:
        states = [
            session.scalars(select(model.state).where(model.external_ref == ref)).one()
            for model, ref in ((Company, "c1"), (Capability, "k1"), (Need, "n1"))
        ]
        assert states == ["published"] * 3
        assert session.scalars(select(Job.id).where(Job.kind.like("index.%"))).first() is None or (
            session.scalars(
                select(Job.id).where(Job.kind.like("index.%"), Job.finished_at.is_(None))
            ).first()
            is None
        )
    found = filled("search", "Traktionswechselrichter", "--kind", "capability", "--format", "json")
    assert "车规级碳化硅主驱逆变器" in found.stdout
    assert filled("index", "check").exit_code == 0


def test_every_import_is_in_the_audit_trail(filled, database):
    with database.reading() as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {"company.import", "capability.import", "need.import"} <= actions
    assert filled("doctor", "--audit").exit_code == 0


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kind", ["companies", "capabilities", "needs"])
def test_importing_an_export_changes_nothing(filled, tmp_path, kind, ending):
    before, file, after = (tmp_path / name for name in ("a.jsonl", f"b.{ending}", "c.jsonl"))
    assert filled("export", kind, before).exit_code == 0
    assert filled("export", kind, file).exit_code == 0
    result = filled("import", kind, file)
    assert result.exit_code == 0, result.output
    assert filled("export", kind, after).exit_code == 0
    assert _lines(after) == _lines(before)


def _lines(path: Path) -> list:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def test_an_export_holds_what_was_imported(filled, tmp_path):
    filled("export", "needs", tmp_path / "a.jsonl")
    kept = {k: v for k, v in _lines(tmp_path / "a.jsonl")[-1].items() if k in WISH}
    assert kept == WISH


@pytest.mark.parametrize("kind", ["inquiries", "service-requests"])
@pytest.mark.parametrize("ending", FORMATS)
def test_what_has_no_rows_yet_is_exported_as_an_empty_file(portal, tmp_path, kind, ending):
    assert portal("export", kind, tmp_path / f"a.{ending}").exit_code == 0
    assert (tmp_path / f"a.{ending}").exists()


def test_a_second_import_overwrites_by_ref(filled, write, database):
    changed = {**OFFER, "texts": {"en": {"title": "Traction inverter"}}}
    assert filled("import", "capabilities", write("capabilities", changed)).exit_code == 0
    with database.reading() as session:
        rows = session.scalars(select(Capability).where(Capability.external_ref == "k1")).all()
        texts = session.scalars(
            select(CapabilityText.locale).where(CapabilityText.capability_id == rows[0].id)
        ).all()
    assert (len(rows), rows[0].version, texts) == (1, 2, ["en"])


BAD = {"ref": "k2", "company": "nobody", "texts": {"en": {"title": "x"}}}
UNKNOWN = {"ref": "k3", "company": "c1", "texts": {"en": {"title": "x"}}, "colour": "red"}


def test_stop_keeps_nothing_and_names_every_bad_row(filled, write, database, tmp_path):
    good = {**OFFER, "ref": "k9"}
    errors = tmp_path / "errors.jsonl"
    file = write("capabilities", BAD, good, UNKNOWN)
    result = filled("import", "capabilities", file, "--errors", errors)
    assert result.exit_code == 1
    assert "row 1 (k2): company:" in result.stderr
    assert "row 3 (k3): colour:" in result.stderr
    assert [(r["row"], r["ref"], r["field"]) for r in _lines(errors)] == [
        (1, "k2", "company"),
        (3, "k3", "colour"),
    ]
    with database.reading() as session:
        assert not session.scalars(select(Capability).where(Capability.external_ref == "k9")).all()


def test_skip_keeps_the_good_rows(filled, write, database):
    good = {**OFFER, "ref": "k9"}
    file = write("capabilities", BAD, good, UNKNOWN)
    result = filled("import", "capabilities", file, "--on-error", "skip")
    assert result.exit_code == 1
    assert "1 rows imported, 2 refused" in result.stdout
    with database.reading() as session:
        assert session.scalars(select(Capability).where(Capability.external_ref == "k9")).one()


def test_a_dry_run_checks_and_keeps_nothing(portal, write, database):
    result = portal("import", "companies", write("companies", MAKER, BUYER), "--dry-run")
    assert (result.exit_code, "2 rows are fit" in result.stdout) == (0, True)
    with database.reading() as session:
        assert not session.scalars(select(Company).where(Company.external_ref == "c1")).all()


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"names": {"en": "x"}}, "ref"),
        ({"ref": "x"}, "names"),
        ({"ref": "x", "names": {"en": "x"}, "country": "XX1"}, "country"),
        ({"ref": "x", "names": {"en": "x"}, "kind": "maker"}, "kind"),
        ({"ref": "x", "names": {"qqqqqqqqqqq": "x"}}, "names.qqqqqqqqqqq"),
        ({"ref": "x", "names": {"en": "x" * 301}}, "names.en"),
        ({"ref": "x", "names": {"en": "a\u0007b"}}, "names.en"),
        ({"ref": "x", "names": {"en": "a\ud800b"}}, "names.en"),
        ({"ref": "x", "names": {"en": "x"}, "website": "not a site"}, "website"),
        ({"ref": "x", "names": {"en": "x"}, "website": "javascript://a.b/%0aalert(1)"}, "website"),
        ({"ref": "x", "names": {"en": "x"}, "founded": 12}, "founded"),
        ({"ref": "x", "names": {"en": "x"}, "founded": "soon"}, "founded"),
        ({"ref": "x", "names": {"en": "x"}, "sites": [{"role": "pub"}]}, "sites.0.role"),
        ({"ref": "x", "names": {"en": "x"}, "sites": "plant"}, "sites"),
        ({"ref": "x", "names": {"en": "x"}, "state": "gone"}, "state"),
        (
            {"ref": "x", "names": {"en": "x"}, "registration": {"scheme": "USCC", "id": "12"}},
            "registration.id",
        ),
        (
            {"ref": "x", "names": {"en": "x"}, "registration": {"scheme": "?", "id": "12"}},
            "registration.scheme",
        ),
    ],
)
def test_a_bad_company_is_refused_at_its_field(portal, write, tmp_path, record, field):
    errors = tmp_path / "errors.jsonl"
    assert portal("import", "companies", write("c", record), "--errors", errors).exit_code == 1
    assert field in [row["field"] for row in _lines(errors)]


@pytest.mark.parametrize("kind", ["capabilities", "needs"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"company": None}, "company"),
        ({"state": "gone"}, "state"),
        ({"texts": {}}, "texts"),
        ({"category": "no-such-thing"}, "category"),
        ({"scenarios": ["no-such-thing"]}, "scenarios"),
    ],
)
def test_a_bad_listing_is_refused_at_its_field(filled, write, tmp_path, kind, change, field):
    model = {"capabilities": OFFER, "needs": WISH}[kind]
    errors = tmp_path / "errors.jsonl"
    file = write(kind, {**model, "ref": "z1", **change})
    assert filled("import", kind, file, "--errors", errors).exit_code == 1
    assert field in [row["field"] for row in _lines(errors)]


def test_a_ref_stands_once_in_a_file(portal, write):
    result = portal("import", "companies", write("companies", BUYER, BUYER))
    assert "row 2 (c2): ref: stands in row 1, too" in result.stderr


def test_nobody_takes_over_the_ref_of_another_company(filled, write):
    other = {**MAKER, "ref": "c3"}
    assert filled("import", "companies", write("companies", other)).exit_code == 0
    result = filled("import", "capabilities", write("capabilities", {**OFFER, "company": "c3"}))
    assert "ref: this ref belongs to another company" in result.stderr


def test_a_refusal_cannot_steer_the_terminal(portal, write):
    record = {"ref": "a\u001b[31m", "names": {"en": "x"}, "\u001b]0;x\u0007": 1}
    assert "\u001b" not in portal("import", "companies", write("c", record)).output


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("苏州电机控制器有限公司", "zh-Hans"),
        ("Gesellschaft für die Entwicklung und den Bau von Motoren", "de"),
        ("The company that makes motors for the world", "en"),
        ("株式会社モーター", "ja"),
        ("شركة المحركات", "ar"),
    ],
)
def test_an_undeclared_text_is_placed_by_script_and_words(portal, write, database, text, locale):
    assert portal("import", "companies", write("c", {"ref": "u", "names": text})).exit_code == 0
    with database.reading() as session:
        query = select(CompanyText.locale).join(Company, Company.id == CompanyText.company_id)
        assert session.scalars(query.where(Company.external_ref == "u")).one() == locale


def test_an_index_that_is_missing_is_built_after_an_import(portal, write, instance):
    assert not (instance / "index").exists() or not any((instance / "index").iterdir())
    assert portal("import", "companies", write("companies", MAKER)).exit_code == 0
    assert portal("index", "check").exit_code == 0
