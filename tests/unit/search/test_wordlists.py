"""Dictionary files of operators: read, kept, looked up in both directions."""

import base64
import gzip
import struct
from pathlib import Path

import pytest

from portal.search import wordlists
from portal.search.analysis import Analyser
from portal.search.cedict import Cedict
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.search.translation import Dictionaries, dictionaries, installed_dictionaries
from portal.search.wordpairs import WordPairs, stems
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import document

DING = """# Version :: 1
Kugellager {n} [techn.] | Kugellager {pl} :: ball bearing | ball bearings
Lager {n} (Maschinenelement); Lagerung {f} :: bearing
Lager {n}; Vorratslager {n} /VL/ :: store; stock [Br.] (of goods)
Dichtung {f} {gen: der Dichtung} | Dichtungen {pl} :: seal; gasket | seals; gaskets
kein Trenner
"""
CEDICT = """軸承 轴承 [zhou2 cheng2] /(mechanical) bearing/
密封 密封 [mi4 feng1] /seal/to seal up/
倉庫 仓库 [cang1 ku4] /depot/storehouse; store/
"""
ENTRIES = {
    "Kugellager": "Kugellager /kugl/\n1. ball bearing",
    "Dichtung": "Dichtung <fem>\nseal, gasket",
}


def _ding(folder: Path) -> None:
    (folder / "de-en").write_text(DING, encoding="utf-8")


def _number(value: int) -> str:
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return (digits[value // 64] if value >= 64 else "") + digits[value % 64]


def _dictd(folder: Path) -> None:
    data, lines = b"", []
    for word, text in ENTRIES.items():
        lines.append(f"{word}\t{_number(len(data))}\t{_number(len(text.encode()))}")
        data += text.encode()
    (folder / "freedict-deu-eng.index").write_text("\n".join(lines), encoding="utf-8")
    (folder / "freedict-deu-eng.dict.dz").write_bytes(gzip.compress(data))


def _stardict(folder: Path) -> None:
    data, index = b"", b""
    for word, text in ENTRIES.items():
        index += word.encode() + b"\0" + struct.pack(">II", len(data), len(text.encode()))
        data += text.encode()
    (folder / "deu-eng.idx").write_bytes(index)
    (folder / "deu-eng.dict").write_bytes(data)


@pytest.mark.parametrize("write", [_ding, _dictd, _stardict])
def test_every_format_gives_the_same_words(tmp_path: Path, write: object) -> None:
    assert callable(write)
    write(tmp_path)
    (found,) = wordlists.find([tmp_path])
    assert found.languages == ("de", "en")
    pairs = {(p.source.strip(), p.target.strip()) for p in found.read(found.path)}
    assert {("Kugellager", "ball bearing"), ("Dichtung", "seal"), ("Dichtung", "gasket")} <= pairs


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in ("notes.txt", "freedict-deu-nld.index", "README", "de-en.png"):
        (tmp_path / name).write_bytes(base64.b64encode(b"x"))
    assert wordlists.find([tmp_path, tmp_path / "missing"]) == []


@pytest.fixture
def pairs(tmp_path: Path) -> WordPairs:
    _ding(tmp_path)
    return WordPairs(wordlists.find([tmp_path]), tmp_path / "cache")


def test_nobody_waits_for_a_dictionary(pairs: WordPairs) -> None:
    assert pairs.senses("de", stems("Lager", "de")) == ()
    pairs.load()
    assert pairs.senses("de", stems("Lager", "de"))[0][0] == ("bear",)


def test_both_directions_with_shares(pairs: WordPairs) -> None:
    pairs.load()
    assert pairs.senses("de", stems("Kugellagern", "de")) == ((("ball", "bear"), 1.0),)
    assert pairs.senses("en", stems("the ball bearings", "en"))[0][0] == ("kugellag",)
    senses = dict(pairs.senses("de", stems("Lager", "de")))
    assert senses["bear",] > senses["stock",] > 0
    assert sum(senses.values()) == pytest.approx(1)
    assert pairs.senses("de", ("vl",)) == ()


def test_what_was_built_is_used_again_and_replaced(tmp_path: Path, pairs: WordPairs) -> None:
    pairs.load()
    (first,) = (tmp_path / "cache").iterdir()
    (tmp_path / "de-en").write_text("Pumpe {f} :: pump\n", encoding="utf-8")
    fresh = WordPairs(pairs.lists, tmp_path / "cache")
    fresh.load()
    (second,) = (tmp_path / "cache").iterdir()
    assert first != second
    assert fresh.senses("en", ("pump",)) == ((("pump",), 1.0),)


def test_a_dictionary_that_cannot_be_read_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "deu-eng.idx").write_bytes(b"Wort\0" + bytes(8))
    (tmp_path / "deu-eng.dict.dz").write_bytes(b"not packed")
    broken = WordPairs(wordlists.find([tmp_path]), tmp_path / "cache")
    broken.load()
    assert broken.senses("de", ("wort",)) == ()
    assert "could not be read" in caplog.text


def test_a_damaged_file_only_means_silence(tmp_path: Path, pairs: WordPairs) -> None:
    pairs.load()
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"damaged" * 1000)
    assert WordPairs(pairs.lists, tmp_path / "cache").senses("en", ("store",)) == ()


