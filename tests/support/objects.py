"""One of everything that pages are about, and a world that can be put back between two requests."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import (
    ApiToken,
    Invitation,
    Notice,
    OneTimeToken,
    Organisation,
    UserSession,
)
from portal.accounts.queries import token_hash
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.facts.models import SustainabilityFact
from portal.companies.models import Company, CompanyText
from portal.core import clock
from portal.core.db import Base
from portal.core.files import Upload, store
from portal.core.ids import ID_LENGTH
from portal.core.models import Job, StoredFile
from portal.disclosure.models import Nda, NdaTemplate, NdaText
from portal.evidence.models import Evidence
from portal.fact_sheets.models import FactSheetDraft
from portal.factory import create_app
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.market_rules import shipped as market_rules
from portal.market_rules.models import MarketRule
from portal.matching.models import Match
from portal.needs.models import Need, NeedText
from portal.privacy.models import PrivacyRequest
from portal.search import jobs as search_jobs
from portal.service_requests import catalogue
from portal.service_requests.catalogue import definition
from portal.service_requests.models import (
    AssignmentRule,
    CalendarDay,
    MonthlyReport,
    Partner,
    Quote,
    Referral,
    ReferralEntry,
    RequestDraft,
    RequestEntry,
    ServiceRequest,
    ServiceRevision,
    TextModule,
)
from portal.thesaurus import overlay, queries
from portal.thesaurus.models import ConceptRevision, ThesaurusRelease, ThesaurusTrial
from portal.thesaurus.store import shipped
from portal.web.app import Portal
from tests.conftest import make_settings
from tests.support.bookings import bookings
from tests.support.client import Browser
from tests.support.people import Person
from tests.support.results import results
from tests.support.verified import asked

People = dict[str, Person]
ABSENT = "a" * 12
DRAFT = "d" * ID_LENGTH
# Changed by the way, whoever asks and whatever is answered.
_BY_THE_WAY = {"user_session", "rate_counter", "form_receipt", "page_view"}


def world(instance: Path, template: Path, people: People) -> "World":
    """An application over a database of its own that holds everything below."""
    instance.mkdir(parents=True)
    shutil.copy(template, instance / "portal.sqlite3")
    return World(create_app(make_settings(instance)), people)


class World:
    """Ids of what stands in the database, a cookie and a token for each person, and a way back."""

    def __init__(self, app: Portal, people: People) -> None:
        self.app = app
        self.people = people
        with app.database.transaction() as session:
            self.ids = _fill(session, app, people)
        search_jobs.rebuild(app.engine, app.database)
        self.cookies = {name: self._sign_in(name) for name in ("", *people)}
        self._saved = app.settings.instance / "saved.sqlite3"
        self._database = app.settings.instance / "portal.sqlite3"
        self.forms: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._watch: sqlite3.Connection | None = None
        self._known: dict[int, dict[str, str]] = {}
        self.save()

    def _sign_in(self, name: str) -> tuple[str, str]:
        """The cookie of a person (or visitor) and the form token that belongs to it."""
        browser = Browser(self.app)
        if name:
            browser.sign_in(f"{name}@test.example")
        token = browser.csrf()
        cookie = browser.client.get_cookie("portal")
        assert cookie is not None
        return cookie.value, token

    def client(self, name: str = "") -> FlaskClient:
        """A browser of this person with nothing but the cookie of the sign-in."""
        client = self.app.test_client()
        client.set_cookie("portal", self.cookies[name][0])
        return client

    def browser(self, name: str = "", locale: str = "en") -> Browser:
        browser = Browser(self.app, locale)
        browser.client = self.client(name)
        return browser

    def save(self) -> None:
        """What `restore` brings back."""
        self._let_go()
        shutil.copy(self._database, self._saved)
        self._at_rest = self._digests()

    def restore(self) -> None:
        self._let_go()
        for suffix in ("-wal", "-shm"):
            self._database.with_name(self._database.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._saved, self._database)
        self._known = {self._version(): self._at_rest}

    def state(self) -> dict[str, str]:
        """A digest of each table that only a verb may change; read anew only when somebody wrote
        to the database since it was last asked for."""
        version = self._version()
        if version not in self._known:
            self._known = {version: self._digests()}
        return self._known[version]

    def _let_go(self) -> None:
        self.app.database.engine.dispose()
        self._known = {}
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _version(self) -> int:
        """Another number after each transaction of anybody else that wrote."""
        if self._watch is None:
            self._watch = sqlite3.connect(self._database, check_same_thread=False)
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def _digests(self) -> dict[str, str]:
        found = {}
        with self.app.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in _BY_THE_WAY:
                    rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
                    found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found


def _fill(session: Session, app: Portal, people: People) -> dict[str, str]:
    huaneng, nordstern = people["wang"].org_id or "", people["meyer"].org_id or ""
    (app.settings.instance / "exports").mkdir()
    (app.settings.instance / "exports" / "copy.zip").write_bytes(b"PK")
    lab = session.get_one(Partner, people["hoffmann"].org_id)
    for name in ("base", lab.calendar_id):
        session.add(CalendarDay(calendar_id=name, day=date(2026, 3, 3), hours=[], source="staff"))
    rows: dict[str, Base] = {
        **_listings(huaneng, nordstern),
        **_proofs(people),
        "draft-company": _draft_company(session),
        "text-own": _text(people["li"].id),
        "text-all": _text(None),
    }
    session.add_all(rows.values())
    session.flush()
    files = _files(session, app, huaneng, nordstern)
    rows |= files
    for company in (session.get_one(Company, huaneng), rows["draft-company"]):
        company.logo_id = files["logo"].id  # type: ignore[attr-defined]
    rows |= _conversations(
        session, people, {name: str(_id(row)) for name, row in rows.items()}, files
    )
    rows |= _referrals(session, people, rows, files["file-referral"])
    rows |= _thesaurus(session, app, people)
    rows |= _agreements(session, people)
    rows |= _market_rules(session, app)
    rows |= asked(session, people, files["file-supplier"])
    rows["monthly-report"] = _monthly_report(session, files["file-note"])
    session.add_all(_begun(people))
    session.add(FactSheetDraft(company_id=huaneng, answers={"company.headcount": 321}))
    session.add(_green_power(people["chen"].org_id or ""))
    session.add(Match(need_id=_id(rows["need"]), capability_id=_id(rows["capability"]), score=1.0))
    ids = {name: _id(row) for name, row in rows.items()}
    ids |= results(session, app.settings, people)
    ids |= _evidence(session, app, huaneng, ids["capability"])
    ids |= bookings(session, app.files)
    return {
        **ids,
        **{name: person.id for name, person in people.items()},
        "company": huaneng,
        "pruefwerk": people["hoffmann"].org_id or "",
        "lotse": people["roth"].org_id or "",
        "absent": ABSENT,
        "draft": DRAFT,
    }


def _agreements(session: Session, people: People) -> dict[str, Base]:
    """A version of the agreement in force, one being written, one that waits to be accepted, and a
    buyer who asks under an alias."""
    text = {"title": "Agreement", "body": "Keep it secret.", "digest": "d" * 64}
    in_force = NdaTemplate(number=1, state="in_force", texts=[NdaText(locale="en", **text)])
    draft = NdaTemplate(number=2, texts=[NdaText(locale="en", **text)])
    buyer, supplier = people["smith"].org_id, people["chen"].org_id
    proposed = Nda(proposer_id=buyer, other_id=supplier, template=in_force, locale="en")
    hidden = need(people["meyer"].org_id or "", "published")
    hidden.alias = "European passenger-car maker"
    session.add_all([in_force, draft, proposed, hidden])
    session.flush()
    asked = Inquiry(
        buyer_id=people["meyer"].org_id,
        supplier_id=people["wang"].org_id,
        need_id=hidden.id,
        subject="Anfrage",
        locale="de",
    )
    session.add(asked)
    session.flush()
    return {
        "nda": proposed,
        "nda-template": in_force,
        "nda-draft": draft,
        "need-alias": hidden,
        "inquiry-alias": asked,
    }


def _evidence(session: Session, app: Portal, company: str, capability_id: str) -> dict[str, str]:
    """A fact of the capability, and a document that its owner has shown for it."""
    document = store(session, app.files, Upload("a.txt", "text/plain", b"Messung"), company)
    row = Evidence(
        kind="attribute",
        company_id=company,
        capability_id=capability_id,
        key="peak_power",
        digest="0" * 64,
        level="claimed",
        document_id=document.id,
    )
    session.add(row)
    session.flush()
    return {"evidence": str(row.id), "fact": f"fact-attribute-{capability_id}-peak_power"}


def _thesaurus(session: Session, app: Portal, people: People) -> dict[str, Base]:
    """A release, a draft that was tried, and a file that waits to become drafts."""
    state = shipped().concepts["robobus"].record()
    release = ThesaurusRelease(number=1, digest=overlay.digest({"robobus": state}))
    session.add(release)
    session.flush()
    author = {"author_id": people["li"].id, "reason": "Wunsch der Kunden"}
    published = {"status": "published", "release": 1}
    draft = shipped().concepts["battery"].record() | {"hs": "8507"}
    session.add_all(
        [
            ConceptRevision(concept_id="robobus", state=state, **author, **published),
            ConceptRevision(concept_id="battery", state=draft, **author),
        ]
    )
    session.flush()
    mark = queries.fingerprint(session, queries.drafts(session))
    session.add(ThesaurusTrial(fingerprint=mark, state="done", result=TRIAL))
    kind, table = "text/csv; purpose=thesaurus", b"id,hs\nun-r79,870829\n"
    return {"file-thesaurus": store(session, app.files, Upload("a.csv", kind, table), None)}


def _market_rules(session: Session, app: Portal) -> dict[str, Base]:
    """A rule in use, one that is gone, and a file that waits to be written."""
    record = {"market": "EU", "kind": "requirement", "title": {"en": "EMC"}, "service": "CERT",
              "satisfied_by": ["UN R10"], "source": {"name": "UN R10"}}  # fmt: skip
    market_rules.load(session, [{"id": "eu-one", **record}, {"id": "eu-gone", **record}])
    gone = session.get_one(MarketRule, "eu-gone")
    gone.status = "retired"
    line = json.dumps({"id": "eu-three", **record}).encode()
    upload = Upload("a.jsonl", "application/x-ndjson; purpose=rules", line)
    kept = session.get_one(MarketRule, "eu-one")
    return {
        "rule": kept,
        "rule-retired": gone,
        "file-rules": store(session, app.files, upload, None),
    }


def _green_power(company: str) -> SustainabilityFact:
    facts = {"method": "ppa", "year": 2025, "site": "Hefei"}
    return SustainabilityFact(
        company_id=company, kind="renewable_energy", value=Decimal(50), unit="%", **facts
    )


TRIAL = {"touched": 0, "asked": 1, "moved": 0, "lines": []}


def _begun(people: People) -> list[Base]:
    """A request that somebody has begun to write, a service that is being edited, and a rule for
    who takes care of requests."""
    legal = definition.to_record(catalogue.SHIPPED["LEGAL"])
    changed = {**legal, "plan_days": 4}
    begun = {"service": "MATCH", "version": 1, "fields": [["title", "Entwurf"]]}
    return [
        AssignmentRule(place=1, service="LOGI", person_id=people["li"].id),
        ServiceRevision(code="LEGAL", version=2, definition=legal, reason="Anfang"),
        RequestDraft(
            user_id=people["admin"].id, key="service:LEGAL", data={"base": 2, "record": changed}
        ),
        RequestDraft(user_id=people["wang"].id, key=f"request:{DRAFT}", data=begun),
    ]


def _text(author: str | None) -> TextModule:
    return TextModule(names={"de": "Gruß"}, bodies={"de": "Guten Tag"}, author_id=author)


def _id(row: Base) -> str:
    return str(getattr(row, "id", getattr(row, "token_hash", "")))


def _draft_company(session: Session) -> Company:
    organisation = Organisation(
        kind="supplier", name="未发布有限公司", country="CN", locale="zh-Hans"
    )
    session.add(organisation)
    session.flush()
    text = CompanyText(locale="zh-Hans", name="未发布有限公司", description="未发布。")
    return Company(
        id=organisation.id, kind="supplier", country="CN", state="submitted", texts=[text]
    )


def capability(company: str, state: str, title: str = "800V 碳化硅逆变器") -> Capability:
    """A capability with what a list and a page show of it."""
    return Capability(
        company_id=company,
        category="traction-inverter",
        markets=["DE", "HU"],
        attributes={"peak_power": {"value": "250", "unit": "kW"}},
        state=state,
        published_at=clock.now() if state == "published" else None,
        texts=[CapabilityText(locale="zh-Hans", title=title, summary="峰值功率250 kW")],
    )


def need(company: str, state: str, title: str = "Traktionswechselrichter 800 V") -> Need:
    return Need(
        company_id=company,
        category="traction-inverter",
        market="DE",
        required={"attributes": {"peak_power": {"min": "200", "unit": "kW"}}},
        deadline=clock.now() + timedelta(days=30),
        state=state,
        published_at=clock.now() if state == "published" else None,
        texts=[NeedText(locale="de", title=title, description="Für einen Pkw.")],
    )


def _listings(huaneng: str, nordstern: str) -> dict[str, Base]:
    rows: dict[str, Base] = {}
    for state in ("published", "draft", "submitted"):
        suffix = "" if state == "published" else f"-{state}"
        rows[f"capability{suffix}"] = capability(huaneng, state)
        rows[f"need{suffix}"] = need(nordstern, state)
    expired = need(nordstern, "closed")
    expired.deadline = clock.now() - timedelta(days=3)
    expired.published_at = clock.now() - timedelta(days=40)
    return {**rows, "need-closed": expired}


def _proofs(people: People) -> dict[str, Base]:
    """Links of mails, tokens, an invitation, a notice, a dead job. Secrets are the rows' names."""
    later = clock.now() + timedelta(days=1)
    links: dict[str, Base] = {
        purpose: OneTimeToken(
            token_hash=token_hash(purpose),
            purpose=purpose,
            user_id=people["liu"].id,
            expires_at=later,
        )
        for purpose in ("confirm", "reset")
    }
    tokens = {
        f"token-{name}": ApiToken(
            user_id=person.id,
            name="test",
            token_hash=token_hash(f"obp_{name}"),
            scopes=["read", "write"],
            last_used_at=later,  # a use is noted from time to time; never while tests compare
        )
        for name, person in people.items()
    }
    return {
        **links,
        **tokens,
        "copy-wang": PrivacyRequest(
            user_id=people["wang"].id,
            kind="export",
            state="done",
            file="copy.zip",
            expires_at=clock.now() + timedelta(days=1),
        ),
        "erasure-wang": PrivacyRequest(
            user_id=people["wang"].id, kind="erasure", due_at=clock.now() + timedelta(days=14)
        ),
        "invitation": Invitation(
            organisation_id=people["wang"].org_id,
            email="new@test.example",
            role="editor",
            token_hash=token_hash("invitation"),
            invited_by=people["wang"].id,
            expires_at=later,
        ),
        "invitation-partner": Invitation(
            organisation_id=people["hoffmann"].org_id,
            email="lab@test.example",
            role="editor",
            token_hash=token_hash("invitation-partner"),
            invited_by=people["zhao"].id,
            expires_at=later,
        ),
        "job": Job(kind="mail.send", payload={}, attempts=9, dead_at=clock.now(), error="refused"),
        **{f"notice-{name}": _notice(person) for name, person in people.items()},
        **{f"device-{name}": _device(person, later) for name, person in people.items()},
    }


