"""The whole chain, in a real browser: from a supplier's registration to a request resolved."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.journeys import acts
from tests.journeys.acts import Newcomer, Offer, Wish
from tests.journeys.conftest import Visitor
from tests.support.served import eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]


@dataclass(frozen=True)
class Story:
    """What the people of one journey write, and what they expect to read."""

    newcomer: Newcomer
    offer: Offer
    buyer: str
    words: str  # what the buyer searches for
    reason: tuple[str, ...]  # what the page says why it was found
    wish: Wish
    subject: str
    secret: str
    question: str
    answer: str
    verdicts: tuple[str, str, str]  # a line that fits, one that does not, one that is open
    customer_answer: str


CHINESE = Story(
    newcomer=Newcomer(
        company="苏州启芯微电子有限公司",
        name="程一诺",
        email="cheng@qixin.example",
        password="十个字以上的一句长口令",
        uscc="91320594MA1XQ4TP2B",
        city="苏州",
        about="专注车规级模拟芯片的设计与封测，产品用于动力电池管理系统。",
    ),
    offer=Offer(
        locale="zh-Hans",
        title="十八通道电池采样芯片",
        summary="面向800 V动力电池包的单体电压与温度采样，单片最多十八串。",
        description="全温范围内采样误差不超过±2 mV，菊花链隔离通信，已通过AEC-Q100一级认证。",
        category="电池采样芯片",
        figures=(("通道数", "18"),),
        certificate="AEC-Q100",
        number="QX-2025-118",
    ),
    buyer="meyer@oem.example",
    words="Zellüberwachungs-IC",
    reason=("Zellüberwachungs-IC", "电池采样芯片"),
    wish=Wish(
        locale="de",
        title="Zellüberwachungs-IC für das 800-V-Batteriesystem",
        description="Gesucht wird ein Zellüberwachungs-IC mit Daisy-Chain. Serie ab 2029.",
        category="Zellüberwachungs-IC",
        least=(("Kanäle", "16"), ("Genauigkeit", "99")),
        certificates=("AEC-Q100", "IATF 16949"),
        quantity="450.000",
        sop="2029-01",
        place="Werk Rastatt",
    ),
    subject="Muster für das Zellüberwachungs-IC",
    secret="Unser Zielpreis liegt bei 2,35 EUR je Stück ab Werk.",
    question="请问目标温度等级是一级还是零级？",
    answer="Grade 1 genügt uns.",
    verdicts=("18", "200.000", "IATF 16949"),
    customer_answer="Die Bauteile liegen ab Montag in Stuttgart bereit.",
)
ENGLISH = Story(
    newcomer=Newcomer(
        company="Ningbo Clearpath Semiconductor Co., Ltd.",
        name="Grace Lin",
        email="grace@clearpath.example",
        password="a long sentence as password",
        uscc="91330206MA2GR7KX0U",
        city="Ningbo",
        about="Designs analogue and mixed-signal devices for battery systems of electric vehicles.",
    ),
    offer=Offer(
        locale="en",
        title="Fourteen-channel battery monitor IC",
        summary="Voltage and temperature sensing for packs of up to 800 V.",
        description="Total error below 2 mV over temperature, isolated daisy chain.",
        category="battery monitor IC",
        figures=(("Channels", "14"),),
        certificate="AEC-Q100",
        number="CP-14-2025",
    ),
    buyer="smith@oem.example",
    words="cell monitoring IC",
    reason=("cell monitoring IC", "battery monitor IC"),
    wish=Wish(
        locale="en",
        title="Cell monitoring IC for a 400 V pack",
        description="We look for a cell monitoring IC with daisy chain. Series from 2029.",
        category="cell monitoring IC",
        least=(("Channels", "12"), ("Accuracy", "99")),
        certificates=("AEC-Q100", "IATF 16949"),
        quantity="450,000",
        sop="2029-01",
        place="Detroit plant",
    ),
    subject="Samples of the monitor IC",
    secret="Our target price is 2.35 USD a piece, ex works.",
    question="Do you need temperature grade 1 or grade 0?",
    answer="Grade 1 is enough for us.",
    verdicts=("14", "200,000", "IATF 16949"),
    customer_answer="The parts are ready at our test laboratory from Monday.",
)
INTERNAL = "仅供内部：先问第三检测室的排期。"
ASKED = "Please tell us where the samples are."
SOLVED = "Test plan and two laboratories are attached to this answer."


@pytest.mark.parametrize(
    ("story", "seller_speaks", "buyer_speaks"),
    [
        pytest.param(CHINESE, "zh-hans", "de", id="zh-hans-de"),
        pytest.param(ENGLISH, "en", "en", id="en-en"),
    ],
)
def test_supplier_buyer_and_base_go_through_the_whole_chain(
    visitor: Callable[..., Visitor], story: Story, seller_speaks: str, buyer_speaks: str
) -> None:
    supplier, agent = visitor(seller_speaks), visitor("zh-hans").sign_in("li@base.example")
    buyer = visitor(buyer_speaks).sign_in(story.buyer)

    supplier_becomes_public(supplier, agent, story)
    capability_is_found_by_a_word_it_does_not_contain(supplier, agent, buyer, story)
    for person in (supplier, buyer):
        acts.takes_mail_at_night(person)
    need = need_is_published(buyer, agent, story)
    match_says_what_fits_and_what_does_not(buyer, need, story)
    both_sides_start_talks(supplier, buyer, story)
    base_resolves_a_request(buyer, agent, story)


def supplier_becomes_public(supplier: Visitor, agent: Visitor, story: Story) -> None:
    acts.registers(supplier, story.newcomer)
    supplier.sign_in(story.newcomer.email, story.newcomer.password)
    acts.fills_the_profile(supplier, story.newcomer, story.offer.locale)
    acts.publishes(agent, story.newcomer.company)
    supplier.go("/company")
    supplier.sees_word("Published")


def capability_is_found_by_a_word_it_does_not_contain(
    supplier: Visitor, agent: Visitor, buyer: Visitor, story: Story
) -> None:
    path = acts.lists(supplier, story.offer)
    acts.publishes(agent, story.offer.title)
    title = buyer.page.get_by_role("link", name=story.offer.title)

    def found() -> bool:
        acts.searches(buyer, story.words)
        return title.count() > 0

    eventually(found)
    text = f"{story.offer.title} {story.offer.summary} {story.offer.description}"
    assert story.words.casefold() not in text.casefold()
    reason = acts.why_found(buyer, story.offer.title)
    for part in story.reason:
        assert part in reason
    title.first.click()
    buyer.page.wait_for_url(f"**{path}")
    buyer.sees(story.offer.description)


def need_is_published(buyer: Visitor, agent: Visitor, story: Story) -> str:
    path = acts.posts(buyer, story.wish)
    acts.publishes(agent, story.wish.title)
    return path


def match_says_what_fits_and_what_does_not(buyer: Visitor, need: str, story: Story) -> None:
    """And from there the buyer writes an inquiry."""
    card = buyer.page.locator("article.match-card", has_text=story.offer.title)

    def matched() -> bool:
        buyer.go(f"{need}/matches")
        return card.count() > 0

    eventually(matched)
    if not card.locator("table.criteria").is_visible():
        card.locator("summary").click()
    for verdict, words in zip(("Match", "Gap", "Not known"), story.verdicts, strict=True):
        buyer.sees(buyer.meant("verdict", verdict), card.locator("tr", has_text=words))
    if story.offer.locale != story.wish.locale:
        bridge = card.locator(".match-bridges").inner_text()
        assert all(part in bridge for part in story.reason)
    buyer.follow("Send inquiry", card)
    acts.asks(buyer, story.subject, story.secret)


def both_sides_start_talks(supplier: Visitor, buyer: Visitor, story: Story) -> None:
    thread = acts.path_of(buyer)
    email = story.newcomer.email
    mail = supplier.site.mail(email, thread)
    assert supplier.t("Hello %(name)s,", name=story.newcomer.name) in mail
    supplier.go("/account/notices")
    supplier.main.locator("li.is-unread a").first.click()
    supplier.page.wait_for_url(f"**{thread}")
    supplier.sees(story.secret)
    buyer.go(thread)
    buyer.sees_word("Opened")
    acts.moves(supplier, "Ask for more information", story.question)
    buyer.go(thread)
    buyer.sees(story.question)
    acts.writes(buyer, story.answer)
    supplier.go(thread)
    supplier.sees(story.answer)
    acts.moves(supplier, "We are interested")
    supplier.sees_word("Interest shown")
    buyer.go(thread)
    acts.moves(buyer, "Start talks")
    for person in (buyer, supplier):
        person.go(thread)
        person.sees_word("In talks")
    confidential = (story.secret, story.question, story.answer, story.subject)
    assert not [m for m in supplier.site.mails() if any(text in m for text in confidential)]


def base_resolves_a_request(buyer: Visitor, agent: Visitor, story: Story) -> None:
    title = f"AEC-Q100: {story.wish.title}"
    chip = {"type": "AFE", "node": "55", "grade": "1", "package": "LQFP-64", "asil": "C"}
    request = acts.requests_certification(buyer, title, story.wish.description, chip)
    buyer.sees_word("Received")
    acts.takes_over(agent, title)
    for answer in ("AFE", "55", "LQFP-64"):
        agent.sees(answer)
    acts.notes(agent, INTERNAL)
    acts.replies(agent, "We have read your request.")
    acts.replies(agent, ASKED, "Ask and wait for the customer")
    buyer.go(request)
    buyer.sees_word("Waiting for your answer")
    buyer.sees(ASKED)
    acts.replies_as_customer(buyer, story.customer_answer)
    buyer.sees_word("In progress")
    agent.page.reload()
    agent.sees(story.customer_answer)
    acts.replies(agent, SOLVED, "Send as the solution")
    buyer.go(request)
    buyer.sees_word("Resolved: please check")
    buyer.sees(SOLVED)
    buyer.press("Yes, this is solved")
    buyer.sees_word("Closed")
    assert INTERNAL not in buyer.page.content()
    assert not [m for m in buyer.site.mails() if INTERNAL in m]
