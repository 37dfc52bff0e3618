"""Why a document fits: the concepts and words it shares with a query, and where it says so.

Works on the stored texts, which come from the caller; the same analysis as in the index decides
what is the same word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from portal.search.analysis import UNSPACED, Analysed, Analyser, Token
from portal.search.documents import TextPart
from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.tagger import Span
from portal.thesaurus.words import base_language

PASSAGE = 220
PASSAGE_UNSPACED = 90
MAX_CONCEPTS = 8
MAX_PASSAGES = 3
_BREAK = re.compile(r"[。！？；\n\r\u2028\u2029]+|[.!?;]+(?=\s)")
_CUT_KINDS = frozenset({"word", "stem", "number", "gram"})
_EXACT, _NARROWER, _BROADER = 3.0, 2.0, 1.0
_RELATIONS = {_EXACT: "same", _NARROWER: "narrower", _BROADER: "broader"}


@dataclass(frozen=True)
class Said:
    """Words in a language."""

    lang: str
    text: str


@dataclass(frozen=True)
class Passage:
    """A piece of an original text; `marks` are the places of the matched words in it."""

    lang: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    field: str = ""


@dataclass(frozen=True)
class Reason:
    """`kind` is `concept` (with both sides' words) or `words` (with the shared terms); `relation`
    is how the found concept stands to the asked one: same, narrower, broader or declared."""

    kind: str
    passage: Passage | None
    concept: str = ""
    query: Said | None = None
    document: Said | None = None
    terms: tuple[str, ...] = ()
    relation: str = "same"

    def as_dict(self) -> dict[str, Any]:
        """The form of the contract."""
        text = self.passage.text if self.passage else ""
        if self.kind == "words":
            lang = self.passage.lang if self.passage else ""
            return {"kind": "words", "lang": lang, "terms": list(self.terms), "passage": text}
        query, document = self.query or Said("", ""), self.document or Said("", "")
        return {
            "kind": "concept",
            "concept": self.concept,
            "query": {"lang": query.lang, "text": query.text},
            "document": {"lang": document.lang, "text": document.text, "passage": text},
        }


@dataclass(frozen=True)
class Explanation:
    """Reasons, weightiest first, and the passages to show with all matched words marked; `asked`
    are passages of the other document, where the query was one."""

    reasons: tuple[Reason, ...]
    passages: tuple[Passage, ...]
    asked: tuple[Passage, ...] = ()


@dataclass
class _Asked:
    """What a query looks for."""

    concepts: dict[str, Said] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    texts: list["_Text"] = field(default_factory=list)


@dataclass
class _Text:
    """An analysed text of the document with what matched in it."""

    part: TextPart
    lang: str
    analysed: Analysed
    spans: list[tuple[str, float, Span]] = field(default_factory=list)
    words: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def marks(self) -> list[tuple[int, int]]:
        return _merged([*((s.start, s.end) for _, _, s in self.spans), *self.words])


class Explainer:
    """Explains over one analyser."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def explain(
        self,
        query: str | Sequence[TextPart],
        texts: Sequence[TextPart],
        locale: str | None = None,
        query_concepts: Iterable[str] = (),
        document_concepts: Iterable[str] = (),
    ) -> Explanation:
        """Reasons why texts fit a query (typed in `locale`) or another document's texts. Declared
        concepts, such as a category, count even where no text names them."""
        parts = [TextPart("body", locale, query)] if isinstance(query, str) else query
        asked = self._asked(parts, query_concepts, locale)
        read = [self._read(part, asked) for part in texts]
        reasons = [
            *self._concept_reasons(asked, read),
            *self._declared_reasons(asked, read, set(document_concepts)),
        ][:MAX_CONCEPTS]
        named = {r.concept for r in reasons}
        words = [r for t in read if (r := _word_reason(t, bool(named)))]
        mirrored = () if isinstance(query, str) else _mirrored(asked, named, read)
        first = reasons[0].concept if reasons else ""
        passages = (tuple(_passages(texts, first)) for texts in (read, mirrored))
        return Explanation((*reasons, *words), *passages)

    def _asked(
        self, parts: Sequence[TextPart], declared: Iterable[str], locale: str | None
    ) -> _Asked:
        asked = _Asked()
        for part in parts:
            analysed = self._analyser.analyse(part.text, part.lang)
            lang = _language(part, analysed)
            asked.texts.append(_Text(part, lang, analysed))
            for span in analysed.spans:
                asked.concepts.setdefault(span.concept, Said(lang, span.text))
            asked.terms.update(t.term for t in _content(analysed))
        lang = next((p.lang for p in parts if p.lang), None) or locale or "en"
        for concept in declared:
            label = self._analyser.thesaurus.label(concept, lang)
            asked.concepts.setdefault(concept, Said(lang, label))
        return asked

    def _read(self, part: TextPart, asked: _Asked) -> _Text:
        analysed = self._analyser.analyse(part.text, part.lang)
        text = _Text(part, _language(part, analysed), analysed)
        for span in analysed.spans:
            concept, closeness = self._closest(span.concept, asked.concepts)
            if concept:
                text.spans.append((concept, closeness, span))
        inside = [(s.start, s.end) for _, _, s in text.spans]
        for token in _content(analysed):
            if token.term in asked.terms and not _within(token, inside):
                text.words.setdefault((token.start, token.end), token.term)
        return text

    def _closest(self, concept: str, asked: Mapping[str, Said]) -> tuple[str, float]:
        """The asked-for concept that a found one answers: itself, a broader, a narrower one."""
        if concept in asked:
            return concept, _EXACT
        thesaurus = self._analyser.thesaurus
        above = next((a for a, d in thesaurus.ancestors(concept).items() if a in asked), None)
        if above:
            return above, _NARROWER
        below = (a for a in asked if thesaurus.ancestors(a).get(concept) == 1)
        return next(((a, _BROADER) for a in below), ("", 0.0))

    def _concept_reasons(self, asked: _Asked, read: Sequence[_Text]) -> Iterator[Reason]:
        best: dict[str, tuple[tuple[float, int], _Text, Span]] = {}
        for order, text in enumerate(read):
            for concept, closeness, span in text.spans:
                rank = (closeness, -order)
                if concept not in best or rank > best[concept][0]:
                    best[concept] = (rank, text, span)
        for concept, (rank, text, span) in sorted(best.items(), key=lambda item: -item[1][0][0]):
            passage = _passage(text, [(span.start, span.end)])
            said, relation = Said(text.lang, span.text), _RELATIONS[rank[0]]
            asking = asked.concepts[concept]
            yield Reason("concept", passage, concept, asking, said, relation=relation)

    def _declared_reasons(
        self, asked: _Asked, read: Sequence[_Text], declared: set[str]
    ) -> Iterator[Reason]:
        named = {c for text in read for c, _, _ in text.spans}
        lang = next((t.lang for t in read), "en")
        for concept in asked.concepts:
            if concept in declared and concept not in named:
                label = Said(lang, self._analyser.thesaurus.label(concept, lang))
                asking = asked.concepts[concept]
                yield Reason("concept", None, concept, asking, label, relation="declared")


