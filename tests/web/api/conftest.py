"""Programs with tokens, and a small chain of records to read and write."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.accounts import queries as accounts
from portal.accounts import rules, services
from portal.capabilities import records as capability_records
from portal.capabilities import services as capabilities
from portal.core import clock
from portal.core.access import Actor
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.needs import records as need_records
from portal.needs import services as needs
from portal.search import jobs as search_jobs
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.web.app import Portal

CAPABILITY = {
    "texts": {
        "zh-Hans": {"title": "硫化物固态电池", "description": "全固态电池电芯，能量密度高。"},
    },
    "category": "solid-state-battery",
    "certificates": [{"standard": "IATF 16949", "expires": "2030-01-31"}],
    "attributes": {"energy_density": {"value": 320, "unit": "Wh/kg"}},
    "capacity": {"quantity": 200000, "unit": "piece", "per": "year"},
    "markets": ["DE", "HU"],
}
NEED = {
    "texts": {"de": {"title": "Festkörperbatterie", "description": "Feststoffakku für Pkw."}},
    "category": "solid-state-battery",
    "required": {
        "certificates": ["IATF 16949"],
        "attributes": {"energy_density": {"min": 250, "unit": "Wh/kg"}},
    },
    "market": "DE",
    "quantity": {"per_year": 50000, "unit": "piece"},
    "target_price": {"amount": "95.50", "currency": "EUR", "per": "kWh"},
}


class Program:
    """A program that calls the API with a token, or without one."""

    def __init__(self, app: Portal, token: str | None) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer; `If_Match="…"` becomes the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            content_type=None if body is None else "application/json",
            headers={**self.headers, **named},
        )
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
            assert answer.get_json()["status"] == answer.status_code
        assert "Set-Cookie" not in answer.headers
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)


@dataclass(frozen=True)
class Chain:
    """Ids of what stands in the database."""

    capability: str
    draft: str
    need: str
    draft_need: str
    inquiry: str
    request: str
    company: str


@pytest.fixture
def acting(app: Portal, people: Any) -> Callable[[str], Actor]:
    def actor(name: str) -> Actor:
        with app.database.reading() as session:
            user = accounts.user(session, people[name].id)
            assert user is not None
            return rules.actor_of(user)

    return actor


@pytest.fixture
def program(app: Portal, acting: Callable[[str], Actor]) -> Callable[..., Program]:
    """`program()` without a token, `program("wang", "read")` with one of these scopes."""

    def make(name: str | None = None, *scopes: str) -> Program:
        if name is None:
            return Program(app, None)
        with app.database.transaction() as session:
            wanted = list(scopes or ("read", "write"))
            _row, secret = services.create_token(session, acting(name), "test", wanted)
        return Program(app, secret)

    return make


@pytest.fixture
def chain(app: Portal, acting: Callable[[str], Actor]) -> Chain:
    """Published and drafted listings of chen and meyer, an inquiry and a request between them."""
    chen, meyer = acting("chen"), acting("meyer")
    with app.database.transaction() as session:
        ids = {}
        for kind, state in (("capability", "published"), ("draft", "draft")):
            row = capabilities.create(session, chen, capability_records.from_record(CAPABILITY))
            row.state, ids[kind] = state, row.id
            row.published_at = clock.now() if state == "published" else None
        for kind, state in (("need", "published"), ("draft_need", "draft")):
            need = needs.create(session, meyer, need_records.from_record(NEED))
            need.state, ids[kind] = state, need.id
            need.published_at = clock.now() if state == "published" else None
        inquiry = Inquiry(
            buyer_id=meyer.org_id,
            supplier_id=chen.org_id,
            capability_id=ids["capability"],
            subject="Muster?",
            locale="de",
        )
        request = ServiceRequest(
            number=1, service="MATCH", company_id=meyer.org_id, title="Hilfe", locale="de"
        )
        session.add_all((inquiry, request))
        session.flush()
        session.add_all(
            (
                InquiryMessage(inquiry_id=inquiry.id, party="buyer", locale="de", body="Guten Tag"),
                RequestEntry(
                    request_id=request.id,
                    party="staff",
                    internal=True,
                    locale="zh-Hans",
                    body="geheime Notiz",
                ),
            )
        )
        session.flush()
        ids |= {"inquiry": inquiry.id, "request": request.id, "company": chen.org_id or ""}
    search_jobs.rebuild(app.engine, app.database)
    return Chain(**ids)
