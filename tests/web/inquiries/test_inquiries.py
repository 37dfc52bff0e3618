"""Sending an inquiry, reading it on both sides, answering, moving it on, and who may see it."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, func, select

from portal.core.db import Database
from portal.core.models import AuditEvent, StoredFile
from portal.inquiries import queries
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.inquiries.records import to_record
from tests.support import papers
from tests.support.client import Browser, Page

Open = Callable[..., Browser]
CANARY = "Kanarienvogel-7f3a"
WORDS = {
    "subject": f"Muster {CANARY}-subject",
    "message": f"Wir brauchen {CANARY}-body.",
    "locale": "de",
}


def send(buyer: Browser, capability: str, **more: str) -> str:
    page = buyer.post(f"/inquiries/new?capability={capability}", {**WORDS, **more})
    assert page.status == 303, page.html
    return page.location.split("/de/" if "/de/" in page.location else "/en/")[1].split("#")[0]


def step(who: Browser, path: str, name: str, **data: str) -> Page:
    version = re.search(r'name="version" value="(\d+)"', who.get(f"/{path}").html)
    form = {"version": version[1] if version else "1", **data}
    return who.post(f"/{path}/steps/{name}", form)


def state(database: Database) -> str:
    with database.reading() as session:
        return session.scalars(select(Inquiry.state)).one()


@pytest.fixture
def buyer(browser: Open) -> Browser:
    return browser("meyer", locale="de")


@pytest.fixture
def supplier(browser: Open) -> Browser:
    return browser("wang", locale="zh-hans")


def test_the_way_from_sent_to_talks(
    buyer: Browser, supplier: Browser, capability: str, need: str, database: Database
) -> None:
    path = send(buyer, capability, need=need)
    assert state(database) == "sent"
    page = supplier.get(f"/{path}")
    assert state(database) == "seen"
    assert 'lang="de"' in page
    assert CANARY in page
    assert step(supplier, path, "ask_more", note="请问年用量？").status == 303
    assert state(database) == "need_more_info"
    answer = {"message": "60 000 Stück", "locale": "de"}
    assert buyer.post(f"/{path}/messages", answer).status == 303
    assert state(database) == "answered"
    assert step(supplier, path, "show_interest").status == 303
    assert step(buyer, path, "start_talks", note="Gern.").status == 303
    assert state(database) == "in_talks"
    assert step(buyer, path, "withdraw").status == 409
    with database.reading() as session:
        steps = select(AuditEvent.action).where(AuditEvent.action.like("inquiry.%"))
        assert "inquiry.start_talks" in session.scalars(steps).all()
        assert session.scalars(select(Inquiry.first_answer_at)).one() is not None


def test_a_form_shows_what_it_is_about(buyer: Browser, capability: str, need: str) -> None:
    page = buyer.get(f"/inquiries/new?capability={capability}&need={need}")
    assert "800V 碳化硅逆变器" in page
    assert f'<option selected value="{need}">Traktionswechselrichter 800 V' in page
    assert '<option selected value="de">' in page


def test_strangers_and_staff_get_404(
    browser: Open, buyer: Browser, capability: str, database: Database
) -> None:
    files = {"attachment": (io.BytesIO(papers.pdf()), "Zeichnung.pdf")}
    path = send(buyer, capability, **files)  # type: ignore[arg-type]
    with database.reading() as session:
        file_id = session.scalars(select(StoredFile.id)).one()
    for name in ("chen", "smith", "li", "zhao", "admin"):
        stranger = browser(name)
        assert stranger.get(f"/{path}").status == 404
        assert stranger.get(f"/{path}/files/{file_id}").status == 404
        assert stranger.post(f"/{path}/messages", {"message": "x", "locale": "en"}).status == 404
        assert stranger.post(f"/{path}/steps/decline", {"version": "1"}).status == 404
    got = browser("wang").get(f"/{path}/files/{file_id}")
    assert got.response.data.startswith(b"%PDF-1.7")
    assert got.response.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in got.response.headers["Content-Security-Policy"]


def test_a_file_is_not_served_through_another_thread(
    browser: Open, buyer: Browser, capability: str, database: Database
) -> None:
    files = {"attachment": (io.BytesIO(papers.pdf()), "a.pdf")}
    send(buyer, capability, **files)  # type: ignore[arg-type]
    other = send(browser("smith"), capability)
    with database.reading() as session:
        file_id = session.scalars(select(StoredFile.id)).one()
    assert browser("smith").get(f"/{other}/files/{file_id}").status == 404
    assert browser("wang").get(f"/{other}/files/{file_id}").status == 404


def test_viewers_read_but_do_not_write(browser: Open, buyer: Browser, capability: str) -> None:
    path = send(buyer, capability)
    for name in ("sun", "kern"):
        viewer = browser(name)
        page = viewer.get(f"/{path}")
        assert page.status == 200
        assert "<textarea" not in page
        assert viewer.post(f"/{path}/messages", {"message": "x", "locale": "en"}).status == 404


def test_same_pair_leads_to_the_open_thread(buyer: Browser, capability: str, need: str) -> None:
    path = send(buyer, capability, need=need)
    again = buyer.post(
        f"/inquiries/new?capability={capability}&need={need}", {**WORDS, "need": need}
    )
    assert again.location.endswith(path)
    assert buyer.get(f"/inquiries/new?capability={capability}&need={need}").location.endswith(path)
    assert send(buyer, capability) != path
    step(buyer, path, "withdraw")
    assert send(buyer, capability, need=need) != path


def test_nobody_asks_at_home(browser: Open, capability: str, database: Database) -> None:
    wang = browser("wang")
    assert wang.get(f"/inquiries/new?capability={capability}").status == 200
    assert wang.post(f"/inquiries/new?capability={capability}", WORDS).status == 422
    with database.reading() as session:
        assert session.execute(select(func.count(Inquiry.id))).scalar() == 0


def test_suppliers_ask_suppliers(browser: Open, capability: str, database: Database) -> None:
    send(browser("chen"), capability)
    assert state(database) == "sent"


def test_a_foreign_need_cannot_be_attached(browser: Open, capability: str, need: str) -> None:
    page = browser("smith").post(f"/inquiries/new?capability={capability}", {**WORDS, "need": need})
    assert page.status == 422


def test_bad_files_are_refused_and_words_kept(
    buyer: Browser, capability: str, database: Database
) -> None:
    files = {"attachment": (io.BytesIO(b"MZ not a pdf"), "Rechnung.pdf")}
    page = buyer.post(f"/inquiries/new?capability={capability}", {**WORDS, **files})
    assert page.status == 422
    assert "Rechnung.pdf" in page
    assert f"{CANARY}-body" in page
    with database.reading() as session:
        assert session.execute(select(func.count(Inquiry.id))).scalar() == 0


def test_declining_needs_a_reason_from_the_list(
    buyer: Browser, supplier: Browser, capability: str, database: Database
) -> None:
    path = send(buyer, capability)
    refused = step(supplier, path, "decline", note="不好意思，产能已满")
    assert refused.status == 422
    assert "不好意思，产能已满" in refused
    assert state(database) == "seen"
    assert step(supplier, path, "decline", reason="capacity").status == 303
    assert buyer.post(f"/{path}/messages", {"message": "x", "locale": "de"}).status == 422
    assert state(database) == "declined"


def test_a_stale_version_and_a_wrong_party_change_nothing(
    buyer: Browser, supplier: Browser, capability: str, database: Database
) -> None:
    path = send(buyer, capability)
    supplier.get(f"/{path}")
    stale = supplier.post(f"/{path}/steps/show_interest", {"version": "1", "note": "有兴趣"})
    assert stale.status == 409
    assert step(buyer, path, "show_interest").status == 403
    assert step(supplier, path, "nonsense").status == 404
    assert state(database) == "seen"


def test_a_second_click_sends_one_message(
    buyer: Browser, capability: str, database: Database
) -> None:
    path = send(buyer, capability)
    form = {"message": "Noch etwas", "locale": "de", "_once": "k"}
    assert [buyer.post(f"/{path}/messages", form).status for _ in range(2)] == [303, 303]
    with database.reading() as session:
        assert session.execute(select(func.count(InquiryMessage.id))).scalar() == 2


def test_unread_marks_are_per_person(
    browser: Open, buyer: Browser, supplier: Browser, capability: str
) -> None:
    path = send(buyer, capability)
    assert "is-unread" in supplier.get("/inquiries")
    assert "is-unread" in supplier.get(f"/{path}")
    assert "is-unread" not in supplier.get(f"/{path}")
    assert "is-unread" not in supplier.get("/inquiries")
    assert "is-unread" in browser("liu").get("/inquiries")
    assert "is-unread" not in buyer.get("/inquiries")
    supplier.post(f"/{path}/messages", {"message": "您好", "locale": "zh-Hans"})
    assert "is-unread" in buyer.get("/inquiries")


def test_nothing_confidential_leaves_the_thread(
    browser: Open,
    buyer: Browser,
    supplier: Browser,
    capability: str,
    mails: Callable[[], list[str]],
) -> None:
    path = send(buyer, capability)
    supplier.post(f"/{path}/messages", {"message": f"{CANARY}-reply", "locale": "zh-Hans"})
    step(supplier, path, "decline", reason="price", note=f"{CANARY}-note")
    sent = mails()
    assert any("To: Wang" in mail and f"/zh-hans/{path}" in mail for mail in sent)
    assert any("To: Meyer" in mail and f"/de/{path}" in mail and "华能" in mail for mail in sent)
    assert not any(CANARY in mail for mail in sent)
    pages = ("/account/notices", "/dashboard", "/inquiries", "/search?q=Muster")
    for name in ("chen", "smith", "li", "admin"):
        other = browser(name)
        found = [p for p in pages if CANARY in re.sub(r'value="[^"]*"', "", other.get(p).html)]
        assert found == []
    for reader in (buyer, supplier):
        assert CANARY not in reader.get("/account/notices")


def test_own_members_are_not_told_and_opening_clears_the_notice(
    buyer: Browser, supplier: Browser, capability: str, mails: Callable[[], list[str]]
) -> None:
    path = send(buyer, capability)
    told = {mail.split("<")[1].split("@")[0] for mail in mails()}
    assert told == {"wang", "liu", "sun"}
    assert path in supplier.get("/account/notices")
    supplier.get(f"/{path}")
    assert 'class="notice is-unread"' not in supplier.get("/account/notices")


def test_the_list_takes_at_most_twelve_statements(
    browser: Open, buyer: Browser, capability: str, database: Database
) -> None:
    def count(page: str) -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(database.engine, "before_cursor_execute", listen)
        assert buyer.get(page).status == 200
        event.remove(database.engine, "before_cursor_execute", listen)
        return sum(not s.startswith(("BEGIN", "PRAGMA", "COMMIT")) for s in seen)

    path = send(buyer, capability)
    few = count("/inquiries?box=sent")
    for _ in range(3):
        step(buyer, path, "withdraw")
        path = send(buyer, capability)
    assert count("/inquiries?box=sent") == few <= 12
    assert "page=2" not in buyer.get("/inquiries?box=sent&state=withdrawn")
    assert count(f"/{path}") <= 12


def test_an_export_names_records_by_their_refs(
    buyer: Browser, supplier: Browser, capability: str, need: str, database: Database
) -> None:
    path = send(buyer, capability, need=need)
    step(supplier, path, "decline", reason="region", note="不供货欧洲")
    with database.reading() as session:
        record = to_record(next(iter(queries.for_export(session))))
    assert (record["capability"], record["need"]) == (capability, need)
    assert (record["state"], record["decline_reason"]) == ("declined", "region")
    lines = [(m["from"], m["event"], m["lang"]) for m in record["messages"]]
    assert lines == [
        ("buyer", None, "de"),
        ("supplier", "see", "zh-Hans"),
        ("supplier", "decline", "zh-Hans"),
    ]


def test_hostile_text_is_shown_as_text(buyer: Browser, supplier: Browser, capability: str) -> None:
    nasty = "<script>alert(1)</script>\u2028{{7*7}} %(company)s % ' \" <b>"
    path = send(buyer, capability, subject=nasty, message=nasty)
    for page in (supplier.get(f"/{path}"), supplier.get("/inquiries"), buyer.get(f"/{path}")):
        assert page.status == 200
        assert "<script>alert" not in page
        assert "{{7*7}}" in page
