"""Good hits of the query's language do not hide those of others."""

from pathlib import Path

import numpy as np
import pytest

from portal.search import balance
from portal.search.analysis import Analyser
from portal.search.balance import MOST, NEARNESS, balanced
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.search.sums import Scores
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import document


def mask(*numbers: int) -> np.ndarray:
    found = np.zeros(6, bool)
    found[list(numbers)] = True
    return found


def test_other_languages_come_nearer_and_keep_their_order() -> None:
    scores = [Scores(np.array([4, 0, 1, 3]), np.array([1.0, 8.0, 6.0, 2.0]))]
    written = [{"unspaced": mask(0, 1), "de": mask(3, 4)}]
    [found] = balanced(scores, written, "unspaced")
    lift = (7.0 / 1.5) ** NEARNESS
    assert 1 < lift < MOST
    assert found.values == pytest.approx([lift, 8.0, 6.0, 2 * lift])


def test_what_is_also_in_the_own_language_stays() -> None:
    scores = [Scores(np.array([0, 1]), np.array([8.0, 0.1]))]
    [found] = balanced(scores, [{"en": mask(0, 1), "de": mask(0, 1)}], "en")
    assert found.values == pytest.approx([8.0, 0.1])


def test_the_lift_is_bounded_and_reaches_over_segments() -> None:
    scores = [
        Scores(np.array([0]), np.array([90.0])),
        Scores(np.array([5]), np.array([0.5])),
        Scores(np.empty(0, "i8"), np.empty(0)),
    ]
    found = balanced(scores, [{"en": mask(0)}, {"de": mask(5)}, {"de": mask(2)}], "en")
    assert [list(s.values) for s in found] == [[90.0], [pytest.approx(0.5 * MOST)], []]


def test_one_language_and_none_are_left_alone() -> None:
    scores = [Scores(np.array([0]), np.array([2.0]))]
    assert balanced(scores, [{"de": mask(0)}], "de") == scores
    assert balanced(scores, [{}], "de") == scores
    [found] = balanced(scores, [{"de": mask(0)}], "fr")
    assert found.values == pytest.approx([2.0])


def test_a_text_knows_what_it_is_written_in(analyser: Analyser) -> None:
    assert analyser.analyse("固态电池 BMS").written_in == "unspaced"
    assert analyser.analyse("Die Batterie ist da", "de").written_in == "de"
    both = document("x", ("zh-Hans", "固态电池"), ("en", "The battery is solid"))
    terms = analyser.document(both).terms
    assert {t for t in terms if t.startswith("%")} == {"%unspaced", "%en"}


def test_a_search_lifts_other_languages(
    tmp_path: Path, thesaurus: Thesaurus, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedEngine(tmp_path / "index", thesaurus)
    good = [document(f"good{i}", ("zh-Hans", "固态电池材料供应")) for i in range(6)]
    engine.rebuild([*good, document("other", ("de", "Festkörperbatterie"))])
    request = SearchRequest("固态电池材料供应", "zh-Hans", everything=True)
    lifted = engine.search(request).hits
    monkeypatch.setattr(balance, "MOST", 1.0)
    plain = engine.search(request).hits
    assert [h.id for h in lifted] == [h.id for h in plain]
    assert [h.id for h in lifted][-1] == "other"
    assert lifted[-1].score > 1.2 * plain[-1].score
    assert lifted[0].score == plain[0].score
