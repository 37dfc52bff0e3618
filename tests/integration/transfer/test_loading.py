"""3,543 real companies and 877 real notices, with all their dirt."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.needs.models import Need
from tests.support import loading

pytestmark = [
    pytest.mark.skipif(not loading.available(), reason="the real companies are not here"),
    pytest.mark.slow,
    pytest.mark.timeout(1500),
]
MODELS = {"companies": Company, "capabilities": Capability, "needs": Need}


def _refused(path: Path) -> set[int]:
    lines = path.read_text("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    assert all(row["reason"] and row["row"] for row in rows)
    return {row["row"] for row in rows}


def test_real_records_are_in_or_refused_with_a_reason(portal, database, tmp_path, record_property):
    counts = loading.write(tmp_path)
    assert (counts["companies"] - 33, counts["needs"]) >= (3510, 877)
    for kind, model in MODELS.items():
        errors, begun = tmp_path / f"{kind}-errors.jsonl", time.perf_counter()
        with database.reading() as session:
            before = session.execute(select(func.count()).select_from(model)).scalar_one()
        file = tmp_path / f"{kind}.jsonl"
        portal("import", kind, file, "--on-error", "skip", "--errors", errors)
        seconds = time.perf_counter() - begun
        refused = _refused(errors)
        with database.reading() as session:
            after = session.execute(select(func.count()).select_from(model)).scalar_one()
        print(f"{kind}: {after - before} in, {len(refused)} refused, {seconds:.1f} s")
        record_property(f"{kind}_seconds", round(seconds, 1))
        assert after - before + len(refused) == counts[kind]
        assert len(refused) < counts[kind] // 100
    _search_works(portal)


def _search_works(portal) -> None:
    for words, kind, expected in (
        ("彦泽科技 电子校牌", "company", "彦泽"),
        ("Deutsche Pfandbriefbank", "company", "Pfandbriefbank"),
        ("Elosztóhálózat mérőhely tervezés", "need", "Elosztóhálózat"),
        ("machine vision inspection", "company", ""),
    ):
        result = portal("search", words, "--kind", kind, "--format", "json")
        hits = json.loads(result.stdout)
        assert expected in json.dumps(hits, ensure_ascii=False), words
    assert portal("index", "check").exit_code == 0
    assert Counter(portal("doctor").stdout.split())["FAULT"] == 0
