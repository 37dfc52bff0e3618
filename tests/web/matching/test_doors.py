"""Matches as JSON in the form of the contract, and the command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from portal.core.db import Database
from portal.core.errors import Invalid
from portal.matching import queries, records, transient
from portal.matching.cli import match_group
from portal.web.app import Portal

Work = Callable[[], int]
LEVELS = {"claimed", "document_seen", "issuer_checked", "seen_on_site"}
RECORD = {
    "ref": "n1",
    "company": "c9",
    "kind": "whole-to-part",
    "texts": {"de": {"title": "Traktionswechselrichter", "description": "Für eine neue Baureihe."}},
    "category": "traction-inverter",
    "required": {
        "certificates": ["IATF 16949"],
        "attributes": {"peak_power": {"min": 250, "unit": "kW"}},
    },
    "wanted": {"certificates": ["TISAX"]},
    "market": "DE",
    "quantity": {"per_year": 50000, "unit": "piece"},
    "sop": "2027-06",
}
OFFER = {
    "ref": "k1",
    "company": "c1",
    "texts": {"zh-Hans": {"title": "主驱逆变器", "summary": "", "description": "碳化硅"}},
    "category": "traction-inverter",
    "certificates": [{"standard": "IATF 16949"}],
    "attributes": {"peak_power": {"value": 260, "unit": "kW"}},
    "capacity": {"quantity": 200000, "unit": "piece", "per": "year"},
    "lead_time_days": {"series": [45, 60]},
    "markets": ["DE"],
}


def check_contract(answer: dict[str, Any], side: str, other: str) -> None:
    assert set(answer) == {side, "matches"}
    for rank, match in enumerate(answer["matches"], start=1):
        names = {"rank", other, "company", "score", "criteria", "reasons", "explanation"}
        assert set(match) == names
        assert match["rank"] == rank
        assert 0 <= match["score"] <= 1
        for line in match["criteria"]:
            assert line["verdict"] in {"MATCH", "GAP", "UNKNOWN"}
            assert line["level"] in LEVELS
            assert line["criterion"] and line["wanted"] and line["evidence"]
        for reason in match["reasons"]:
            if reason["kind"] == "concept":
                assert set(reason) == {"kind", "concept", "query", "document"}
                assert set(reason["query"]) == {"lang", "text"}
                assert set(reason["document"]) == {"lang", "text", "passage"}
            else:
                assert set(reason) == {"kind", "lang", "terms", "passage"}
    assert json.loads(json.dumps(answer)) == answer


def test_matches_of_a_need_have_the_form_of_the_contract(
    app: Portal, database: Database, need: str, capability: str, work: Work
) -> None:
    work()
    with database.reading() as session:
        row = queries.need(session, need)
        assert row is not None
        answer = records.json_for(session, app.engine, row, "en")
    check_contract(answer, "need", "capability")
    assert answer["need"] == need
    (match,) = answer["matches"]
    assert match["capability"] == capability
    certificate = next(c for c in match["criteria"] if c["criterion"] == "certificate")
    assert (certificate["wanted"], certificate["verdict"]) == ("IATF 16949", "MATCH")
    concepts = {r["concept"]: r for r in match["reasons"] if r["kind"] == "concept"}
    inverter = concepts["traction-inverter"]
    assert inverter["query"] == {"lang": "de", "text": "Traktionswechselrichter"}
    assert inverter["document"]["lang"] == "zh-Hans"
    assert "逆变器" in inverter["document"]["text"]
    assert "逆变器" in inverter["document"]["passage"]


def test_the_other_direction_has_the_same_form(
    app: Portal, database: Database, need: str, capability: str, work: Work
) -> None:
    work()
    with database.reading() as session:
        row = queries.capability(session, capability)
        assert row is not None
        answer = records.json_for(session, app.engine, row, "de", limit=5)
    check_contract(answer, "capability", "need")
    assert answer["matches"][0]["need"] == need


def test_a_need_is_matched_without_being_stored(
    app: Portal, database: Database, capability: str, work: Work
) -> None:
    work()
    with database.reading() as session:
        row = transient.need_of(RECORD)
        answer = records.json_for(session, app.engine, row, "en")
        assert not session.new
    check_contract(answer, "need", "capability")
    assert [m["capability"] for m in answer["matches"]] == [capability]


def test_a_record_that_is_wrong_is_refused_by_key() -> None:
    with pytest.raises(Invalid) as caught:
        transient.need_of({**RECORD, "sop": "June", "colour": "red"})
    assert {"sop", "colour"} & set(caught.value.errors)


@pytest.fixture
def run(app: Portal) -> Callable[..., Any]:
    runner = FlaskCliRunner(app)
    return lambda *args: runner.invoke(match_group, list(args))


def test_the_command_answers_for_stored_records(
    run: Callable[..., Any], need: str, capability: str, work: Work
) -> None:
    work()
    answer = json.loads(run("need", need, "--format", "json").output)
    check_contract(answer, "need", "capability")
    text = run("capability", capability, "--locale", "de").output
    assert need in text
    assert "„Traktionswechselrichter“ (Deutsch)" in text


def test_the_command_answers_for_files(
    run: Callable[..., Any], need: str, capability: str, work: Work, tmp_path: Path
) -> None:
    work()
    file = tmp_path / "need.json"
    file.write_text(json.dumps(RECORD, ensure_ascii=False), "utf-8")
    answer = json.loads(run("need", str(file), "--format", "json", "--limit", "1").output)
    assert answer["need"] == "n1"
    assert [m["capability"] for m in answer["matches"]] == [capability]
    file.write_text(json.dumps(OFFER, ensure_ascii=False), "utf-8")
    answer = json.loads(run("capability", str(file), "--format", "json").output)
    assert answer["capability"] == "k1"
    assert [m["need"] for m in answer["matches"]] == [need]


def test_what_the_command_cannot_find_or_read_is_said(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    assert "not found" in str(run("need", "nowhere").exception)
    broken = tmp_path / "need.json"
    broken.write_text("{", "utf-8")
    assert "not JSON" in str(run("need", str(broken)).exception)
    broken.write_text('{"ref": "n", "sop": "soon"}', "utf-8")
    assert "sop" in str(run("need", str(broken)).exception)
    assert run("need", "x", "--limit", "0").exit_code == 2
