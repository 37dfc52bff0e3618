"""What records declare becomes concepts of the index."""

import pytest

from portal.search.sources import declared_standards
from portal.thesaurus.store import get_thesaurus


@pytest.mark.parametrize(
    ("names", "concepts"),
    [
        (["IATF 16949"], ["iatf-16949"]),
        (["iso 9001", "ISO 9001"], ["iso-9001"]),
        (["ISO 26262", "no such standard"], ["iso-26262"]),
        ([], []),
    ],
)
def test_standards_are_found_by_any_of_their_names(names: list[str], concepts: list[str]) -> None:
    assert list(declared_standards(get_thesaurus(), names)) == concepts


def test_standards_come_in_the_order_of_the_thesaurus() -> None:
    thesaurus = get_thesaurus()
    every = [concept for concept in thesaurus.standards() if concept.terms]
    names = [next(iter(concept.terms.values()))[-1] for concept in reversed(every)]
    found = list(declared_standards(thesaurus, names))
    assert [concept.id for concept in every if concept.id in found] == found
    assert len(found) >= len(every)
