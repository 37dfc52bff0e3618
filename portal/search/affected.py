"""Which documents a change of the thesaurus can touch, read from the index alone.

The answer may hold a document too many, never one too few: the tagger can only see another
concept where a term that was added or taken away can be read, a compound can only be cut otherwise
where a word was learned or forgotten, and weights of broader concepts only change in documents
that carry a concept with other broader ones.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portal.search.analysis import BROADER_WEIGHTS, DECLARED, MAX_TOKEN, Analyser
from portal.search.compounds import MIN_LENGTH, MIN_PART
from portal.search.segments import FACETS, TERMS, Segment, Snapshot
from portal.thesaurus.stopwords import HAN_STOPWORDS
from portal.thesaurus.store import Thesaurus
from portal.thesaurus.tagger import BY_CHARACTER, INFLECTED, MIN_HEAD, MIN_REST, Piece
from portal.thesaurus.words import bare, base_language, number_forms, pieces, stem

Numbers = np.ndarray
Signature = Callable[[Thesaurus, str], object]
# Tokens are cut at a length; documents with words near it are taken whatever they hold.
_LONG = MAX_TOKEN - 8
# So much of a term's beginning survives every spelling of its stem.
_BEGINNING = 3
_NONE: Numbers = np.empty(0, "<u4")


def _union(parts: Iterable[Numbers]) -> Numbers:
    filled = [part for part in parts if len(part)]
    if len(filled) < 2:
        return filled[0] if filled else _NONE
    return np.unique(np.concatenate(filled))


def _common(parts: Iterable[Numbers]) -> Numbers:
    result: Numbers | None = None
    for part in parts:
        result = part if result is None else np.intersect1d(result, part, assume_unique=True)
    return _NONE if result is None else result


@dataclass(frozen=True)
class Change:
    """From one state of the thesaurus to another, as far as documents can see it."""

    before: Analyser
    after: Analyser

    @cached_property
    def terms(self) -> frozenset[tuple[str, str]]:
        """Language and term of what was added or taken away."""
        old = _entries(self.before.thesaurus, self._edited)
        new = _entries(self.after.thesaurus, self._edited)
        return frozenset((lang, term) for _, lang, term in old ^ new)

    @cached_property
    def _edited(self) -> frozenset[str]:
        """Concepts with anything else in the two states; what a release left alone is the same."""
        old, new = self.before.thesaurus, self.after.thesaurus
        known = old.concepts.keys() | new.concepts.keys()
        return frozenset(i for i in known if old.get(i) is not new.get(i))

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Concepts that came, went, or have other broader ones near them."""
        return self._differing(_near)

    @cached_property
    def branches(self) -> frozenset[str]:
        """Concepts that came, went, or stand elsewhere in the tree."""
        return self._differing(_above)

    def _differing(self, signature: Signature) -> frozenset[str]:
        old, new = self.before.thesaurus, self.after.thesaurus
        if not any(_placed(old, i) != _placed(new, i) for i in self._edited):
            return frozenset()
        known = old.concepts.keys() | new.concepts.keys()
        return frozenset(i for i in known if signature(old, i) != signature(new, i))

    @cached_property
    def appearing(self) -> frozenset[str]:
        """Concepts that only one of the two states knows."""
        old, new = self.before.thesaurus.concepts, self.after.thesaurus.concepts
        return frozenset(old.keys() ^ new.keys())

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of standards that certificates may carry, folded."""
        old, new = _standards(self.before.thesaurus), _standards(self.after.thesaurus)
        return frozenset(name for name, _ in old ^ new)

    @cached_property
    def german(self) -> tuple[str, ...]:
        """The German terms among them, folded, words joined."""
        return tuple(
            "".join(bare(text) for text, _ in pieces(term))
            for lang, term in self.terms
            if lang == "de"
        )


def _entries(thesaurus: Thesaurus, ids: Iterable[str]) -> set[tuple[str, str, str]]:
    return {
        (concept.id, base_language(lang), term)
        for concept in map(thesaurus.get, ids)
        if concept is not None
        for lang, terms in concept.terms.items()
        for term in terms
    }


def _placed(thesaurus: Thesaurus, concept_id: str) -> object:
    concept = thesaurus.get(concept_id)
    return None if concept is None else concept.broader


def _near(thesaurus: Thesaurus, concept_id: str) -> object:
    if concept_id not in thesaurus:
        return None
    above = thesaurus.ancestors(concept_id)
    return {i: steps for i, steps in above.items() if steps <= len(BROADER_WEIGHTS)}


def _above(thesaurus: Thesaurus, concept_id: str) -> object:
    return frozenset(thesaurus.ancestors(concept_id)) if concept_id in thesaurus else None


def _standards(thesaurus: Thesaurus) -> set[tuple[str, str]]:
    return {
        (term.casefold(), concept.id)
        for concept in thesaurus.standards()
        for terms in concept.terms.values()
        for term in terms
    }


def affected(snapshot: Snapshot, change: Change) -> dict[str, str]:
    """Id → kind of the documents of an index that a change can touch."""
    found: dict[str, str] = {}
    for segment in snapshot.segments:
        numbers = _Holders(segment).of(change)
        for number in numbers[segment.alive[numbers]]:
            record = segment.record(int(number))
            found[record.id] = record.kind
    return found


class _Holders:
    """Document numbers of one segment by what they hold."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._words = frozenset(term[1:] for term in segment.vocabulary("="))
        self._roots = frozenset(segment.vocabulary("~"))

    def of(self, change: Change) -> Numbers:
        parts = [
            *(self._term(lang, term) for lang, term in change.terms),
            *self._compounds(change),
            *self._weights(change),
            *self._names(change),
        ]
        if change.terms:
            parts.extend(self._having("=" + word) for word in self._words if len(word) >= _LONG)
        return _union(parts)

    def _having(self, term: str, field: str = TERMS) -> Numbers:
        return self._segment.postings(field, term)[0]

    # terms

    def _term(self, lang: str, term: str) -> Numbers:
        parts = pieces(term)
        scripts = {script for _, script in parts}
        if scripts & BY_CHARACTER:
            return self._characters(parts)
        if not parts:
            return _NONE
        if "arabic" in scripts or lang in INFLECTED:
            language = "ar" if "arabic" in scripts else lang
            return _union([self._inflected(parts, language), self._written(parts, lang)])
        return self._written(parts, lang)

    def _written(self, parts: list[Piece], lang: str) -> Numbers:
        """The words of a term as they are, the last one also by its stem."""
        joined = "".join(bare(text) for text, _ in parts)
        last = parts[-1][0]
        ending = joined[: len(joined) - len(bare(last))] + stem(last, lang)
        return _union([self._chain(joined), self._chain(ending, f"~{lang}:")])

    def _inflected(self, parts: list[Piece], lang: str) -> Numbers:
        """All words of a term by their stems."""
        roots = [bare(text) if script not in ("word", "arabic") else _root(text, script, lang)
                 for text, script in parts]  # fmt: skip
        return self._chain("".join(roots), f"~{lang}:", everywhere=True)

    def _chain(self, wanted: str, root: str = "", *, everywhere: bool = False) -> Numbers:
        """Documents with words that make up `wanted` when joined, wherever they stand. With `root`
        the last one may be a stem of that language; `everywhere`: each of them."""
        size = len(wanted)
        reached: dict[int, Numbers] = {}
        for end in range(1, size + 1):
            found = []
            for begin in (0, *reached):
                stems = root if root and (everywhere or end == size) else ""
                here = self._piece(wanted[begin:end], stems)
                if begin and len(here):
                    here = np.intersect1d(here, reached[begin], assume_unique=True)
                if len(here):
                    found.append(here)
            if found:
                reached[end] = _union(found)
        return reached.get(size, _NONE)

    def _piece(self, text: str, root: str) -> Numbers:
        found = []
        if text in self._words:
            found.append(self._having("=" + text))
        if root and root + text in self._roots:
            found.append(self._having(root + text))
        if text[0].isdigit():
            found.append(self._number(text))
        return _union(found)

    def _number(self, text: str) -> Numbers:
        """Documents with a number; those with separators are read differently in each language."""
        if not text.isalnum():
            return np.arange(self._segment.size, dtype="<u4")
        return _union(self._having("#" + form) for form in number_forms(text, ""))

    def _characters(self, parts: list[Piece]) -> Numbers:
        """Documents with all characters of a term, then those with the term itself."""
        units: list[str] = []
        for text, script in parts:
            units.extend(text if script in BY_CHARACTER else (bare(text),))
        known = [unit for unit in dict.fromkeys(units) if unit not in HAN_STOPWORDS]
        holding = (self._having(u) if len(u) == 1 else self._piece(u, "") for u in known)
        found = _common(holding) if known else np.arange(self._segment.size, dtype="<u4")
        joined = "".join(units)
        return np.array([n for n in found if self._reads(int(n), joined)], dtype="<u4")

    def _reads(self, number: int, joined: str) -> bool:
        return joined in self._segment.sequence(number).replace(" ", "")

    # German compounds

    def _compounds(self, change: Change) -> Iterator[Numbers]:
        """Words that hold another concept than before, or are cut otherwise."""
        begins = _one_of(term[:_BEGINNING] for term in change.german)
        cuts = _one_of(
            term[at : at + MIN_PART]
            for term in change.german
            for at in range(len(term) - MIN_PART + 1)
        )
        for word in self._words:
            if (begins(word) and _holds_other(word, change)) or (
                cuts(word) and _cut_otherwise(word, change)
            ):
                yield self._having("=" + word)

    # concepts

    def _weights(self, change: Change) -> Iterator[Numbers]:
        for concept in change.concepts:
            yield self._having("@" + concept)
            yield self._having(DECLARED + concept)
        for concept in change.appearing:
            yield self._having("scenario:" + concept, FACETS)
        for concept in change.branches:
            yield self._having("category:" + concept, FACETS)

    def _names(self, change: Change) -> Iterator[Numbers]:
        """Certificates are declared by the names of their standards."""
        names = self._segment.vocabulary("certificate:", FACETS) if change.names else ()
        for value in names:
            if value.partition(":")[2].casefold() in change.names:
                yield self._having(value, FACETS)


def _root(text: str, script: str, lang: str) -> str:
    if script == "arabic":
        return stem(text, "ar")
    return stem(text, lang) if lang != "ar" else bare(text)


def _one_of(beginnings: Iterable[str]) -> Callable[[str], object]:
    """Does a word hold any of these?"""
    wanted = sorted({beginning for beginning in beginnings if beginning})
    if not wanted:
        return lambda _word: False
    return re.compile("|".join(map(re.escape, wanted))).search


def _holds_other(word: str, change: Change) -> bool:
    if len(word) < MIN_HEAD + MIN_REST:
        return False
    before, after = change.before.tagger.inside(word, "de"), change.after.tagger.inside(word, "de")
    return [key.concept for key in before] != [key.concept for key in after]


def _cut_otherwise(word: str, change: Change) -> bool:
    if len(word) < MIN_LENGTH:
        return False
    return change.before.compounds.split(word) != change.after.compounds.split(word)
