"""Out over a real mail server, answered in a mail program, taken in, and in the conversation."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select

from portal.core import clock, reply_address
from portal.core.files import parsing
from portal.core.files.refusals import busy
from portal.service_requests.mail_in import reading
from portal.service_requests.models import ServiceRequest
from tests.integration.mail.conftest import DOMAIN, Office
from tests.support import papers
from tests.support.client import Browser

GERMAN = """Guten Tag,

die Prüfung betrifft die Änderungsserie 06 – bitte größte Sorgfalt.

Mit freundlichen Grüßen
Meyer

Am 20.11.2026 um 10:15 schrieb Overseas Base:
> Hallo Meyer,
> alter Text
"""
CHINESE = """您好，样品已经寄出，系列06。

------------------ 原始邮件 ------------------
发件人: "Overseas Base" <portal@base.example>;
发送时间: 2026年11月20日(星期五) 上午10:15
主题: 旧主题

旧内容
"""


def test_a_german_answer_resumes_the_work(office: Office) -> None:
    found = office.ask("meyer")
    office.step("ask_customer", found, "Welche Serie?")
    assert office.state(found) == "waiting_customer"
    office.post(office.answer("meyer", GERMAN))
    result = office.ingest()
    assert (result.exit_code, result.output) == (0, "mail: 1 added\n")
    assert office.state(found) == "in_progress"
    (entry,) = office.messages(found, "meyer")
    assert entry.body.endswith("bitte größte Sorgfalt.\n\nMit freundlichen Grüßen\nMeyer")
    assert (entry.party, entry.author_id) == ("customer", office.people["meyer"].id)
    assert not list((office.server.maildir / "new").iterdir())
    assert len(list((office.server.maildir / "cur").iterdir())) == 1


def test_a_chinese_answer_in_gb18030_through_the_pipe(office: Office) -> None:
    found = office.ask("wang")
    office.step("ask_customer", found, "哪个系列？")
    message = office.answer("wang", "x")
    message.set_content(CHINESE.encode("gb18030"), "text", "plain", cte="base64")
    message.set_param("charset", "gb2312")
    result = office.ingest("-", given=message.as_bytes())
    assert (result.exit_code, result.output) == (0, "mail: added\n"), result.output
    (entry,) = office.messages(found, "wang")
    assert entry.body == "您好，样品已经寄出，系列06。"
    assert office.state(found) == "in_progress"


def test_mails_of_a_request_hang_together_and_lead_back(office: Office) -> None:
    found = office.ask("meyer")
    receipt = office.last_to("meyer")
    office.step("ask_customer", found, "Welche Serie?")
    asked = office.last_to("meyer")
    assert asked["References"] == asked["In-Reply-To"] == receipt["Message-ID"]
    assert asked["Reply-To"].addresses[0].domain == DOMAIN
    assert len(office.address_of("meyer").partition("@")[0]) <= 64
    assert office.server.envelopes[-1] == office.address_of("meyer"), "returned mails come back"
    answer = office.answer("meyer")
    assert office.take(answer) == "entry"
    office.step("resolve", found, "Bericht")
    solved = office.last_to("meyer")
    assert solved["In-Reply-To"] == answer["Message-ID"]
    assert solved["References"].split() == [receipt["Message-ID"], answer["Message-ID"]]


def test_a_thank_you_leaves_what_is_solved_alone(office: Office) -> None:
    found = office.ask("meyer")
    office.step("resolve", found, "Bericht")
    assert office.take(office.answer("meyer", "Vielen Dank!\n\n-- \nMeyer\nTel. 0123")) == "entry"
    assert office.state(found) == "resolved"
    assert office.take(office.answer("meyer", "Der Bericht fehlt noch.")) == "entry"
    assert office.state(found) == "reopened"


def test_after_thirty_days_a_mail_begins_a_linked_request(office: Office) -> None:
    found = office.ask("meyer")
    office.step("resolve", found, "Bericht")
    answer = office.answer("meyer", "Der Bericht fehlt noch.")
    answer.add_attachment(b"Seite 3", "text", "plain", filename="seite.txt")
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert office.take(answer) == "entry"
    assert office.state(found) == "resolved"
    with office.database.reading() as session:
        made = session.scalars(
            select(ServiceRequest).where(ServiceRequest.follows_id == found)
        ).one()
    assert made.description == "Der Bericht fehlt noch."
    (begun,) = [e for e in office.entries(made.id, "meyer") if e.event == "created"]
    assert [file.name for file in begun.attachments] == ["seite.txt"]


def test_staff_answer_by_mail_too(office: Office) -> None:
    found = office.ask("meyer")
    office.step("ask_customer", found, "Welche Serie?")
    office.take(office.answer("meyer"))
    office.send()
    assert office.take(office.answer("li", "收到，谢谢。", Subject="答复")) == "entry"
    assert [e.party for e in office.messages(found)] == ["customer", "staff"]


def test_the_same_mail_is_taken_in_once(office: Office) -> None:
    found = office.ask("meyer")
    answer = office.answer("meyer", Message_ID="<same@mua.example>")
    assert [office.take(answer) for _ in range(3)] == ["entry", "known", "known"]
    assert len(office.messages(found)) == 1


def test_a_colleague_may_answer_a_stranger_may_not(office: Office) -> None:
    found = office.ask("meyer")
    to = office.address_of("meyer")
    people = office.people
    assert office.take(office.answer("meyer", From=people["schulz"].email)) == "entry"
    for number, name in enumerate(("kern", "wang", "li")):
        forged = office.answer("meyer", From=people[name].email, Message_ID=f"<{number}@f.example>")
        assert office.take(forged) == "refused", name
    stranger = office.answer("meyer", From="x@stranger.example", To=to, Message_ID="<s@f.example>")
    assert office.take(stranger) == "refused"
    assert [e.author_id for e in office.messages(found)] == [people["schulz"].id]
    assert office.noted(found) == ["refused"] * 4
    assert "refused" not in [e.detail.get("kind") for e in office.entries(found, "meyer")]


def test_a_refusal_is_said_once_and_says_nothing(office: Office) -> None:
    office.ask("meyer")
    before = len(office.server.sent)
    for number in range(3):
        forged = office.answer("meyer", "SECRET", From="x@stranger.example", Subject="SECRET")
        forged.replace_header("Message-ID", f"<{number}@f.example>")
        assert office.take(forged) == "refused"
        office.send()
    (told,) = office.server.sent[before:]
    assert told["To"].addresses[0].addr_spec == "x@stranger.example"
    assert "SR-0000" not in told.as_string() and "SECRET" not in told.as_string()
    assert told["Auto-Submitted"] == "auto-generated" and told["Reply-To"] is None


@pytest.mark.parametrize("change", ["signature", "person", "request", "domain", "none"])
def test_an_address_that_is_not_genuine_leads_nowhere(office: Office, change: str) -> None:
    found = office.ask("meyer")
    office.ask("wang")
    local, _at, domain = office.address_of("meyer").partition("@")
    request, person, signature = local.removeprefix("reply+").split(".")
    wrong = {
        "signature": f"reply+{request}.{person}.{'a' * 20}@{domain}",
        "person": f"reply+{request}.{office.people['wang'].id}.{signature}@{domain}",
        "request": f"reply+sr2.{person}.{signature}@{domain}",
        "domain": f"{local}@other.example",
        "none": f"portal@{domain}",
    }
    before = len(office.server.sent)
    stranger = office.answer("meyer", From="x@f.example", To=wrong[change], Message_ID="<1@f.x>")
    assert office.take(stranger) == "refused"
    office.send()
    assert len(office.server.sent) == before, "strangers hear nothing"
    known = office.answer("meyer", To=wrong[change], Message_ID="<2@f.x>")
    assert office.take(known) == "refused"
    assert not office.messages(found)


def test_the_portal_writes_to_few_strangers(office: Office) -> None:
    office.ask("meyer")
    before = len(office.server.sent)
    for number in range(14):
        forged = office.answer("meyer", From=f"x{number}@stranger.example")
        assert office.take(forged) == "refused"
    office.send()
    assert len(office.server.sent) - before == 10


def test_a_new_secret_makes_old_addresses_void(office: Office) -> None:
    office.ask("meyer")
    given = office.address_of("meyer")
    assert reply_address.read(office.settings, given.upper())
    rotated = office.settings.but(secret_keys=("n" * 40, *office.settings.secret_keys))
    assert reply_address.read(rotated, given)
    assert reply_address.read(office.settings.but(secret_keys=("n" * 40,)), given) is None


def test_who_left_can_no_longer_answer(office: Office) -> None:
    from portal.accounts import services as accounts

    found = office.ask("schulz")
    answer = office.answer("schulz")
    with office.database.transaction() as session:
        accounts.remove_member(session, office.actor("meyer"), office.people["schulz"].id)
    assert office.take(answer) == "refused"
    assert not office.messages(found)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Subject": "Abwesenheitsnotiz: Ihre Anfrage"},
        {"Subject": "自动回复: SR-00001"},
        {"Subject": "Automatic reply: SR-00001"},
        {"Return_Path": "<>"},
    ],
)
def test_automatic_answers_stay_out_and_get_none(office: Office, headers: dict[str, str]) -> None:
    found = office.ask("meyer")
    office.step("ask_customer", found, "Welche Serie?")
    before = len(office.server.sent)
    assert office.take(office.answer("meyer", "Ich bin im Urlaub.", **headers)) == "ignored"
    again = office.answer("meyer", "Urlaub", Message_ID="<again@mua.example>", **headers)
    assert office.take(again) == "ignored"
    office.send()
    assert office.state(found) == "waiting_customer"
    assert not office.messages(found)
    assert office.noted(found) == ["automatic"], "noted once a day"
    assert len(office.server.sent) == before


BOUNCE = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

could not be delivered

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; meyer@test.example
Action: {action}
Status: 5.1.1

--b--
"""


