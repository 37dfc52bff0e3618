"""No template says anything that was not translated."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from portal import paths

# Words that are the same in every language: names, codes, units, marks of formats.
SAME_EVERYWHERE = re.compile(
    r"\b(?:API|AEC-Q|ASIL|CSV|E-Mail|JSON|HTTP|ID|LEI|MOQ|OpenAPI|PDF|PPAP|SOP|SR|TISAX|URL|USCC|UTC|VAT|XML)\b"
)
# Files whose words are English on purpose and marked so.
ENGLISH = {"api/docs.html"}
_ADDRESS = re.compile(r"\S+@\S+\.example")
# Text that is marked as being in one language: an example.
_MARKED = re.compile(r'<(p|span|td)\b[^>]*\blang="[\w-]+"[^>]*>.*?</\1>', re.DOTALL)
# What a macro puts together for an id.
_MADE_ID = re.compile("\0-(?:hint|error)")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label", "content")
# Attributes of the same names whose values are not read by people.
UNSPOKEN = re.compile(
    r'<meta name="(?:viewport|color-scheme|robots|theme-color|referrer|format-detection)"[^>]*>'
)
_HIDDEN = re.compile(
    r"<(script|style)\b.*?</\1>|<!--.*?-->|<!DOCTYPE[^>]*>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(r"&#?\w+;")
_LETTER = re.compile(r"[^\W\d_]")
HOLE = "\0"  # stands where the template puts in a value


def sources() -> list[Path]:
    found = [*paths.TEMPLATES.rglob("*.html"), *paths.TEMPLATES.rglob("*.txt")]
    return sorted(p for p in found if str(p.relative_to(paths.TEMPLATES)) not in ENGLISH)


def flattened(node: nodes.Node) -> Iterator[str]:
    """The literal text of a template in order, with a mark in place of each expression."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            for part in child.nodes:
                yield part.data if isinstance(part, nodes.TemplateData) else HOLE
        elif not isinstance(child, nodes.Expr):
            yield from flattened(child)


def literal(path: Path) -> str:
    # No autoescape: text is text.
    tree = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]).parse(
        path.read_text(encoding="utf-8")
    )
    return "".join(flattened(tree))


def untranslated(text: str) -> Iterator[str]:
    """Letters between tags, and in attributes that are shown or read out."""
    for pattern in (_HIDDEN, UNSPOKEN, _MARKED, _MADE_ID, _ADDRESS):
        text = pattern.sub("", text)
    pieces = re.split(r"<[^<>]*>", text)
    spoken = re.findall(rf'(?<![\w-])(?:{"|".join(SPOKEN)})="([^"]*)"', text)
    for piece in [*pieces, *spoken]:
        words = SAME_EVERYWHERE.sub("", _ENTITY.sub("", piece))
        if _LETTER.search(words):
            yield " ".join(piece.replace(HOLE, "…").split())


def without_headers(path: Path, text: str) -> str:
    """A mail begins with the name of its header."""
    return re.sub(r"^\s*Subject:", "", text) if path.suffix == ".txt" else text


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(paths.TEMPLATES)))
def test_template_holds_no_text_of_its_own(path: Path) -> None:
    assert list(untranslated(without_headers(path, literal(path)))) == []


def test_the_scan_finds_what_it_should() -> None:
    bad = '<p title="Hello">{{ x }} <b aria-label="Close">1</b></p><p>%</p>text'
    tree = Environment().parse(bad)
    assert list(untranslated("".join(flattened(tree)))) == ["text", "Hello", "Close"]
