"""The checker names every kind of mistake, and the data that ship have none of the grave ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.thesaurus import check as checker
from portal.thesaurus.check import LANGUAGES, REQUIRED_LANGUAGES, check

Data = Callable[..., Path]
GOOD: dict[str, list[str]] = {"zh-Hans": ["新零件"], "en": ["new widget"], "de": ["Neuteilchen"]}


def concept(**more: Any) -> dict[str, Any]:
    return {"id": "widget", "kind": "part", "terms": GOOD, **more}


@pytest.fixture(autouse=True)
def three_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small thesaurus of the tests has no more."""
    monkeypatch.setattr(checker, "REQUIRED_LANGUAGES", ("zh-Hans", "en", "de"))


def test_all_eight_languages_are_required() -> None:
    assert set(REQUIRED_LANGUAGES) == set(LANGUAGES)
    assert len(LANGUAGES) == 8


def test_good_data_have_no_problems(data: Data) -> None:
    assert check(data(concept())) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (concept(id="Widget"), "kebab-case"),
        (concept(kind="thing"), "unknown kind"),
        (concept(hs="85x"), "HS heading"),
        (concept(id="battery"), "also in"),
        (concept(broader=["nowhere"]), "unknown broader concept nowhere"),
        (concept(related=["nowhere"]), "unknown related concept nowhere"),
        (concept(related=["widget"]), "related to itself"),
        (concept(attributes=["colour"]), "unknown attribute colour"),
        (concept(category=True, broader=["housing"]), "without a category above"),
        (concept(colour="red"), "unknown key colour"),
        (concept(terms={"en": ["new widget"], "de": ["Neuteilchen"]}), "no term in Chinese"),
        (concept(terms={**GOOD, "en": ["新零件"]}), "wrong script"),
        (concept(terms={**GOOD, "en": ["system"]}), "swallows"),
        (concept(terms={**GOOD, "zh-Hans": ["车"]}), "swallows"),
        (concept(terms={**GOOD, "en": ["inverter"]}), "ambiguous English term"),
        (concept(terms={**GOOD, "de": ["Neuteilchen", "NEUTEILCHEN"]}), "the same term twice"),
        (concept(terms={**GOOD, "en": [" widget"]}), "spaces around"),
        (concept(broader=["widget"]), "broader than itself"),
        (concept(terms={**GOOD, "fr": ["Wechselrichter"]}), "is a term of inverter in German"),
        (concept(terms={**GOOD, "ja": ["电芯"]}), "is a term of battery-cell in Chinese"),
        (concept(terms={**GOOD, "ar": ["just some words in latin letters"]}), "wrong script"),
        (concept(terms={**GOOD, "ar": ["电池"]}), "wrong script"),
        (concept(terms={**GOOD, "zh-Hans": ["新セル"]}), "wrong script"),
        (concept(terms={**GOOD, "es": ["новый"]}), "wrong script"),
        ({"id": "widget", "kind": "part"}, "cannot be read"),
    ],
)
def test_mistakes_are_named(data: Data, wrong: dict[str, Any], message: str) -> None:
    problems = check(data(wrong))
    assert any(message in p.message and p.id == wrong["id"] for p in problems), problems


def test_lines_that_are_no_records(data: Data) -> None:
    folder = data()
    path = folder / "concepts" / "all.jsonl"
    path.write_text(path.read_text("utf-8") + "{cut\n[]\n", "utf-8")
    assert [p.id for p in check(folder)] == ["line 9", "line 10"]
