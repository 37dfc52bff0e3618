"""Who may do what with which object: each cell of a table that was written by hand."""

import csv
import itertools
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from portal.core import clock
from portal.core.i18n import BASE_ZONE
from portal.core.models import Job
from portal.web.app import SAFE_METHODS
from tests.support.formfill import form_at
from tests.support.objects import People, World, world
from tests.support.people import PASSWORD

TABLE = Path(__file__).with_name("access_matrix.csv")
WHO = ("anonymous", "wang", "sun", "chen", "meyer", "kern", "smith", "li", "zhao", "admin",
       "hoffmann", "keller", "roth")  # fmt: skip
OK = {200, 201, 204, 302, 303}
JSON = "application/json"
CAPABILITY = {"texts": {"zh-Hans": {"title": "固态电池"}}, "category": "solid-state-battery"}
NEED = {
    "kind": "part-to-part",
    "texts": {"de": {"title": "Festkörperbatterie"}},
    "category": "solid-state-battery",
}
LISTING = {"texts-0-title": "Batteriezelle", "texts-0-locale": "de"}
SOON = (clock.now() + timedelta(days=60)).date().isoformat()
THIS_MONTH = f"{clock.now().astimezone(ZoneInfo(BASE_ZONE)):%Y-%m}"
OFFER = {"text": "Prüfung", "amount": "10", "currency": "EUR"}
BEGUN = {"draft": "0123456789abcdefghjk", "title": "Hilfe"}
NAMES = {"name": "Neu", "password": "a long enough secret", "accepted": "y"}
# What is sent: (form page to begin with or "", fields to set). The form is read as the one who
# sends it and, when that person may not see it, as the one who may.
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/account": ("/account", {"name": "Anders"}),
    "/account/confirm": ("", {"email": "liu@test.example"}),
    "/account/forgotten": ("", {"email": "liu@test.example"}),
    "/account/invitation/<token>": ("", NAMES),
    "/account/privacy/consents/<purpose>": ("", {"given": "1"}),
    "/account/privacy/copy": ("", {"password": PASSWORD}),
    "/account/privacy/erase": ("", {"password": PASSWORD, "close": "y"}),
    "/account/mails": ("/account/mails", {"mode": "digest"}),
    "/account/members": ("", {"email": "more@test.example", "role": "viewer"}),
    "/account/members/<user_id>/role": ("", {"role": "editor"}),
    "/account/password": ("", {"old_password": PASSWORD, "password": "a long enough secret"}),
    "/account/reset/<token>": ("", NAMES),
    "/account/tokens": ("", {"name": "script", "scopes": "read"}),
    "/capabilities/<capability_id>/copy": ("/capabilities/new", LISTING),
    "/capabilities/<capability_id>/edit": ("/capabilities/<capability_id>/edit", {}),
    "/capabilities/new": ("/capabilities/new", LISTING),
    "/companies/<company_id>/report": ("", {"reason": "other", "body": "Bitte ansehen."}),
    "/company/verification/appeal": ("", {"body": "Zu Unrecht."}),
    "/company/verification/changes/<change_id>/withdraw": ("", {"version": "1"}),
    "/company/verification/identity": (
        "/company/verification/identity",
        {"scheme": "OTHER", "number": "HRB 1234", "reason": "Umzug"},
    ),
    "/company/verification/request": ("", {"level": "documents_checked"}),
    "/company/verification/requests/<request_id>/documents": ("", {"version": "1"}),
    "/company/verification/requests/<request_id>/withdraw": ("", {"version": "1"}),
    "/desk/verification/<kind>/<row_id>": (
        "",
        {"version": "1", "transition": "decline", "note": "nicht zu lesen"},
    ),
    "/desk/verification/companies/<company_id>/withdraw": ("", {"note": "falsch"}),
    "/company/fact-sheets/import": ("/company/fact-sheets/import", {}),
    "/company/references": ("/company/references", {"references-0-customer": "Autohersteller"}),
    "/company/sustainability": (
        "",
        {"version": "1", "sustainability-0-kind": "renewable_energy",
         "sustainability-0-value": "50", "sustainability-0-method": "ppa",
         "sustainability-0-year": "2025",
         "sustainability-0-disclosure": "public"},
    ),
    "/desk/evidence/<company_id>/<anchor>": (
        "/desk/evidence/<company_id>/<anchor>",
        {"level": "document_seen"},
    ),
    "/company/edit": ("/company/edit", {"website": "www.example.com"}),
    "/capabilities/<capability_id>/disclosure": (
        "/capabilities/<capability_id>/disclosure",
        {"level_0": "nda"},
    ),
    "/company/disclosure": ("/company/disclosure", {"level_0": "nda"}),
    "/needs/<need_id>/disclosure": ("/needs/<need_id>/disclosure", {"level_0": "nda"}),
    "/desk/agreements/<template_id>": ("/desk/agreements/<template_id>", {"title_1": "Agreement"}),
    "/desk/agreements/new": ("/desk/agreements/new", {}),
    "/inquiries/<inquiry_id>/agreement": ("", {"locale": "de"}),
    "/desk/assignment": ("/desk/assignment", {"do": "save", "rules-0-place": "7"}),
    "/desk/assignment/switch": ("", {"on": "1"}),
    "/desk/bulk": ("", {"ids": "<request>", "action": "priority", "value-priority": "P1"}),
    "/desk/barriers/<barrier_id>/edit": ("/desk/barriers/<barrier_id>/edit", {"effect": "Anders"}),
    "/desk/barriers/<barrier_id>/public": (
        "/desk/barriers/<barrier_id>/public",
        {"texts-0-title": "Titel", "texts-0-text": "Text"},
    ),
    "/desk/barriers/<barrier_id>/steps/<name>": ("", {"version": "1", "note": "veraltet"}),
    "/desk/barriers/new": (
        "",
        {"market": "DE", "kind": "approval", "category": "", "rule": "Lieferketten", "effect": "x",
         "locale": "de"},
    ),
    "/desk/market-rules/<rule_id>/edit": (
        "/desk/market-rules/<rule_id>/edit",
        {"source_name": "UN R10.07"},
    ),
    "/desk/market-rules/import/<file_id>": ("", {"why": "aus der Tabelle"}),
    "/desk/market-rules/new": (
        "/desk/market-rules/new",
        {"id": "eu-new", "market": "EU", "kind": "notice", "texts-0-title": "Neu",
         "texts-1-title": "Neu", "texts-2-title": "Neu", "source_name": "Amtsblatt"},
    ),
    "/desk/requests/<request_id>/barriers": ("", {"do": "attach", "barrier": "<barrier-public>"}),
    "/desk/requests/<request_id>/satisfaction": ("", {"do": "settle", "follow_up_note": "ruf an"}),
    "/desk/satisfaction": ("", {"days": "30"}),
    "/satisfaction/<token>": ("", {"solved": "4", "service": "5", "comment": "Gut."}),
    "/service-requests/<request_id>/satisfaction": ("", {"solved": "4", "service": "5"}),
    "/desk/calendars/<calendar_id>/<int:year>": ("", {"day": "2026-03-04", "kind": "closed"}),
    "/desk/calendars/<calendar_id>/hours": ("/desk/calendars/<calendar_id>/hours", {}),
    "/desk/catalogue/<code>/publish": ("", {"reason": "Versuch"}),
    "/desk/catalogue/<code>/questions/<name>": (
        "/desk/catalogue/<code>/questions/<name>",
        {"label-en": "Chip?"},
    ),
    "/desk/catalogue/<code>/questions/new": (
        "",
        {"id": "extra", "type": "text", "label-zh_Hans": "问", "label-en": "Q", "label-de": "F",
         "when_op": "is"},
    ),
    "/desk/catalogue/<code>/texts": ("/desk/catalogue/<code>/texts", {"first_reply_hours": "7"}),
    "/desk/catalogue/<code>/versions/<int:number>/restore": ("", {"reason": "Versuch"}),
    "/desk/services/<code>/draft": ("", BEGUN),
    "/desk/services/<code>/request": (
        "",
        {"title": "Hilfe", "description": "Bitte", "priority": "P3", "requester": "<wang>",
         "consent_note": "Telefonat"},
    ),
    "/desk/judgements": ("", {"need": "<need>", "capability": "<capability>", "verdict": "good"}),
    "/desk/partners/<partner_id>/edit": ("/desk/partners/<partner_id>/edit", {"name": "Neu"}),
    "/desk/partners/<partner_id>/hours": ("/desk/partners/<partner_id>/hours", {}),
    "/desk/partners/<partner_id>/invitations": ("", {"email": "x@test.example", "role": "owner"}),
    "/desk/partners/new": ("", {"name": "Neu", "kind": "law", "country": "DE", "locale": "de",
                                "zone": "Europe/Berlin"}),
    "/desk/quotes/<quote_id>": ("", {"do": "withdraw", "version": "1"}),
    "/desk/ranking": ("", {"criteria": "60", "relevance": "30", "freshness": "5",
                           "responsiveness": "5", "reason": "Versuch", "do": "save"}),
    "/desk/reports/monthly": ("", {"month": THIS_MONTH, "language": "en"}),
    "/desk/referrals/<referral_id>": ("", {"do": "reply", "reply": "Danke"}),
    "/desk/requests/<request_id>/quotes": ("", OFFER),
    "/desk/requests/<request_id>/referrals": ("", {"partners": "<lotse>", "title": "EMV",
                                                   "brief": "Prüfen?"}),
    "/desk/requests/<request_id>": ("", {"do": "note", "note": "gesehen"}),
    "/desk/requests/<request_id>/checks": ("", {"check": "Rückruf"}),
    "/desk/requests/<request_id>/priority": ("", {"priority": "P2"}),
    "/desk/reviews/<kind>/<object_id>": (
        "/desk/reviews/<kind>/<object_id>",
        {"transition": "publish"},
    ),
    "/desk/staff/<user_id>": ("", {"team": "Zoll", "capacity": "9", "away_until": "2027-01-08"}),
    "/desk/texts/<module_id>": ("/desk/texts/<module_id>", {"body_de": "Anders"}),
    "/desk/texts/<module_id>/retire": ("", {"retired": "1"}),
    "/desk/texts/new": ("/desk/texts/new", {"name_de": "Gruß", "body_de": "Hallo"}),
    "/desk/thesaurus/concepts/<concept_id>/edit": (
        "/desk/thesaurus/concepts/<concept_id>/edit",
        {"hs": "850780", "reason": "besser", "anyway": "y"},
    ),
    "/desk/thesaurus/concepts/<concept_id>/retire": ("", {"reason": "veraltet"}),
    "/desk/thesaurus/drafts/queries": ("", {"queries": "de: Batterie"}),
    "/desk/thesaurus/import/<file_id>": ("", {"reason": "aus der Tabelle"}),
    "/desk/thesaurus/new": (
        "/desk/thesaurus/new",
        {"id": "new-thing", "kind": "part", "reason": "neu", "anyway": "y"},
    ),
    "/desk/users/<user_id>/lock": ("", {"locked": "1"}),
    "/desk/users/<user_id>/role": ("", {"role": "supervisor"}),
    "/desk/views": ("", {"name": "Eilig", "back": "priority=P1"}),
    "/inquiries/<inquiry_id>/messages": ("", {"message": "Danke", "locale": "de"}),
    "/inquiries/<inquiry_id>/steps/<step>": ("", {"version": "1"}),
    "/inquiries/new": ("", {"subject": "Muster", "message": "Danke", "locale": "de"}),
    "/needs/<need_id>/copy": ("/needs/new", LISTING),
    "/needs/<need_id>/edit": ("/needs/<need_id>/edit", {"texts-0-title": "Anders"}),
    "/needs/<need_id>/extend": ("/needs/<need_id>/extend", {}),
    "/needs/<need_id>/reopen": ("", {"deadline": SOON, "deadline_time": "12:00",
                          "deadline_zone": "UTC"}),
    "/needs/new": ("/needs/new", LISTING),
    "/partner/hours": ("/partner/hours", {}),
    "/partner/quotes/<quote_id>": ("", {"do": "take_back", "version": "1"}),
    "/partner/referrals/<referral_id>": ("", {"do": "reply", "reply": "Danke"}),
    "/partner/referrals/<referral_id>/assignee": ("", {"assignee": "<keller>", "version": "1"}),
    "/partner/referrals/<referral_id>/quote": ("", OFFER),
    "/register": ("", {**NAMES, "kind": "buyer", "company_name": "Neu GmbH", "country": "DE",
                       "email": "new.one@test.example"}),
    "/service-requests/<request_id>": ("", {"do": "reply", "reply": "Danke"}),
    "/service-requests/<request_id>/quotes/<quote_id>": ("", {"do": "decline", "version": "1"}),
    "/services/<code>/draft": ("", BEGUN),
    "/services/<code>/request": ("", {"title": "Hilfe", "description": "Bitte", "priority": "P3"}),
    "/test-centre/bookings/<booking_id>/samples": ("", {"lot": "L8", "quantity": "9"}),
    "/test-centre/bookings/<booking_id>/steps/<name>": ("", {"version": "1"}),
    "/test-centre/bookings/new": (
        "",
        {"programme": "reliability", "capability": "<test-chip>", "device": "HN32A",
         "chip_type": "mcu", "grade": "", "asil": "", "lots": "3", "wished_week": "",
         "destructive": "y"},
    ),
    "/desk/test-centre/bookings/<booking_id>/move": ("", {"start": "<test-start>"}),
    "/desk/test-centre/bookings/<booking_id>/offer": (
        "",
        {"start": "<test-start>", "weeks": "2", "price": "EUR 1", "plan": "Plan", "tests": "0"},
    ),
    "/desk/test-centre/bookings/<booking_id>/report": (
        "",
        {"number": "R-2", "scope": "HN32A", "not_checked": "Rest"},
    ),
    "/desk/test-centre/bookings/<booking_id>/results": (
        "",
        {"runs-0-run": "<test-run>", "runs-0-finding": "", "runs-0-verdict": "pass",
         "runs-0-tested": "9", "runs-0-rejects": "0"},
    ),
    "/desk/test-centre/bookings/<booking_id>/steps/<name>": ("", {"note": "veraltet"}),
    "/desk/test-centre/lines/<line_id>": ("/desk/test-centre/lines/<line_id>", {"places": "8"}),
    "/desk/test-centre/lines/new": ("", {"names-1": "Ovens", "places": "1"}),
    "/desk/test-centre/programmes/<programme_id>": (
        "/desk/test-centre/programmes/<programme_id>",
        {"weeks_to": "30"},
    ),
    "/desk/test-centre/samples/<sample_id>": (
        "",
        {"kind": "in_test", "quantity": "80", "condition": "", "place": "Oven"},
    ),
    "/desk/test-centre/weeks": (
        "",
        {"line": "<test-line>", "first": "<test-monday>", "count": "1", "places": "20"},
    ),
    "/sign-in": ("", {"email": "liu@test.example", "password": PASSWORD}),
}  # fmt: skip
BODIES: dict[str, Any] = {
    "/api/v1/capabilities": CAPABILITY,
    "/api/v1/capabilities/<capability_id>": {"markets": ["FR"]},
    "/api/v1/capabilities/<capability_id>/transitions": {"transition": "submit"},
    "/api/v1/match": NEED,
    "/api/v1/needs": NEED,
    "/api/v1/needs/<need_id>": {"market": "FR"},
    "/api/v1/needs/<need_id>/transitions": {"transition": "submit"},
    "/api/v1/service-requests": {"service": "MATCH", "title": "Hilfe", "description": "Bitte"},
    "/api/v1/service-requests/<request_id>/transitions": {"transition": "cancel"},
}
# Accepted without a lasting trace: it computes, or tells nobody whether it did anything.
TRACELESS = {"/<locale>/account/confirm", "/api/v1/match", "/<locale>/sign-in",
             "/<locale>/sign-out", "/<locale>/account/sessions/end"}  # fmt: skip
