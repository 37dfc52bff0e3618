"""Small words that say nothing about a subject; they also tell languages apart."""

from collections.abc import Mapping
from pathlib import Path

_FILE = Path(__file__).with_name("lexicon") / "stopwords.txt"


def _read() -> dict[str, frozenset[str]]:
    """Language → its words, from lines `language: word word …`."""
    lines = (line.partition(":") for line in _FILE.read_text("utf-8").splitlines())
    return {language: frozenset(listed.split()) for language, _, listed in lines}


_ALL = _read()
# Characters and words that only carry grammar or a question.
HAN_STOPWORDS: frozenset[str] = _ALL["zh"]
STOPWORDS: Mapping[str, frozenset[str]] = {k: v for k, v in _ALL.items() if k != "zh"}
