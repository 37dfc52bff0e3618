"""A person with something in every corner of the portal, and the words by which it is found."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts import services as accounts
from portal.accounts.models import ApiToken, Notice, UserSession
from portal.core import audit, clock, jobs, mail
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.files import Upload, store
from portal.core.models import Revision
from portal.inquiries.models import Inquiry, InquiryAttachment, InquiryMessage
from portal.service_requests.models import ReceivedMail, RequestDraft, RequestEntry, ServiceRequest
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import PASSWORD, Person

# A name and an address that stand nowhere else, and one word for each other place.
NAME, EMAIL = "Qorvexa 郝萤", "qorvexa@canary.example"
COPIED = ("canaryinquiry", "canaryrequest", "canarydraft", "canarydevice", "canarytoken",
          "canarynotice", "canaryfile", "canaryanswer")  # fmt: skip
# What others were sent stays with them.
STAYS = ("canaryinquiry", "canaryrequest", "canaryfile", "canaryanswer")


@dataclass(frozen=True)
class Known:
    user_id: str
    inquiry_id: str


def make(app: Portal, people: dict[str, Person]) -> Known:
    """Let the person register by the side of Wang and leave traces everywhere."""
    with app.database.transaction() as session:
        user = accounts.create_user(
            session,
            EMAIL,
            "editor",
            organisation_id=people["wang"].org_id,
            name=NAME,
            password=PASSWORD,
            locale="zh-Hans",
        )
        inquiry = _words(session, app, people, user.id)
        _belongings(session, user.id)
        _traces(session, people, user.id)
    app.limiter.storage.incr(f"LIMITS/sign-in/{EMAIL}", 600)
    return Known(user.id, inquiry)


def _words(session: Session, app: Portal, people: dict[str, Person], user_id: str) -> str:
    huaneng, nordstern = people["wang"].org_id, people["meyer"].org_id
    inquiry = Inquiry(buyer_id=nordstern, supplier_id=huaneng, subject="Statoren", locale="de",
                      created_by=people["meyer"].id)  # fmt: skip
    request = ServiceRequest(number=4711, service="CERT", company_id=huaneng, locale="zh-Hans",
                             requester_id=user_id, title="canaryrequest",
                             answers={"note": "canaryanswer"}, consent_partners=True)  # fmt: skip
    session.add_all([inquiry, request])
    session.flush()
    said = InquiryMessage(inquiry_id=inquiry.id, party="supplier", author_id=user_id,
                          body="canaryinquiry", locale="zh-Hans")  # fmt: skip
    entry = RequestEntry(request_id=request.id, party="staff", author_id=people["li"].id,
                         event="assigned", detail={"person": NAME, "address": EMAIL},
                         locale="en")  # fmt: skip
    session.add_all([said, entry])
    session.flush()
    file = store(session, app.files, Upload("a.txt", "text/plain", b"canaryfile"), huaneng)
    session.flush()
    session.add(InquiryAttachment(message_id=said.id, file_id=file.id))
    return inquiry.id


def _belongings(session: Session, user_id: str) -> None:
    session.add_all([
        RequestDraft(user_id=user_id, key="new:CERT", data={"title": "canarydraft"}),
        UserSession(token_hash="0" * 64, user_id=user_id, expires_at=clock.now(),
                    device="canarydevice"),
        ApiToken(user_id=user_id, name="canarytoken", token_hash="1" * 64, scopes=["read"]),
        Notice(user_id=user_id, kind="desk.mail-bounced", params={"number": "canarynotice"},
               dedupe="a"),
    ])  # fmt: skip


def _traces(session: Session, people: dict[str, Person], user_id: str) -> None:
    """Where others' data name the person."""
    who = Actor(user_id=user_id, name=NAME, org_id=people["wang"].org_id)
    session.add_all([
        Notice(user_id=people["li"].id, kind="desk.mail-bounced", params={"number": NAME},
               dedupe="b"),
        ReceivedMail(message_id="<1@canary.example>", sender=EMAIL, subject="canarysubject",
                     outcome="refused", reason=f"{EMAIL} is unknown"),
        Revision(object_kind="company", object_id=people["wang"].org_id, number=1, state="draft",
                 snapshot={"contact": {"name": NAME, "mail": f"mailto:{EMAIL}"}}),
    ])  # fmt: skip
    row = session.get_one(RequestDraft, (user_id, "new:CERT"))
    audit.record(session, who, "test.said", _Named(row.key), {"person": NAME, "address": EMAIL})
    to = mail.Recipient(EMAIL, NAME, "zh-Hans", "Asia/Shanghai")
    mail.enqueue(session, to, "accounts/already", {}, "/account/forgotten")
    jobs.enqueue(session, "account.link", {"email": EMAIL, "purpose": "reset"})


class _Named:
    __tablename__ = "request_draft"

    def __init__(self, name: str) -> None:
        self.id = name


def bytes_of(folder: Path) -> bytes:
    """Everything that lies in the instance, unpacked where it is an archive."""
    out = io.BytesIO()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        out.write(path.name.encode() + b"\n" + path.read_bytes() + b"\n")
    return out.getvalue()


def spellings(word: str) -> set[bytes]:
    """How a word may lie in a file: as UTF-8, or escaped as JSON does."""
    return {word.encode(), word.encode("unicode_escape"), word.casefold().encode()}


Open = Callable[..., Browser]
Work = Callable[[], int]


def settle(database: Database) -> None:
    """What the worker does once a day with the log of SQLite."""
    database.engine.dispose()
