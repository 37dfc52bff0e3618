"""What README and docs/ say is so."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from portal import paths
from portal.cli import cli
from portal.config import VARIABLES
from tests.support import handbook

PAGES = sorted([paths.ROOT / "README.md", *(paths.ROOT / "docs").glob("*.md")])
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
# Commands stand in code: between backticks, or in indented and fenced lines.
CODE = re.compile(r"`([^`\n]+)`|^(?: {4,}|\t)(.+)$", re.MULTILINE)
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def snippets(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from block.splitlines()
    for inline, indented in CODE.findall(FENCE.sub("", text)):
        yield inline or indented


def spoken(page: Path, name: str) -> Iterator[list[str]]:
    """The words after a program's name, wherever the page shows it."""
    for snippet in snippets(page):
        for command in re.split(r"&&|[;|]", snippet.split("#")[0]):
            words = _words(command)
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words = words[1:]
            if words and words[0].rsplit("/", 1)[-1] == name:
                yield words[1:]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def unknown(words: list[str]) -> str:
    """The first word or option that the command line does not know; empty when all is well."""
    command: click.Command = cli
    context = click.Context(cli)
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(context, word)
            if found is None:
                return word
            command = found
        elif word.startswith("--") and word.split("=")[0] not in _options(command):
            return word
    return ""


def _options(command: click.Command) -> set[str]:
    named = {opt for p in command.params for opt in (*p.opts, *p.secondary_opts)}
    return named | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_commands_exist(page: Path) -> None:
    targets = set(TARGET.findall((paths.ROOT / "Makefile").read_text(encoding="utf-8")))
    asked = {
        word for words in spoken(page, "make") for word in words if re.fullmatch("[a-z-]+", word)
    }
    assert asked - targets == set()
    assert [(words, bad) for words in spoken(page, "portal") if (bad := unknown(words))] == []


def test_operating_lists_exactly_the_settings() -> None:
    text = (paths.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = text.split("## Settings")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(PORTAL_\w+)`", section, re.MULTILINE) == list(VARIABLES)
    assert set(re.findall(r"PORTAL_[A-Z_]+", text)) <= set(VARIABLES)


def test_generated_pages_are_up_to_date() -> None:
    for path, text in handbook.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: make docs"


def test_pages_link_to_what_exists() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_check_of_commands_can_fail() -> None:
    assert unknown(["users", "create", "--email", "x"]) == ""
    assert unknown(["users", "crate"]) == "crate"
    assert unknown(["search", "x", "--nothing"]) == "--nothing"
