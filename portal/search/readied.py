"""What an analyser builds from the thesaurus, kept beside the index for the next process.

Building takes most of a second, reading it back a small part of that. The file is believed only
when its checksum is right and it was made from the same thesaurus by the same code; like the index
it lies in a folder that only this user can write to.
"""

import gc
import hashlib
import pickle  # nosec B403  (a file of our own, in a folder of our own, with a checksum)
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from portal.search import compounds
from portal.search.analysis import Analyser
from portal.thesaurus import stopwords, tagger, units, words

NAME = "analyser.ready"
_BUILT = ("tagger", "compounds")


@cache
def _code() -> str:
    """Changes with the code that builds."""
    modules = (compounds, stopwords, tagger, units, words)
    sources = [Path(module.__file__).read_bytes() for module in modules if module.__file__]
    return hashlib.sha256(b"".join(sources)).hexdigest()


def _mark(analyser: Analyser) -> bytes:
    return f"{analyser.version} {analyser.thesaurus.release} {_code()}".encode()


def _kept(analyser: Analyser, folder: Path) -> bytes:
    """What the file holds for this analyser, if it can be believed."""
    try:
        raw = (folder / NAME).read_bytes()
    except OSError:
        return b""
    digest, _, content = raw.partition(b"\n")
    mark, _, built = content.partition(b"\n")
    right = digest == hashlib.sha256(content).hexdigest().encode() and mark == _mark(analyser)
    return built if right else b""


def keep_for_good(*, again: bool = True) -> None:
    """Take what is loaded by now out of the collection of garbage: looking through all words and
    terms again and again holds up questions by a third of a second, and doubles the time that
    reading many texts takes. Without `again` once is enough."""
    if gc.get_freeze_count() and not again:
        return
    gc.collect()
    gc.freeze()
    gc.enable()


def load(analyser: Analyser, folder: Path) -> bool:
    """Give an analyser what a process before has built for it, if it has."""
    built = _kept(analyser, folder)
    if built:
        collecting = gc.isenabled()
        gc.disable()  # it would look at everything again and again while it comes in
        try:
            vars(analyser).update(pickle.loads(built))  # noqa: S301  # nosec B301
            if not gc.get_freeze_count():
                gc.freeze()  # or the first question waits until all of it was looked through
        finally:
            if collecting:
                gc.enable()
    return bool(built)


def save(analyser: Analyser, folder: Path) -> None:
    """Keep what an analyser has built, unless it is kept already."""
    if _kept(analyser, folder):
        return
    built = {name: getattr(analyser, name) for name in _BUILT}
    content = _mark(analyser) + b"\n" + pickle.dumps(built, pickle.HIGHEST_PROTOCOL)
    digest = hashlib.sha256(content).hexdigest().encode()
    beside = folder / f".{NAME}.{secrets.token_hex(4)}"
    with suppress(OSError):
        beside.write_bytes(digest + b"\n" + content)
        beside.replace(folder / NAME)
