"""Every page in every language: valid, translated, whole, and with few statements."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.locales import LOCALES
from portal.core.statements import counted
from tests.contracts.test_access_matrix import ROWS, WHO, address
from tests.support.client import Browser
from tests.support.objects import People, World, lengthen, multiply, world

MAX_STATEMENTS = 12
# Those who look at pages; the first two who may see one are enough.
READERS = ("wang", "meyer", "zhao", "admin", "anonymous")
# Besides scripts, what is shown as code: how a placeholder of a text at the desk is written.
_SCRIPT = re.compile(r"<(script|code)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# What a template shows when nobody thought of it.
SLIPS = re.compile(
    r"%\(\w+\)|\bNone\b|\bundefined\b|\bUndefined\b|&lt;(?:bound method|function|portal)|\{\{|\{%"
)


def pages() -> Iterator[tuple[str, str, str]]:
    """(route, objects, who) of each page of the matrix that somebody may see."""
    for row in ROWS:
        localised = row["method"] == "GET" and row["route"].startswith("/<locale>")
        if localised:
            readers = [who for who in READERS if row[who] == "ok"]
            many = 4 if "dashboard" in row["route"] else 2 if "matches" in row["route"] else 1
            for who in readers[:many]:
                yield row["route"], row["object"], who


PAGES = list(dict.fromkeys(pages()))
IDS = [f"{route.removeprefix('/<locale>')} {objects} {who}" for route, objects, who in PAGES]


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("pages") / "instance", *populated)
    yield made
    made.app.database.engine.dispose()


@pytest.fixture(scope="module")
def large(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    """The same with many more rows of everything."""
    made = world(tmp_path_factory.mktemp("large") / "instance", *populated)
    with made.app.database.transaction() as session:
        multiply(session, made.people)
        lengthen(session, made.ids, made.people)
    yield made
    made.app.database.engine.dispose()


def reader(things: World, who: str, slug: str = "en") -> Browser:
    return things.browser("" if who == "anonymous" else who, slug)


def visible(html: str) -> str:
    return _TAG.sub(" ", _SCRIPT.sub("", html))


def attributes(html: str) -> str:
    """Texts that are read out or shown on hovering."""
    return " ".join(re.findall(r'(?:title|alt|aria-label|placeholder)="([^"]*)"', html))


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.tag)
@pytest.mark.parametrize(("route", "objects", "who"), PAGES, ids=IDS)
def test_page_in_each_language(
    small: World, route: str, objects: str, who: str, locale: object
) -> None:
    slug, tag = locale.slug, locale.tag  # type: ignore[attr-defined]
    path = address(small, route, objects).replace("/en/", f"/{slug}/", 1)
    page = reader(small, who, slug).get(path)  # the client checks the page itself
    if page.response.mimetype == "text/html" and page.status == 200:
        assert f'<html lang="{tag}"' in page.html
        slip = SLIPS.search(visible(page.html)) or SLIPS.search(attributes(page.html))
        assert slip is None, page.html[max(0, page.html.find(slip[0]) - 300) :][:600]


@pytest.mark.parametrize(("route", "objects", "who"), PAGES, ids=IDS)
def test_statements_are_few_and_do_not_grow(
    small: World, large: World, route: str, objects: str, who: str
) -> None:
    few = statements(small, route, objects, who)
    many = statements(large, route, objects, who)
    assert len(many) <= MAX_STATEMENTS, "\n".join(many)
    assert len(many) <= len(few) + 2, "\n".join(many)  # a list that was empty loads its parts now


def statements(things: World, route: str, objects: str, who: str) -> list[str]:
    """Statements of the second view: the first one may mark a thread as read."""
    path = address(things, route, objects)
    browser = reader(things, who)
    browser.client.get(path)
    with counted(things.app.database) as seen:
        browser.client.get(path)
    return seen


def test_every_role_stands_in_the_matrix(small: World) -> None:
    assert set(WHO) - {"anonymous"} <= set(small.people)