def _notice(person: Person) -> Notice:
    params = {"company": "Nordstern"}
    return Notice(
        user_id=person.id, kind="inquiry.moved", params=params, path="/inquiries", dedupe="x"
    )


def _device(person: Person, later: object) -> UserSession:
    """A second sign-in, so that there is one to end."""
    return UserSession(
        token_hash=token_hash(f"device {person.id}"), user_id=person.id, expires_at=later
    )


def _files(session: Session, app: Portal, huaneng: str, nordstern: str) -> dict[str, StoredFile]:
    owners = {
        "file-inquiry": nordstern,
        "file-request": nordstern,
        "file-note": None,
        "file-supplier": huaneng,
        "file-referral": None,
    }
    stored = {
        name: store(session, app.files, Upload(f"{name}.txt", "text/plain", name.encode()), owner)
        for name, owner in owners.items()
    }
    logo = store(session, app.files, Upload("logo.webp", "image/webp", b"RIFF"), huaneng)
    return {**stored, "logo": logo}


def _monthly_report(session: Session, file: StoredFile) -> MonthlyReport:
    row = MonthlyReport(month="2026-03", locale="en", state="done", file_id=file.id)
    session.add(row)
    session.flush()
    return row


def inquiry(buyer: str, supplier: str, state: str = "seen", **more: str | None) -> Inquiry:
    return Inquiry(
        buyer_id=buyer, supplier_id=supplier, subject="Muster?", locale="de", state=state, **more
    )


