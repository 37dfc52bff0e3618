"""Whatever a program sends, it is answered: never a 5xx, never half a record."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.web.api.conftest import CAPABILITY, NEED, Chain, Program

Make = Callable[..., Program]
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e300, 10**40, "", " ", "x" * 5000, "\u202e\u2028\ufeff", "<script>",
    "'; DROP TABLE need;--", "𠮷🚗", "\u0007", [], {}, [[]], [{}], [None], {"": ""}, {"x": None},
    {"value": {}}, ["x", 1], {"de": "x"}, {"de": None}, "9999-99-99", "0000-00",
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def replaced(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("name", "path", "method", "body"),
    [
        ("chen", "/capabilities", "POST", CAPABILITY),
        ("meyer", "/needs", "POST", NEED),
        ("meyer", "/match", "POST", NEED),
        ("chen", "/capabilities/{draft}", "PATCH", CAPABILITY),
        ("meyer", "/needs/{draft_need}", "PATCH", NEED),
    ],
)
def test_odd_bodies_are_taken_or_refused(
    program: Make, chain: Chain, name: str, path: str, method: str, body: Any
) -> None:
    caller, dice = program(name), random.Random(7)
    where = path.format(**vars(chain))
    cases = [(place, odd) for place in places(body) for odd in dice.sample(ODD, 4)]
    for place, odd in cases:
        answer = caller.call(method, where, replaced(body, place, odd), If_Match="*")
        assert answer.status_code in (200, 201, 400, 422), (place, odd, answer.get_data())


def test_odd_addresses_are_answered(program: Make) -> None:
    visitor = program()
    for path in ("/needs/%00", "/needs/%ff", "/concepts/..%2f", "/companies/" + "x" * 3000,
                 "/search?q=%00", "/search?q=%ff%fe", "/search?q=" + "%F0%9F%9A%97" * 400,
                 "/search?q=%22%28%29*%3A~%5E", "/concepts?q=%2A", "/needs?market=%0a",
                 "/search?category=..&scenario=%27", "/needs?cursor=" + "A" * 200):  # fmt: skip
        assert visitor.get(path).status_code in (200, 400, 404), path
