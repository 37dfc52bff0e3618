"""The privacy notice: one text per language and version; older versions stay readable."""

from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from portal.accounts import consents
from portal.core.errors import NotFound
from portal.core.locales import DEFAULT

FOLDER = Path(__file__).parent / "data" / "notices"


@lru_cache
def versions() -> tuple[str, ...]:
    """All versions, the one in force first."""
    return tuple(sorted({path.name.split(".")[0] for path in FOLDER.glob("*.md")}, reverse=True))


def notice(tag: str, version: str = consents.NOTICE) -> tuple[str, str]:
    """The Markdown of a version and its language: the reader's, else English."""
    if version not in versions():
        raise NotFound
    for language in (tag, DEFAULT.tag):
        path = FOLDER / f"{version}.{language}.md"
        if path.exists():
            return path.read_text(encoding="utf-8"), language
    raise NotFound


def html(markdown: str) -> Markup:
    """Headings, lists and paragraphs; everything else stays text."""
    blocks = [_block(block) for block in markdown.strip().split("\n\n")]
    return Markup("\n").join(blocks)


def _block(block: str) -> Markup:
    if block.startswith("## "):
        return Markup("<h2>{}</h2>").format(block.removeprefix("## "))
    if block.startswith("- "):
        items = [line.removeprefix("- ") for line in block.split("\n")]
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
        )
    return Markup("<p>{}</p>").format(" ".join(block.split("\n")))