# Reading that leaves a mark: a thread that was opened is read.
# Taking a confidential file away is written down, too.
# When its own people made a fact sheet stands on their page.
MARKING = {
    "/<locale>/companies/<company_id>/fact-sheet/<suffix>",
    "/<locale>/capabilities/<capability_id>/fact-sheet/<suffix>",
    "/<locale>/inquiries/<inquiry_id>",
    "/<locale>/test-centre/bookings/<booking_id>/report",
    "/<locale>/desk/test-centre/bookings/<booking_id>/report",
}
_PARAM = re.compile(r"<(?:\w+:)?(\w+)>")
_CHANGING = re.compile(r'name="(?:csrf_token|_once)"[^>]*value="[^"]+"|href="/en/language/[^"]*"')


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()
ROUTES = [
    (key, list(group))
    for key, group in itertools.groupby(ROWS, key=lambda row: (row["method"], row["route"]))
]


@pytest.fixture(scope="module")
def all_things(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("matrix") / "instance", *populated)
    with made.app.database.transaction() as session:  # no worker runs, yet nothing gets late
        session.execute(update(Job).values(run_at=clock.now() + timedelta(days=1)))
    made.save()
    yield made
    made.app.database.engine.dispose()


def address(things: World, route: str, objects: str) -> str:
    """The route with the objects' ids in place of its parameters, and a query."""
    words = objects.split()
    query = next((word[1:] for word in words if word.startswith("?")), "")
    ids = iter([word for word in words if not word.startswith("?")])
    known = {**things.ids, "confirm": "confirm", "reset": "reset"}
    if "<token>" in route:
        known["invitation"] = "invitation"
    path = route.replace("<locale>", "en")

    def part(found: re.Match[str]) -> str:
        word = next(ids)
        return word if found[1] in ("kind", "name", "step", "transition") else known.get(word, word)

    path = _PARAM.sub(part, path)
    pairs = [f"{name}={known.get(value, value)}" for name, value in parse_qsl(query)]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


