"""A change of the thesaurus touches the documents it must, and hardly any others."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.search.affected import Change, affected
from portal.search.analysis import Analyser
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.thesaurus.store import Concept, Thesaurus, shipped

LANGUAGES = ("zh-Hans", "en", "de", "fr", "es", "ja", "pt-BR", "ar")
FILLING = {
    "zh-Hans": "我们 生产 的 ， 用于 800V 平台 高 性能",
    "en": "we need a supplier of , for the 800 V platform",
    "de": "wir suchen für die Serie , Gehäuse Prüfstand 800 V",
    "fr": "nous cherchons la pile , pour le véhicule bon",
    "es": "buscamos para el vehículo , un proveedor",
    "ja": "を 探して います 、 の メーカー アクセル",
    "pt-BR": "procuramos bom fornecedor , para o veículo",
    "ar": "نبحث عن مورد ، في السيارات",
}
GLUE = ("", " ", "-", " - ", ", ")


def small(count: int, seed: int) -> list[Concept]:
    """Some concepts of the real thesaurus, all of whose relations stay inside."""
    chosen = random.Random(seed).sample(list(shipped()), count)
    ids = {c.id for c in chosen}
    return [
        Concept(c.id, c.kind, tuple(b for b in c.broader if b in ids), (), False, (), "", c.terms)
        for c in chosen
    ]


def text_of(chance: random.Random, lang: str, terms: list[str]) -> str:
    """Words of a language with terms in them, cut and joined as people do."""
    words = FILLING[lang].split()
    chance.shuffle(words)
    for term in chance.sample(terms, min(2, len(terms))):
        shown = term.upper() if chance.random() < 0.2 else term
        if chance.random() < 0.3:
            shown = chance.choice(GLUE).join(shown.split())
        if lang == "de" and chance.random() < 0.5:
            shown = chance.choice(("Spezial", "", "Hochvolt")) + shown.lower() + "gehäuse"
        if lang == "ar" and chance.random() < 0.5:
            shown = " ".join("ال" + word for word in shown.split())
        words.insert(chance.randrange(len(words) + 1), shown)
    return " ".join(words) if lang not in ("zh-Hans", "ja") else "".join(words)


def documents(concepts: list[Concept], seed: int, count: int = 250) -> list[Document]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        lang = chance.choice(LANGUAGES)
        terms = [t for c in concepts for t in c.terms.get(lang, ())] or ["BMS"]
        declared = {chance.choice(concepts).id: 1.0} if chance.random() < 0.3 else {}
        text = text_of(chance, lang, terms)
        parts = (TextPart("title", lang, text[:40]), TextPart("body", lang, text))
        made.append(Document(f"d{number:03}", "capability", parts, concepts=declared))
    return made


def changed(concepts: list[Concept], spare: list[Concept], seed: int) -> list[Concept]:
    """One to three edits: terms that come and go, concepts that do, and other broader ones."""
    chance = random.Random(seed)
    result = list(concepts)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(result))
        concept = result[place]
        edit = chance.choice(("drop", "add", "retire", "new", "move", "steal"))
        if edit == "retire":
            result.pop(place)
        elif edit == "new":
            result.append(chance.choice(spare))
        elif edit == "move":
            above = chance.choice(result).id
            broader = (above,) if above != concept.id else ()
            result[place] = Concept(concept.id, concept.kind, broader, terms=concept.terms)
        else:
            result[place] = _with_terms(chance, concept, result, edit)
    return list({c.id: c for c in result}.values())


def _with_terms(
    chance: random.Random, concept: Concept, others: list[Concept], edit: str
) -> Concept:
    lang = chance.choice(list(concept.terms))
    terms = list(concept.terms[lang])
    if edit == "drop":
        terms.pop(chance.randrange(len(terms)))
    else:
        donor = chance.choice(others)
        given = donor.terms.get(lang, ("x",))
        longer = f"{chance.choice(given)} {chance.choice(given)}"
        terms.append(longer if edit == "add" else chance.choice(given).split()[0])
    kept = {**concept.terms, lang: tuple(terms)}
    return Concept(concept.id, concept.kind, concept.broader, terms=kept)


@pytest.mark.parametrize("seed", range(6))
def test_no_document_that_reads_differently_is_missed(tmp_path: Path, seed: int) -> None:
    concepts, spare = small(60, seed), small(20, seed + 500)
    texts = documents([*concepts, *spare], seed)
    engine = EmbeddedEngine(tmp_path / "index", Thesaurus(concepts))
    engine.rebuild(texts)
    before = engine.analyser
    for edit in range(6):
        after = Analyser(Thesaurus(changed(concepts, spare, seed * 100 + edit)))
        told = affected(engine.scorer().snapshot, Change(before, after))
        differing = {d.id for d in texts if before.document(d) != after.document(d)}
        assert differing <= told.keys()


def one(tmp_path: Path, *texts: tuple[str, str]) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path / "index", Thesaurus(CELL))
    engine.rebuild(
        Document(f"{n}", "need", (TextPart("body", lang, text),))
        for n, (lang, text) in enumerate(texts)
    )
    return engine


CELL = [Concept("cell", "part", terms={"en": ("battery cell",), "zh-Hans": ("电芯",)})]
Told = Callable[..., set[str]]


@pytest.mark.parametrize(
    ("lang", "term", "hit", "others"),
    [
        ("en", "busbar", "Laminated bus-bars for packs", ["bus and bar counter", "barometer"]),
        ("zh-Hans", "铜排", "高压铜排连接", ["铜箔与排气管", "电池"]),
        ("de", "Stromschiene", "Kupferstromschienen", ["Strom und Schienenfahrzeug", "Schiene"]),
        ("fr", "barre omnibus", "des barres omnibus en cuivre", ["barre de torsion", "omnibus"]),
        ("ar", "قضيب توصيل", "القضيب للتوصيل", ["قضيب", "شاحن"]),
        ("ja", "バスバー", "銅製バスバーの製造", ["バスとバーの違い", "スーパー"]),
    ],
)
def test_a_new_term_touches_its_own_documents_only(
    tmp_path: Path, lang: str, term: str, hit: str, others: list[str]
) -> None:
    engine = one(tmp_path, (lang, hit), *((lang, text) for text in others))
    new = Concept("busbar", "part", terms={lang: (term,)})
    change = Change(engine.analyser, Analyser(Thesaurus([*CELL, new])))
    told = affected(engine.scorer().snapshot, change)
    reads = {
        str(n)
        for n, text in enumerate([hit, *others])
        if any(s.concept == "busbar" for s in change.after.analyse(text, lang).spans)
    }
    assert reads <= told.keys()
    assert "2" not in told


def test_related_concepts_and_labels_touch_nothing(tmp_path: Path) -> None:
    engine = one(tmp_path, ("en", "battery cell"), ("zh-Hans", "电芯"))
    same = [Concept("cell", "part", related=("x",), hs="850760", terms=CELL[0].terms)]
    change = Change(engine.analyser, Analyser(Thesaurus(same)))
    assert affected(engine.scorer().snapshot, change) == {}
