"""Texts and questions as the full-text index takes them.

Chinese and Japanese are written without spaces: each pair of neighbouring characters is a word of
the index, and so is the last character alone, so that any two characters in a row are found by
one word and a single one by a prefix.
"""

import re
import unicodedata
from collections.abc import Iterator

_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_UNSPACED}]+")
_PIECE = re.compile(f'"([^"]*)"|([{_UNSPACED}]+)|([^\\s"{_UNSPACED}]+)')
MAX_PIECES = 12


def folded(text: str) -> str:
    """One spelling for letters that differ only in case or width; no NUL, which ends a question to
    the index in the middle."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\0", " ")


def words(text: str) -> str:
    """A text as the index holds it: words between spaces."""
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", folded(text))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def pieces(question: str) -> list[str]:
    """What a question asks for: words, runs of Chinese, and phrases in quotation marks."""
    straight = re.sub("[“”„«»「」]", '"', folded(question))
    found = ("".join(piece).strip() for piece in _PIECE.findall(straight))
    return [piece for piece in found if any(map(str.isalnum, piece))][:MAX_PIECES]


def query(question: str) -> str:
    """The question in the index's own language: all its pieces, words also by their beginning.
    Empty when nothing in it can be looked up."""
    return " AND ".join(_quoted(piece) for piece in pieces(question))


def _quoted(piece: str) -> str:
    phrase = " ".join(_of_phrase(piece)).replace('"', "")
    whole = len(piece) > 1 and bool(_RUN.match(piece[-1]))
    return f'"{phrase}"' + ("" if whole or (len(piece) == 1 and piece.isascii()) else "*")


def _of_phrase(piece: str) -> Iterator[str]:
    """A run at the end may go on in the text; one before another word ends there."""
    for part in re.findall(f"[{_UNSPACED}]+|[^{_UNSPACED}]+", piece):
        pairs = _pairs(part) if _RUN.match(part) else [part]
        at_end = piece.endswith(part) and len(pairs) > 1
        yield from pairs[:-1] if at_end else pairs