class Asking:
    """One cell: a person sends one request."""

    def __init__(self, things: World, row: dict[str, str], who: str) -> None:
        self.things, self.row = things, row
        self.who = "" if who == "anonymous" else who
        self.path = address(things, row["route"], row["object"])

    def send(self, **changed: Any) -> Any:
        if self.row["route"].startswith("/api/"):
            return self._program(**changed)
        client = self.things.client(self.who)
        method = self.row["method"]
        data = None if method in SAFE_METHODS else self._fields()
        return client.open(changed.get("path", self.path),
                           method=changed.get("method", method), data=data,
                           headers=changed.get("headers"))  # fmt: skip

    def _program(self, **changed: Any) -> Any:
        body = (
            BODIES.get(self.row["route"]) if self.row["method"] not in ("GET", "DELETE") else None
        )
        headers = {"Authorization": f"Bearer obp_{self.who}"} if self.who else {}
        return self.things.app.test_client().open(
            changed.get("path", self.path),
            method=changed.get("method", self.row["method"]),
            data=None if body is None else json.dumps(body),
            content_type=None if body is None else JSON,
            headers={**headers, "If-Match": "*", **changed.get("headers", {})},
        )

    def _fields(self) -> dict[str, Any]:
        page, fields = FORMS.get(self.row["route"].removeprefix("/<locale>"), ("", {}))
        token = self.things.cookies[self.who][1]
        ids = {f"<{name}>": value for name, value in self.things.ids.items()}
        known = {name: ids.get(value, value) for name, value in fields.items()}
        return {**self._form(page), **known, "csrf_token": token}

    def _form(self, page: str) -> dict[str, Any]:
        """What the page offers to the first person who may see it, beginning with this one."""
        if not page:
            return {}
        path = address(self.things, f"/<locale>{page}", self.row["object"])
        for name in (self.who, "wang", "meyer", "li", "zhao", "hoffmann"):
            offered = self._offered(name, path)
            if offered is not None:
                return dict(offered)
        return {}

    def _offered(self, name: str, path: str) -> dict[str, Any] | None:
        """The form of a page as a person gets it, read once: each cell begins from the same."""
        if (name, path) not in self.things.forms:
            answer, values = self.things.client(name).get(path), None
            if answer.status_code == 200:
                form = form_at(answer.get_data(as_text=True), path)
                values = {n: v for n, v in form.values.items() if n != "_once"}
            self.things.forms[name, path] = values
        return self.things.forms[name, path]


