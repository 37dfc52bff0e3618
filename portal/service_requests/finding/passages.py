"""The part of a text in which the words of a question stand, with them marked."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

BEFORE, AFTER = 60, 160


@dataclass(frozen=True)
class Segment:
    """A piece of a passage; `mark` where it was asked for."""

    text: str
    mark: bool = False


def passage(text: str, pieces: list[str]) -> tuple[Segment, ...]:
    """The surroundings of the first match with all matches in it marked; the beginning of the
    text where the index found what cannot be seen so."""
    line = " ".join(text.split())
    spans = sorted(_spans(line, pieces))
    first = spans[0][0] if spans else 0
    start = _begin(line, first)
    end = min(len(line), first + AFTER)
    return tuple(_cut(line, spans, start, end))


def _plain(text: str) -> str:
    """Letter for letter without case, width and accents: places in it are places in the text."""
    return "".join((unicodedata.normalize("NFKD", c)[:1] or c).casefold()[:1] or c for c in text)


def _spans(line: str, pieces: list[str]) -> Iterator[tuple[int, int]]:
    plain = _plain(line)
    for piece in map(_plain, pieces):
        at = plain.find(piece)
        while at >= 0:
            yield at, at + len(piece)
            at = plain.find(piece, at + len(piece))


def _begin(line: str, first: int) -> int:
    """Before the match, at the beginning of a word where there are spaces."""
    start = max(0, first - BEFORE)
    space = line.find(" ", start, first) if start else -1
    return space + 1 if space >= 0 else start


def _cut(line: str, spans: list[tuple[int, int]], start: int, end: int) -> Iterator[Segment]:
    at = start
    if start:
        yield Segment("… ")
    for begin, finish in spans:
        if begin < at or finish > end:
            continue
        if begin > at:
            yield Segment(line[at:begin])
        yield Segment(line[begin:finish], mark=True)
        at = finish
    yield Segment(line[at:end] + (" …" if end < len(line) else ""))
