"""Who may do what: every operation with every kind of caller."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import ApiToken
from portal.api.operations import OPERATIONS
from portal.core.db import Database
from tests.support.client import Browser
from tests.web.api.conftest import CAPABILITY, NEED, Chain, Program

Make = Callable[..., Program]
STEP = {"transition": "submit"}
# operation: (path, body, statuses of the callers below)
CALLERS = ("nobody", "read", "write", "stranger", "staff")
TABLE: dict[str, tuple[str, Any, tuple[int, ...]]] = {
    # The owner is chen (supplier) for capabilities, meyer (buyer) for needs.
    "find": ("/search?q=x", None, (200, 200, 403, 200, 200)),
    "list_companies": ("/companies", None, (200, 200, 403, 200, 200)),
    "read_company": ("/companies/{company}", None, (200, 200, 403, 200, 200)),
    "fact_sheet_of_company": ("/companies/{company}/fact-sheet", None, (200, 200, 403, 200, 200)),
    "list_concepts": ("/concepts", None, (200, 200, 403, 200, 200)),
    "read_concept": ("/concepts/battery", None, (200, 200, 403, 200, 200)),
    "list_capabilities": ("/capabilities", None, (200, 200, 403, 200, 200)),
    "read_capability": ("/capabilities/{draft}", None, (404, 200, 403, 404, 200)),
    "create_capability": ("/capabilities", CAPABILITY, (401, 403, 201, 201, 403)),
    "change_capability": ("/capabilities/{draft}", {"markets": []}, (401, 403, 200, 404, 403)),
    "delete_capability": ("/capabilities/{draft}", None, (401, 403, 204, 404, 403)),
    "move_capability": ("/capabilities/{draft}/transitions", STEP, (401, 403, 200, 404, 403)),
    "matches_of_capability": ("/capabilities/{draft}/matches", None, (401, 200, 403, 404, 200)),
    "match_of_capability": (
        "/capabilities/{draft}/matches/{need}",
        None,
        (401, 200, 403, 404, 200),
    ),
    "gaps_of_capability": ("/capabilities/{draft}/gaps", None, (401, 200, 403, 404, 200)),
    "list_needs": ("/needs", None, (200, 200, 403, 200, 200)),
    "read_need": ("/needs/{draft_need}", None, (404, 200, 403, 404, 200)),
    "create_need": ("/needs", NEED, (401, 403, 201, 201, 403)),
    "change_need": ("/needs/{draft_need}", {"market": None}, (401, 403, 200, 404, 403)),
    "delete_need": ("/needs/{draft_need}", None, (401, 403, 204, 404, 403)),
    "move_need": ("/needs/{draft_need}/transitions", STEP, (401, 403, 200, 404, 403)),
    "matches_of_need": ("/needs/{need}/matches", None, (401, 200, 403, 404, 200)),
    "match_of_need": (
        "/needs/{need}/matches/{capability}",
        None,
        (401, 200, 403, 404, 200),
    ),
    "match": ("/match", NEED, (401, 200, 403, 200, 200)),
    "list_inquiries": ("/inquiries", None, (401, 200, 403, 200, 403)),
    "read_inquiry": ("/inquiries/{inquiry}", None, (401, 200, 403, 404, 403)),
    "list_service_requests": ("/service-requests", None, (401, 200, 403, 200, 200)),
    "read_service_request": ("/service-requests/{request}", None, (401, 200, 403, 404, 200)),
    "move_service_request": (
        "/service-requests/{request}/transitions",
        {"transition": "cancel"},
        (401, 403, 200, 404, 403),  # staff know the request, but only its owner cancels
    ),
    "list_services": ("/services", None, (200, 200, 403, 200, 200)),
    "read_service": ("/services/CERT", None, (200, 200, 403, 200, 200)),
    "create_service_request": (
        "/service-requests",
        {"service": "MATCH", "title": "Hilfe", "description": "Bitte"},
        (401, 403, 201, 201, 422),  # staff must say for whom
    ),
    "openapi_document": ("/openapi.json", None, (200, 200, 403, 200, 200)),
    "docs": ("/docs", None, (200, 200, 403, 200, 200)),
}
SELLING = {name for name in TABLE if "capabilit" in name}


def caller(program: Make, kind: str, name: str) -> Program:
    owner, stranger = ("chen", "wang") if name in SELLING else ("meyer", "smith")
    made = {
        "nobody": (),
        "read": (owner, "read"),
        "write": (owner, "write"),
        "stranger": (stranger, "read", "write"),
        "staff": ("li", "read", "write"),
    }
    return program(*made[kind])


@pytest.mark.parametrize("kind", CALLERS)
def test_every_operation_for_every_kind_of_caller(program: Make, chain: Chain, kind: str) -> None:
    found = {}
    for name, (path, body, _expected) in TABLE.items():
        method = OPERATIONS[name][0].method
        answer = caller(program, kind, name).call(
            method, path.format(**vars(chain)), body, If_Match="*"
        )
        found[name] = answer.status_code
    deleted = {"delete_capability", "move_capability", "matches_of_capability", "delete_need"}
    expected = {name: row[2][CALLERS.index(kind)] for name, row in TABLE.items()}
    if kind == "write":  # what was deleted before is gone
        expected |= {"move_capability": 404, "move_need": 404}
    assert found == expected, deleted


def test_the_table_names_every_operation() -> None:
    assert set(TABLE) == set(OPERATIONS)


def test_bad_tokens_are_challenged_even_for_public_data(program: Make, app: Any) -> None:
    for token in ("obp_wrong", "x" * 5000):
        answer = Program(app, token).get("/needs")
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    basic = program().get("/needs", Authorization="Basic d2FuZzp4")
    assert basic.status_code == 401


def test_a_missing_scope_is_named(program: Make) -> None:
    answer = program("meyer", "read").post("/needs", NEED)
    assert answer.status_code == 403
    assert 'scope="write"' in answer.headers["WWW-Authenticate"]


def test_viewers_read_but_do_not_write(program: Make, chain: Chain) -> None:
    kern = program("kern")
    assert kern.get(f"/needs/{chain.draft_need}").status_code == 200
    assert kern.post("/needs", NEED).status_code == 403
    assert kern.patch(f"/needs/{chain.draft_need}", {}, If_Match="*").status_code == 403


def test_cookies_say_nothing(browser: Callable[..., Browser], chain: Chain) -> None:
    signed_in = browser("meyer")
    assert signed_in.get(f"/api/v1/needs/{chain.draft_need}").status == 404
    assert signed_in.get("/api/v1/inquiries").status == 401


def test_a_revoked_token_ends_at_once(program: Make, database: Database) -> None:
    meyer = program("meyer")
    assert meyer.get("/inquiries").status_code == 200
    with database.transaction() as session:
        token = session.query(ApiToken).one()
        assert token.last_used_at is not None
        token.revoked_at = token.last_used_at
    assert meyer.get("/inquiries").status_code == 401


def test_own_lists_hold_every_state_and_nobody_elses(program: Make, chain: Chain) -> None:
    public = program().get("/needs").get_json()["items"]
    own = program("meyer").get("/needs?own=1").get_json()["items"]
    assert [row["id"] for row in public] == [chain.need]
    assert {row["id"] for row in own} == {chain.need, chain.draft_need}
    assert program("smith").get("/needs?own=1").get_json()["items"] == []
    assert program().get("/needs?own=1").status_code == 401
    assert program("li").get("/needs?own=1").status_code == 403


def test_prices_and_notes_stay_inside(program: Make, chain: Chain) -> None:
    assert "target_price" not in program("wang").get(f"/needs/{chain.need}").get_json()
    assert "target_price" in program("meyer").get(f"/needs/{chain.need}").get_json()
    path = f"/service-requests/{chain.request}"
    assert "geheime Notiz" not in program("meyer").get(path).get_data(as_text=True)
    assert "geheime Notiz" in program("li").get(path).get_data(as_text=True)


def test_inquiries_show_their_thread_to_both_sides(program: Make, chain: Chain) -> None:
    sides = {}
    for name in ("meyer", "chen"):
        read = program(name).get(f"/inquiries/{chain.inquiry}").get_json()
        sides[name] = read["side"]
        assert [m["text"] for m in read["messages"]] == ["Guten Tag"]
        assert read["state"] == "sent"
    assert sides == {"meyer": "buyer", "chen": "supplier"}
    assert program("chen").get("/inquiries?box=sent").get_json()["items"] == []
