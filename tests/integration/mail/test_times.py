"""When mails leave: by day, once a day, never at night, and several pieces of news as one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from jinja2 import Environment, meta
from sqlalchemy import select, text

from portal import paths
from portal.accounts import mail_times
from portal.accounts import services as accounts
from portal.accounts.inputs import MailWishes
from portal.core import i18n, jobs, mail
from portal.core.i18n import gettext
from portal.core.models import Job
from portal.core.texts import Words
from portal.service_requests import services
from portal.service_requests.mail_in import bodies
from portal.service_requests.services import Step
from tests.integration.mail.conftest import Office
from tests.support.client import Browser

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin
NIGHT = datetime(2026, 11, 18, 21, 30, tzinfo=UTC)  # 22:30 in Berlin


@pytest.fixture
def wish(office: Office) -> Callable[..., None]:
    def choose(name: str, mode: str = "immediate", hour: int = 8, night: bool = False) -> None:
        with office.database.transaction() as session:
            wishes = MailWishes(mode, night, hour, "Europe/Berlin")
            accounts.choose_mails(session, office.actor(name), wishes)

    return choose


def reply(office: Office, found: str, text: str = "Neues") -> None:
    with office.database.transaction() as session:
        services.reply(session, office.actor("li"), found, Words(text, "en"))
    jobs.run_ready(office.database)


def to(office: Office, name: str) -> list[str]:
    address = office.people[name].email
    mails = [m for m in office.server.sent if m["To"].addresses[0].addr_spec == address]
    return [f"{m['Subject']}\n{m.get_content()}".replace("\r", "") for m in mails]


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2026-11-18T20:59", "Europe/Berlin", "2026-11-18T20:59"),
        ("2026-11-18T21:00", "Europe/Berlin", "2026-11-19T06:00"),
        ("2026-11-19T05:59", "Europe/Berlin", "2026-11-19T06:00"),
        ("2026-11-19T06:00", "Europe/Berlin", "2026-11-19T06:00"),
        ("2026-03-28T23:00", "Europe/Berlin", "2026-03-29T05:00"),  # the clock goes forward
        ("2026-11-18T14:30", "Asia/Shanghai", "2026-11-18T23:00"),
        ("2026-11-18T12:00", "No/Where", "2026-11-18T12:00"),
    ],
)
def test_a_mail_waits_for_the_readers_morning(moment: str, zone: str, expected: str) -> None:
    found = mail_times.after_night(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)
    assert found.astimezone(UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_what_happens_at_night_is_mailed_in_the_morning(
    office: Office, wish: Callable[..., None]
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        found = office.ask("meyer")
        wish("meyer")
        before = len(to(office, "meyer"))
        traveller.move_to(NIGHT)
        reply(office, found)
        assert len(to(office, "meyer")) == before
        traveller.move_to(datetime(2026, 11, 19, 6, 0, tzinfo=UTC))
        jobs.run_ready(office.database)
        assert len(to(office, "meyer")) == before + 1


@pytest.mark.parametrize("reason", ["critical", "allowed"])
def test_at_night_only_what_is_critical_or_allowed(
    office: Office, wish: Callable[..., None], reason: str
) -> None:
    urgent = {"priority": "P1", "urgency_reason": "Band steht"} if reason == "critical" else {}
    with time_machine.travel(NOON, tick=False) as traveller:
        found = office.ask("meyer", **urgent)
        wish("meyer", night=reason == "allowed")
        before = len(to(office, "meyer"))
        traveller.move_to(NIGHT)
        reply(office, found)
        assert len(to(office, "meyer")) == before + 1


def test_links_people_ask_for_come_at_night_too(office: Office, wish: Callable[..., None]) -> None:
    wish("meyer", "inbox")
    with time_machine.travel(NIGHT, tick=False):
        with office.database.transaction() as session:
            accounts.ask_reset(session, office.people["meyer"].email)
        jobs.run_ready(office.database)
    assert len(to(office, "meyer")) == 1


def test_one_digest_a_day_in_the_readers_language(
    office: Office, wish: Callable[..., None]
) -> None:
    wish("meyer", "digest", hour=17)
    with time_machine.travel(NOON, tick=False) as traveller:
        first, second = office.ask("schulz"), office.ask("meyer")
        office.server.sent.clear()
        traveller.shift(timedelta(minutes=1))
        with office.database.transaction() as session:
            services.watch(session, office.actor("meyer"), first)
        reply(office, first)
        reply(office, first)
        reply(office, second)
        assert not to(office, "meyer")
        traveller.move_to(datetime(2026, 11, 18, 16, 0, tzinfo=UTC))
        jobs.run_ready(office.database)
        (digest,) = to(office, "meyer")
    with i18n.use_locale("de"):
        assert digest.startswith(gettext("Your news of the day"))
        assert digest.count(gettext("Hello %(name)s,", name="Meyer")) == 1
    assert digest.count("/service-requests/" + first) == 1, "the same news once"
    assert "/service-requests/" + second in digest
    assert "/de/account/mails" in digest
    assert office.last_to("meyer")["Reply-To"] is None, "it is about several requests"


def test_inbox_only_means_no_mail(office: Office, wish: Callable[..., None]) -> None:
    wish("meyer", "inbox")
    office.ask("meyer")
    assert not to(office, "meyer")


def test_news_in_a_row_become_one_mail(office: Office, wish: Callable[..., None]) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        found = office.ask("meyer")
        wish("meyer")
        office.server.sent.clear()
        traveller.shift(timedelta(hours=1))
        reply(office, found)
        assert len(to(office, "meyer")) == 1, "the first leaves at once"
        for _ in range(3):
            traveller.shift(timedelta(minutes=1))
            reply(office, found)
        with office.database.transaction() as session:
            step = Step("resolve", None, Words("Bericht", "de"))
            services.move(session, office.actor("li"), found, step)
        jobs.run_ready(office.database)
        assert len(to(office, "meyer")) == 1
        traveller.shift(timedelta(minutes=10))
        jobs.run_ready(office.database)
        assert len(to(office, "meyer")) == 2
        both = to(office, "meyer")[1]
        assert both.count("SR-00001: ") == 3, both
    with i18n.use_locale("de"):
        assert both.count(gettext("Hello %(name)s,", name="Meyer")) == 1
    assert both.count("\n-- \n") == 1


def test_a_mail_that_waits_is_not_sent_to_who_left(
    office: Office, wish: Callable[..., None]
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        found = office.ask("schulz")
        wish("schulz")
        before = len(to(office, "schulz"))
        reply(office, found)
        with office.database.transaction() as session:
            accounts.remove_member(session, office.actor("meyer"), office.people["schulz"].id)
        office.send()
    assert len(to(office, "schulz")) == before
    with office.database.reading() as session:
        assert not session.scalars(select(Job).where(Job.finished_at.is_(None))).all()


def test_everybody_chooses_for_themselves(browser: Callable[..., Browser], office: Office) -> None:
    for name in ("meyer", "li", "sun", "hoffmann"):
        person = browser(name, "en")
        chosen = {"mode": "digest", "digest_hour": "17", "timezone": "Asia/Tokyo"}
        assert person.post("/account/mails", chosen).status == 303
        shown = person.get("/account/mails").html
        assert 'value="17"' in shown and "Asia/Tokyo" in shown
    wrong = browser("meyer").post("/account/mails", {**chosen, "digest_hour": "24"})
    assert wrong.status == 422
    assert browser("meyer").post("/account/mails", {**chosen, "mode": "never"}).status == 422


def test_without_a_domain_mails_lead_to_the_portal(office: Office) -> None:
    mail.register(office.settings.but(mail_reply_domain=""))
    office.ask("meyer")
    sent = office.last_to("meyer")
    assert sent["Reply-To"] is None
    with i18n.use_locale("de"):
        sentence = gettext("Please answer in the portal: mails to this address are not read.")
    assert sentence in sent.get_content().replace("\n", " ").replace("  ", " ")
    assert office.server.envelopes[-1] == office.settings.mail_from


# What mails may name: who, which number, when, where. No words of a thread.
NAMED = {
    *("name", "link", "site_name", "base_url", "number", "request", "service", "partner", "due"),
    *("first_reply", "plan", "promises", "clock", "step", "limit", "person"),
}
FOLDERS = ("service_requests", "quotes", "partners", "mail_in")
TEMPLATES = [p for f in FOLDERS for p in sorted((paths.TEMPLATES / "emails" / f).glob("*.txt"))]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_mail_about_a_request_has_room_for_its_words(template: Path) -> None:
    tree = Environment(autoescape=True).parse(template.read_text("utf-8"))
    used = meta.find_undeclared_variables(tree) - {"_", "ngettext", "gettext"}
    assert used <= NAMED, used - NAMED


def test_while_a_mail_is_read_others_may_write(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = bodies.text_of

    def looked(*given: Any) -> str:
        with office.database.if_free() as session:
            session.execute(text("SELECT 1"))
        return read(*given)

    found = office.ask("meyer")
    monkeypatch.setattr(bodies, "text_of", looked)
    assert office.take(office.answer("meyer", "Die größte Sorgfalt.")) == "entry"
    assert "größte Sorgfalt" in office.entries(found)[-1].body
