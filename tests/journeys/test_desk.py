"""A day at the desk, in a real browser and over a real mail server: from a customer's question to
the marks for the solution. The staff works in Chinese, the customer in German."""

import re
import smtplib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import acts
from tests.journeys.conftest import Visitor
from tests.support import mailserver
from tests.support.mailserver import DOMAIN, Server
from tests.support.served import Site, demo_instance, eventually, portal, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
CUSTOMER, AGENT = "meyer@oem.example", "li@base.example"
TITLE = "AEC-Q100 für den Sensorauswertebaustein"
WISH = "Wir brauchen einen Prüfplan nach AEC-Q100 und eine Übersetzung der Unterlagen."
URGENT = "Das Serienwerkzeug ist bestellt, die Freigabe fehlt."
CHIP = {"type": "AFE", "node": "55", "grade": "1", "package": "LQFP-64", "asil": "C"}
INTERNAL = "仅供内部：先问第三检测室的排期。"
QUESTION = "请告知样品目前所在地和数量。"
ANSWER = "Die 77 Muster liegen ab Montag in Stuttgart bereit."
LABORATORY, TRANSLATORS = "Rheintal Prüflabor", "申译语言服务"
SUBJECT = "AEC-Q100: Prüfplan und Übersetzung"
PLAN, TEXTS = "Prüfplan liegt bei, Beginn in KW 50.", "译文将于周五交付，含盖章译本。"
PRAISE = "Schnell und genau, vielen Dank nach Shanghai."
SOLUTION = "检测计划与德文译本均已备妥，见附件。"

OWES = (
    "This request cannot be resolved yet: a partner still owes an answer. Wait for it, or withdraw "
    "the referral."
)
# Who gets mail, and in which language.
LANGUAGES = {
    CUSTOMER: "de",
    AGENT: "zh-Hans",
    "brandt@lab.example": "de",
    "gu@translation.example": "zh-Hans",
}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with mailserver.running(tmp_path_factory.mktemp("post") / "maildir") as server:
        yield server


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, post: Server) -> Iterator[Site]:
    """The demo with a mail server of its own."""
    settings = {"PORTAL_MAIL_URL": post.url, "PORTAL_MAIL_REPLY_DOMAIN": DOMAIN}
    with served(demo_instance(tmp_path_factory), settings=settings) as site:
        yield site