@pytest.mark.parametrize(("action", "outcome"), [("failed", "bounced"), ("delayed", "ignored")])
def test_returned_mails_are_shown_to_staff(office: Office, action: str, outcome: str) -> None:
    found = office.ask("meyer")
    bounce = BOUNCE.format(to=office.address_of("meyer"), action=action)
    before = len(office.server.sent)
    assert office.take(bounce.replace("\n", "\r\n").encode()) == outcome
    office.send()
    assert not office.messages(found) and len(office.server.sent) == before
    assert office.noted(found) == [{"bounced": "bounced", "ignored": "automatic"}[outcome]]


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", b"\0" * 120_000_000)
    return out.getvalue()


def test_files_pass_the_checks_of_uploads(office: Office, browser: Callable[..., Browser]) -> None:
    found = office.ask("wang")
    message = office.answer("wang", "请见附件。")
    message.add_attachment(papers.pdf(), "application", "pdf", filename="检测报告.pdf")
    message.add_attachment(b"MZ", "application", "octet-stream", filename="rechnung.exe")
    message.add_attachment(b"<script>", "image", "svg+xml", filename="logo.svg")
    message.add_attachment(_bomb(), "application", "octet-stream", filename="bomb.docx")
    message.add_attachment(b"MZ", "application", "pdf", filename="../../lie.pdf")
    attached = EmailMessage()
    attached.set_content("x")
    message.add_attachment(attached)
    assert office.take(message) == "entry"
    (entry,) = office.messages(found, "wang")
    assert [file.name for file in entry.attachments] == ["检测报告.pdf"]
    refused = entry.detail["refused_files"]
    assert refused[:4] == ["rechnung.exe", "logo.svg", "bomb.docx", "lie.pdf"]
    assert len(refused) == 5
    page = browser("wang", "en").get(f"/service-requests/{found}").html
    assert "rechnung.exe" in page and "not accepted" in page and "Sent by mail" in page


