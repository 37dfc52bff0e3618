"""Queries meant to hurt: on the page, over the API and in the type-ahead. They are answered, or
refused in the reader's language, and what is looked up for them has a bound."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from portal.search import selection
from portal.search.analysis import Analyser
from portal.search.query import MAX_UNITS
from portal.search.segments import Segment
from portal.thesaurus.store import Thesaurus
from tests.support.client import Page, check_page
from tests.support.objects import People, World, world
from tests.unit.search.test_query import HOSTILE

_LETTERS = random.Random(4)
WORDS = [" ".join("".join(_LETTERS.choices("abcdefgh", k=n)) for _ in range(500)) for n in (4, 18)]
QUERIES = [
    *HOSTILE,
    *WORDS,
    "".join(_LETTERS.choices("abcdefgh", k=10_000)),
    "(" * 300 + "a" + ")" * 300, '"' * 599 + "a", '"a ' * 250, "«" * 100 + "x" + "»" * 100,
    "[{(" * 200, "(a+)+$" * 90, "^(([a-z])+.)+[A-Z]([a-z])+$" * 20, ".*" * 300, "\\" * 600,
    "".join(map(chr, range(32))) * 10, "\x7f\x85\x9f" * 100, "\r\nSet-Cookie: a=b",
    "\ud800" * 300, "\udfff\ud800 motor", "\ud83d" + "x" * 50,
    "\u202e\u2066abc\u2069" * 100, "\u200b" * 600, "mo\u200btor\u200d\u2060\ufeff", "\u061c\u200f",
    "3" * 2_000, "3" * 300 + " kW", "1e" * 300, "1,1." * 150, "0x" + "f" * 500, "-" * 600,
    "a-" * 300, "a/" * 300, "x" * 200 + "@" + "y" * 200, "ก" * 600, "한국어" * 200, "١٢٣" * 200,
    "IATF 16949 " * 55, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau" * 10,
]  # fmt: skip
# Lookups in a segment: forms of units, and what a word of forty letters is one slip away from.
MOST_LOOKUPS = MAX_UNITS * 8 + selection.MAX_CORRECTIONS * 54 * 60
TOO_LONG = {
    "en": "At most 2000 characters.",
    "de": "Höchstens 2000 Zeichen.",
    "zh-Hans": "不得超过2000个字符。",
}


@pytest.fixture(scope="module")
def things(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("hostile") / "instance", *populated)
    yield made
    made.app.database.engine.dispose()


@pytest.fixture
def visitor(things: World) -> FlaskClient:
    return things.app.test_client()


class Work:
    """Counts what one question makes the engine do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lookups = self.characters = self.compared = 0
        self._count(monkeypatch, Segment, "postings", self._looked_up)
        self._count(monkeypatch, Analyser, "analyse", self._analysed)
        self._count(monkeypatch, Thesaurus, "suggest", self._suggested)

    def _count(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, note: Any) -> None:
        real = getattr(owner, name)

        def counted(own: Any, *arguments: Any, **more: Any) -> Any:
            note(*arguments)
            return real(own, *arguments, **more)

        monkeypatch.setattr(owner, name, counted)

    def _looked_up(self, *_: Any) -> None:
        self.lookups += 1

    def _analysed(self, text: str, *_: Any) -> None:
        self.characters += len(text)

    def _suggested(self, text: str, *_: Any) -> None:
        self.compared = max(self.compared, len(text))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def asked(path: str, text: str) -> str:
    """An address; lone surrogates as the bytes a careless program makes of them."""
    return f"{path}?q={quote(text.encode('utf-8', 'surrogatepass'))}"


def shown(text: str) -> str:
    return ascii(text[:24])


@pytest.mark.parametrize("text", QUERIES, ids=shown)
def test_the_page_answers(things: World, visitor: FlaskClient, work: Work, text: str) -> None:
    segments = len(things.app.engine.scorer().snapshot.segments)
    answer = visitor.get(asked("/en/search", text))
    assert answer.status_code == 200
    check_page(Page(answer))
    assert "Set-Cookie: a=b" not in str(answer.headers)
    assert work.lookups <= MOST_LOOKUPS * segments
    # The query, its phrases, and the texts of at most twenty hits with the query for each.
    assert work.characters < 200_000


@pytest.mark.parametrize("text", QUERIES, ids=shown)
def test_programs_are_answered_or_refused_in_their_language(
    visitor: FlaskClient, work: Work, text: str
) -> None:
    for tag, told in TOO_LONG.items():
        address = asked("/api/v1/search", text)
        answer = visitor.get(address, headers={"Accept-Language": tag})
        if len(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")) > 2000:
            assert answer.status_code == 400
            assert answer.get_json()["errors"] == {"q": told}
            assert work.lookups == 0
        else:
            assert answer.status_code in (200, 400)
    assert work.lookups <= MOST_LOOKUPS * 3


@pytest.mark.parametrize("text", QUERIES, ids=shown)
def test_suggestions_are_answered(visitor: FlaskClient, work: Work, text: str) -> None:
    answer = visitor.get(asked("/de/concepts/suggest", text))
    assert answer.status_code == 200
    assert len(answer.get_json()) <= 12
    assert work.compared <= 80
    assert visitor.get(asked("/api/v1/concepts", text)).status_code in (200, 400)
    assert work.compared <= 100


@pytest.mark.parametrize("name", ["page", "category", "country", "kind", "sort", "market", "lang"])
def test_other_parameters_are_no_way_in(visitor: FlaskClient, name: str) -> None:
    for text in QUERIES:
        address = asked("/zh-hans/search", "电机") + f"&{name}="
        value = quote(text.encode("utf-8", "surrogatepass"))
        assert visitor.get(address + value).status_code == 200
