"""What a requester sends as confidential stays with the base, whichever way it is tried."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.core.errors import Invalid
from portal.core.models import StoredFile
from portal.core.texts import Words
from portal.service_requests.models import RequestAttachment, RequestEntry
from tests.support.client import Browser
from tests.web.partners.conftest import BRIEF, Stage

Open = Callable[..., Browser]
SECRET = b"CANARY drawing of the rotor"


def upload(name: str, content: bytes = SECRET) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name)]


@pytest.fixture
def request_id(browser: Open, stage: Stage) -> str:
    """A request whose requester has sent a confidential file, and the same openly later."""
    found = stage.request()
    meyer = browser("meyer", "en")
    for name in ("drawing.txt", "again.txt"):
        reply = {"do": "reply", "reply": "See file.", "attachment": upload(name)}
        assert meyer.post(f"/service-requests/{found}", reply).status == 303
    with stage.database.transaction() as session:
        query = select(RequestAttachment).join(
            StoredFile, StoredFile.id == RequestAttachment.file_id
        )
        session.scalars(query.where(StoredFile.name == "drawing.txt")).one().confidential = True
    return found


def test_the_same_content_under_another_name_is_not_offered(
    browser: Open, stage: Stage, request_id: str
) -> None:
    page = browser("li", "en").get(f"/desk/requests/{request_id}/referrals")
    assert "drawing.txt" not in page and "again.txt" not in page
    with stage.database.reading() as session:
        for key in session.scalars(select(StoredFile.id)):
            with pytest.raises(Invalid):
                stage.refer(request_id, shared=[f"file:{key}"])


def test_attached_anew_it_is_refused_everywhere(
    browser: Open, stage: Stage, request_id: str
) -> None:
    li = browser("li", "en")
    partner = stage.people["hoffmann"].org_id or ""
    asked = {"partners": partner, "title": "EMC", "brief": BRIEF, "attachment": upload("x.txt")}
    refused = li.post(f"/desk/requests/{request_id}/referrals", asked)
    assert refused.status == 422 and "stays with the base" in refused
    referral = stage.refer(request_id)[0]
    for given in ({"do": "reply", "reply": "Here."}, {"do": "withdraw", "reply": "Here."}):
        answer = li.post(f"/desk/referrals/{referral}", {**given, "attachment": upload("y.txt")})
        assert answer.status == 422 and "stays with the base" in answer
    note = {"do": "note", "note": "For us.", "attachment": upload("z.txt")}
    assert li.post(f"/desk/referrals/{referral}", note).status == 303, "among the staff"
    other = {"do": "reply", "reply": "Here.", "attachment": upload("y.txt", b"public data")}
    assert li.post(f"/desk/referrals/{referral}", other).status == 303
    hoffmann = browser("hoffmann", "en")
    page = hoffmann.get(f"/partner/referrals/{referral}")
    assert "y.txt" in page and "z.txt" not in page
    with stage.database.reading() as session:
        for name in ("drawing.txt", "again.txt", "z.txt"):
            key = session.scalars(select(StoredFile.id).where(StoredFile.name == name)).first()
            path = f"/partner/referrals/{referral}/files/{key}"
            assert hoffmann.get(path).status == 404, name


def test_a_partner_may_send_it_back(stage: Stage, request_id: str) -> None:
    """Whoever has it already is not told that it is confidential."""
    referral = stage.refer(request_id)[0]
    with stage.acting("hoffmann") as (session, actor):
        from portal.service_requests.partners import referrals

        file = session.scalars(select(StoredFile).where(StoredFile.name == "drawing.txt")).one()
        referrals.say(session, actor, referral, Words("Is it this?", "en", (file,)))
        assert session.scalars(select(RequestEntry)).first()
