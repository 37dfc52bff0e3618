"""Files that a requester gives as confidential: marks for previews, originals that are noted."""

import io
import re
from collections.abc import Callable

import pikepdf
from sqlalchemy import select

from portal.core.db import Database
from portal.core.models import AuditEvent, StoredFile
from tests.support import papers
from tests.support.client import Browser
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def marks(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(list(pdf.pages[0].get_images()))


def test_originals_are_for_requester_and_base_and_each_is_noted(
    browser: Open, database: Database
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    sent = (io.BytesIO(papers.pdf()), "drawing.pdf")
    found = ask(wang, attachment=sent, confidential="y")
    page = wang.get(f"/service-requests/{found}").html
    link = re.search(r'href="(/en/service-requests/\w+/files/\w+)\?preview"', page)
    assert link and "Confidential" in page
    desk = link[1].replace("/service-requests/", "/desk/requests/")
    assert marks(wang.get(link[1]).response.data) == marks(li.get(desk).response.data) == 0
    assert marks(li.get(f"{desk}?preview").response.data) == 1
    assert browser("meyer", "en").get(f"{link[1]}?preview").status == 404
    with database.reading() as session:
        file = session.scalars(select(StoredFile)).one()
        query = select(AuditEvent).where(AuditEvent.object_id == file.id).order_by(AuditEvent.seq)
        noted = [(event.action, event.actor_id is not None) for event in session.scalars(query)]
    assert noted == [("file.original", True)] * 2 + [("file.preview", True)]
