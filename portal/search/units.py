"""What is scored: a query as units of meaning, each with the forms it may take in a document.

A unit is one word with its stem, or one concept, or one word with its translations. Its forms are
counted together as if they were one term, so that a word with five translations does not weigh
five times and a rare translation does not win by being rare.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from portal.search.analysis import DECLARED, UNSPACED, Analysed, Analyser, Token, root
from portal.search.translation import Translator
from portal.thesaurus.stopwords import STOPWORDS
from portal.thesaurus.words import Word

SURFACE_BOOST = 0.5
STEM_BOOST = 1.0
PART_BOOST = 0.35
GRAM_BOOST = 1.0
# Characters tell little beside the pairs they stand in, and their lists are long.
SINGLE_BOOST = 0.15
MAX_SINGLES = 40
NUMBER_BOOST = 1.0
CONCEPT_BOOST = 1.0
BROADER_BOOST = 0.6
# What a record is (its category) counts more than what its text mentions in passing.
DECLARED_BOOST = 2.5
TRANSLATION_BOOST = 0.7
OTHER_LANGUAGES = ("en", "de", "fr", "es", "pt")
OTHER_LANGUAGE = 0.3
# Kinds of units that find texts of other languages.
BRIDGING = frozenset({"concept", "translation"})


@dataclass(frozen=True)
class Form:
    """Terms that must all stand in a document (usually one), and how sure the form is."""

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Unit:
    """`slots` are the places in the query that this unit answers for; none for mere hints."""

    kind: str  # word number gram character concept broader translation
    text: str
    forms: tuple[Form, ...]
    boost: float = 1.0
    slots: tuple[int, ...] = ()
    concept: str = ""

    @cached_property
    def term(self) -> str:
        """The term of a unit that is nothing but it, else nothing."""
        if len(self.forms) > 1:
            return ""
        form = self.forms[0]
        return form.terms[0] if len(form.terms) == 1 and form.weight == 1 else ""


def units(
    analysed: Analysed, analyser: Analyser, translator: Translator | None = None
) -> list[Unit]:
    """Everything to score for a text, each unit once, repeated ones with a higher boost."""
    built = [
        *_word_units(analysed),
        *_concept_units(analysed, analyser),
        *(_translation_units(analysed, translator) if translator else ()),
    ]
    return _merged(u for u in built if u.boost > 0)


def _merged(built: Iterable[Unit]) -> list[Unit]:
    result: dict[tuple[str, tuple[Form, ...]], Unit] = {}
    for unit in built:
        key = (unit.kind, unit.forms)
        before = result.get(key)
        if before is None:
            result[key] = unit
        else:
            slots = tuple(dict.fromkeys(before.slots + unit.slots))
            result[key] = replace(before, boost=before.boost + unit.boost, slots=slots)
    return list(result.values())


def _word_units(analysed: Analysed) -> Iterator[Unit]:
    small = STOPWORDS.get(analysed.lang, frozenset())
    content = [w for w in analysed.words if w.text not in small]
    skipped = {w.start for w in analysed.words if w.text in small} if content else set()
    lone = {w.start for w in analysed.words if w.script in UNSPACED and len(w.text) == 1}
    wanted = (t for t in analysed.tokens if t.start not in skipped)
    # Nothing but content words: the language is a guess, a short query may be in another one.
    unsure = {} if skipped else {w.start: w for w in analysed.words}
    singles = analysed.unspaced <= MAX_SINGLES
    for (start, _), tokens in groupby(wanted, key=lambda t: (t.start, t.end)):
        others = tuple(_other_stems(unsure[start], analysed.lang)) if start in unsure else ()
        for token in tokens:
            if token.kind != "single" or start in lone:
                yield _at(start, token, others)
            elif singles:
                yield Unit("character", token.term, (Form((token.term,)),), SINGLE_BOOST)


def _at(start: int, token: Token, others: Sequence[Form]) -> Unit:
    forms = (Form((token.term,)), *(others if token.kind == "stem" else ()))
    text = token.term.lstrip("=~#").rpartition(":")[2]
    return Unit(_KINDS[token.kind], text, forms, _BOOSTS[token.kind], (start,))


def _other_stems(word: Word, lang: str) -> Iterator[Form]:
    """What a word would be in the other languages that are read here."""
    for other in OTHER_LANGUAGES if word.script == "word" else ():
        if other != lang:
            yield Form((root(word.text, other),), OTHER_LANGUAGE)


_BOOSTS = {
    "word": SURFACE_BOOST,
    "stem": STEM_BOOST,
    "part": PART_BOOST,
    "gram": GRAM_BOOST,
    "single": GRAM_BOOST,  # standing alone
    "number": NUMBER_BOOST,
}
_KINDS = {"word": "word", "stem": "word", "part": "part", "gram": "gram", "single": "gram",
          "number": "number"}  # fmt: skip


def _concept_units(analysed: Analysed, analyser: Analyser) -> Iterator[Unit]:
    for span in analysed.spans:
        slots = tuple({t.start for t in analysed.tokens if span.start <= t.start < span.end})
        form = Form(("@" + span.concept,))
        boost = CONCEPT_BOOST * (0.6 if span.partial else 1.0)
        yield Unit("concept", span.text, (form,), boost, slots, span.concept)
        declared = Form((DECLARED + span.concept,))
        yield Unit("declared", span.text, (declared,), boost * DECLARED_BOOST, (), span.concept)
        concept = analyser.thesaurus.get(span.concept)
        for broader in concept.broader if concept else ():
            near = Form(("@" + broader,))
            yield Unit("broader", span.text, (near,), boost * BROADER_BOOST, slots, broader)


def _translation_units(analysed: Analysed, translator: Translator) -> Iterator[Unit]:
    for found in translator.translate(analysed):
        forms = tuple(Form(terms, weight) for terms, weight in found.forms)
        boost = TRANSLATION_BOOST * found.boost
        yield Unit("translation", found.text, forms, boost, found.slots)