def service_request(company: str, number: int, person: str, state: str = "new") -> ServiceRequest:
    return ServiceRequest(
        number=number,
        service="CERT",
        company_id=company,
        requester_id=person,
        locale="de",
        title="E-Kennzeichen",
        description="Welche Prüfung fehlt?",
        state=state,
    )


def _conversations(
    session: Session, people: People, ids: dict[str, str], files: dict[str, StoredFile]
) -> dict[str, Base]:
    wang, meyer = people["wang"], people["meyer"]
    asked = inquiry(
        meyer.org_id or "", wang.org_id or "", capability_id=ids["capability"], need_id=ids["need"]
    )
    rows: dict[str, Base] = {
        "inquiry": asked,
        "request": service_request(meyer.org_id or "", 1, meyer.id),
        "request-supplier": service_request(wang.org_id or "", 2, wang.id),
    }
    session.add_all(rows.values())
    session.flush()
    said = {"locale": "de", "body": "Guten Tag", "author_id": meyer.id}
    about = {"request_id": _id(rows["request"])}
    session.add_all(
        [
            InquiryMessage(
                inquiry_id=asked.id, party="buyer", attachments=[files["file-inquiry"]], **said
            ),
            RequestEntry(party="customer", attachments=[files["file-request"]], **about, **said),
            RequestEntry(
                party="staff",
                internal=True,
                attachments=[files["file-note"]],
                locale="en",
                body="geheime Notiz",
                author_id=people["li"].id,
                **about,
            ),
            RequestEntry(
                request_id=_id(rows["request-supplier"]),
                party="customer",
                attachments=[files["file-supplier"]],
                locale="zh-Hans",
                body="您好",
            ),
        ]
    )
    return rows


