"""One chain for index, query, highlighting and explanation: text → tokens with places.

Token forms (the first character tells the kind, so that kinds never meet):
`=word` surface without accents, the same in every language, so names and part numbers meet;
`~de:stem` stem in the word's language, also of the parts of a German compound; `#3300W` number or
measure; `@concept` a concept; `%de` a language that a text is written in; anything else is one or
two characters of an unspaced script.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from portal.search.compounds import LANGUAGES as COMPOUNDING
from portal.search.compounds import Compounds
from portal.search.documents import FIELD_WEIGHTS, Document, TextPart
from portal.thesaurus.stopwords import HAN_STOPWORDS
from portal.thesaurus.store import Thesaurus
from portal.thesaurus.tagger import Span, Tagger, tagger_of
from portal.thesaurus.words import (
    Word,
    bare,
    language_of,
    number_forms,
    stem,
    word_language,
    words,
)

VERSION = "5"
# Marks the concepts a record declares, apart from those its texts mention.
DECLARED = "@!"
# Marks the languages that a record's texts are written in.
WRITTEN_IN = "%"
UNSPACED = frozenset({"han", "kana", "hangul"})
PART_WEIGHT = 0.5
JOINED_WEIGHT = 0.5
# What a concept weighs one and two steps above the one that was found.
BROADER_WEIGHTS = (0.35, 0.12)
MAX_TOKEN = 48


class Token(NamedTuple):
    """`start:end` is the place in the original text."""

    term: str
    start: int
    end: int
    weight: float
    kind: str  # word stem part number gram single


@dataclass(frozen=True)
class Analysed:
    """A text cut up: `sequence` is what phrases are looked for in."""

    lang: str
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]
    spaced: int  # words of spaced scripts
    unspaced: int  # characters of unspaced ones

    @property
    def written_in(self) -> str:
        """The language, or that the text is in an unspaced script."""
        return "unspaced" if self.unspaced > self.spaced else self.lang

    @property
    def sequence(self) -> str:
        return " ".join(piece for word in self.words for piece in _pieces(word))


@dataclass
class IndexTerms:
    """A document as the index takes it."""

    terms: dict[str, float] = field(default_factory=dict)
    spaced: float = 0.0
    unspaced: float = 0.0
    sequences: list[str] = field(default_factory=list)


def _pieces(word: Word) -> Sequence[str]:
    return list(word.text) if word.script in UNSPACED else (bare(word.text.casefold()),)


def root(word: str, lang: str) -> str:
    """The term of a word's stem; languages are kept apart, since equal stems mean other things."""
    return f"~{lang}:{stem(word, lang)}"


