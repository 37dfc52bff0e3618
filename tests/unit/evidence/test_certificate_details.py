"""What the certificates of each standard may say, and that a record of it comes back the same."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.listings import certificate_details as details
from portal.listings import records
from portal.listings.certificate_details import CHOICE, FIELDS, NUMBER, SEVERAL, Detail
from portal.listings.checks import Problems
from portal.listings.records import Fields
from portal.thesaurus.standards import standard_id
from portal.thesaurus.store import get_thesaurus


def wrong(standard: str, given_details: dict[str, Any]) -> set[str]:
    found = Problems()
    details.check(found, "details", standard, given_details)
    return {path.rpartition(".")[2] for path in found.errors}


@pytest.mark.parametrize(
    ("standard", "good", "bad"),
    [
        ("IATF 16949", {"usi": "A1B2C3"}, {"usi": "A1B2C"}),
        ("IATF 16949", {"body_kind": "iatf-recognised"}, {"usi": "a1b2c3"}),
        ("VDA 6.3", {"vda_level": "A", "score": 93}, {"vda_level": "D"}),
        ("VDA 6.3", {"score": 100}, {"score": 101}),
        ("TISAX", {"labels": ["Info High"], "assessment_level": "AL3"}, {"labels": ["Geheim"]}),
        ("TISAX", {"scope_id": "S4T7KM"}, {"scope_id": "T4T7KM"}),
        ("ISO 26262", {"asil": "D", "covers": "process"}, {"asil": "E"}),
        ("ASPICE", {"capability_level": "2"}, {"capability_level": "6"}),
        ("AEC-Q100", {"grade": "0"}, {"grade": "4"}),
        ("AEC-Q200", {"grade": "4"}, {"grade": "5"}),
        ("UN R100", {"series": "03", "e_number": "E1"}, {"e_number": "E15"}),
        ("UN R155", {"series": "00"}, {"series": "3"}),
        ("UN38.3", {"tests": ["T.1", "T.8"]}, {"tests": ["T.9"]}),
        ("CE", {"notified_body": "0123"}, {"notified_body": "123"}),
        ("E-mark", {"e_number": "E4"}, {"series": "03"}),
        ("ISO 9001", {"body_kind": "accredited"}, {"usi": "A1B2C3"}),
    ],
)
def test_values_of_each_standard(standard: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert not wrong(standard, good)
    assert wrong(standard, bad) == set(bad)


def test_every_standard_of_the_table_is_one_of_the_thesaurus() -> None:
    known = {concept.id for concept in get_thesaurus().standards()}
    assert set(FIELDS) <= known


@pytest.mark.parametrize("name", ["ISO/IEC 27001", "iso 27001:2022", "AEC-Q104", "UN R10.06"])
def test_a_standard_is_known_however_it_is_written(name: str) -> None:
    assert standard_id(name) in FIELDS
    assert details.details_of(name)


def values(detail: Detail) -> st.SearchStrategy[Any]:
    allowed = [value for value, _label in details.choices(detail)]
    if detail.kind == CHOICE:
        return st.sampled_from(allowed)
    if detail.kind == SEVERAL:
        return st.lists(st.sampled_from(allowed), min_size=1)
    if detail.kind == NUMBER:
        return st.integers(detail.low, detail.high)
    if detail.pattern:
        return st.from_regex(detail.pattern, fullmatch=True, alphabet=string.printable)
    return st.text(string.ascii_letters, min_size=1, max_size=20)


@given(st.data())
def test_a_record_written_and_read_is_the_same(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([c.label("en") for c in get_thesaurus().standards()]))
    said = {d.name: data.draw(values(d)) for d in details.details_of(name)}
    found = Problems()
    record = {"certificates": [{"standard": name, "details": said}]}
    (first,) = records.read_certificates(Fields(record, "", found))
    written = {"certificates": records.write_certificates([first])}
    (second,) = records.read_certificates(Fields(written, "", found))
    assert first == second
    assert not found.errors
    assert not wrong(name, dict(second.details))


@given(st.sampled_from(sorted(FIELDS)), st.dictionaries(st.text(max_size=9), st.text(max_size=9)))
def test_what_a_standard_does_not_know_is_refused(standard: str, said: dict[str, str]) -> None:
    label = get_thesaurus().concepts[standard].label("en")
    names = {detail.name for detail in FIELDS[standard]}
    assert set(said) - names <= wrong(label, said) | {""} | {n for n in said if "." in n}