def _referrals(
    session: Session, people: People, rows: dict[str, Base], file: StoredFile
) -> dict[str, Base]:
    """What two partners are asked about the buyer's request, and quotes for it."""
    about = {"request_id": _id(rows["request"]), "author_id": people["li"].id, "locale": "en"}
    made: dict[str, Base] = {}
    for number, (name, who) in enumerate((("referral", "hoffmann"), ("referral-lotse", "roth"))):
        made[name] = Referral(
            number=number + 1,
            partner_id=people[who].org_id,
            title="EMC test",
            brief="Can you test it?",
            due=clock.now() + timedelta(days=2),
            **{**about, **({"request_id": _id(rows["request-supplier"])} if number else {})},
        )
    session.add_all(made.values())
    session.flush()
    said = {"party": "staff", "body": "See file.", "author_id": people["li"].id, "locale": "en"}
    session.add(ReferralEntry(referral_id=_id(made["referral"]), attachments=[file], **said))
    offer = {"text": "EMC test", "amount": Decimal("4500.00"), "currency": "EUR"}
    quotes: dict[str, Base] = {
        "quote": Quote(number=1, sent_at=clock.now(), **offer, **about),
        "quote-proposed": Quote(
            number=2, state="proposed", referral_id=_id(made["referral"]), **offer, **about
        ),
    }
    session.add_all(quotes.values())
    session.flush()
    return {**made, **quotes}