class Analyser:
    """Turns texts and documents into tokens; holds the tagger and the compound lexicon."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus
        self.version = f"{VERSION}-{thesaurus.version}"

    @cached_property
    def tagger(self) -> Tagger:
        return tagger_of(self.thesaurus)

    @cached_property
    def compounds(self) -> Compounds:
        listed = (t for c in self.thesaurus for t in c.terms.get("de", ()))
        return Compounds(listed, "de")

    def ready(self) -> None:
        """Build what the first text would have to wait for."""
        _built = self.tagger, self.compounds

    def analyse(self, text: str, lang: str | None = None) -> Analysed:
        """Words, tokens and concepts of a text."""
        found = tuple(words(text))
        language = language_of(found, lang)
        tokens = tuple(t for w, j in _joined(found) for t in self._tokens(w, j, language))
        spans = tuple(self.tagger.tag_words(text, found, language))
        unspaced = sum(len(w.text) for w in found if w.script in UNSPACED)
        spaced = sum(w.script not in UNSPACED for w in found)
        return Analysed(language, found, tokens, spans, spaced, unspaced)

    def _tokens(self, word: Word, joined: str, language: str) -> Iterator[Token]:
        if word.script in UNSPACED:
            yield from _grams(word)
        elif word.script in ("number", "measure"):
            for form in number_forms(word.text, language):
                yield Token("#" + form, word.start, word.end, 1.0, "number")
        else:
            yield from self._spaced(word, language)
            if joined:
                yield Token("=" + joined, word.start, word.end, JOINED_WEIGHT, "part")

    def _spaced(self, word: Word, language: str) -> Iterator[Token]:
        text, place = word.text[:MAX_TOKEN], (word.start, word.end)
        lang = "ar" if word.script == "arabic" else word_language(text, language)
        yield Token("=" + bare(text), *place, 1.0, "word")
        yield Token(root(text, lang), *place, 1.0, "stem")
        if lang in COMPOUNDING:
            for part in self.compounds.split(text):
                yield Token(f"~{lang}:{part}", *place, PART_WEIGHT, "part")

    def concepts(self, spans: Sequence[Span]) -> dict[str, float]:
        """How much a text speaks of each concept, broader ones included."""
        counted: Counter[str] = Counter()
        for span in spans:
            counted[span.concept] += 0.6 if span.partial else 1.0  # type: ignore[assignment]
        return self.broadened(counted)

    def broadened(self, counted: Mapping[str, float]) -> dict[str, float]:
        """Concept weights with those of their ancestors, which count less."""
        result = dict(counted)
        for concept, weight in counted.items():
            for ancestor, distance in self.thesaurus.ancestors(concept).items():
                if distance <= len(BROADER_WEIGHTS):
                    added = weight * BROADER_WEIGHTS[distance - 1]
                    result[ancestor] = max(result.get(ancestor, 0.0), added)
        return result

    def document(self, document: Document) -> IndexTerms:
        """All terms of a document with their weighted frequencies."""
        result = IndexTerms()
        concepts = self.broadened({c: w for c, w in document.concepts.items() if w > 0})
        result.terms.update({DECLARED + c: w for c, w in concepts.items()})
        lengths: Counter[str] = Counter()
        for part in document.texts:
            self._add_part(part, result, concepts, lengths)
        spaced = [n for lang, n in lengths.items() if lang != "unspaced"]
        result.spaced = float(max(spaced, default=0))
        result.unspaced = float(lengths["unspaced"])
        for concept, weight in concepts.items():
            result.terms["@" + concept] = weight
        return result

    def _add_part(
        self, part: TextPart, result: IndexTerms, concepts: dict[str, float], lengths: Counter[str]
    ) -> None:
        weight = FIELD_WEIGHTS.get(part.field, 1.0)
        analysed = self.analyse(part.text, part.lang)
        terms = result.terms
        for token in analysed.tokens:
            terms[token.term] = terms.get(token.term, 0.0) + weight * token.weight
        for concept, count in self.concepts(analysed.spans).items():
            concepts[concept] = concepts.get(concept, 0.0) + weight * count
        lengths[analysed.lang] += int(weight * analysed.spaced)
        lengths["unspaced"] += int(weight * analysed.unspaced)
        if analysed.words:
            terms[WRITTEN_IN + analysed.written_in] = 1.0
            result.sequences.append(analysed.sequence)


def _grams(word: Word) -> Iterator[Token]:
    """Characters and pairs of characters of an unspaced run."""
    text, start = word.text, word.start
    if word.end - start != len(text):  # places moved inside the run: mark all of it
        for index, character in enumerate(text):
            yield Token(character, start, word.end, 1.0, "single")
            if index + 1 < len(text):
                yield Token(text[index : index + 2], start, word.end, 1.0, "gram")
        return
    for at, character in enumerate(text, start):
        if character not in HAN_STOPWORDS:
            yield Token(character, at, at + 1, 1.0, "single")
        if at + 1 < word.end:
            yield Token(text[at - start : at - start + 2], at, at + 2, 1.0, "gram")


def _joined(found: Sequence[Word]) -> Iterator[tuple[Word, str]]:
    """Each word with what it makes when joined to the word before its hyphen."""
    previous: Word | None = None
    for word in found:
        joins = previous is not None and word.hyphened and previous.script == word.script == "word"
        yield word, bare(previous.text + word.text)[:MAX_TOKEN] if joins and previous else ""
        previous = word
