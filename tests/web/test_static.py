"""What pages load: complete, unchanged, from this host only, and without inline code."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts and "mail-base" not in path.name]
VENDORED = {
    "static/vendor/tabler-core-1.6.1/tabler.min.css": (
        "370a2d4e608ae518351d10528fc7dbe19b354ae5062c51b2a9cb294850d65403"
    ),
    "tests/support/vendor/axe.min.js": (
        "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
    ),
}
ICON = re.compile(r"""\bicon(?:_name)?(?:\(|=)"([a-z0-9-]+)"|"icon": ?"([a-z0-9-]+)\"""")
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*ld\+json)"
)
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|float:\s*(?:left|right)"
)
MARKUP_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\.style\b"
)


@pytest.mark.parametrize(("name", "digest"), VENDORED.items())
def test_vendored_files_are_the_published_ones(name: str, digest: str) -> None:
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        (path.name, first or second)
        for path in TEMPLATES
        for first, second in ICON.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    assert {pair for pair in named if pair[1] not in drawn} == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_hold_no_inline_code(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", ["theme.css", "components.css", "desk.css"])
def test_styles_mirror_by_themselves_and_load_nothing(name: str) -> None:
    css = (ROOT / "static" / name).read_text(encoding="utf-8")
    assert PHYSICAL.findall(css) == []
    assert "url(" not in css
    assert "@import" not in css


def test_the_script_builds_no_markup_from_text() -> None:
    script = (ROOT / "static/app.js").read_text(encoding="utf-8")
    assert MARKUP_FROM_TEXT.findall(script) == []