def verdict(answer: Any) -> str:
    """The class of an answer, as the table names it."""
    if answer.status_code == 303 and "/sign-in" in answer.headers["Location"]:
        # Also where a finished registration, a reset or an invitation leads to: those say so.
        return "in"
    return "ok" if answer.status_code in OK else str(answer.status_code)


def plain(answer: Any, path: str) -> str:
    """The text of an answer without its tokens and without what was asked for."""
    text = _CHANGING.sub("", answer.get_data(as_text=True))
    tail = path.removeprefix("/en")
    for spelling in (tail, quote(tail), quote(tail, safe="")):
        text = text.replace(spelling, "").replace(escape(spelling), "")
    return text


TO_SIGN_IN = {"/<locale>/account/confirm/<token>", "/<locale>/account/invitation/<token>",
              "/<locale>/account/reset/<token>"}  # fmt: skip


@pytest.mark.parametrize(("route", "lines"), ROUTES, ids=[" ".join(key) for key, _ in ROUTES])
def test_every_cell(all_things: World, route: tuple[str, str], lines: list[dict[str, str]]) -> None:
    wrong: list[str] = []
    unknown: dict[str, set[str]] = {}
    for row, who in itertools.product(lines, WHO):
        asking = Asking(all_things, row, who)
        found, answer = _tried(all_things, asking, row)
        if found != row[who]:
            wrong.append(f"{who} {row['object']}: {found} instead of {row[who]}")
        if answer.status_code == 404 and who != "anonymous":
            unknown.setdefault(who, set()).add(plain(answer, asking.path))
    assert wrong == []
    differing = [who for who, texts in unknown.items() if len(texts) > 1]
    assert differing == [], "foreign and absent ids can be told apart"


