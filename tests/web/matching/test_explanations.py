"""One explanation, the same words in page, mail, API and match sheet, in the reader's language."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from portal.core import clock
from portal.core import sheet as paper
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.i18n import use_locale
from portal.core.models import Job
from portal.matching import queries, sheet, standing
from portal.matching.explanation import Explanation, explained
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.matching.conftest import Make

Open = Callable[..., Browser]
Work = Callable[[], int]
TAGS = {"zh-hans": "zh-Hans", "en": "en", "de": "de"}


def plain(text: str) -> str:
    """Words only: mark-up and the line breaks of a layout tell nothing."""
    return re.sub(r"[\s\u00a0\u00ad]+", "", unescape(re.sub(r"<[^>]+>", "", text)))


def said(app: Portal, database: Database, person: Person, need: str, capability: str,
         tag: str) -> Explanation:  # fmt: skip
    """What the supplier (wang) or the buyer is told."""
    reader = Actor(user_id=person.id, role="owner", org_id=person.org_id)
    with database.reading() as session, use_locale(tag):
        if person.email.startswith("wang"):
            row = queries.capability(session, capability)
            assert row is not None
            found = standing.of(session, app.engine, reader, row, need)
        else:
            asked = queries.need(session, need)
            assert asked is not None
            found = standing.of(session, app.engine, reader, asked, capability)
        return explained(found.pair)


def words_of(found: Explanation) -> list[str]:
    lines = [(line.name, line.wanted, line.evidence) for line in found.lines]
    return [
        found.summary,
        *(word for line in lines for word in line),
        *found.questions,
        *(bridge.sentence for bridge in found.bridges),
        *(quote.text for quote in found.quotes),
    ]


@pytest.fixture
def pair(make_capability: Make, make_need: Make, work: Work) -> tuple[str, str]:
    """Something holds, something fails, something is unknown."""
    capability = make_capability(markets=["BR"], certificates=[])
    need = make_need()
    work()
    return need, capability


@pytest.mark.parametrize("locale", TAGS)
def test_page_and_api_say_the_same(
    app: Portal, database: Database, browser: Open, pair: tuple[str, str], locale: str,
    people: dict[str, Person],
) -> None:  # fmt: skip
    found = said(app, database, people["meyer"], *pair, TAGS[locale])
    meyer = browser("meyer", locale)
    page = plain(meyer.get(f"/needs/{pair[0]}/matches/{pair[1]}").html)
    listed = plain(meyer.get(f"/needs/{pair[0]}/matches").html)
    assert found.fails and found.holds and found.unknown and found.bridges and found.quotes
    for word in [*words_of(found), *(part.sentence for part in found.parts)]:
        assert plain(word) in page
        assert plain(word) in listed


def test_the_api_gives_the_words_of_the_page(
    app: Portal, database: Database, pair: tuple[str, str], people: dict[str, Person],
    api_get: Callable[..., Any],
) -> None:  # fmt: skip
    found = said(app, database, people["meyer"], *pair, "de")
    answer = api_get("meyer", f"/api/v1/needs/{pair[0]}/matches/{pair[1]}", "de")
    assert answer["match"]["explanation"] == found.as_dict()
    assert answer["listed"] is True
    (match,) = api_get("meyer", f"/api/v1/needs/{pair[0]}/matches", "de")["matches"]
    assert match["explanation"] == found.as_dict()


@pytest.fixture
def api_get(app: Portal, database: Database, people: dict[str, Person]) -> Callable[..., Any]:
    from portal.accounts.models import ApiToken
    from portal.accounts.queries import token_hash

    with database.transaction() as session:
        for name, person in people.items():
            digest = token_hash(f"obp_{name}")
            session.add(ApiToken(user_id=person.id, name="t", token_hash=digest, scopes=["read"]))

    def get(who: str, path: str, language: str = "en") -> Any:
        headers = {"Authorization": f"Bearer obp_{who}", "Accept-Language": language}
        return app.test_client().get(path, headers=headers).get_json()

    return get


def text_of(body: bytes) -> str:
    return plain("".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages))


def draws_chinese() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(listed.stdout)


@pytest.mark.skipif(not sheet.available(), reason="Pango is missing")
@pytest.mark.skipif(not draws_chinese(), reason="no Chinese font on this machine")
@pytest.mark.parametrize("locale", TAGS)
def test_the_match_sheet_says_the_same_and_can_be_read_back(
    app: Portal, database: Database, browser: Open, pair: tuple[str, str], locale: str,
    people: dict[str, Person],
) -> None:  # fmt: skip
    found = said(app, database, people["meyer"], *pair, TAGS[locale])
    path = f"/{locale}/needs/{pair[0]}/matches/{pair[1]}/sheet.pdf"
    answer = browser("meyer", locale).client.get(path)
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.get_data())
    assert "主驱逆变器" in text
    for word in words_of(found):
        assert plain(word) in text
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(answer.get_data())).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all("+" in name for name in fonts), "every font must be embedded"


def test_a_sheet_loads_nothing() -> None:
    if not sheet.available():
        pytest.skip("Pango is missing")
    with pytest.raises(ValueError, match="loads nothing"):
        paper._refuse("http://example.com/x.png")


def test_without_the_library_the_page_offers_no_sheet(
    browser: Open, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "available", lambda: False)
    meyer = browser("meyer")
    assert "sheet.pdf" not in meyer.get(f"/needs/{pair[0]}/matches/{pair[1]}")
    assert meyer.get(f"/needs/{pair[0]}/matches/{pair[1]}/sheet.pdf").status == 404


def digest_to(database: Database, mails: Callable[[], list[str]], person: str) -> str:
    """The mail about new pairs, as if the time for gathering were over."""
    with database.transaction() as session:
        due = update(Job).where(Job.kind == "matching.digest").values(run_at=clock.now())
        session.execute(due)
    return next(m for m in mails() if m.startswith(f"To: {person}"))


def test_the_mail_to_a_buyer_says_the_same(
    app: Portal, database: Database, make_capability: Make, make_need: Make, work: Work,
    mails: Callable[[], list[str]], people: dict[str, Person],
) -> None:  # fmt: skip
    need = make_need()
    work()
    capability = make_capability(attributes={})
    work()
    mail = digest_to(database, mails, "Meyer")
    found = said(app, database, people["meyer"], need, capability, "de")
    assert found.questions and found.bridges and len(found.quotes) == 2
    for word in words_of(found):
        assert plain(word) in plain(mail)
    assert f"/de/needs/{need}/matches/{capability}" in mail


def test_the_mail_to_a_supplier_is_in_chinese_with_the_same_words(
    app: Portal, database: Database, make_capability: Make, make_need: Make, work: Work,
    mails: Callable[[], list[str]], people: dict[str, Person],
) -> None:  # fmt: skip
    capability = make_capability()
    work()
    need = make_need()
    work()
    mail = digest_to(database, mails, "Wang")
    found = said(app, database, people["wang"], need, capability, "zh-Hans")
    for word in words_of(found):
        assert plain(word) in plain(mail)
    assert f"/zh-hans/capabilities/{capability}/matches/{need}" in mail


def test_each_reader_starts_a_request_from_the_match_as_they_may(
    browser: Open, pair: tuple[str, str]
) -> None:
    need, capability = pair
    both = f"capability={capability}&amp;need={need}"
    own = {"meyer": f"/needs/{need}/matches", "wang": f"/capabilities/{capability}/matches"}
    for name, path in own.items():
        other = capability if name == "meyer" else need
        for place in (path, f"{path}/{other}"):
            page = browser(name, "en").get(place)
            assert f"/en/services/MATCH/request?{both}" in page, (name, place)
    gap = rf"/en/services/gap\?standard=IATF\+16949&amp;need={need}&amp;capability={capability}"
    assert re.search(gap, browser("wang", "en").get(f"{own['wang']}/{need}").html)
    li = browser("li", "en").get(f"/needs/{need}/matches/{capability}")
    assert f"/en/desk/services/MATCH/request?{both}" in li
    assert "/en/desk/services/gap?standard=" in li and "/en/services/MATCH/request" not in li
    viewer = browser("sun", "en").get(f"{own['wang']}/{need}")
    assert "/services/MATCH/request" not in viewer and "/services/gap" not in viewer
