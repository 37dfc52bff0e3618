"""One word per confidential field: read through every door, nobody finds one that is not theirs."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.accounts.models import Membership, Notice, User
from portal.accounts.queries import user as find_user
from portal.accounts.rules import actor_of
from portal.accounts.services import create_token
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Certificate, Company, Site
from portal.core import clock, jobs
from portal.core.access import Actor
from portal.core.models import Job
from portal.core.texts import Words
from portal.disclosure.agreements import services as agreements
from portal.disclosure.agreements import shipped
from portal.disclosure.agreements.services import TemplateInput
from portal.inquiries import services as inquiries
from portal.inquiries.models import Inquiry
from portal.inquiries.services import NewInquiry
from portal.matching import jobs as matching
from portal.needs.models import Need, NeedText
from portal.search import jobs as search_jobs
from portal.web.app import Portal
from tests.support.people import Person

LEVELS = ("registered", "interest", "nda")
ATTRIBUTES = ("peak_power", "peak_torque", "efficiency", "weight", "output_current")
# Routes that answer with nothing of a record, or that change who is asking.
APART = ("/language/", "/static/", "/health", "/sign-in", "/register")


def number(n: int) -> str:
    """A figure that occurs nowhere else, and reads the same in every language once its separators
    are gone."""
    return str(70_310_000 + 37 * n)


@dataclass
class Canary:
    """A word or figure in one field of one organisation, and from which level on it is shown."""

    token: str
    owner: str
    field: str
    level: str


class Cage:
    """The canaries, with the words that go into fields."""

    def __init__(self) -> None:
        self.all: list[Canary] = []

    def word(self, owner: str, field: str, level: str) -> str:
        token = f"kanari{len(self.all):03d}x{owner[:3]}"
        self.all.append(Canary(token, owner, field, level))
        return token

    def figure(self, owner: str, field: str, level: str) -> Decimal:
        token = number(len(self.all))
        self.all.append(Canary(token, owner, field, level))
        return Decimal(token)


@dataclass
class Zoo:
    """An application full of canaries, and the ids that pages are asked for."""

    app: Portal
    people: Mapping[str, Person]
    cage: Cage
    ids: dict[str, str]

    def actor(self, who: str) -> Actor:
        with self.app.database.reading() as session:
            found = find_user(session, self.people[who].id)
            assert found is not None
            return actor_of(found)


def _capability(cage: Cage, people: Mapping[str, Person], owner: str, level: str) -> Capability:
    org = people[owner].org_id or ""
    name = f"capability-{level}"
    made = Capability(
        company_id=org,
        category="traction-inverter",
        state="published",
        published_at=clock.now(),
        attributes={
            a: {"value": str(cage.figure(owner, f"{name}.{a}", level)), "unit": "kW"}
            for a in ATTRIBUTES[:3]
        },
        markets=["DE"],
        stage="series",
        capacity_quantity=cage.figure(owner, f"{name}.capacity", level),
        capacity_unit="piece",
        capacity_per="year",
        moq_quantity=cage.figure(owner, f"{name}.moq", level),
        moq_unit="piece",
        texts=[
            CapabilityText(
                locale="en",
                title=f"Traction inverter {level}",
                summary=cage.word(owner, f"{name}.summary", level),
                description=cage.word(owner, f"{name}.description", level),
            )
        ],
    )
    fields = ("summary", "description", "stage", "capacity", "moq", "lead_time_days", "markets")
    made.disclosure = dict.fromkeys((*fields, *(f"attributes.{a}" for a in ATTRIBUTES)), level)
    made.certificates = [
        Certificate(
            company_id=org,
            standard="VDA 6.3",
            number=cage.word(owner, f"{name}.certificate", level),
            disclosure=level,
        )
    ]
    return made


def _need(cage: Cage, people: Mapping[str, Person], owner: str, level: str) -> Need:
    name = f"need-{level}"
    made = Need(
        company_id=people[owner].org_id or "",
        category="traction-inverter",
        state="published",
        published_at=clock.now(),
        alias="European passenger-car maker",
        required={
            "certificates": [cage.word(owner, f"{name}.certificate", level)],
            "attributes": {
                "weight": {"max": str(cage.figure(owner, f"{name}.weight", level)), "unit": "kg"}
            },
        },
        standards=[cage.word(owner, f"{name}.standard", level)],
        quantity_per_year=cage.figure(owner, f"{name}.quantity", level),
        quantity_unit="piece",
        sop="2033-11",
        incoterm="DAP",
        market="FR",
        incoterm_place=cage.word(owner, f"{name}.place", level),
        target_price=cage.figure(owner, f"{name}.target_price", level),
        target_currency="EUR",
        target_price_per="piece",
        texts=[
            NeedText(
                locale="de",
                title=f"Traktionswechselrichter {level}",
                description=cage.word(owner, f"{name}.description", level),
            )
        ],
    )
    fields = ("description", "criteria", "quantity", "sop", "destination", "target_price")
    made.disclosure = dict.fromkeys(fields, level)
    return made


def _company(cage: Cage, company: Company, owner: str) -> None:
    """What hides in a profile: texts, figures, and a row of each kind at each level."""
    company.website = f"https://{cage.word(owner, 'company.website', 'registered')}.example"
    company.headcount = int(cage.figure(owner, "company.headcount", "interest"))
    company.texts[0].description = cage.word(owner, "company.description", "nda")
    company.disclosure = {"website": "registered", "headcount": "interest", "description": "nda"}
    for level in LEVELS:
        company.sites.append(
            Site(
                role="plant",
                country="CN",
                city="Wuxi",
                address=cage.word(owner, f"site-{level}", level),
                disclosure=level,
            )
        )
        company.certificates.append(
            Certificate(
                standard="TISAX",
                number=cage.word(owner, f"certificate-{level}", level),
                disclosure=level,
            )
        )


def _further(cage: Cage, company: Company, owner: str) -> Iterator[Any]:
    for level in LEVELS:
        yield SustainabilityFact(
            company_id=company.id,
            kind="carbon_footprint",
            product=cage.word(owner, f"sustainability-{level}", level),
            disclosure=level,
        )
        yield CompanyReference(
            company_id=company.id,
            customer=cage.word(owner, f"reference-{level}", level),
            disclosure=level,
        )


@pytest.fixture(scope="module")
def zoo(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, dict[str, Person]]
) -> Iterator[Zoo]:
    import shutil

    from portal.factory import create_app
    from tests.conftest import make_settings

    instance = tmp_path_factory.mktemp("zoo") / "instance"
    instance.mkdir()
    shutil.copy(populated[0], instance / "portal.sqlite3")
    made = Zoo(create_app(make_settings(instance)), populated[1], Cage(), {})
    _fill(made)
    yield made
    made.app.database.engine.dispose()


def _fill(zoo: Zoo) -> None:
    people, cage = zoo.people, zoo.cage
    with zoo.app.database.transaction() as session:
        for owner in ("wang", "meyer"):
            from portal.companies.queries import find

            company = find(session, people[owner].org_id or "")
            assert company is not None
            _company(cage, company, owner)
            session.add_all(_further(cage, company, owner))
        rows: dict[str, Any] = {}
        for level in LEVELS:
            rows[f"capability-{level}"] = _capability(cage, people, "wang", level)
            rows[f"need-{level}"] = _need(cage, people, "meyer", level)
        rows["capability-own"] = Capability(
            company_id=people["chen"].org_id,
            category="traction-inverter",
            state="published",
            published_at=clock.now(),
            texts=[CapabilityText(locale="en", title="Traction inverter of another")],
        )
        rows["need-own"] = Need(
            company_id=people["smith"].org_id,
            category="traction-inverter",
            state="published",
            published_at=clock.now(),
            quantity_per_year=Decimal(100),
            quantity_unit="piece",
            sop="2033-01",
            market="DE",
            required={"attributes": {a: {"min": "5", "unit": "kW"} for a in ATTRIBUTES[:3]}},
            texts=[NeedText(locale="en", title="Traction inverter, please")],
        )
        session.add_all(rows.values())
        session.flush()
        zoo.ids |= {name: row.id for name, row in rows.items()}
    _talk(zoo)


def _talk(zoo: Zoo) -> None:
    """The buyer asks the supplier under its alias; matches are found and everybody is told."""
    database, words = zoo.app.database, Words("A question", "en")
    with database.transaction() as session:
        meyer = zoo.actor("meyer")
        data = NewInquiry(zoo.ids["capability-nda"], "Asking", words, zoo.ids["need-nda"])
        zoo.ids["inquiry"] = inquiries.create(session, meyer, data).id
    search_jobs.rebuild(zoo.app.engine, database)
    for name, row_id in list(zoo.ids.items()):
        if name.startswith("need"):
            matching.match_need(zoo.app.engine, database, row_id)
        elif name.startswith("capability"):
            matching.match_capability(zoo.app.engine, database, row_id)
    jobs.run_ready(database)


# reading


def readable(answer: Any) -> str:
    """The text of a page, a PDF, or of the parts of a workbook, with figures without separators."""
    content = answer.data
    if content.startswith(b"%PDF"):
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            text = "".join(book.read(n).decode("utf-8", "replace") for n in book.namelist())
    else:
        text = content.decode("utf-8", "replace")
    return re.sub(r"(?<=\d)[.,\s\u202f\u00a0](?=\d{3})", "", text)


def addresses(zoo: Zoo) -> Iterator[str]:
    """Every address with GET in the map of routes that can be built from what there is; a page
    that is added later joins by itself."""
    ids = zoo.ids
    values: dict[str, list[str]] = {
        "locale": ["en"],
        "company_id": [zoo.people["wang"].org_id or "", zoo.people["meyer"].org_id or ""],
        "capability_id": [ids[f"capability-{level}"] for level in LEVELS] + [ids["capability-own"]],
        "need_id": [ids[f"need-{level}"] for level in LEVELS] + [ids["need-own"]],
        "inquiry_id": [ids["inquiry"]],
        "kind": ["capability"],
        "object_id": [ids["capability-nda"]],
        "code": ["CERT"],
    }
    for rule in zoo.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= values.keys():
            continue
        for chosen in _choices(rule.arguments, values):
            with zoo.app.test_request_context("/en/"):
                path = zoo.app.url_for(rule.endpoint, _external=False, **chosen)
            if not any(part in path for part in APART):
                yield path
    yield from (f"/en/search?q=inverter&kind={kind}" for kind in ("capability", "need", "company"))
    own = {"capability": ids["capability-nda"], "need": ids["need-nda"]}
    yield from (f"/en/services/CERT/request?{name}={row}" for name, row in own.items())
    yield from (f"/en/inquiries/new?capability={row}" for row in values["capability_id"])


def _choices(names: set[str], values: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """All combinations where there is one name, a few where there are more."""
    named = sorted(names - {"locale"})
    length = max((len(values[name]) for name in named), default=1)
    for at in range(length):
        chosen = {name: values[name][at % len(values[name])] for name in named}
        if "locale" in names:
            chosen["locale"] = "en"
        yield chosen
    if {"capability_id", "need_id"} <= names:
        for capability in values["capability_id"]:
            for need in values["need_id"]:
                both = {"capability_id": capability, "need_id": need}
                yield {**both, "locale": "en"} if "locale" in names else both


def client_of(zoo: Zoo, who: str | None) -> tuple[Any, dict[str, str]]:
    """A signed-in browser that sends a token of its own to the API."""
    from tests.support.client import Browser

    browser = Browser(zoo.app)
    if who is None:
        return browser.client, {}
    browser.sign_in(f"{who}@test.example")
    with zoo.app.database.transaction() as session:
        user = session.get_one(User, zoo.people[who].id)
        found = find_user(session, user.id)
        assert found is not None
        secret = create_token(session, actor_of(found), "canary", ["read", "write"])[1]
    return browser.client, {"Authorization": f"Bearer {secret}"}


def read(zoo: Zoo, who: str | None) -> tuple[dict[str, set[str]], int]:
    """Every token that a person meets, with the addresses, and how many pages there were."""
    client, head = client_of(zoo, who)
    met: dict[str, set[str]] = {}
    pages = 0
    for address in addresses(zoo):
        answer = client.get(address, headers=head if address.startswith("/api/") else None)
        pages += answer.status_code == 200
        text = readable(answer)
        for canary in zoo.cage.all:
            if canary.token in text:
                met.setdefault(canary.token, set()).add(address)
    return met, pages


def leaks(zoo: Zoo, met: Mapping[str, set[str]], own: str, reach: str) -> list[str]:
    """Canaries of others that lie above what somebody reaches."""
    order = ("public", *LEVELS)
    return [
        f"{c.owner} {c.field} ({c.level}): {sorted(met[c.token])[:3]}"
        for c in zoo.cage.all
        if c.token in met and c.owner != own and order.index(c.level) > order.index(reach)
    ]


def test_there_are_enough_canaries(zoo: Zoo) -> None:
    assert len(zoo.cage.all) >= 60
    assert len({c.token for c in zoo.cage.all}) == len(zoo.cage.all)


@pytest.mark.parametrize(
    ("who", "reach"),
    [
        (None, "public"),
        ("hoffmann", "public"),
        ("chen", "registered"),
        ("smith", "registered"),
    ],
)
def test_strangers_meet_what_is_disclosed_to_them_and_nothing_else(
    zoo: Zoo, who: str | None, reach: str
) -> None:
    met, pages = read(zoo, who)
    assert pages > 40
    assert leaks(zoo, met, who or "", reach) == []
    expected = {c.token for c in zoo.cage.all if c.level == "registered"} if who == "chen" else ()
    missing = [c.field for c in zoo.cage.all if c.token in expected and c.token not in met]
    assert len(missing) <= len(expected) // 4, missing


def test_interest_and_an_agreement_open_one_level_after_the_other(zoo: Zoo) -> None:
    """The other side of the inquiry, before, during and after."""
    database = zoo.app.database
    met, _ = read_listings(zoo, "wang")
    assert leaks(zoo, met, "wang", "registered") == []
    assert "Nordstern" not in "".join(_texts(zoo, "wang"))
    with database.transaction() as session:
        session.get_one(Inquiry, zoo.ids["inquiry"]).state = "interested"
    met, _ = read_listings(zoo, "wang")
    assert leaks(zoo, met, "wang", "registered") == []
    with database.transaction() as session:
        session.get_one(Inquiry, zoo.ids["inquiry"]).state = "in_talks"
    met, _ = read_listings(zoo, "wang")
    assert leaks(zoo, met, "wang", "interest") == []
    assert any(c.token in met for c in zoo.cage.all if (c.owner, c.level) == ("meyer", "interest"))
    with database.transaction() as session:
        zhao, meyer, wang = (zoo.actor(name) for name in ("zhao", "meyer", "wang"))
        version = agreements.write(session, zhao, TemplateInput(shipped.texts()))
        agreements.move_template(session, zhao, version.id, "put_into_force")
        nda = agreements.propose(session, meyer, wang.org_id or "", "en")
        agreements.move(session, wang, nda.id, "accept")
        nda_id = nda.id
    met, _ = read_listings(zoo, "wang")
    unseen = [
        c.field
        for c in zoo.cage.all
        if c.owner == "meyer" and c.field.startswith("need") and c.token not in met
    ]
    assert unseen == []
    with database.transaction() as session:
        agreements.move(session, zoo.actor("meyer"), nda_id, "end")
        session.get_one(Inquiry, zoo.ids["inquiry"]).state = "sent"
    met, _ = read_listings(zoo, "wang")
    assert leaks(zoo, met, "wang", "registered") == []


def _listings(zoo: Zoo) -> list[str]:
    ids = zoo.ids
    return [
        *(f"/en/needs/{ids[f'need-{level}']}" for level in LEVELS),
        f"/api/v1/needs/{ids['need-nda']}",
        "/en/needs",
        "/en/inquiries",
        f"/en/inquiries/{ids['inquiry']}",
        f"/en/capabilities/{ids['capability-nda']}/matches",
        f"/api/v1/inquiries/{ids['inquiry']}",
        "/en/account/inbox",
    ]


def _texts(zoo: Zoo, who: str) -> list[str]:
    client, head = client_of(zoo, who)
    return [
        readable(client.get(path, headers=head if path.startswith("/api/") else None))
        for path in _listings(zoo)
    ]


def read_listings(zoo: Zoo, who: str) -> tuple[dict[str, set[str]], int]:
    met: dict[str, set[str]] = {}
    for path, text in zip(_listings(zoo), _texts(zoo, who), strict=True):
        for canary in zoo.cage.all:
            if canary.token in text:
                met.setdefault(canary.token, set()).add(path)
    return met, len(met)


def test_owners_and_staff_see_all_of_it(zoo: Zoo) -> None:
    """So that the others look for what is there."""
    for who, owners in (("wang", ("wang",)), ("meyer", ("meyer",)), ("li", ("wang", "meyer"))):
        client, head = client_of(zoo, who)
        text = ""
        for level in LEVELS:
            text += readable(client.get(f"/api/v1/needs/{zoo.ids[f'need-{level}']}", headers=head))
            path = f"/api/v1/capabilities/{zoo.ids[f'capability-{level}']}"
            text += readable(client.get(path, headers=head))
        for owner in ("wang", "meyer"):
            org = zoo.people[owner].org_id
            text += readable(client.get(f"/api/v1/companies/{org}", headers=head))
        asked = ("need", "capability", "company", "site", "certificate")
        unseen = [
            c.field
            for c in zoo.cage.all
            if c.owner in owners and c.field.startswith(asked) and c.token not in text
        ]
        assert unseen == [], who


def test_the_name_behind_an_alias_is_nowhere(zoo: Zoo) -> None:
    """Who reads of the need learns the alias; the name stands on the company's own page only."""
    org, told = zoo.people["meyer"].org_id or "", "European passenger-car maker"
    for who in (None, "chen"):
        client, head = client_of(zoo, who)
        for level in LEVELS:
            need = zoo.ids[f"need-{level}"]
            paths = [f"/en/needs/{need}", f"/api/v1/needs/{need}", "/en/needs", "/api/v1/needs"]
            paths += ["/en/feeds/needs.atom", "/en/search?kind=need&q=Traktionswechselrichter"]
            paths += ["/api/v1/search?kind=need&q=Traktionswechselrichter", "/en/"]
            for path in paths:
                text = readable(client.get(path, headers=head if "/api/" in path else None))
                assert "Nordstern" not in text and org not in text, (who, path)
                assert path in ("/en/",) or told in text, (who, path)
        listed = client.get(f"/api/v1/needs?company={org}", headers=head).get_json()
        assert listed["items"] == [] if "items" in listed else not listed.get("needs")


