"""A partner answers the mail about a referral: it stands in the thread of the referral."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select

from portal.config import ConfigurationError, load_settings
from portal.core import clock, jobs, reply_address
from portal.core.reply_address import Answering
from portal.core.texts import Words
from portal.service_requests.mail_in import jobs as mail_in_jobs
from portal.service_requests.mail_in import queries
from portal.service_requests.models import Referral, ReferralEntry
from portal.service_requests.partners import referrals
from portal.service_requests.partners.referrals import ReferralInput
from tests.integration.mail.conftest import Office


def refer(office: Office, found: str) -> str:
    partner = office.people["hoffmann"].org_id or ""
    data = ReferralInput([partner], "EMV", Words("Prüfung im März?", "de"))
    with office.database.transaction() as session:
        (row,) = referrals.refer(session, office.actor("li"), found, data)
        made = row.id
    office.send()
    return made


def thread(office: Office, referral: str) -> list[ReferralEntry]:
    with office.database.reading() as session:
        query = select(ReferralEntry).where(ReferralEntry.referral_id == referral)
        rows = session.scalars(query.order_by(ReferralEntry.created_at))
        return [row for row in rows if row.event is None]


@pytest.fixture
def asked(office: Office) -> tuple[str, str]:
    """A request and its referral, with the mail about it sent."""
    found = office.ask("meyer")
    return found, refer(office, found)


def test_the_answer_of_a_partner_lands_in_the_referral(
    office: Office, asked: tuple[str, str]
) -> None:
    found, referral = asked
    assert len(office.address_of("hoffmann").partition("@")[0]) <= 64
    office.post(office.answer("hoffmann", "Ja, ab dem 9. März."))
    assert office.ingest().output == "mail: 1 added\n"
    (entry,) = thread(office, referral)
    assert (entry.body, entry.party, entry.internal) == ("Ja, ab dem 9. März.", "partner", False)
    assert entry.author_id == office.people["hoffmann"].id
    assert office.messages(found) == [], "the customer's conversation has nothing of it"
    assert office.noted(found) == []
    answer = office.answer("hoffmann", "Noch etwas.")
    assert office.take(answer) == "entry"
    with office.database.transaction() as session:
        words = Words("Thank you.", "en")
        referrals.say(session, office.actor("li"), referral, words)
    office.send()
    assert office.last_to("hoffmann")["In-Reply-To"] == answer["Message-ID"]


def test_a_colleague_who_may_only_read_does_not_write_by_mail(
    office: Office, asked: tuple[str, str]
) -> None:
    _found, referral = asked
    mail = office.answer("hoffmann", "Ich übernehme.", From=office.people["keller"].email)
    assert office.take(mail) == "refused" and thread(office, referral) == []
    office.send()
    assert "/partner" in office.last_to("keller").get_content()


@pytest.mark.parametrize("name", ["meyer", "roth", "li", "stranger"])
def test_nobody_else_writes_through_the_address_of_a_partner(
    office: Office, asked: tuple[str, str], name: str
) -> None:
    found, referral = asked
    person = office.people.get(name)
    sender = person.email if person else "stranger@elsewhere.example"
    assert office.take(office.answer("hoffmann", "Hallo", From=sender)) == "refused"
    assert thread(office, referral) == [] and office.noted(found) == ["refused"]


def test_the_address_of_a_customer_leads_no_partner_into_the_request(
    office: Office, asked: tuple[str, str]
) -> None:
    found, _referral = asked
    to = office.address_of("meyer")
    mail = office.answer("hoffmann", "Hallo", To=to)
    assert office.take(mail) == "refused" and office.messages(found) == []
    with office.database.reading() as session:
        number = session.scalars(select(Referral.number)).one()
    forged = Answering(f"pr{number}", office.people["meyer"].id)
    mail = office.answer("meyer", "Hallo", To=reply_address.make(office.settings, forged))
    assert office.take(mail) == "refused", "a customer is no side of a referral"


def test_returned_and_automatic_mails_are_noted_for_the_staff(
    office: Office, asked: tuple[str, str]
) -> None:
    found, referral = asked
    away = office.answer("hoffmann", "Bin im Urlaub", Auto_Submitted="auto-replied")
    assert office.take(away) == "ignored"
    bounced = EmailMessage()
    bounced["From"], bounced["To"] = "mailer-daemon@mx.example", office.address_of("hoffmann")
    bounced["Subject"], bounced["Message-ID"] = "Undelivered", "<b@mx.example>"
    bounced.set_content("no such user")
    assert office.take(bounced) == "bounced"
    assert office.noted(found) == ["automatic", "bounced"] and thread(office, referral) == []


def test_a_name_that_must_not_be_told_is_not_told_by_mail_either(office: Office) -> None:
    found = office.ask("meyer")
    referral = refer(office, found)
    with office.database.transaction() as session:
        referrals.say(session, office.actor("hoffmann"), referral, Words("Wer ist es?", "de"))
        referrals.act(
            session, office.actor("hoffmann"), referral,
            referrals.Step("decline", None, Words("Keine Zeit", "de")),
        )  # fmt: skip
    office.send()
    mail = office.answer("li", "It is Nordstern Fahrzeugwerke AG")
    assert office.take(mail) == "refused"
    assert [entry.party for entry in thread(office, referral)] == ["partner"]


def test_what_is_kept_of_mails_is_forgotten_after_the_time_that_is_set(
    office: Office, asked: tuple[str, str]
) -> None:
    _found, referral = asked
    assert office.take(office.answer("hoffmann", "Ja.")) == "entry"
    with office.database.transaction() as session:
        assert queries.forget_before(session, clock.now() - timedelta(days=30)) == 0
    mail_in_jobs.register(office.settings.but(mail_keep_days=40))
    _seconds, forget = jobs._ticks["forget received mails"]
    with time_machine.travel(clock.now() + timedelta(days=39), tick=False):
        forget(office.database)
    assert len(office.rows()) == 1
    with time_machine.travel(clock.now() + timedelta(days=41), tick=False):
        forget(office.database)
    assert office.rows() == [] and len(thread(office, referral)) == 1


@pytest.mark.parametrize("bad", ["0", "29", "4000", "x", "-5"])
def test_a_time_that_makes_no_sense_is_refused(bad: str) -> None:
    with pytest.raises(ConfigurationError, match="PORTAL_MAIL_KEEP_DAYS"):
        load_settings(
            {
                "PORTAL_MAIL_KEEP_DAYS": bad,
                "PORTAL_INSTANCE": "x",
                "PORTAL_SECRET_KEY": "k" * 40,
                "PORTAL_BASE_URL": "http://localhost",
            }
        )
