"""What can be imported and exported: one entry a kind, with the verbs of its feature."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.capabilities import records as capability_records
from portal.capabilities import rules as capability_rules
from portal.capabilities import services as capabilities
from portal.capabilities.models import Capability
from portal.companies import records as companies
from portal.companies.models import Company
from portal.core import clock, jobs
from portal.core.access import SYSTEM
from portal.core.errors import Invalid
from portal.inquiries import records as inquiries
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.needs import records as need_records
from portal.needs import rules as need_rules
from portal.needs import services as needs
from portal.needs.models import Need
from portal.service_requests import records as service_requests
from portal.service_requests.models import RequestEntry, ServiceRequest

BATCH = 200
_DAYS = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True)
class Written:
    """A row that an import has written: its kind and id in the index, and whether it is public."""

    kind: str
    id: str
    public: bool


@dataclass(frozen=True)
class Importable:
    """`read` turns a record into input (raises Invalid), `write` stores it."""

    name: str
    read: Callable[[Mapping[str, Any]], Any]
    write: Callable[[Session, Any], Written]


@dataclass(frozen=True)
class Exportable:
    """`query` loads whole rows, `to_record` writes one."""

    name: str
    model: Any
    query: Select[Any]
    to_record: Callable[[Any], dict[str, Any]]

    def count(self, session: Session) -> int:
        return session.execute(select(func.count()).select_from(self.model)).scalar_one()

    def records(self, session: Session) -> Iterator[dict[str, Any]]:
        """All rows in the order they were made, some at a time so that memory stays flat."""
        after = ""
        while True:
            query = self.query.where(self.model.id > after).order_by(self.model.id).limit(BATCH)
            rows = session.scalars(query).unique().all()
            if not rows:
                return
            yield from (self.to_record(row) for row in rows)
            after = rows[-1].id
            session.expunge_all()


def _write_company(session: Session, data: companies.CompanyRecord) -> Written:
    row = companies.import_one(session, SYSTEM, data)
    return Written("company", row.id, row.state == "published")


def _read_capability(record: Mapping[str, Any]) -> Any:
    """Days of a table are texts; the record wants numbers."""
    lead = record.get("lead_time_days")
    if isinstance(lead, Mapping) and isinstance(lead.get("series"), list):
        days = [int(d) if isinstance(d, str) and _DAYS.fullmatch(d) else d for d in lead["series"]]
        record = {**record, "lead_time_days": {**lead, "series": days}}
    return capability_records.from_record(record)


def _write_capability(session: Session, data: Any) -> Written:
    _known_state(data.state, capability_rules.WORKFLOW)
    company = _company(session, data.company)
    if company.kind == "buyer":
        raise Invalid("this company is registered as a buyer only", field="company")
    row = capabilities.import_one(session, SYSTEM, company, data)
    _same_company(row, company)
    return Written("capability", row.id, row.state == "published")


def _write_need(session: Session, data: Any) -> Written:
    _known_state(data.state, need_rules.WORKFLOW)
    company = _company(session, data.company)
    row = needs.import_one(session, SYSTEM, company, data)
    _same_company(row, company)
    if row.state == "published" and row.deadline is not None:
        delay = max(row.deadline - clock.now(), timedelta(0))
        jobs.enqueue(session, "need.close_due", {}, delay=delay + timedelta(seconds=1))
    return Written("need", row.id, row.state == "published")


def _known_state(state: str | None, workflow: Any) -> None:
    if state and state not in {known.name for known in workflow.states}:
        raise Invalid(f"there is no state “{state}”", field="state")


def _company(session: Session, ref: str | None) -> Company:
    if not ref:
        raise Invalid("missing", field="company")
    company = find_company(session, ref)
    if company is None:
        raise Invalid(f"there is no company “{ref}”; import companies first", field="company")
    return company


def find_company(session: Session, ref: str) -> Company | None:
    """The company known by a reference of its own or by its id, with its texts."""
    named = (Company.external_ref == ref) | (Company.id == ref)
    query = select(Company).options(selectinload(Company.texts)).where(named)
    return session.scalars(query.limit(1)).first()


def _same_company(row: Any, company: Company) -> None:
    if row.company_id != company.id:
        raise Invalid("this ref belongs to another company", field="ref")


IMPORTABLE = {
    kind.name: kind
    for kind in (
        Importable("companies", companies.from_record, _write_company),
        Importable("capabilities", _read_capability, _write_capability),
        Importable("needs", need_records.from_record, _write_need),
    )
}
EXPORTABLE = {
    kind.name: kind
    for kind in (
        Exportable(
            "companies",
            Company,
            select(Company).options(
                selectinload(Company.texts),
                selectinload(Company.sites),
                selectinload(Company.certificates),
                selectinload(Company.sustainability),
                selectinload(Company.references),
            ),
            companies.to_export,
        ),
        Exportable(
            "capabilities",
            Capability,
            select(Capability).options(
                joinedload(Capability.company),
                selectinload(Capability.texts),
                selectinload(Capability.certificates),
            ),
            capability_records.to_record,
        ),
        Exportable(
            "needs",
            Need,
            select(Need).options(joinedload(Need.company), selectinload(Need.texts)),
            need_records.to_record,
        ),
        Exportable(
            "inquiries",
            Inquiry,
            select(Inquiry).options(
                joinedload(Inquiry.buyer),
                joinedload(Inquiry.supplier),
                joinedload(Inquiry.capability),
                joinedload(Inquiry.need),
                selectinload(Inquiry.messages).selectinload(InquiryMessage.attachments),
            ),
            inquiries.to_record,
        ),
        Exportable(
            "service-requests",
            ServiceRequest,
            select(ServiceRequest).options(
                joinedload(ServiceRequest.company),
                joinedload(ServiceRequest.requester),
                joinedload(ServiceRequest.assignee),
                selectinload(ServiceRequest.entries).selectinload(RequestEntry.attachments),
            ),
            service_requests.to_record,
        ),
    )
}
