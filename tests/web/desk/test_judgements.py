"""The base judges matches: added and never changed, exported, and measured."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from portal.cli import relevance
from portal.core.db import Database
from portal.core.statements import counted
from portal.matching.models import Judgement
from portal.needs.models import Need
from portal.web.app import Portal
from tests.support.client import Browser, Page
from tests.web.matching.conftest import Make, capability, make_capability, make_need, need

__all__ = ["capability", "make_capability", "make_need", "need"]
Open = Callable[..., Browser]
Work = Callable[[], int]
Judge = Callable[..., Page]


@pytest.fixture
def judge(browser: Open) -> Judge:
    def send(need: str, capability: str, verdict: str, who: str = "li", **more: str) -> Page:
        fields = {"need": need, "capability": capability, "verdict": verdict}
        return browser(who).post("/desk/judgements", {**fields, **more})

    return send


def kept(database: Database) -> list[tuple[str, str, int, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Judgement).order_by(Judgement.id))
        return [(r.verdict, r.note, r.need_version, r.capability_version) for r in rows]


def test_staff_judge_on_the_match_page_and_take_it_back(
    browser: Open, database: Database, need: str, capability: str, work: Work, judge: Judge
) -> None:
    work()
    li = browser("li")
    back = f"/en/needs/{need}/matches"
    assert "Good match" in li.get(back)
    assert "Good match" not in browser("meyer").get(back)
    answer = judge(need, capability, "good", note="Genau das", back=back)
    assert (answer.status, answer.location) == (303, back)
    page = li.get(back)
    assert "Genau das" in page
    assert "Undo" in page
    judge(need, capability, "withdrawn")
    assert "Genau das" not in li.get(back)
    assert kept(database) == [("good", "Genau das", 1, 1), ("withdrawn", "", 1, 1)]


def test_the_way_back_stays_inside_the_portal(
    need: str, capability: str, work: Work, judge: Judge
) -> None:
    work()
    for address in (
        *("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"),
        *("///evil.example", "/\\/evil.example", "////evil.example/en/desk"),
    ):
        assert judge(need, capability, "good", back=address).location == "/en/desk/judgements"


def test_only_staff_judge_and_only_what_exists(
    database: Database, need: str, capability: str, work: Work, judge: Judge
) -> None:
    work()
    assert judge(need, capability, "good", "meyer").status == 404
    assert judge(need, capability, "excellent").status == 422
    assert judge(need, "a" * 20, "good").status == 404
    assert kept(database) == []


def test_the_desk_lists_what_nobody_has_judged(
    browser: Open, make_capability: Make, need: str, work: Work, judge: Judge
) -> None:
    first, second = make_capability(), make_capability("chen")
    work()
    li = browser("li")
    open_page = li.get("/desk/judgements")
    assert first in open_page
    assert second in open_page
    judge(need, first, "good")
    judge(need, second, "wrong", note="Falsche Spannung")
    assert "All recent matches are judged" in li.get("/desk/judgements")
    assert first in li.get("/desk/judgements?group=good")
    assert "Falsche Spannung" in li.get("/desk/judgements?group=wrong")
    judge(need, second, "withdrawn")
    assert second in li.get("/desk/judgements")


def test_the_desk_shows_how_the_order_does(
    browser: Open, make_capability: Make, need: str, work: Work, judge: Judge
) -> None:
    best = make_capability()
    worst = make_capability("chen", markets=["BR"], certificates=[])
    work()
    assert "no figures" in browser("li").get("/desk/judgements")
    judge(need, best, "wrong")
    judge(need, worst, "good")
    page = browser("li").get("/desk/judgements")
    assert "MRR@10" in page
    assert '<td class="num">0.5</td>' in page


def test_the_collection_is_in_the_form_of_relevance_runs(
    app: Portal, database: Database, browser: Open, make_capability: Make, make_need: Make,
    work: Work, judge: Judge, tmp_path: Path,
) -> None:  # fmt: skip
    need, hidden = make_need(), make_need()
    good, wrong = make_capability(), make_capability("chen", title="座椅骨架")
    work()
    for one, other, verdict in (
        (need, good, "good"),
        (need, wrong, "wrong"),
        (hidden, good, "good"),
    ):
        judge(one, other, verdict)
    with database.transaction() as session:
        session.get_one(Need, hidden).state = "withdrawn"
    folder = tmp_path / "judged"
    result = FlaskCliRunner(app).invoke(relevance, ["export", str(folder)])
    assert result.exit_code == 0, result.output
    assert (folder / "qrels.tsv").read_text("utf-8").split() == sorted_rows(need, good, wrong)
    query = json.loads((folder / "queries.jsonl").read_text("utf-8"))
    assert (query["_id"], query["lang"]) == (need, "de")
    run = folder / "run.tsv"
    corpus = str(folder / "corpus.zh-Hans.jsonl")
    arguments = ["run", "--corpus", corpus, "--queries", str(folder / "queries.jsonl"),
                 "--out", str(run), "--no-dictionaries"]  # fmt: skip
    assert FlaskCliRunner(app).invoke(relevance, arguments).exit_code == 0
    scored = FlaskCliRunner(app).invoke(relevance, ["score", str(folder / "qrels.tsv"), str(run)])
    assert "MRR@10\t1.0000" in scored.output
    answer = browser("li").client.get("/en/desk/judgements/collection.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert sorted(names) == ["corpus.zh-Hans.jsonl", "qrels.tsv", "queries.jsonl"]


def sorted_rows(need: str, good: str, wrong: str) -> list[str]:
    rows = sorted([(need, good, "1"), (need, wrong, "0")])
    return [word for row in rows for word in row]


def test_the_desk_page_costs_twelve_statements_at_most(
    browser: Open, database: Database, make_capability: Make, make_need: Make, work: Work,
    judge: Judge,
) -> None:  # fmt: skip
    need, capability = make_need(), make_capability()
    for _ in range(4):
        make_capability("chen")
    work()
    judge(need, capability, "good")
    li = browser("li")
    for address in ("/desk/judgements", "/desk/judgements?group=good", f"/needs/{need}/matches"):
        li.get(address)
        with counted(database) as statements:
            li.get(address)
        assert len(statements) <= 12, address


def test_a_note_is_kept_as_a_displayable_line(
    database: Database, need: str, capability: str, judge: Judge
) -> None:
    judge(need, capability, "good", note="  Bell\x07\nrings ")
    assert kept(database)[0][1] == "Bell\ufffd rings"