@pytest.mark.parametrize(
    ("text", "locale"), [("Lager mit Dichtung", "de"), ("bearing with seal", "en"), ("轴承", "zh")]
)
def test_german_and_chinese_meet_over_english(
    tmp_path: Path, thesaurus: Thesaurus, pairs: WordPairs, text: str, locale: str
) -> None:
    path = tmp_path / "cedict.txt.gz"
    path.write_bytes(gzip.compress(CEDICT.encode()))
    translator = Dictionaries(Cedict(path), pairs)
    translator.warm()
    texts = (
        document("zh", ("zh-Hans", "轴承")),
        document("en", ("en", "bearing")),
        document("de", ("de", "Lager")),
    )
    engine = EmbeddedEngine(tmp_path / "index", thesaurus, translator)
    engine.rebuild(texts)
    found = engine.search(SearchRequest(text, locale, everything=True)).hits
    assert {hit.id for hit in found} == {"zh", "en", "de"}


def test_compounds_are_translated_by_their_parts(analyser: Analyser, pairs: WordPairs) -> None:
    pairs.load()
    found = Dictionaries(None, pairs).translate(analyser.analyse("Pumpendichtung", "de"))
    assert {form for t in found for form, _ in t.forms} == {("~en:seal",), ("~en:gasket",)}


def test_compounds_are_cut_into_words_the_dictionary_knows(
    analyser: Analyser, pairs: WordPairs
) -> None:
    """The lexicon of simple words need not know them."""
    pairs.load()
    found = Dictionaries(None, pairs).translate(analyser.analyse("Kugellagerdichtungen", "de"))
    assert {form for t in found for form, _ in t.forms} >= {
        ("~en:ball", "~en:bear"),
        ("~en:gasket",),
    }


def test_german_reaches_chinese_by_the_words_of_an_unknown_phrase(
    analyser: Analyser, pairs: WordPairs, tmp_path: Path
) -> None:
    pairs.load()
    path = tmp_path / "cedict.gz"
    path.write_bytes(gzip.compress(CEDICT.encode()))
    found = Dictionaries(Cedict(path), pairs).translate(analyser.analyse("Kugellager", "de"))
    assert {form for t in found for form, _ in t.forms} >= {("轴承",)}


def test_the_folder_beside_the_cache_is_the_operators(tmp_path: Path) -> None:
    brought = tmp_path / "dictionaries"
    brought.mkdir()
    _ding(brought)
    assert installed_dictionaries(brought)[0].path == brought / "de-en"
    dictionaries.cache_clear()
    assert dictionaries(tmp_path / "cache") is not None
    dictionaries.cache_clear()
