"""What companies ask the base to decide about their identity, for pages that need one of each."""

from sqlalchemy.orm import Session

from portal.companies.verification.models import (
    Appeal,
    IdentityChange,
    Lookalike,
    ProfileReport,
    VerificationDocument,
    VerificationRequest,
)
from portal.core import clock
from portal.core.db import Base
from portal.core.models import StoredFile
from tests.support.people import Person


def asked(session: Session, people: dict[str, Person], paper: StoredFile) -> dict[str, Base]:
    """One of each kind, by name."""
    huaneng, juli = people["wang"].org_id, people["chen"].org_id
    nordstern = people["meyer"].org_id
    request = VerificationRequest(company_id=huaneng, level="documents_checked", state="claimed")
    rows: dict[str, Base] = {
        "verification": request,
        "identity-change": IdentityChange(
            company_id=huaneng, wanted={"kind": "both"}, reason="Neues Geschäft"
        ),
        "appeal": Appeal(company_id=nordstern, suspended_at=clock.now(), body="Zu Unrecht."),
        "report": ProfileReport(
            company_id=huaneng, reason="other", body="Sieh an.", reporter_id=people["meyer"].id
        ),
        "lookalike": Lookalike(
            organisation_id=juli,
            other_id=huaneng,
            reason="near",
            mark="x",
            shown="聚力",
            other_shown="华能",
        ),
    }
    session.add_all(rows.values())
    session.flush()
    document = VerificationDocument(
        company_id=huaneng, kind="verification_request", subject_id=request.id, file_id=paper.id
    )
    session.add(document)
    session.flush()
    return {**rows, "verification-document": document}
