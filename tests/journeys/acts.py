"""What people do in the portal, by the names of their acts. Each begins where the person stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

MAY_SHARE = "The base may share this request with partner institutions that can help"


@dataclass(frozen=True)
class Newcomer:
    """A supplier that registers, as its owner would type it."""

    company: str
    name: str
    email: str
    password: str
    uscc: str
    city: str
    about: str


@dataclass(frozen=True)
class Offer:
    """A capability in one language."""

    locale: str
    title: str
    summary: str
    description: str
    category: str  # words for the searchable list
    figures: Sequence[tuple[str, str]]  # label as shown, number as typed
    certificate: str
    number: str


@dataclass(frozen=True)
class Wish:
    """A need in one language."""

    locale: str
    title: str
    description: str
    category: str
    least: Sequence[tuple[str, str]]
    certificates: Sequence[str]
    quantity: str
    sop: str
    place: str


# the newcomer


def registers(person: Visitor, who: Newcomer) -> None:
    """Registers as a supplier and confirms the address by the link in the mail."""
    person.go("/register?kind=supplier")
    person.fill("Legal name of your company", who.company)
    person.type_ahead("Country of registration", "China" if person.slug != "zh-hans" else "中国")
    person.fill("Your name", who.name)
    person.fill("E-mail address", who.email)
    person.fill("Password", who.password)
    person.tick("I have read the privacy notice")
    person.press("Register")
    person.sees_word("If the address can be used here, a message with a link is on its way to it.")
    person.open(person.site.mail_link(who.email, "/account/confirm/"))
    person.press("Confirm my address")
    person.page.wait_for_url("**/sign-in")


def fills_the_profile(person: Visitor, who: Newcomer, locale: str) -> None:
    """Describes the company with its number and its plant, and submits it."""
    person.go("/company/edit")
    person.choose("Type of registration number", "USCC")
    person.fill("Registration number", who.uscc)
    person.choose("Language of the original", locale)
    texts = person.group("Texts per language")
    person.choose("Language", locale, texts)
    person.fill("Legal name", who.company, texts)
    person.fill("Description", who.about, texts)
    site = person.group("Where you work")
    person.choose("Role", "plant", site)
    person.type_ahead("Country", "China" if person.slug != "zh-hans" else "中国", site)
    person.fill("City", who.city, site)
    person.press("Save")
    person.page.wait_for_url("**/company")
    person.press("Submit for review")
    person.sees_word("Being reviewed")


def lists(person: Visitor, offer: Offer) -> str:
    """Lists a capability and submits it; returns its path."""
    person.go("/capabilities/new")
    texts = person.group("Texts")
    person.choose("Language", offer.locale, texts)
    person.fill("Title", offer.title, texts)
    person.fill("Summary", offer.summary, texts)
    person.fill("Description", offer.description, texts)
    person.type_ahead("Category", offer.category)
    person.press("Show the fields of this category")
    data = person.group("Technical data")
    for label, value in offer.figures:
        data.get_by_label(label).fill(value)
    certificates = person.group("Certificates")
    person.fill("Standard", offer.certificate, certificates)
    person.fill("Number", offer.number, certificates)
    person.fill("Capacity", "200000", person.group("Capacity"))
    person.press("Save and submit for review")
    person.sees_word("In review")
    return path_of(person)


# the base


def publishes(agent: Visitor, title: str) -> None:
    """Finds something in the review queue by its title, reads it and publishes it."""
    agent.go("/desk/reviews")
    agent.main.get_by_role("link", name=title).first.click()
    agent.sees(title)
    agent.press("Publish")
    agent.page.wait_for_url("**/desk/reviews")
    expect(agent.main.get_by_role("link", name=title, exact=True)).to_have_count(0)


# the buyer


def searches(person: Visitor, words: str) -> None:
    person.go("/search")
    person.main.get_by_role("searchbox").fill(words)
    person.main.get_by_role("searchbox").press("Enter")
    person.main.locator("#result-count").wait_for()


def why_found(person: Visitor, title: str) -> str:
    """The reasons that a result gives for being there."""
    hit = person.main.locator("li", has=person.page.get_by_role("link", name=title))
    return hit.get_by_role("list", name=person.t("Why this was found")).inner_text()


def posts(person: Visitor, wish: Wish) -> str:
    """Posts a need and submits it; returns its path."""
    person.go("/needs/new")
    texts = person.group("Texts")
    person.choose("Language", wish.locale, texts)
    person.fill("Title", wish.title, texts)
    person.fill("Description", wish.description, texts)
    person.type_ahead("Category", wish.category)
    person.press("Show the fields of this category")
    for heading, value in wish.least:
        measure = person.main.get_by_role("group", name=heading).last
        person.fill("At least", value, measure)
    asked = person.group("Certificates asked for")
    for n, standard in enumerate(wish.certificates):
        if n:
            person.press("Add a certificate", asked)
        asked.get_by_label(person.named("Standard")).nth(n).fill(standard)
    person.fill("Quantity per year", wish.quantity)
    person.fill("Start of production (SOP)", wish.sop)
    delivery = person.group("Delivery")
    person.type_ahead(
        "Destination market", "Deutschland" if person.slug == "de" else "Germany", delivery
    )
    person.choose("Incoterm 2020", "DAP", delivery)
    person.fill("Named place", wish.place, delivery)
    person.press("Save and submit for review")
    person.sees_word("In review")
    return path_of(person)


def asks(person: Visitor, subject: str, message: str) -> str:
    """Writes the inquiry whose form is open; returns its path."""
    person.fill("Subject", subject)
    person.fill("Message", message)
    person.press("Send inquiry")
    person.page.wait_for_url("**/inquiries/*")
    person.sees(message)
    return path_of(person)


# both sides of an inquiry


def moves(person: Visitor, step: str, note: str = "") -> None:
    """Takes a step of the inquiry, with a message to the other side."""
    summary = person.page.locator("summary", has_text=person.named(step))
    move = person.main.locator("details.move", has=summary)
    move.locator("summary").click()
    if note:
        person.fill("Message to the other side", note, move)
    person.press("Confirm", move)
    if note:
        person.sees(note)


def takes_mail_at_night(person: Visitor) -> None:
    """So that a journey goes the same way at every hour."""
    person.go("/account/mails")
    person.main.locator("input[name=night]").check()
    with person.page.expect_navigation():
        person.main.locator("button[type=submit]").first.click()


def writes(person: Visitor, message: str) -> None:
    person.fill("Message", message)
    person.press("Send message")
    person.sees(message)


# service requests


def requests_certification(
    person: Visitor, title: str, description: str, chip: dict[str, str], urgent: str = ""
) -> str:
    """Asks the base for the certification of a chip; returns the request's path. `urgent` says why
    it cannot wait; then partner institutions may be asked, too."""
    person.go("/services/CERT")
    person.follow("Request this service")
    person.fill("Title", title)
    person.fill("Description", description)
    person.fill("Component or system", title)
    person.tick("AEC-Q100")
    person.field("It is a chip (semiconductor component)").check()
    person.fill("Type of chip", chip["type"])
    person.fill("Process node", chip["node"])
    person.choose("AEC-Q grade", chip["grade"])
    person.fill("Package", chip["package"])
    person.choose("Functional safety level (ASIL)", chip["asil"])
    if urgent:
        person.choose("How urgent is it?", "P1")
        person.fill("Why is it urgent?", urgent)
        person.field(MAY_SHARE).check()
    person.press("Send request")
    person.sees(description)
    return path_of(person)


def takes_over(agent: Visitor, title: str) -> None:
    """Finds a new request in the queue, triages it and takes charge of it."""
    agent.go("/desk")
    agent.fill("Words or number", title)
    agent.press("Show")
    agent.main.get_by_role("link", name=title).first.click()
    agent.press("Mark as triaged")
    agent.sees_word("Triaged")
    agent.press("Assign to me")
    agent.sees_word("Assigned")
    agent.press("Start work")
    agent.sees_word("In progress")


def notes(agent: Visitor, text: str) -> None:
    """Writes a note that only the staff reads."""
    agent.fill("Internal note", text)
    agent.press("Add internal note")
    agent.sees(text)


def replies(agent: Visitor, text: str, then: str = "Send reply") -> None:
    """Writes to the customer; `then` is the button pressed."""
    agent.fill("Message", text, agent.page.locator("#reply-box"))
    anyway = agent.page.locator("#reply-box input[name=anyway]")
    if then == "Send as the solution" and anyway.count():
        anyway.check()  # some lines of the checklist are still open
    agent.press(then)
    agent.sees(text)


def replies_as_customer(person: Visitor, text: str) -> None:
    """Answers the question that the work waits for."""
    person.fill("Message", text)
    person.press("Answer and resume work")
    person.sees(text)


def says_how_it_was(person: Visitor, solved: int, service: int, comment: str) -> None:
    """Answers the two questions on the page of a request that has ended."""
    person.follow("Answer two questions")
    for name, mark in (("solved", solved), ("service", service)):
        person.main.locator(f"input[name={name}][value='{mark}']").check()
    person.fill("Is there anything you would like to add?", comment)
    person.press("Send answer")
    expect(person.main.locator("#satisfaction")).to_contain_text(comment)


# partner institutions


def consults(agent: Visitor, partners: Sequence[str], subject: str, brief: str) -> None:
    """Asks several partners at once, from the page of a request."""
    agent.follow("Ask a partner")
    for name in partners:
        agent.main.get_by_role("checkbox", name=name).check()
    agent.fill("Subject", subject)
    agent.fill("Brief for the partner", brief)
    agent.press("Ask")
    for name in partners:
        expect(agent.main.locator("#referrals")).to_contain_text(name)


def waits_for_partners(agent: Visitor, note: str) -> None:
    """Stops the clock until the partners have answered."""
    agent.fill("Internal note", note)
    agent.press("Wait for a partner")
    agent.sees_word("Waiting for a partner")
    agent.sees(note)


def takes_on(partner: Visitor, subject: str) -> None:
    """Finds a referral among one's own and accepts it."""
    partner.go("/partner")
    partner.main.get_by_role("link", name=subject).first.click()
    partner.press("Accept this referral")
    partner.sees_word("Accepted")


def answers(partner: Visitor, result: str) -> None:
    """Sends the result of the referral that is open."""
    partner.fill("Message", result, partner.page.locator("#reply-box"))
    partner.press("Send as the result")
    partner.sees_word("Your result")
    partner.sees(result)


def path_of(person: Visitor) -> str:
    """The present page without host and language."""
    return person.page.url.removeprefix(f"{person.site.address}/{person.slug}").split("#")[0]