def test_files_that_hold_malware_are_refused_and_named(office: Office) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer", "Anbei.")
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    message.add_attachment(eicar, "text", "plain", filename="rechnung.txt")
    program = papers.pdf() + b"PK\x05\x06" + bytes(18)
    message.add_attachment(program, "application", "pdf", filename="bericht.pdf")
    assert office.take(message) == "entry"
    (entry,) = office.messages(found)
    assert not entry.attachments
    assert entry.detail["refused_files"] == ["rechnung.txt", "bericht.pdf"]


def test_a_mail_whose_files_cannot_be_checked_waits(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer", "Anbei.")
    message.add_attachment(papers.pdf(), "application", "pdf", filename="bericht.pdf")
    office.post(message)
    with monkeypatch.context() as patch:
        patch.setattr(parsing, "run", _is_busy)
        assert office.ingest().exit_code == 1
    assert not office.messages(found)
    assert office.ingest().output == "mail: 1 added\n"
    assert [file.name for file in office.messages(found)[0].attachments] == ["bericht.pdf"]


def _is_busy(*_arguments: object) -> None:
    raise busy()


def test_too_many_and_too_large_files_are_named(office: Office) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer", "Anbei.")
    for number in range(12):
        message.add_attachment(b"text\n", "text", "plain", filename=f"{number}.txt")
    message.add_attachment(b"x" * 10_485_760, "text", "plain", filename="large.txt")
    assert office.take(message) == "entry"
    (entry,) = office.messages(found)
    assert len(entry.attachments) == 10
    assert entry.detail["refused_files"] == ["10.txt", "11.txt", "large.txt"]


def test_a_mail_of_30_mb_is_refused_with_its_limit(office: Office) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer", "Anbei.")
    message.add_attachment(bytes(22 * 1024**2), "application", "zip", filename="all.zip")
    assert len(message.as_bytes()) > 30_000_000 > reading.MAX_BYTES
    office.post(message)
    assert office.ingest().output == "mail: 1 refused\n"
    office.send()
    assert not office.messages(found)
    assert "20 MB" in office.last_to("meyer").get_content()


def test_html_alone_becomes_text(office: Office) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer")
    message.set_content(
        "<p>Serie <b>06</b> &lt;script&gt;</p><script>x</script><blockquote>alt</blockquote>",
        subtype="html",
    )
    assert office.take(message) == "entry"
    assert office.messages(found)[0].body == "Serie 06 <script>"


def test_japanese_comes_as_it_was_written(office: Office) -> None:
    found = office.ask("meyer")
    message = office.answer("meyer")
    message.set_content("系列06でお願いします。".encode("iso-2022-jp"), "text", "plain", cte="7bit")
    message.set_param("charset", "iso-2022-jp")
    assert office.take(message) == "entry"
    assert office.messages(found)[0].body == "系列06でお願いします。"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: a@b\r\nFrom: c@d\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=\r\nTo: \xff\xff\r\n\r\n--\r\n",
        b"Subject: =?gb2312?B?////?=\r\nFrom: =?x?q?<li@test.example>?= <a@b.example>\r\n\r\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
                 for i in range(3000)),
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\n\r\nx\r\n" * 5000 + b"--b--",
    ],
)  # fmt: skip
def test_what_is_no_honest_mail_is_refused_without_harm(office: Office, broken: bytes) -> None:
    assert office.take(broken) in ("refused", "ignored")


