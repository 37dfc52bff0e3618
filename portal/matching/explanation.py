"""All that is said about one pair: page, mail, API and match sheet show this and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.companies.rules import LEVEL_LABELS
from portal.core import i18n
from portal.matching import wording
from portal.matching.criteria import Criterion, Verdict
from portal.matching.pairs import Pair
from portal.search.explain import Passage, Reason, Said
from portal.thesaurus.words import base_language

MAX_BRIDGES = 6
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ug", "ur"})


@dataclass(frozen=True)
class Line:
    """One criterion in words. `level_name` is empty where no certificate stands behind it;
    `question` where there is nothing to ask."""

    criterion: str
    name: str
    wanted: str
    verdict: Verdict
    verdict_name: str
    evidence: str
    level: str
    level_name: str
    hard: bool
    question: str


@dataclass(frozen=True)
class Bridge:
    """A concept that joined words of both sides; `asked` are those of the side that looks."""

    concept: str
    asked: Said
    found: Said
    sentence: str

    @property
    def pieces(self) -> list[dict[str, str]]:
        """The sentence cut so that words of another language can be marked as such."""
        places = []
        for said in (self.asked, self.found):
            start = self.sentence.find(said.text)
            if start >= 0 and said.text:
                places.append((start, start + len(said.text), said.lang))
        return _cut(self.sentence, sorted(places))


def _cut(sentence: str, places: list[tuple[int, int, str]]) -> list[dict[str, str]]:
    pieces, at = [], 0
    for start, end, lang in places:
        if start >= at:
            pieces += [{"text": sentence[at:start], "lang": ""}]
            pieces += [{"text": sentence[start:end], "lang": lang}]
            at = end
    return [*pieces, {"text": sentence[at:], "lang": ""}]


@dataclass(frozen=True)
class Quote:
    """A passage of one side in its own language with all matched words marked."""

    side: str
    lang: str
    dir: str
    text: str
    marks: tuple[tuple[int, int], ...]
    source: str

    @property
    def segments(self) -> list[dict[str, Any]]:
        """The passage cut at its marks."""
        pieces, at = [], 0
        for start, end in self.marks:
            pieces += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        pieces.append((self.text[at:], False))
        return [{"text": text, "mark": mark} for text, mark in pieces if text]


@dataclass(frozen=True)
class Part:
    """One of the four things that decide the place in the list, and how many points it counts."""

    part: str
    name: str
    points: int
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """A pair explained in one language."""

    summary: str
    lines: tuple[Line, ...]
    bridges: tuple[Bridge, ...]
    words: str
    quotes: tuple[Quote, ...]
    parts: tuple[Part, ...]

    @property
    def holds(self) -> tuple[Line, ...]:
        return self._with(Verdict.MATCH)

    @property
    def fails(self) -> tuple[Line, ...]:
        return self._with(Verdict.GAP)

    @property
    def unknown(self) -> tuple[Line, ...]:
        return self._with(Verdict.UNKNOWN)

    @property
    def questions(self) -> tuple[str, ...]:
        """What would need asking."""
        return tuple(line.question for line in self.lines if line.question)

    def _with(self, verdict: Verdict) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.verdict is verdict)

    def as_dict(self) -> dict[str, Any]:
        """For programs; the names are part of the contract of the API."""
        return {
            "summary": self.summary,
            "criteria": [_line_dict(line) for line in self.lines],
            "questions": list(self.questions),
            "concepts": [{"concept": b.concept, "sentence": b.sentence} for b in self.bridges],
            "words": self.words,
            "passages": [_quote_dict(quote) for quote in self.quotes],
            "order": [
                {"part": p.part, "name": p.name, "points": p.points, "sentence": p.sentence}
                for p in self.parts
            ],
        }


def _line_dict(line: Line) -> dict[str, Any]:
    return {
        "criterion": line.criterion,
        "name": line.name,
        "wanted": line.wanted,
        "verdict": line.verdict.value,
        "verdict_name": line.verdict_name,
        "evidence": line.evidence,
        "hard": line.hard,
    }


def _quote_dict(quote: Quote) -> dict[str, Any]:
    return {
        "side": quote.side,
        "lang": quote.lang,
        "dir": quote.dir,
        "text": quote.text,
        "marks": [list(mark) for mark in quote.marks],
        "source": quote.source,
    }


def explained(pair: Pair) -> Explanation:
    """The pair in the language of this moment."""
    reasons = [r for r in pair.reasons if r.kind == "concept" and r.query and r.document]
    shared = (t for r in pair.reasons if r.kind == "words" for t in r.terms)
    terms = dict.fromkeys(t for t in shared if _says_something(t))
    return Explanation(
        summary=wording.musts(pair.hard),
        lines=tuple(_line(line) for line in pair.criteria),
        bridges=tuple(_bridge(reason) for reason in reasons[:MAX_BRIDGES]),
        words=wording.shared_words(tuple(terms)) if terms else "",
        quotes=tuple(_quotes(pair)),
        parts=tuple(_parts(pair, [r.concept for r in reasons])),
    )


def _says_something(term: str) -> bool:
    """A bare number or a single letter is no reason."""
    return len(term) > 1 and any(c.isalpha() for c in term)


def _line(line: Criterion) -> Line:
    return Line(
        criterion=line.criterion,
        name=str(wording.CRITERIA[line.criterion]),
        wanted=str(line.wanted),
        verdict=line.verdict,
        verdict_name=wording.verdict(line.verdict),
        evidence=str(line.evidence),
        level=line.level,
        level_name=str(LEVEL_LABELS[line.level]) if line.proved else "",
        hard=line.hard,
        question=wording.question(line) if line.open else "",
    )


def _bridge(reason: Reason) -> Bridge:
    asked, found = reason.query or Said("", ""), reason.document or Said("", "")
    return Bridge(reason.concept, asked, found, wording.bridge(reason))


def _quotes(pair: Pair) -> Iterator[Quote]:
    """One passage of each side, the asking one first."""
    other = "need" if pair.asking == "capability" else "capability"
    sides = ((pair.asking, pair.explanation.asked), (other, pair.explanation.passages))
    for side, passages in sides:
        yield from (_quote(side, passage) for passage in passages[:1])


def _quote(side: str, passage: Passage) -> Quote:
    source = str(wording.SIDES[side]) % {"language": i18n.language_name(passage.lang)}
    return Quote(side, passage.lang, _direction(passage.lang), passage.text, passage.marks, source)


def _direction(lang: str) -> str:
    return "rtl" if base_language(lang) in _RIGHT_TO_LEFT else "ltr"


def _parts(pair: Pair, concepts: list[str]) -> Iterator[Part]:
    sentences = {
        "criteria": wording.criteria(pair.hard, pair.soft),
        "relevance": wording.relevance(pair.relevance, concepts),
        "freshness": wording.freshness(_day(pair)),
        "responsiveness": wording.responsiveness(pair.capability.answers),
    }
    for part, sentence in sentences.items():
        yield Part(part, str(wording.PARTS[part]), getattr(pair.weights, part), sentence)


def _day(pair: Pair) -> date:
    return pair.capability.updated.date()