def _mirrored(asked: _Asked, concepts: set[str], read: Sequence[_Text]) -> Sequence[_Text]:
    """The query's own texts with what was found in the others marked."""
    found = {term for text in read for term in text.words.values()}
    for text in asked.texts:
        spans = text.analysed.spans
        text.spans.extend((s.concept, _EXACT, s) for s in spans if s.concept in concepts)
        inside = [(s.start, s.end) for _, _, s in text.spans]
        for token in _content(text.analysed):
            if token.term in found and not _within(token, inside):
                text.words.setdefault((token.start, token.end), token.term)
    return asked.texts


def _language(part: TextPart, analysed: Analysed) -> str:
    """The declared language unless the script of the text speaks against it."""
    unspaced = analysed.unspaced > analysed.spaced
    if part.lang and (base_language(part.lang) in ("zh", "ja", "ko")) == unspaced:
        return part.lang
    return "zh-Hans" if unspaced else analysed.lang


def _content(analysed: Analysed) -> Iterator[Token]:
    small = STOPWORDS.get(analysed.lang, frozenset())
    skipped = {w.start for w in analysed.words if w.text in small}
    for token in analysed.tokens:
        empty = token.kind == "gram" and all(c in HAN_STOPWORDS for c in token.term)
        if token.kind in _CUT_KINDS and token.start not in skipped and not empty:
            yield token


