"""What staff write for each other reaches nobody else: no mail, page, file or answer of the API."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from portal import paths
from portal.accounts.models import Notice
from portal.accounts.queries import user as find_user
from portal.accounts.rules import actor_of
from portal.accounts.services import create_token
from portal.core import mail
from portal.core.db import Database
from portal.core.locales import LOCALES
from portal.core.models import Job
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.security.told import CANARY, Story

# Templates of features whose objects carry no notes of the staff, or whose mails are read by tests
# of their own and by the canaries of all fields.
OTHERS = frozenset(
    {"accounts", "capabilities", "companies", "disclosure", "evidence", "inquiries", "matching",
     "needs", "test_centre"}
)  # fmt: skip
TEMPLATES = {
    path.relative_to(paths.TEMPLATES / "emails").with_suffix("").as_posix()
    for path in (paths.TEMPLATES / "emails").rglob("*.txt")
}
OUTSIDE = ("meyer", "kern", "wang", "hoffmann", None)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The templates of all mails that were written."""
    names: set[str] = set()
    enqueue = mail.enqueue

    def note(session: Any, to: Any, template: str, *rest: Any, **more: Any) -> None:
        names.add(template)
        enqueue(session, to, template, *rest, **more)

    monkeypatch.setattr(mail, "enqueue", note)
    return names


@pytest.fixture
def story(app: Portal, database: Database, people: dict[str, Person], written: set[str]) -> Story:
    story = Story(database, people, app)
    story.tell()
    return story


def addresses(app: Portal, ids: dict[str, str]) -> Iterator[str]:
    """Every address of a page or a file that can be built from what there is."""
    known = {**ids, "locale": "en", "code": "CERT", "service_code": "CERT", "kind": "capability"}
    for rule in app.url_map.iter_rules():
        names = rule.arguments - {"locale"}
        if "GET" in (rule.methods or ()) and names <= set(known) and rule.endpoint != "static":
            with app.test_request_context("/en/"):
                values = {name: known[name] for name in rule.arguments if name != "locale"}
                yield app.url_for(rule.endpoint, _external=False, **values)


def test_no_mail_carries_an_internal_note(
    story: Story, written: set[str], mails: Callable[[], list[str]]
) -> None:
    wanted = {name for name in TEMPLATES if name.partition("/")[0] not in OTHERS}
    assert wanted - written == set(), "a template that nobody has looked at: tell its story"
    sent = mails()
    assert len(sent) > 40
    assert [text for text in sent if CANARY in text] == []
    with story.database.reading() as session:
        notices = [json.dumps(row.params) for row in session.scalars(select(Notice))]
        waiting = [json.dumps(job.payload) for job in session.scalars(select(Job))]
    assert len(notices) > 60
    assert [text for text in notices + waiting if CANARY in text] == []


def test_no_page_or_file_shows_an_internal_note(
    story: Story, browser: Callable[..., Browser]
) -> None:
    found = list(addresses(story.app, story.ids))
    assert len(found) > 100
    for who in OUTSIDE:
        client, seen = browser(who).client, 0
        for address in found:
            answer = client.get(address, query_string={"q": CANARY[:8]})
            assert CANARY not in readable(answer.data), (who, address)
            seen += answer.status_code == 200
        assert seen > 10, who


def readable(content: bytes) -> str:
    """The text of a page, or of the parts of a workbook."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_the_api_and_searches_know_nothing_of_it(story: Story) -> None:
    for who in ("meyer", "wang", "hoffmann"):
        client, head = story.app.test_client(), token(story, who)
        for address in addresses(story.app, story.ids):
            if address.startswith("/api/"):
                answer = client.get(address, headers=head)
                assert CANARY.encode() not in answer.data, (who, address)


def token(story: Story, who: str) -> dict[str, str]:
    with story.database.transaction() as session:
        user = find_user(session, story.people[who].id)
        assert user is not None
        secret = create_token(session, actor_of(user), "canary", ["read", "write"])[1]
    return {"Authorization": f"Bearer {secret}"}


def test_the_staff_does_see_it(story: Story, browser: Callable[..., Browser]) -> None:
    """So that the other tests look for what is there."""
    for locale in LOCALES:
        li = browser("li", locale.slug)
        assert CANARY in li.get(f"/desk/requests/{story.ids['request_id']}")
        assert CANARY in li.get(f"/desk/referrals/{story.ids['referral_id']}")
