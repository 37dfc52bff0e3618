"""Evidence in the database: rows that stay, reminders in time, records that come back the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Notice
from portal.companies import records
from portal.companies import services as companies
from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.models import AuditEvent
from portal.evidence import jobs, queries, services, subjects
from portal.evidence.models import Evidence, EvidenceReminder
from portal.evidence.services import Finding
from tests.support.people import Person

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
LAST = (START + timedelta(days=100)).date()


@pytest.fixture
def certificate(database: Database, people: dict[str, Person]) -> str:
    """The id of a certificate of Huaneng that ends in a hundred days."""
    with database.transaction() as session:
        row = Certificate(
            company_id=people["wang"].org_id or "", standard="TISAX", number="1", expires=LAST
        )
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock to so many days after the start."""
    return lambda days: monkeypatch.setattr(clock, "now", lambda: START + timedelta(days=days))


def record(database: Database, certificate: str, *findings: Finding) -> None:
    with database.transaction() as session:
        for finding in findings:
            subject = subjects.certificate(session.get_one(Certificate, certificate))
            services.record(session, SYSTEM, subject, finding)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET level = 'seen_on_site'",
        "UPDATE evidence SET digest = ''",
        "UPDATE evidence SET note = 'another'",
        "UPDATE evidence SET document_id = 'x'",
        "DELETE FROM evidence",
        "INSERT OR REPLACE INTO evidence SELECT * FROM evidence",
    ],
)
def test_the_database_refuses_to_change_evidence(
    database: Database, certificate: str, statement: str
) -> None:
    record(database, certificate, Finding("document_seen", note="privat"))
    with pytest.raises(IntegrityError, match="only added"), database.transaction() as session:
        session.execute(text(statement))
    with database.transaction() as session:
        session.execute(text("UPDATE evidence SET note = '', document_id = NULL"))
        assert session.scalars(select(Evidence.note)).all() == [""]


def test_a_finding_is_kept_audited_and_told(database: Database, certificate: str) -> None:
    record(database, certificate, Finding("document_seen"), Finding("issuer_checked"))
    with database.reading() as session:
        row = session.get_one(Certificate, certificate)
        assert row.level == "issuer_checked"
        assert queries.standing(session, subjects.certificate(row)).level == "issuer_checked"
        verbs = session.scalars(select(AuditEvent.action)).all()
        assert verbs.count("evidence.record") == 2
        kinds = set(session.scalars(select(Notice.kind)))
        assert {"evidence.document_seen", "evidence.issuer_checked"} <= kinds


def test_what_the_ladder_does_not_allow_is_refused(
    database: Database, certificate: str, people: dict[str, Person]
) -> None:
    record(database, certificate, Finding("seen_on_site"))
    for finding, error in (
        (Finding("document_seen"), Conflict),
        (Finding("rejected"), Invalid),
        (Finding("claimed"), Invalid),
        (Finding("seen_on_site", valid_until=LAST - timedelta(days=400)), Invalid),
    ):
        with pytest.raises(error):
            record(database, certificate, finding)
    owner = SYSTEM.__class__(user_id="x", role="owner", org_id=people["wang"].org_id)
    with pytest.raises(Forbidden), database.transaction() as session:
        subject = subjects.certificate(session.get_one(Certificate, certificate))
        services.record(session, owner, subject, Finding("rejected", reason="no"))


def run_on(database: Database, on: Callable[[float], None], *days: float) -> None:
    for day in days:
        on(day)
        jobs.remind(database)


def reminders(database: Database) -> list[int]:
    with database.reading() as session:
        return sorted(session.scalars(select(EvidenceReminder.days)), reverse=True)


def test_each_reminder_is_sent_once_then_silence(
    database: Database, certificate: str, on: Callable[[float], None]
) -> None:
    told = []
    for day in (0, 9, 10, 11, 50, 69, 70, 71, 92, 93, 94, 99, 100, 101, 120, 131, 149):
        run_on(database, on, day, day + 0.3)
        if len(reminders(database)) > len(told):
            told.append(day)
    assert reminders(database) == [90, 30, 7, 0]
    assert told == [10, 70, 93, 100]
    with database.reading() as session:
        dedupes = session.scalars(select(Notice.dedupe).where(Notice.kind.like("evidence.end%")))
        assert len(set(dedupes)) == 4


def test_after_a_standstill_only_the_latest_is_sent(
    database: Database, certificate: str, on: Callable[[float], None]
) -> None:
    run_on(database, on, 0, 95, 96)
    assert reminders(database) == [7]
    run_on(database, on, 140, 160)
    assert reminders(database) == [7]


