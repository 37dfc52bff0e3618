"""Questions in the language of the full-text index, and passages with their marks."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest

from portal.service_requests.finding import grams
from portal.service_requests.finding.passages import passage

TEXTS = {
    1: "动力电池UN38.3测试报告",
    2: "Die Prüfung der E-Achse für den SiC-Wechselrichter",
    3: "固态电池 and the SiC模块 of line 3",
    4: 'Straße, ＡＢＣ１２ and O\'Neil said "no"',
}


@pytest.fixture
def asked() -> Iterator[Callable[[str], list[int]]]:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(w, tokenize='unicode61 remove_diacritics 2')")
    base.executemany("INSERT INTO t (rowid, w) VALUES (?, ?)",
                     [(i, grams.words(text)) for i, text in TEXTS.items()])  # fmt: skip

    def ask(question: str) -> list[int]:
        query = grams.query(question)
        rows = base.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,)) if query else ()
        return sorted(row[0] for row in rows)

    yield ask
    base.close()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("电池", [1, 3]),
        ("动力电池", [1]),
        ("电", [1, 3]),
        ("池", [1, 3]),
        ("电动", []),
        ("un38.3", [1]),
        ("UN38", [1]),
        ("prufung", [2]),
        ("Prüf", [2]),
        ("wechselrichter achse", [2]),
        ("“E-Achse für”", [2]),
        ("„für E-Achse“", []),
        ("SiC 模块", [3]),
        ("SiC模块", [3]),
        ('"SiC模块"', [3]),
        ("abc12", [4]),
        ("strasse", [4]),
        ("O'Neil", [4]),
        ('" * ( ) and - ^', [3, 4]),
        ("NEAR(a b)", []),
        ("!!!", []),
    ],
)
def test_questions_find_texts(
    asked: Callable[[str], list[int]], question: str, found: list[int]
) -> None:
    assert asked(question) == found


def test_a_passage_shows_the_match_with_its_surroundings() -> None:
    text = "Guten Tag, " * 20 + "die Prüfung der 动力电池 ist fertig." + " Grüße" * 60
    found = passage(text, grams.pieces("prufung 电池"))
    assert [s.text for s in found if s.mark] == ["Prüfung", "电池"]
    whole = "".join(s.text for s in found)
    assert whole.startswith("… ") and whole.endswith(" …") and len(whole) < 240


def test_a_passage_without_a_visible_match_shows_the_beginning() -> None:
    found = passage("Kurz und gut", ["nichts"])
    assert [(s.text, s.mark) for s in found] == [("Kurz und gut", False)]