def _tried(things: World, asking: Asking, row: dict[str, str]) -> tuple[str, Any]:
    """The verdict and the answer; an unsafe request must have an effect exactly when accepted."""
    reads = row["method"] in SAFE_METHODS
    before = things.state()
    answer = asking.send()
    found = verdict(answer)
    if found == "in" and row["route"] in TO_SIGN_IN:
        found = "ok"
    changed = things.state() != before
    if changed:
        things.restore()
    if reads or found != "ok":
        if changed and row["route"] not in MARKING:
            found += " but something was written"
    elif not changed and row["route"] not in TRACELESS:
        found += " but nothing was written"
    return found, answer


def test_every_route_stands_in_the_table(all_things: World) -> None:
    declared = {
        (method, re.sub(r"<locale:locale>", "<locale>", rule.rule))
        for rule in all_things.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert declared - {key for key, _lines in ROUTES} == set(), "routes without a line"
    assert {key for key, _lines in ROUTES} - declared == set(), "lines without a route"


def test_routes_with_objects_are_tried_with_an_absent_one() -> None:
    for (method, route), lines in ROUTES:
        named = set(_PARAM.findall(route)) - {"locale", "step", "transition", "name"}
        if named:
            assert any("absent" in row["object"] for row in lines), f"{method} {route}"