def test_a_renewed_certificate_ends_the_reminders(
    database: Database, certificate: str, on: Callable[[float], None], people: dict[str, Person]
) -> None:
    run_on(database, on, 11)
    with database.transaction() as session:
        newer = Certificate(
            company_id=people["wang"].org_id or "",
            standard="TISAX",
            expires=LAST + timedelta(days=900),
        )
        session.add(newer)
    run_on(database, on, 70, 94, 101)
    assert reminders(database) == [90]


def test_mails_of_reminders_hold_no_numbers_of_certificates(
    database: Database, certificate: str, mails: Callable[[], list[str]]
) -> None:
    with database.transaction() as session:
        row = session.get_one(Certificate, certificate)
        row.number, row.expires = "GEHEIM-77", clock.now().date() + timedelta(days=6)
    jobs.remind(database)
    texts = mails()
    assert texts
    assert not any("GEHEIM" in each for each in texts)


RECORD: dict[str, Any] = {
    "ref": "x1",
    "kind": "supplier",
    "names": {"en": "Example Cells Ltd."},
    "country": "CN",
    "certificates": [
        {"standard": "IATF 16949", "number": "1", "site": "Hefei", "usi": "A1B2C3"},
        {"standard": "TISAX", "details": {"labels": ["Info High"], "assessment_level": "AL2"}},
    ],
    "sustainability": [
        {
            "kind": "carbon_footprint", "product": "Cell", "value": 54.2, "unit": "kg CO2e/kWh",
            "method": "eu-cfb", "boundary": "cradle-to-gate", "year": 2025, "disclosure": "nda",
        },
        {"kind": "recycled_content", "material": "lithium", "value": 6, "unit": "%",
         "disclosure": "public"},
    ],
    "references": [{"customer": "A car maker", "since": 2021, "market": "DE", "disclosure": "nda"}],
    "state": "published",
}  # fmt: skip


def test_an_export_imported_again_is_the_same(database: Database) -> None:
    with database.transaction() as session:
        row = records.import_one(session, SYSTEM, records.from_record(RECORD))
        first = records.to_export(row)
        ids = [each.id for each in (*row.certificates, *row.sustainability, *row.references)]
        again = records.import_one(session, SYSTEM, records.from_record(first))
        assert records.to_export(again) == first
        assert first == RECORD
        found = [
            each.id for each in (*again.certificates, *again.sustainability, *again.references)
        ]
        assert found == ids


@pytest.mark.parametrize(
    ("key", "row", "path"),
    [
        ("sustainability", {"kind": "carbon_footprint", "value": 1}, "sustainability.0.product"),
        ("sustainability", {"kind": "recycled_content", "material": "lead", "value": 101},
         "sustainability.0.value"),
        ("sustainability", {"kind": "magic", "value": 1}, "sustainability.0.kind"),
        ("references", {"customer": "", "market": "XX"}, "references.0.customer"),
        ("references", {"customer": "A", "disclosure": "friends"}, "references.0.disclosure"),
        ("certificates", {"standard": "IATF 16949", "usi": "!"}, "certificates.0.details.usi"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_its_path(key: str, row: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        records.from_record({**RECORD, key: [row]})
    assert path in refused.value.errors


def test_a_changed_certificate_is_a_new_claim(
    database: Database, people: dict[str, Person]
) -> None:
    with database.transaction() as session:
        row = records.import_one(session, SYSTEM, records.from_record(RECORD))
        kept, changed = row.certificates
        record_all = [subjects.certificate(each) for each in row.certificates]
        for subject in record_all:
            services.record(session, SYSTEM, subject, Finding("issuer_checked"))
        again = {**RECORD, "certificates": [RECORD["certificates"][0], {"standard": "TISAX"}]}
        company = records.import_one(session, SYSTEM, records.from_record(again))
        levels = [each.level or "claimed" for each in company.certificates]
        assert levels == ["issuer_checked", "claimed"]
        assert company.certificates[0] is kept
        assert isinstance(company, Company)
        assert companies.snapshot(company)["certificates"][0]["details"] == {"usi": "A1B2C3"}
        assert changed not in company.certificates


def test_what_ended_loses_its_mark(
    database: Database, certificate: str, on: Callable[[float], None]
) -> None:
    on(0)
    until = (START + timedelta(days=20)).date()
    record(database, certificate, Finding("issuer_checked", valid_until=until))
    run_on(database, on, 21)
    with database.reading() as session:
        assert session.get_one(Certificate, certificate).level == "claimed"