def test_no_search_finds_a_canary(zoo: Zoo) -> None:
    client, _ = client_of(zoo, "chen")
    for canary in zoo.cage.all[::4]:
        found = client.get(f"/api/v1/search?q={canary.token}").get_json()
        assert [r for r in found["results"] if canary.token in json.dumps(r)] == []
        suggested = client.get(f"/en/concepts/suggest?q={canary.token}")
        assert suggested.get_json() in ([], {"suggestions": []}) or suggested.status_code == 200


def test_files_of_the_index_hold_none(zoo: Zoo) -> None:
    search_jobs.rebuild(zoo.app.engine, zoo.app.database)
    files = [p for p in zoo.app.settings.index_folder.rglob("*") if p.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert b"traction" in content
    assert [c.field for c in zoo.cage.all if c.token.encode() in content] == []


def test_no_mail_notice_job_or_log_line_holds_one(
    zoo: Zoo, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        jobs.run_ready(zoo.app.database)
    with zoo.app.database.reading() as session:
        told = [json.dumps(row.params) for row in session.scalars(select(Notice))]
        told += [json.dumps(job.payload) for job in session.scalars(select(Job))]
        buyers = select(Notice).where(Notice.user_id == zoo.people["wang"].id)
        named = [row for row in session.scalars(buyers) if "Nordstern" in json.dumps(row.params)]
    assert len(told) > 5
    tokens = [c.token for c in zoo.cage.all]
    assert [t for t in [*told, caplog.text] if any(token in t for token in tokens)] == []
    assert [row.kind for row in named if row.kind == "inquiry.new"] == []


def test_a_hidden_figure_moves_no_rank(zoo: Zoo) -> None:
    """Whoever turns a need up and down learns nothing from how a capability stands."""
    client, head = client_of(zoo, "smith")

    def asked(**bounds: str) -> list[Any]:
        body = {
            "kind": "whole-to-part",
            "texts": {"en": {"title": "Traction inverter"}},
            "category": "traction-inverter",
            "required": {"attributes": {"peak_power": {**bounds, "unit": "kW"}}},
        }
        answer = client.post("/api/v1/match", json=body, headers=head)
        assert answer.status_code == 200, answer.data
        wanted = {zoo.ids["capability-nda"], zoo.ids["capability-interest"]}
        rows = answer.get_json()["matches"]
        return [
            (r["capability"], r["score"], [(c["verdict"], c["evidence"]) for c in r["criteria"]])
            for r in rows
            if r["capability"] in wanted
        ]

    low, high = asked(min=1), asked(min=999_999_999)
    assert low and low == high
    assert any("isclosed" in evidence for _, _, lines in low for _, evidence in lines)


def _met(zoo: Zoo, who: str) -> dict[str, set[str]]:
    """What a person meets on the pages of the records and over the API."""
    client, head = client_of(zoo, who)
    found: dict[str, set[str]] = {}
    for level in LEVELS:
        for kind, plural in (("capability", "capabilities"), ("need", "needs")):
            row = zoo.ids[f"{kind}-{level}"]
            for path in (f"/en/{plural}/{row}", f"/api/v1/{plural}/{row}"):
                text = readable(client.get(path, headers=head if "/api/" in path else None))
                for canary in zoo.cage.all:
                    if canary.token in text:
                        found.setdefault(canary.token, set()).add(path)
    return found


def test_who_is_suspended_or_has_left_meets_what_everybody_meets(zoo: Zoo) -> None:
    database = zoo.app.database
    with database.transaction() as session:
        session.get_one(Company, zoo.people["chen"].org_id).state = "suspended"
    assert leaks(zoo, _met(zoo, "chen"), "chen", "public") == []
    with database.transaction() as session:
        session.get_one(Company, zoo.people["chen"].org_id).state = "published"
        left = session.get_one(Membership, zoo.people["kern"].id)
        kept = {"user_id": left.user_id, "organisation_id": left.organisation_id, "role": left.role}
        session.delete(left)
    assert leaks(zoo, _met(zoo, "kern"), "", "public") == []
    with database.transaction() as session:
        session.add(Membership(**kept))
    assert leaks(zoo, _met(zoo, "kern"), "meyer", "registered") == []
