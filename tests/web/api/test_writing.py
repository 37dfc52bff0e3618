"""Writing over the API: bodies, versions, repeated calls, steps."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from portal.core.db import Database
from portal.needs.models import Need
from tests.web.api.conftest import CAPABILITY, NEED, Chain, Program

Make = Callable[..., Program]


def test_what_is_created_reads_back_the_same(program: Make) -> None:
    chen = program("chen")
    answer = chen.post("/capabilities", CAPABILITY)
    assert answer.status_code == 201
    read = chen.get(answer.headers["Location"].removeprefix("/api/v1"))
    assert read.get_json() == answer.get_json()
    assert {name: read.get_json()[name] for name in CAPABILITY} == CAPABILITY
    assert (read.get_json()["state"], read.headers["ETag"]) == ("draft", 'W/"1"')
    assert read.get_json()["created_at"].endswith("Z")


def test_the_first_language_stays_the_first(program: Make) -> None:
    texts = {
        "zh-Hans": {"title": "逆变器"},
        "en": {"title": "Inverter"},
        "de": {"title": "Inverter"},
    }
    answer = program("chen").post("/capabilities", {"texts": texts})
    assert list(json.loads(answer.get_data())["texts"]) == list(texts)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "texts"),
        ({**NEED, "category": "no-such"}, "category"),
        ({**NEED, "colour": "red"}, "colour"),
        ({**NEED, "state": "published"}, "state"),
        ({**NEED, "company": "somebody"}, "company"),
        ({**NEED, "market": "Deutschland"}, "market"),
        ({**NEED, "texts": {"de": {"title": ["x"]}}}, "texts.de.title"),
        ({**NEED, "quantity": {"per_year": -5}}, "quantity.per_year"),
        ({**NEED, "deadline": "tomorrow"}, "deadline"),
    ],
)
def test_refusals_name_the_field(program: Make, body: Any, field: str) -> None:
    answer = program("meyer").post("/needs", body)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"texts": {}, "texts": {}}', "application/json", 400),
        (b'{"moq": {"quantity": NaN}}', "application/json", 400),
        (b'{"x": "\\ud800"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"x":' + b"[" * 30 + b"]" * 30 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"x":' + b"9" * 10_000 + b"}", "application/json", 400),
        (b'"' + b"x" * 300_000 + b'"', "application/json", 413),
        (b"texts=1", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_that_are_no_plain_json(program: Make, raw: bytes, kind: str, status: int) -> None:
    meyer = program("meyer")
    answer = meyer.client.post("/api/v1/needs", data=raw, content_type=kind, headers=meyer.headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"


def test_changing_needs_the_present_version(program: Make, chain: Chain) -> None:
    chen, path = program("chen"), f"/capabilities/{chain.draft}"
    tag = chen.get(path).headers["ETag"]
    assert chen.patch(path, {"markets": ["FR"]}).status_code == 428
    changed = chen.patch(path, {"markets": ["FR"]}, If_Match=tag)
    assert changed.status_code == 200
    assert changed.get_json()["markets"] == ["FR"]
    assert changed.headers["ETag"] != tag
    stale = chen.patch(path, {"markets": ["IT"]}, If_Match=tag)
    assert (stale.status_code, stale.headers["ETag"]) == (412, changed.headers["ETag"])
    assert chen.get(path, If_None_Match=changed.headers["ETag"]).status_code == 304


def test_a_patch_changes_only_what_it_names(program: Make, chain: Chain) -> None:
    chen, path = program("chen"), f"/capabilities/{chain.draft}"
    before = chen.get(path).get_json()
    patch = {"texts": {"en": {"title": "Solid-state cell"}}, "moq": None, "capacity": None}
    after = chen.patch(path, patch, If_Match="*").get_json()
    assert list(after["texts"]) == ["zh-Hans", "en"]
    assert "capacity" not in after
    assert after["attributes"] == before["attributes"]


def test_a_record_may_come_back_whole(program: Make, chain: Chain) -> None:
    chen, path = program("chen"), f"/capabilities/{chain.draft}"
    read = chen.get(path)
    body = {**read.get_json(), "stage": "series"}
    assert chen.patch(path, body, If_Match=read.headers["ETag"]).status_code == 200
    forged = {**read.get_json(), "state": "published"}
    assert chen.patch(path, forged, If_Match="*").status_code == 422


def test_one_key_one_effect(program: Make, database: Database) -> None:
    meyer, smith = program("meyer"), program("smith")
    first = meyer.post("/needs", NEED, Idempotency_Key="abc")
    again = meyer.post("/needs", NEED, Idempotency_Key="abc")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    other = meyer.post("/needs", {**NEED, "market": "FR"}, Idempotency_Key="abc")
    assert other.status_code == 422
    stranger = smith.post("/needs", NEED, Idempotency_Key="abc")
    assert stranger.get_json()["id"] != first.get_json()["id"]
    with database.reading() as session:
        assert session.query(Need).count() == 2


def test_a_refused_call_leaves_its_key_free(program: Make) -> None:
    meyer = program("meyer")
    assert meyer.post("/needs", {}, Idempotency_Key="k").status_code == 422
    assert meyer.post("/needs", NEED, Idempotency_Key="k").status_code == 201


def test_steps_follow_the_workflow(program: Make, chain: Chain) -> None:
    li, path = program("li"), f"/service-requests/{chain.request}"
    assert li.get(path).get_json()["transitions"][0] == "triage"
    moved = li.post(f"{path}/transitions", {"transition": "triage"})
    assert (moved.status_code, moved.get_json()["state"]) == (200, "triaged")
    assert li.post(f"{path}/transitions", {"transition": "triage"}).status_code == 409
    unknown = li.post(f"{path}/transitions", {"transition": "fly"})
    assert "transition" in unknown.get_json()["errors"]
    silent = li.post(f"{path}/transitions", {"transition": "reject"})
    assert "note" in silent.get_json()["errors"]
    stale = li.post(f"{path}/transitions", {"transition": "reject"}, If_Match='W/"0"')
    assert stale.status_code == 412
    customer = program("meyer").get(path, Accept_Language="en").get_json()
    assert customer["state_label"] == "Being looked at"


def test_submitting_over_the_api(program: Make, chain: Chain) -> None:
    path = f"/capabilities/{chain.draft}/transitions"
    moved = program("chen").post(path, {"transition": "submit"})
    assert (moved.status_code, moved.get_json()["state"]) == (200, "submitted")
    published = program("li").post(path, {"transition": "publish"})
    assert published.get_json()["state"] == "published"
    assert program().get(f"/capabilities/{chain.draft}").status_code == 200
