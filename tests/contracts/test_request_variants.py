"""What is refused in its plain form is refused however it is spelled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.test_access_matrix import ROUTES, TO_SIGN_IN, Asking, verdict
from tests.support.objects import People, World, world

# Each refused line is tried as a visitor and as the first of these who is refused.
STRANGERS = ("sun", "chen", "kern", "li")
VARIANTS: dict[str, Any] = {
    "head": lambda path: {"method": "HEAD"},
    "options": lambda path: {"method": "OPTIONS"},
    "override": lambda path: {
        "headers": {"X-HTTP-Method-Override": "GET", "X-Method-Override": "GET"}
    },
    "trailing slash": lambda path: {"path": _before_query(path, path.split("?")[0] + "/")},
    "double slash": lambda path: {"path": path.replace("/", "//")},
    "upper case": lambda path: {"path": _before_query(path, path.split("?")[0].upper())},
    "encoded dot": lambda path: {"path": f"/%2e{path}"},
    "encoded dots": lambda path: {"path": f"/en/%2e%2e{path}"},
    "semicolon": lambda path: {"path": _before_query(path, path.split("?")[0] + ";.css")},
    "german": lambda path: {"path": path.replace("/en/", "/de/", 1)},
    "chinese": lambda path: {"path": path.replace("/en/", "/zh-hans/", 1)},
}


def _before_query(path: str, new: str) -> str:
    _old, mark, query = path.partition("?")
    return f"{new}{mark}{query}"


@pytest.fixture(scope="module")
def things(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("variants") / "instance", *populated)
    yield made
    made.app.database.engine.dispose()


def refused(answer: Any) -> bool:
    """Nothing was given: an error, the way to the sign-in page, or an empty list of methods."""
    if answer.status_code >= 400 or answer.status_code in (301, 308) or verdict(answer) == "in":
        return True
    return answer.request.method == "OPTIONS" and not answer.get_data()


@pytest.mark.parametrize(("route", "lines"), ROUTES, ids=[" ".join(key) for key, _ in ROUTES])
def test_no_spelling_opens_what_is_refused(
    things: World, route: tuple[str, str], lines: list[dict[str, str]]
) -> None:
    before, opened = things.state(), []
    for row in lines:
        closed = [who for who in ("anonymous", *STRANGERS) if row[who] != "ok"]
        visitor = [who for who in closed if who == "anonymous"]
        for who in visitor + [who for who in closed if who in STRANGERS][:1]:
            asking = Asking(things, row, who)
            # HEAD asks for what GET gives, which stands on a line of its own.
            spellings = {n: v for n, v in VARIANTS.items() if n != "head" or route[0] == "GET"}
            for name, change in spellings.items():
                answer = asking.send(**change(asking.path))
                if not refused(answer):
                    opened.append(f"{who} {row['object']} by {name}: {answer.status_code}")
    assert opened == []
    assert things.state() == before or route[1] in TO_SIGN_IN
