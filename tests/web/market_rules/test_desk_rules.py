"""Rules in the desk: review, edits that new versions leave alone, history, files."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.market_rules import exchange, queries, rules, services, shipped
from portal.market_rules.models import MarketRule
from tests.support.client import Browser
from tests.web.market_rules.conftest import RULES, Stage, record

Open = Callable[..., Browser]


def kept(stage: Stage, rule_id: str = "eu-un-r100") -> MarketRule:
    with stage.database.reading() as session:
        return queries.row_for(session, rule_id)


def test_a_rule_is_confirmed_from_the_list_in_one_click(browser: Open, stage: Stage) -> None:
    li = browser("li")
    assert "0 of 5 confirmed" in li.get("/desk/market-rules")
    done = li.post(
        "/desk/market-rules/eu-un-r100/steps/confirmed", {"version": "1", "query": "market=EU"}
    )
    assert done.status == 303 and done.location.endswith("/desk/market-rules?market=EU")
    assert "1 of 5 confirmed" in li.get("/desk/market-rules")
    row = kept(stage)
    assert (row.status, row.reviewed_on) == ("confirmed", clock.now().date())
    assert "Reviewed on" in browser().get("/market-rules/eu-un-r100")
    again = li.post("/desk/market-rules/eu-un-r100/steps/confirmed", {"version": "1"})
    assert again.status == 409


def test_the_list_is_narrowed(browser: Open, stage: Stage) -> None:
    li = browser("li")
    found: dict[str, list[str]] = {
        "market=BR": ["br-inmetro"],
        "kind=notice": ["eu-notice"],
        "category=traction-inverter&market=EU": ["eu-un-r100", "eu-un-r10", "eu-iatf", "eu-notice"],
        "category=lidar": [],
        "q=inmetro": ["br-inmetro"],
        "status=confirmed": [],
        "status=nonsense&market=%00&due=1": [str(r["id"]) for r in RULES],
    }
    for query, expected in found.items():
        html = li.get(f"/desk/market-rules?{query}").html
        shown = set(re.findall(r'/desk/market-rules/([a-z0-9-]+)"', html)) - {"new", "import"}
        assert shown == set(expected), query


def test_a_review_falls_due_after_a_year(browser: Open, stage: Stage) -> None:
    def review(session: Any) -> None:
        services.step(session, stage.actor("li"), "eu-un-r10", "confirmed")
        row = services.step(session, stage.actor("li"), "eu-un-r100", "confirmed")
        row.reviewed_on = clock.now().date() - timedelta(days=365)

    stage.write(review)
    html = browser("li").get("/desk/market-rules?due=1&status=confirmed").html
    assert "/desk/market-rules/eu-un-r100" in html and "Due for review" in html
    assert '/desk/market-rules/eu-un-r10"' not in html


def edited(row: MarketRule, **more: str) -> dict[str, str]:
    content = row.content
    return {
        "id": row.id, "version": str(row.version), "market": row.market, "kind": row.kind,
        "classes": "\n".join(content["classes"]),
        "satisfied_by": "\n".join(content.get("satisfied_by", [])),
        "service": "CERT", "texts-0-title": "", "texts-1-title": "Electrical safety",
        "source_name": "UN R100", "why": "Shorter", **more,
    }  # fmt: skip


def test_a_rule_is_edited_with_its_stages_and_keeps_its_history(
    browser: Open, stage: Stage
) -> None:
    li = browser("li")
    path = "/desk/market-rules/eu-un-r100"
    page = li.get(f"{path}/edit").html
    place = re.findall(r'name="(texts-\d-title)"[^>]*value="Electrical safety', page)[0]
    data = {
        **edited(kept(stage)), place: "Electric safety", "stages-0-start": "2027-09-01",
        "stages-0-text_en": "Series 04", "condition": '{"attribute": "peak_power", "above": 30}',
    }  # fmt: skip
    data.pop("texts-1-title") if place != "texts-1-title" else None
    done = li.post(f"{path}/edit", data)
    assert done.status == 303, re.findall(r"field-error[^<]*<[^<]*<[^<]*", done.html)
    shown = li.get(path)
    assert "Electric safety" in shown and "Series 04" in shown and "Shorter" in shown
    assert "<del" in shown.html and "above 30 kW" in shown
    assert li.post(f"{path}/edit", data).status == 409
    assert kept(stage).content["stages"] == [{"from": "2027-09-01", "what": {"en": "Series 04"}}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("condition", "{"),
        ("condition", '{"attribute": "no-such"}'),
        ("condition", '{"frobnicate": 1}'),
        ("classes", "no-such-class"),
        ("source_url", "javascript:alert(1)"),
        ("valid_to", "2001-01-01"),
        ("market", "XX"),
    ],
)
def test_a_mistake_is_told_at_its_field(
    browser: Open, stage: Stage, field: str, value: str
) -> None:
    data = edited(kept(stage), valid_from="2027-01-01", **{"texts-0-title": "x"})
    page = browser("li").post("/desk/market-rules/eu-un-r100/edit", {**data, field: value})
    assert page.status == 422
    assert kept(stage).version == 1


def test_what_staff_wrote_outlives_a_new_version_of_the_portal(stage: Stage) -> None:
    li = stage.actor("li")
    mine = record(title={"en": "My words"})
    stage.write(lambda s: services.edit(s, li, "eu-un-r100", mine, "Clearer"))
    stage.write(lambda s: services.step(s, li, "eu-un-r10", "confirmed"))
    stage.write(lambda s: services.step(s, li, "eu-notice", "retired"))
    newer = [{**known, "summary": {"en": "A new summary"}} for known in RULES]
    assert stage.write(lambda s: shipped.load(s, newer)) == 3
    assert kept(stage).content["title"] == {"en": "My words"}
    assert kept(stage, "eu-notice").status == "retired"
    again = kept(stage, "eu-un-r10")
    assert (again.status, again.reviewed_on) == ("to_review", None)
    assert again.content["summary"] == {"en": "A new summary"}
    with stage.database.reading() as session:
        acts = [v.act for v in queries.history(session, "eu-un-r10")]
    assert acts == ["brought_in", "confirmed", "brought_in"]
    assert stage.write(lambda s: shipped.load(s, newer)) == 0


def test_steps_and_their_guards(stage: Stage) -> None:
    li, wang = stage.actor("li"), stage.actor("wang")
    with pytest.raises(Forbidden):
        stage.write(lambda s: services.step(s, wang, "eu-un-r100", "confirmed"))
    with pytest.raises(Conflict):
        stage.write(lambda s: services.step(s, li, "eu-un-r100", "frobnicated"))
    with pytest.raises(Invalid):
        stage.write(lambda s: services.add(s, li, record()))
    stage.write(lambda s: services.step(s, li, "eu-un-r100", "retired", "Repealed"))
    with pytest.raises(Conflict):
        stage.write(lambda s: services.step(s, li, "eu-un-r100", "confirmed"))
    stage.write(lambda s: services.step(s, li, "eu-un-r100", "restored"))
    assert kept(stage).status == rules.TO_REVIEW


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_file_written_is_read_back_the_same(stage: Stage, form: str) -> None:
    with stage.database.reading() as session:
        rows = queries.all_rows(session)
    known = {row.id: row.content for row in rows}
    found = exchange.read(exchange.write(rows, form), form, known)
    assert found.faults == []
    assert [services.change(row, r) for row, r in zip(rows, found.records, strict=True)] == [
        "same"
    ] * len(rows)


def test_a_file_is_looked_at_before_it_is_written(browser: Open, stage: Stage) -> None:
    li = browser("li")
    lines = [record(title={"en": "Anew"}), record("tr-new", market="TR")]
    looked = _sent(li, "\n".join(json.dumps(line) for line in lines), "rules.jsonl")
    page = li.get(looked)
    assert "2 rules were read" in page and "2 differ" in page and "tr-new" in page
    assert kept(stage).version == 1
    assert li.post(looked, {"why": "From the authority's list"}).status == 303
    assert kept(stage).content["title"] == {"en": "Anew"}
    assert kept(stage, "tr-new").status == "to_review"
    assert "Nothing to do" in li.get(looked)


def test_every_mistake_of_a_file_is_named_with_its_row(browser: Open, stage: Stage) -> None:
    li = browser("li")
    rows = ['{"id": "A B"}', "no json", json.dumps(record()), json.dumps(record())]
    page = li.get(_sent(li, "\n".join(rows), "rules.jsonl"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.html))
    for told in ("1 id", "1 market", "2 – This is no JSON object.", "4 id The same id"):
        assert told in text, told
    table = li.get(_sent(li, "id,colour\neu-un-r100,red\n", "rules.csv"))
    assert "There is no such column." in table
    assert li.post("/desk/market-rules/import", {"file": (io.BytesIO(b"x"), "x.pdf")}).status == 422


def _sent(browser: Browser, text: str, name: str) -> str:
    done = browser.post("/desk/market-rules/import", {"file": (io.BytesIO(text.encode()), name)})
    assert done.status == 303, done.html[:1500]
    return str(done.location).split("/en", 1)[1]


def test_the_shipped_rules_are_sound(database: Database) -> None:
    from portal.market_rules import checks

    records = shipped.records()
    wrong = {r["id"]: faults for r in records if (faults := checks.faults(r))}
    assert wrong == {}
    assert len({r["id"] for r in records}) == len(records)
    assert all(r["source"].get("url") and r["status"] == "to_review" for r in records)
    with database.transaction() as session:
        assert shipped.load(session) == len(records)
        assert shipped.load(session) == 0
