"""Files go out and come back the same, and faults are told with their place."""

import pytest

from portal.thesaurus import exchange, overlay
from portal.thesaurus.store import Concept, Thesaurus, shipped

TRICKY = Concept(
    "tricky",
    "part",
    terms={
        "en": ("=SUM(A1)", "-40 °C seal", "@home", "a \"quoted\" 'term'", "back\\slash"),
        "zh-Hans": ("＝公式", "密封件"),
        "pt-BR": ("vedação",),
        "ar": ("مانع تسرب",),
        "de": ("'Apostroph", "Dichtung; außen, innen"),
    },
    hs="401693",
)


@pytest.mark.parametrize("form", ["csv", "ttl", "jsonl"])
def test_a_file_comes_back_as_it_went(form: str) -> None:
    whole = Thesaurus([*shipped(), TRICKY], shipped().attributes.values())
    text = exchange.write(whole, form)
    found = exchange.read(text.encode(), form, Thesaurus([]))
    assert found.faults == []
    assert {r["id"]: overlay.concept_of(r) for r in found.concepts} == whole.concepts


def test_spreadsheets_see_utf8_and_no_formulas() -> None:
    text = exchange.write(Thesaurus([TRICKY]), "csv")
    assert text.startswith("\ufeff")
    assert "'=SUM(A1)" in text


def test_a_file_with_some_columns_leaves_the_others(thesaurus: Thesaurus) -> None:
    data = "id;de\nbms;Batteriemanagementsystem | BMS-Steuergerät\n".encode("utf-16")
    record = exchange.read(data, "csv", thesaurus).concepts[0]
    before = thesaurus.concepts["bms"].record()
    assert record["terms"]["de"] == ["Batteriemanagementsystem", "BMS-Steuergerät"]
    assert {**record, "terms": 0} == {**before, "terms": 0}
    assert record["terms"]["en"] == before["terms"]["en"]


@pytest.mark.parametrize(
    ("form", "text", "place"),
    [
        ("csv", "kind\npart\n", (1, "id")),
        ("csv", "id,colour\na,b\n", (1, "colour")),
        ("csv", "id,en,en\na,b,c\n", (1, "en")),
        ("csv", "id,kind\nbms,thing\n", (2, "kind")),
        ("csv", "id,category\nbms,perhaps\n", (2, "category")),
        ("csv", "id\nbms\nbms\n", (3, "id")),
        ("csv", "id,en\nbms,a,b\n", (2, "")),
        ("csv", 'id,en\nbms,"open\n', (2, "")),
        ("ttl", "@prefix c: <urn:x:> .\nc:a c:b [ ] .\n", (2, "")),
        ("ttl", "c:a a c:b .\n", (1, "")),
        ("ttl", "@prefix c: <urn:x:> .\n\nc:a a c:b", (3, "")),
        ("jsonl", '{"id": "bms", "terms": []}\n', (1, "")),
        ("jsonl", "{}\n", (1, "")),
    ],
)
def test_faults_have_their_place(
    thesaurus: Thesaurus, form: str, text: str, place: tuple[int, str]
) -> None:
    faults = exchange.read(text.encode(), form, thesaurus).faults
    assert [(f.row, f.column) for f in faults][:1] == [place]


def test_turtle_of_other_programs_is_read() -> None:
    text = '''PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
@prefix o: <urn:overseas-base:> .
<urn:overseas-base:concept:busbar> a skos:Concept; # a comment
  skos:prefLabel "busbar"@en , """Strom\\u00adschiene"""@de ; skos:hiddenLabel "bus bar"@en;
  skos:broader <urn:overseas-base:concept:battery>; skos:notation "853690"^^o:hs ;
  skos:definition "not kept"@en .
'''
    record = exchange.read(text.encode(), "ttl", Thesaurus([])).concepts[0]
    assert record["terms"] == {"en": ["busbar", "bus bar"], "de": ["Strom\u00adschiene"]}
    assert (record["broader"], record["hs"]) == (["battery"], "853690")


def test_bytes_that_are_no_text_are_refused() -> None:
    for form in ("csv", "ttl", "jsonl"):
        assert exchange.read(b"\xff\x00\xc3(", form, Thesaurus([])).faults
