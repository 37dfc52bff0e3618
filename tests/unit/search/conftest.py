"""An engine over a small thesaurus and documents in three languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.search.analysis import Analyser
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.thesaurus.store import Thesaurus
from tests.unit.thesaurus.conftest import CONCEPTS, write


@pytest.fixture(scope="session")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> Thesaurus:
    return Thesaurus.load(write(tmp_path_factory.mktemp("thesaurus"), CONCEPTS))


@pytest.fixture(scope="session")
def analyser(thesaurus: Thesaurus) -> Analyser:
    return Analyser(thesaurus)


def document(
    id_: str, *texts: tuple[str, str], kind: str = "capability", **more: object
) -> Document:
    """Texts are (language, text); the first one is the title."""
    fields = ["title"] + ["body"] * len(texts)
    parts = tuple(TextPart(f, lang, text) for f, (lang, text) in zip(fields, texts, strict=False))
    return Document(id_, kind, parts, **more)  # type: ignore[arg-type]


DOCUMENTS = (
    document(
        "zh-battery", ("zh-Hans", "固态电池"), ("zh-Hans", "硫化物全固态电池，能量密度400Wh/kg。"),
        facets={"category": ("solid-state-battery",), "country": ("CN",), "market": ("DE", "HU")},
        concepts={"solid-state-battery": 2.0}, updated=1_700_000_300, version=1, owner="hefei",
    ),
    document(
        "en-inverter", ("en", "Traction inverter"),
        ("en", "Silicon carbide, automotive grade: 3.3 kW"),
        facets={"category": ("inverter",), "country": ("DE",)},
        concepts={"inverter": 2.0}, updated=1_700_000_200, version=1, owner="stuttgart",
    ),
    document(
        "zh-inverter", ("zh-Hans", "逆变器"), ("zh-Hans", "车规级碳化硅逆变器，功率3.3kW。"),
        facets={"category": ("inverter",), "country": ("CN",)},
        concepts={"inverter": 2.0}, updated=1_700_000_100, version=1, owner="suzhou",
    ),
    document(
        "de-need", ("de", "Festkörperbatterie gesucht"),
        ("de", "Mindestens 250 Wh/kg, Serie ab 2027."),
        kind="need", facets={"category": ("solid-state-battery",), "market": ("DE",)},
        concepts={"solid-state-battery": 2.0}, updated=1_700_000_000, version=1, owner="stuttgart",
    ),
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path, thesaurus: Thesaurus) -> EmbeddedEngine:
    built = EmbeddedEngine(tmp_path / "index", thesaurus)
    built.rebuild(DOCUMENTS)
    return built


@pytest.fixture
def another(tmp_path: Path, thesaurus: Thesaurus) -> Callable[[], EmbeddedEngine]:
    """Another process's view of the same folder."""
    return lambda: EmbeddedEngine(tmp_path / "index", thesaurus)
