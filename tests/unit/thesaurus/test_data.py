"""The data that ship."""

from portal.thesaurus.check import REQUIRED_LANGUAGES, check
from portal.thesaurus.store import get_thesaurus
from portal.thesaurus.tagger import Tagger


def test_the_checker_finds_nothing() -> None:
    assert [str(problem) for problem in check()] == []


def test_there_is_enough() -> None:
    thesaurus = get_thesaurus()
    assert len(thesaurus) >= 500
    assert len(thesaurus.roots()) >= 15
    for lang in REQUIRED_LANGUAGES:
        listed = [len(concept.terms.get(lang, ())) for concept in thesaurus]
        assert sum(listed) / len(listed) >= 2.5, lang


def test_every_preferred_term_is_found_in_a_text() -> None:
    thesaurus = get_thesaurus()
    tagger = Tagger(thesaurus)
    missed = [
        (concept.id, lang, terms[0])
        for concept in thesaurus
        for lang, terms in concept.terms.items()
        if concept.id not in {span.concept for span in tagger.tag(terms[0], lang)}
    ]
    assert missed == []