def test_many_parts_to_a_genuine_address_are_refused(office: Office) -> None:
    found = office.ask("meyer")
    head = office.answer("meyer")
    del head["Content-Type"]
    head["Content-Type"] = "multipart/mixed; boundary=b"
    head.set_payload(b"--b\r\n\r\nx\r\n".decode() * 5000 + "--b--")
    assert office.take(head.as_bytes(policy=policy.SMTP)) == "refused"
    assert not office.messages(found)


def test_a_mail_that_fails_stays_and_is_reported(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = office.ask("meyer")
    office.post(office.answer("meyer", "Serie 06", Message_ID="<k@mua.example>"))
    monkeypatch.setattr("portal.service_requests.mail_in.cli.take_in", _fails)
    result = office.ingest()
    assert result.exit_code == 1
    assert "RuntimeError" in result.output and "Serie" not in result.output
    assert len(list((office.server.maildir / "new").iterdir())) == 1
    assert office.ingest("-", given=b"x").exit_code == 75
    monkeypatch.undo()
    assert not office.messages(found)


def _fails(*_: object) -> str:
    raise RuntimeError("Serie 06")


def test_no_mail_carries_an_internal_note(office: Office) -> None:
    found = office.ask("meyer")
    office.note(found, "CANARY-7f3a")
    office.step("ask_partner", found, "CANARY-7f3a")
    office.step("resume", found)
    office.step("resolve", found, "Bericht")
    office.take(office.answer("meyer", "CANARY-7f3a: der Bericht fehlt."))
    office.send()
    assert len(office.server.sent) >= 3
    assert not [m for m in office.server.sent if "CANARY" in m.get_content() + m.as_string()]
