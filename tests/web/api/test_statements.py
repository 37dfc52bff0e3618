"""How much the database is asked: counts that do not grow with the rows."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from portal.web.app import Portal
from tests.web.api.conftest import CAPABILITY, NEED, Chain, Program

Make = Callable[..., Program]


def statements(app: Portal, act: Callable[[], Any]) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(app.database.engine, "before_cursor_execute", note)
    try:
        assert act().status_code == 200
    finally:
        event.remove(app.database.engine, "before_cursor_execute", note)
    return sum(s.lstrip().upper().startswith("SELECT") for s in seen)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("chen", "/capabilities?own=1"),
        ("meyer", "/needs?own=1"),
        ("meyer", "/companies"),
        ("meyer", "/inquiries"),
        ("li", "/service-requests"),
        ("meyer", "/search?q=电池"),
        ("meyer", "/needs/{need}/matches"),
        ("chen", "/capabilities/{capability}/matches"),
    ],
)
def test_statements_do_not_grow_with_rows(
    app: Portal, program: Make, chain: Chain, name: str, path: str
) -> None:
    reader, path = program(name), path.format(**vars(chain))
    reader.get("/concepts/battery")  # notes the use of the token
    before = statements(app, lambda: reader.get(path))
    for _ in range(3):
        program("chen").post("/capabilities", CAPABILITY)
        program("meyer").post("/needs", NEED)
    assert before <= 12
    assert statements(app, lambda: reader.get(path)) == before
