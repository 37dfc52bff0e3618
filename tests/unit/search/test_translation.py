"""The general dictionary bridges what the thesaurus does not know, and is not needed."""

import gzip
from pathlib import Path

import pytest

from portal.search import translation
from portal.search.analysis import Analyser
from portal.search.cedict import Cedict
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.search.translation import Dictionaries
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import document

LINES = """# comment
# a b [c] /not an entry/
渦輪 涡轮 [wo1 lun2] /turbine/
軸承 轴承 [zhou2 cheng2] /(mechanical) bearing/to bear (archaic)/
滾珠軸承 滚珠轴承 [gun3 zhu1 zhou2 cheng2] /ball bearing/
油 油 [you2] /oil; fat/grease/
王 王 [Wang2] /surname Wang/
"""


@pytest.fixture
def dictionary(tmp_path: Path) -> Cedict:
    path = tmp_path / "cedict.txt.gz"
    path.write_bytes(gzip.compress(LINES.encode()))
    return Cedict(path)


def test_both_directions(dictionary: Cedict) -> None:
    assert dictionary.glosses("轴承") == [("bear",)]
    assert dictionary.words(["ball", "bear"]) == [("滚珠轴承", 0)]
    assert dictionary.words(["oil"]) == [("油", 0)]
    assert dictionary.glosses("王") == []
    assert dictionary.words(["nothing"]) == []
    assert "涡轮" in dictionary
    assert "comment" not in dictionary


def test_the_longest_word_is_translated(dictionary: Cedict, analyser: Analyser) -> None:
    translator = Dictionaries(dictionary)
    found = translator.translate(analyser.analyse("滚珠轴承和涡轮", "zh"))
    assert [t.text for t in found] == ["滚珠轴承", "涡轮"]
    english = translator.translate(analyser.analyse("ball bearings", "en"))
    assert [(t.text, t.forms[0]) for t in english] == [
        ("ball bearings", (("滚珠", "珠轴", "轴承"), 1.0))
    ]


def test_words_of_a_known_run_count_less_by_themselves(
    dictionary: Cedict, analyser: Analyser
) -> None:
    (run,) = Dictionaries(dictionary).translate(analyser.analyse("ball bearings", "en"))
    assert dict(run.forms)[("轴承",)] < dict(run.forms)[("滚珠", "珠轴", "轴承")]


def test_a_rendering_of_several_words_wants_them_together(
    dictionary: Cedict, analyser: Analyser
) -> None:
    (found,) = Dictionaries(dictionary).translate(analyser.analyse("滚珠轴承", "zh"))
    sure = dict(found.forms)
    assert sure["~en:ball", "~en:bear"] == 1.0
    assert sure[("~en:ball",)] == sure[("~en:bear",)] < 0.5


def test_the_thesaurus_comes_first(dictionary: Cedict, analyser: Analyser) -> None:
    translator = Dictionaries(dictionary)
    assert translator.translate(analyser.analyse("inverter", "en")) == []


@pytest.mark.parametrize(("text", "locale"), [("滚珠轴承", "zh-Hans"), ("ball bearing", "en")])
def test_found_only_with_the_dictionary(
    tmp_path: Path, thesaurus: Thesaurus, dictionary: Cedict, text: str, locale: str
) -> None:
    texts = (document("zh", ("zh-Hans", "滚珠轴承")), document("en", ("en", "ball bearing")))
    for translator, wanted in ((None, 1), (Dictionaries(dictionary), 2)):
        engine = EmbeddedEngine(tmp_path / str(wanted), thesaurus, translator)
        engine.rebuild(texts)
        assert engine.search(SearchRequest(text, locale)).total == wanted


def test_nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "installed", lambda _cached: None)
    translation.dictionaries.cache_clear()
    assert translation.dictionaries() is None
    translation.dictionaries.cache_clear()


def test_reading_again_uses_what_was_kept(tmp_path: Path, dictionary: Cedict) -> None:
    path, cached = tmp_path / "cedict.txt.gz", tmp_path / "cache"
    first = Cedict(path, cached)
    assert first.words(["oil"]) == [("油", 0)]
    (kept,) = cached.iterdir()
    assert Cedict(path, cached).words(["oil"]) == [("油", 0)]
    kept.write_bytes(b"damaged")
    assert Cedict(path, cached).words(["oil"]) == [("油", 0)]
    path.write_bytes(gzip.compress((LINES + "泵 泵 [beng4] /pump/\n").encode()))
    assert Cedict(path, cached).words(["pump"]) == [("泵", 0)]