def multiply(session: Session, people: People, count: int = 30) -> None:
    """Many more rows of each kind, for counting statements."""
    wang, meyer = people["wang"], people["meyer"]
    huaneng, nordstern = wang.org_id or "", meyer.org_id or ""
    caps = [
        capability(huaneng, s, f"电驱 {n}")
        for n in range(count)
        for s in ("published", "submitted")
    ]
    needs = [
        need(nordstern, s, f"Bedarf {n}") for n in range(count) for s in ("published", "submitted")
    ]
    session.add_all([*caps, *needs])
    session.flush()
    session.add_all(
        Match(need_id=n.id, capability_id=c.id, score=0.5) for n in needs[::2] for c in caps[:12:2]
    )
    asked = [
        inquiry(nordstern, huaneng, capability_id=c.id, need_id=n.id)
        for c, n in zip(caps, needs, strict=True)
    ]
    asks = [
        service_request(org, 100 + 2 * n + at, person.id)
        for n in range(count)
        for at, (org, person) in enumerate(((huaneng, wang), (nordstern, meyer)))
    ]
    session.add_all([*asked, *asks])
    session.flush()
    session.add_all(_lines(asked, asks, meyer))
    session.add_all(_notices(people.values(), count))
    session.add_all(Job(kind="mail.send", payload={}, dead_at=clock.now()) for _n in range(count))


def _lines(asked: Iterable[Inquiry], asks: Iterable[ServiceRequest], who: Person) -> Iterable[Base]:
    said = {"locale": "de", "body": "Guten Tag", "author_id": who.id}
    for row in asked:
        yield InquiryMessage(inquiry_id=row.id, party="buyer", **said)
    for request in asks:
        yield RequestEntry(request_id=request.id, party="customer", **said)


def _notices(people: Iterable[Person], count: int) -> Iterable[Notice]:
    for person in people:
        for n in range(count):
            yield Notice(
                user_id=person.id,
                kind="inquiry.moved",
                params={"company": "Nordstern"},
                path="/inquiries",
                dedupe=f"more {n}",
            )


def lengthen(session: Session, ids: dict[str, str], people: People, count: int = 30) -> None:
    """Long threads for the fixture objects."""
    said = {"locale": "de", "body": "Noch etwas", "author_id": people["meyer"].id}
    for n in range(count):
        session.add(InquiryMessage(inquiry_id=ids["inquiry"], party="buyer", **said))
        for name in ("request", "request-supplier"):
            session.add(
                RequestEntry(request_id=ids[name], party="customer", internal=bool(n % 2), **said)
            )