def _within(token: Token, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= token.start and token.end <= end for start, end in spans)


def _merged(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching marks as one, in order."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _word_reason(text: _Text, concepts_found: bool) -> Reason | None:
    """Words shared outside of concepts, as the document writes them."""
    marks = _merged(text.words)
    if not marks or (concepts_found and all(end - start < 2 for start, end in marks)):
        return None
    terms = tuple(dict.fromkeys(text.part.text[start:end] for start, end in marks))
    return Reason("words", _passage(text, marks), terms=terms[:12])


def _passages(read: Sequence[_Text], first: str) -> Iterator[Passage]:
    """The most telling passage of each text that matched, with the weightiest concept if any."""
    places = {id(t): [(s.start, s.end) for c, _, s in t.spans if c == first] for t in read}

    def telling(text: _Text) -> tuple[bool, int]:
        return bool(places[id(text)]), 3 * len(text.spans) + len(text.words)

    ranked = sorted((t for t in read if t.marks), key=telling, reverse=True)
    for text in ranked[:MAX_PASSAGES]:
        yield _passage(text, text.marks, places[id(text)])


def _passage(
    text: _Text, wanted: Sequence[tuple[int, int]], first: Sequence[tuple[int, int]] = ()
) -> Passage:
    """The sentence with most of the wanted marks, one of the `first` before all, cut to a readable
    length."""
    source = text.part.text

    def telling(sentence: tuple[int, int]) -> tuple[bool, int]:
        return _marked(first, *sentence) > 0, _marked(wanted, *sentence)

    start, end = max(_sentences(source), key=telling)
    if not _marked(wanted, start, end):  # a mark that goes over the end of a sentence
        start, end = 0, len(source)
    inside = (m for m in (*first, *wanted) if start <= m[0] < end)
    start, end = _shortened(source, start, end, next(inside, (start, start)), _room(text))
    marks = tuple((a - start, b - start) for a, b in text.marks if a >= start and b <= end)
    return Passage(text.lang, source[start:end], marks, text.part.field)


def _sentences(source: str) -> list[tuple[int, int]]:
    ends = [0, *(m.end() for m in _BREAK.finditer(source)), len(source)]
    return list(pairwise(ends))


def _room(text: _Text) -> int:
    mostly = sum(len(w.text) for w in text.analysed.words if w.script in UNSPACED)
    return PASSAGE_UNSPACED if 2 * mostly > len(text.part.text) else PASSAGE


def _marked(wanted: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return sum(b - a for a, b in wanted if a >= start and b <= end)


def _shortened(
    source: str, start: int, end: int, first: tuple[int, int], room: int
) -> tuple[int, int]:
    """A window around the first mark, ending between words, without spaces at its ends."""
    if end - start > room:
        start = max(start, min(first[0] - room // 4, end - room))
        end = min(end, max(start + room, first[1]))
        start = _word_edge(source, start, first[0], 1)
        end = _word_edge(source, end, first[1], -1)
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    return start, end


def _word_edge(source: str, at: int, stop: int, step: int) -> int:
    """The nearest place towards `stop` that does not cut a Latin word."""
    while at != stop and 0 < at < len(source) and _cuts(source, at):
        at += step
    return at


def _cuts(source: str, at: int) -> bool:
    before, after = source[at - 1], source[at]
    return before.isalnum() and after.isalnum() and before < "\u2e80" and after < "\u2e80"