class People:
    """Those who meet, each in a browser of their own."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self.chromium, self.site = chromium, site
        self.customer = self._enter("de", CUSTOMER)
        self.agent = self._enter("zh-hans", AGENT)
        self.laboratory = self._enter("de", "brandt@lab.example")
        self.translators = self._enter("zh-hans", "gu@translation.example")

    def _enter(self, slug: str, email: str) -> Visitor:
        context = self.chromium.new_context(viewport={"width": 1280, "height": 900})
        return Visitor(context.new_page(), self.site, slug, {}).sign_in(email)

    def second_window(self, who: Visitor) -> Visitor:
        return Visitor(who.page.context.new_page(), self.site, who.slug, {})

    def leave(self) -> None:
        for person in (self.customer, self.agent, self.laboratory, self.translators):
            person.page.context.close()


@pytest.fixture
def people(chromium: Browser, office: Site) -> Iterator[People]:
    people = People(chromium, office)
    yield people
    people.leave()


def test_a_request_goes_from_question_to_solution(people: People, post: Server) -> None:
    # Mails about what is urgent leave at once, at any hour.
    request = acts.requests_certification(people.customer, TITLE, WISH, CHIP, URGENT)
    acts.takes_over(people.agent, TITLE)
    acts.notes(people.agent, INTERNAL)
    the_clock_stops_at_a_question(people, request)
    the_customer_answers_by_mail(people, post, request)
    two_partners_are_asked_and_keep_it_open(people)
    both_partners_answer(people)
    the_customer_agrees_to_the_solution(people, request)
    the_customer_says_how_it_was(people)
    nobody_was_told_what_is_internal(people, post)


def the_clock_stops_at_a_question(people: People, request: str) -> None:
    agent, customer = people.agent, people.customer
    stands(agent, still=False)
    acts.replies(agent, QUESTION, "Ask and wait for the customer")
    agent.sees_word("Waiting for the customer")
    stands(agent, still=True)
    customer.go(request)
    customer.sees_word("Waiting for your answer")
    customer.sees(QUESTION)


def stands(agent: Visitor, *, still: bool) -> None:
    """Whether the clock of the plan stands still; the page says so in words."""
    clocks = agent.main.locator("#clocks")
    mark = clocks.get_by_text(agent.t("Clock stands still"), exact=True)
    expect(mark).to_have_count(1 if still else 0)
    going_on = clocks.get_by_role("listitem").filter(has_text=agent.t("still going on"))
    expect(going_on).to_have_count(1 if still else 0)


def delivered(post: Server, address: str, subject: str) -> EmailMessage:
    """The mail of this subject; the worker sends it soon."""
    return eventually(
        lambda: next((m for m in post.to(address) if m["Subject"] == subject), None), 120
    )


def the_customer_answers_by_mail(people: People, post: Server, request: str) -> None:
    agent, customer = people.agent, people.customer
    number = re.search(r"SR-\d+", customer.main.inner_text())
    assert number
    subject = customer.t("%(number)s: we have a question", number=number[0])
    asked = delivered(post, CUSTOMER, subject)
    assert QUESTION not in asked.get_content()
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"] = CUSTOMER, asked["Reply-To"]
    answer["Subject"] = f"AW: {asked['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = (
        make_msgid(domain="oem.example"),
        asked["Message-ID"],
    )
    quoted = "".join(f"> {line}\n" for line in str(asked.get_content()).splitlines())
    answer.set_content(f"{ANSWER}\n\nAm 23.11.2026 um 10:15 schrieb Overseas Base:\n{quoted}")
    with smtplib.SMTP("127.0.0.1", post.port) as program:
        program.send_message(answer)
    assert portal(people.site.env, "mail", "ingest", "--maildir", str(post.maildir)) == (
        "mail: 1 added\n"
    )
    for person in (customer, agent):
        person.page.reload()
        person.sees_word("In progress")
        person.sees(ANSWER)
        person.sees_word("Sent by mail")
        expect(person.main).not_to_contain_text("schrieb Overseas Base")
    stands(agent, still=False)
    expect(agent.main.locator(".pause-list li")).to_have_count(1)


def two_partners_are_asked_and_keep_it_open(people: People) -> None:
    agent = people.agent
    earlier = people.second_window(agent)
    earlier.open(agent.page.url)
    acts.consults(agent, (LABORATORY, TRANSLATORS), SUBJECT, "Prüfplan nach AEC-Q100, 77 Muster.")
    agent.sees_word(OWES)
    expect(agent.main.get_by_role("button", name=agent.t("Send as the solution"))).to_have_count(0)
    acts.replies(earlier, SOLUTION, "Send as the solution")
    expect(earlier.main.get_by_role("alert")).to_contain_text(agent.t(OWES))
    expect(earlier.field("Message", earlier.page.locator("#reply-box"))).to_have_value(SOLUTION)
    earlier.page.close()
    acts.waits_for_partners(agent, "等待检测室与翻译的答复。")
    stands(agent, still=True)


def both_partners_answer(people: People) -> None:
    agent = people.agent
    acts.takes_on(people.laboratory, SUBJECT)
    acts.takes_on(people.translators, SUBJECT)
    for partner in (people.laboratory, people.translators):
        assert INTERNAL not in partner.reads()
    acts.answers(people.laboratory, PLAN)
    agent.page.reload()
    agent.sees_word("Waiting for a partner")
    acts.answers(people.translators, TEXTS)
    agent.page.reload()
    agent.sees_word("In progress")
    stands(agent, still=False)
    expect(agent.main.locator(".pause-list li")).to_have_count(2)
    for name, result in ((LABORATORY, PLAN), (TRANSLATORS, TEXTS)):
        agent.main.locator("#referrals").get_by_role("link", name=name).click()
        agent.sees(result)
        agent.page.go_back()


def the_customer_agrees_to_the_solution(people: People, request: str) -> None:
    customer = people.customer
    acts.replies(people.agent, SOLUTION, "Send as the solution")
    people.agent.sees_word("Resolved")
    customer.go(request)
    customer.sees_word("Resolved: please check")
    customer.sees(SOLUTION)
    customer.press("Yes, this is solved")
    customer.sees_word("Closed")
    people.agent.page.reload()
    people.agent.sees_word("Closed")


def the_customer_says_how_it_was(people: People) -> None:
    customer, agent = people.customer, people.agent
    acts.says_how_it_was(customer, 5, 4, PRAISE)
    agent.page.reload()
    agent.sees_word("What the customer says")
    expect(agent.main.locator("#satisfaction")).to_contain_text(PRAISE)


def nobody_was_told_what_is_internal(people: People, post: Server) -> None:
    for words in (INTERNAL, PLAN, TEXTS):
        assert words not in people.customer.reads()
    eventually(lambda: post.to(CUSTOMER) and post.to(AGENT), 120)
    for message in post.sent:
        address = message["To"].addresses[0].addr_spec
        assert message["Content-Language"] == LANGUAGES.get(address, message["Content-Language"])
        for words in (INTERNAL, QUESTION, ANSWER, PLAN, TEXTS, SOLUTION):
            assert words not in message.get_content() + str(message["Subject"])
