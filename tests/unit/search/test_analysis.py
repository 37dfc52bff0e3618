"""Tokens: what meets across spellings and languages, and what does not."""

import pytest

from portal.search.analysis import Analyser
from portal.search.documents import Document, TextPart


def terms(analyser: Analyser, text: str, lang: str | None = None) -> set[str]:
    return {token.term for token in analyser.analyse(text, lang).tokens}


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (("Batterien", "de"), ("Batterie", "de"), "~de:batteri"),
        (("Tesla Grünheide", "de"), ("特斯拉（Tesla）格林海德", "zh"), "=tesla"),
        (("3,3 kW", "de"), ("功率3.3kW", "zh"), "#3300W"),
        (("軟體", "zh"), ("软件", "zh"), "软件"),
        (("AEC-Q100", "en"), ("AEC Q100", "de"), "=q100"),
        (("E-Achse", "de"), ("EAchse", "de"), "=eachse"),
        (("Traktionsbatterie", "de"), ("Batterie", "de"), "~de:batteri"),
        (("Müller", "de"), ("Muller", "en"), "=muller"),
    ],
)
def test_the_same_thing_shares_a_token(
    analyser: Analyser, first: tuple[str, str], second: tuple[str, str], shared: str
) -> None:
    assert shared in terms(analyser, *first) & terms(analyser, *second)


def test_chinese_pairs_and_characters(analyser: Analyser) -> None:
    assert terms(analyser, "线束的") == {"线", "束", "线束", "束的"}


def test_places_of_tokens(analyser: Analyser) -> None:
    text = "Die ＬＥＤ-Leuchte 和固態電池"
    for token in analyser.analyse(text, "de").tokens:
        assert 0 <= token.start < token.end <= len(text)
    gram = next(t for t in analyser.analyse(text, "de").tokens if t.term == "固态")
    assert text[gram.start : gram.end] == "固態"


def test_broader_concepts_weigh_less(analyser: Analyser) -> None:
    spans = analyser.analyse("Festkörperbatterie", "de").spans
    weights = analyser.concepts(spans)
    assert weights["solid-state-battery"] == 1
    assert 0 < weights["battery"] < weights["battery-cell"] < 1


def test_titles_weigh_more_than_bodies(analyser: Analyser) -> None:
    def weight(field: str) -> float:
        part = TextPart(field, "en", "housing")
        return analyser.document(Document("x", "capability", (part,))).terms["~en:hous"]

    assert weight("title") > weight("summary") > weight("body") > 0


def test_translations_do_not_make_a_document_long(analyser: Analyser) -> None:
    english = TextPart("body", "en", "a strong housing made of metal")
    german = TextPart("body", "de", "ein starkes Gehäuse aus Metall")
    alone = analyser.document(Document("x", "capability", (english,)))
    both = analyser.document(Document("x", "capability", (english, german)))
    assert both.spaced == alone.spaced
