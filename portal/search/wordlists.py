"""Reading the dictionary files that operators bring: ding, dictd, StarDict. → pairs of words.

A pair is written as in the file, without remarks: ("Kugellager", "ball bearing", 0.8). The weight
says how near to the beginning of its entry the pair stands.
"""

import gzip
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

# The nth alternative, and whatever follows the first block of an entry, tells less.
LATER = 0.3
INFLECTED = 0.5
MAX_ALTERNATIVES = 8
MAX_BLOCKS = 12
_ASIDE = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\([^)]*\)|<[^>]*>|/[^/ ]+\.?/")
_SPACE = re.compile(r"\s+")
_NUMBERED = re.compile(r"^\s*(?:\d+\.|[a-z]\))\s*")
# ISO 639-3, as FreeDict names its files, to the tags that texts carry.
_TAGS = {"deu": "de", "ger": "de", "eng": "en", "fra": "fr", "spa": "es", "por": "pt"}
_BASE64 = {
    c: n for n, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}


class Pair(NamedTuple):
    source: str
    target: str
    weight: float


class WordList(NamedTuple):
    """One dictionary file: its languages and how its pairs are read."""

    path: Path
    languages: tuple[str, str]
    read: Callable[[Path], Iterator[Pair]]


def ding(path: Path) -> Iterator[Pair]:
    """Lines `Wort {n}; anderes Wort | Wörter :: word; other word | words`."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("#") or "::" not in line:
                continue
            left, _, right = line.partition("::")
            blocks = zip(_plain(left).split("|"), _plain(right).split("|"), strict=False)
            for number, (source, target) in enumerate(islice(blocks, MAX_BLOCKS)):
                yield from _crossed(source, target, INFLECTED if number else 1.0)


def _plain(text: str) -> str:
    return _ASIDE.sub(" ", text)


def _crossed(source: str, target: str, weight: float) -> Iterator[Pair]:
    """Every alternative of one side with every one of the other."""
    sources, targets = _alternatives(source), _alternatives(target)
    for i, one in enumerate(sources):
        for j, other in enumerate(targets):
            yield Pair(one, other, weight / (1 + LATER * i) / (1 + LATER * j))


def _alternatives(text: str) -> Sequence[str]:
    found = (_SPACE.sub(" ", piece).strip() for piece in text.split(";"))
    return list(islice((piece for piece in found if piece), MAX_ALTERNATIVES))


def dictd(path: Path) -> Iterator[Pair]:
    """FreeDict for dictd: `name.index` with `name.dict` or `name.dict.dz` beside it."""
    data = _unpacked(path.with_suffix(".dict"), path.with_suffix(".dict.dz"))
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            word, start, length = [*line.rstrip("\n").split("\t"), "", "", ""][:3]
            if word.startswith("00-database") or not length:
                continue
            at = _number(start)
            yield from _definition(word, data[at : at + _number(length)].decode("utf-8", "replace"))


def _number(text: str) -> int:
    value = 0
    for character in text:
        value = value * 64 + _BASE64.get(character, 0)
    return value


def stardict(path: Path) -> Iterator[Pair]:
    """StarDict: `name.idx` or `name.idx.gz` with `name.dict` or `name.dict.dz` beside it."""
    base = path.with_suffix("") if path.suffix == ".gz" else path
    index = _unpacked(path)
    data = _unpacked(base.with_suffix(".dict"), base.with_suffix(".dict.dz"))
    position = 0
    while (end := index.find(b"\0", position)) >= 0 and end + 9 <= len(index):
        at, length = struct.unpack(">II", index[end + 1 : end + 9])
        word = index[position:end].decode("utf-8", "replace")
        yield from _definition(word, data[at : at + length].decode("utf-8", "replace"))
        position = end + 9


def _definition(word: str, text: str) -> Iterator[Pair]:
    """The lines of an entry that are translations, each with alternatives behind commas."""
    lines = [line for line in text.replace("<br>", "\n").split("\n") if line.strip()]
    shown = [line for line in lines if not line.lstrip().startswith((word, '"', "Synonym", "see:"))]
    for number, line in enumerate(shown[:MAX_BLOCKS]):
        cleaned = _NUMBERED.sub("", _plain(line)).replace(",", ";")
        yield from _crossed(_plain(word), cleaned, 1 / (1 + LATER * number))


def _unpacked(*candidates: Path) -> bytes:
    path = next((p for p in candidates if p.exists()), candidates[-1])
    packed = path.suffix in (".dz", ".gz")
    return gzip.decompress(path.read_bytes()) if packed else path.read_bytes()


def find(folders: Sequence[Path]) -> list[WordList]:
    """The dictionary files in some folders that can be read, by their names: `de-en` is ding's,
    `…deu-eng.index` dictd's, `…deu-eng.idx` StarDict's."""
    found = [w for folder in folders if folder.is_dir() for w in map(_known, _files(folder)) if w]
    by_name = {word_list.path.name: word_list for word_list in reversed(found)}
    return sorted(by_name.values(), key=lambda w: w.path.name)


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file())


def _known(path: Path) -> WordList | None:
    name = path.name.removesuffix(".gz")
    reader = _READERS.get(Path(name).suffix)
    match = _NAMED.search(Path(name).stem if reader else name)
    if reader is None or match is None:
        return None
    first, second = (_TAGS.get(tag, tag) for tag in match.groups())
    return WordList(path, (first, second), reader) if {first, second} == {"de", "en"} else None


_NAMED = re.compile(r"(?:^|[^a-z])([a-z]{2,3})-([a-z]{2,3})$")
_READERS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    "": ding,
    ".txt": ding,
    ".ding": ding,
    ".index": dictd,
    ".idx": stardict,
}
