"""Awkward strings in every text field of every form: no fault, nothing unescaped, nothing lost."""

import csv
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import html5lib
import pytest
from wtforms import HiddenField, StringField

from portal.cli import cli
from portal.companies.models import Company
from portal.core import clock, jobs
from portal.service_requests import catalogue
from portal.service_requests.forms import form_for
from portal.web.forms import BaseForm, has_control_characters
from tests.contracts.test_access_matrix import address
from tests.drills.effort import FULL
from tests.support.client import Browser
from tests.support.formfill import Form, forms
from tests.support.naughty import OWN, strings
from tests.support.objects import People, World, capability, world
from tests.support.people import PASSWORD
from tests.web.form_pages import FORM_PAGES, FormPage

Open = Callable[..., Browser]
FORBIDDEN = ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<body onload")
# Values that let a form through whose other fields hold awkward text.
VALID = {
    "email": "someone@test.example", "old_password": PASSWORD, "password": "a long enough secret",
    "country": "DE", "deadline_time": "12:00", "texts-0-locale": "en", "amount": "10",
    "day": "2026-03-04", "id": "new-thing", "sustainability-0-value": "50",
}  # fmt: skip
LISTS = (
    ("hoffmann", "/partner"), ("zhao", "/desk/partners"), ("zhao", "/desk/calendars"),
    ("hoffmann", "/partner/institution"), ("zhao", "/desk/ranking"),
    ("li", "/desk/thesaurus/drafts"),
    ("", "/search"), ("", "/needs"), ("wang", "/capabilities"), ("meyer", "/needs/own"),
    ("wang", "/inquiries"), ("meyer", "/service-requests"), ("li", "/desk"),
    ("li", "/desk/reviews"),
    ("zhao", "/desk/users"), ("wang", "/account/members"), ("wang", "/account/tokens"),
    ("wang", "/account/notices"), ("chen", "/company"), ("wang", "/dashboard"),
)  # fmt: skip
SERVICES = tuple(
    FormPage("meyer", "/services/<code>/request", f"RequestForm{code}", code)
    for code in (service.code for service in catalogue.SERVICES.values())
)
PAGES = (*FORM_PAGES, *SERVICES)


def kind_of(page: FormPage) -> str:
    return f"{page.form} {page.route}"


def sorted_out(texts: list[str]) -> list[list[str]]:
    """Groups that meet the same fate, so that a refused string keeps no other one from storing."""
    control = [text for text in texts if has_control_characters(text)]
    long = [text for text in texts if len(text) > 60 or not text.strip()]
    rest = [text for text in texts if text not in {*control, *long}]
    return [rest, [text for text in long if text not in control], control]


STRINGS = strings()


# What they are sent to is another thing after each sending, which is undone each time.
CHANGES_STATE = (
    "MoveForm", "DecisionForm", "DeadlineForm", "JoinForm", "NewPasswordForm",
    "ChangePasswordForm", "ReferralForm", "HoursForm", "calendars.DayForm", "WeightsForm",
    "ConceptForm", "AnswerForm", "BarrierForm", "PublicForm", "StepForm", "ReferencesForm",
    "SustainabilityForm", "ChangeForm", "AskForm", "FindingForm", "RuleForm", "ImportForm",
    "ProgrammeForm", "CustodyForm", "OfferForm", "ResultsForm", "test_centre.ReportForm",
    "SampleForm", "BookingForm", "LineForm", "TemplateForm", "AppealForm",
)  # fmt: skip
# A form gets the house's own strings and every fourth of the public list, which no two neighbours
# begin at the same place; full drills send every string to every form.
SHARES = 4


def strings_for(page: FormPage) -> list[str]:
    if FULL:
        return STRINGS
    return list(dict.fromkeys([*OWN, *STRINGS[PAGES.index(page) % SHARES :: SHARES]]))


@pytest.fixture(scope="module")
def things(
    tmp_path_factory: pytest.TempPathFactory, populated: tuple[Path, People]
) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("naughty") / "instance", *populated)
    yield made
    made.app.database.engine.dispose()


class Sender:
    """Sends one form of one page again and again."""

    def __init__(self, things: World, page: FormPage) -> None:
        self.things, self.page = things, page
        self.begin()
        path = address(things, f"/<locale>{page.route}", page.objects)
        html = self.client.get(path).get_data(as_text=True)
        found = [f for f in forms(html, path) if f.free]
        wanted = [f for f in found if f.action.endswith(page.sends)] if page.sends else found
        assert wanted, f"no such form at {path}"
        self.form: Form = wanted[0]
        self.form.values.pop("_once", None)
        self.typed = self._typed()
        self.texts = [name for name in self.form.free if name not in self.typed]

    def begin(self) -> None:
        """As if nothing had been sent."""
        self.things.restore()
        if self.page.suspended:
            with self.things.app.database.transaction() as session:
                company = session.get_one(Company, self.things.people[self.page.who].org_id)
                company.state, company.suspended_at = "suspended", clock.now()
        self.client = self.things.client(self.page.who)

    def _base(self) -> dict[str, Any]:
        fixed = {n: v for n, v in VALID.items() if n in self.form.values or n in self.form.offered}
        return {**self.form.values, **fixed, **self.fixed}

    @property
    def fixed(self) -> dict[str, str]:
        """What every sending needs: the form's token, and what is clicked."""
        clicked = {"csrf_token": self.things.cookies[self.page.who][1]}
        for choice in self.page.chosen:
            name, _, value = choice.partition("=")
            clicked[name] = value or self.form.offered[name][0]
        return clicked

    def _typed(self) -> list[str]:
        """Fields that refuse an ordinary word: numbers, dates, addresses."""
        answer = self.send(dict.fromkeys(self.form.free, "Word"))
        if answer.status_code != 422:
            return []
        document = html5lib.parse(answer.get_data(as_text=True))
        wrong = {e.get("name") for e in document.iter() if e.get("aria-invalid")}
        return [n for n in self.form.free if n in wrong or n in VALID]

    def send(self, fields: dict[str, str]) -> Any:
        answer = self.client.post(self.form.action, data={**self._base(), **fields})
        shown = f"{self.form.action} {str(fields)[:200]}"
        assert answer.status_code < 500, f"{shown}: {answer.status_code}"
        html = answer.get_data(as_text=True)
        assert not any(sign in html for sign in FORBIDDEN), f"{shown}: unescaped"
        return answer


def batches(texts: list[str], names: list[str]) -> Iterator[dict[str, str]]:
    """Each string once, a different one in each field."""
    if not names:
        return
    for at in range(0, len(texts), len(names)):
        cycle = itertools.cycle(texts[at : at + len(names)])
        yield {name: next(cycle) for name in names}


@pytest.mark.parametrize("page", PAGES, ids=kind_of)
def test_awkward_strings_are_taken_or_refused(things: World, page: FormPage) -> None:
    sender, kept = Sender(things, page), []
    changes_state = page.form in CHANGES_STATE
    groups = sorted_out(strings_for(page))
    fields = [filled for texts in groups for filled in batches(texts, sender.texts)]
    fields += batches(strings_for(page), sender.typed)
    for filled in fields:
        answer = sender.send(filled)
        if 300 <= answer.status_code < 400:
            kept.append(answer.headers["Location"])
            if changes_state:
                look(things, page.who, kept[-1:] if len(kept) < 9 else [])
                sender.begin()
    look(things, page.who, [] if changes_state else list(dict.fromkeys(kept))[:8])
    if kept:
        look_everywhere(things)
    things.restore()


def look(things: World, who: str, paths: list[str]) -> None:
    """The page client finds what was not escaped: handlers, inline scripts, broken HTML."""
    for path in paths:
        things.browser(who).get(path.split("#")[0])


def look_everywhere(things: World) -> None:
    jobs.run_ready(things.app.database)
    for who, path in LISTS:
        assert things.browser(who).get(path).status == 200
    for path in (things.app.settings.instance / "mail").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert not mail.defects, mail.defects
        assert {"to", "subject", "from"} <= {name.lower() for name in mail}
        assert "bcc" not in {name.lower() for name in mail}
        path.unlink()


def test_every_form_with_text_is_on_a_page(things: World) -> None:
    reached = {page.form.rsplit(".", 1)[-1] for page in PAGES}
    reached |= {cls.__name__ for page in SERVICES for cls in form_for(page.objects).__mro__[:2]}
    reached |= {form_for(page.objects, behalf=True).__name__ for page in SERVICES}
    every = {
        c for c in _subclasses(BaseForm) if c.__module__.startswith("portal") and _takes_text(c)
    }
    # Bases of others; one whose only text is asked for in an address, see below.
    bases = {"ListingForm", "MergeForm", "WeekForm"}
    assert {c.__name__ for c in every} - reached - bases == set()


def _subclasses(cls: type) -> Iterator[type]:
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


def _takes_text(form: type) -> bool:
    unbound = [value for name in dir(form) if hasattr(value := getattr(form, name), "field_class")]
    kinds = [field.field_class for field in unbound]
    typed = [kind for kind in kinds if issubclass(kind, StringField)]
    return any("List" in kind.__name__ for kind in kinds) or any(
        not issubclass(kind, HiddenField) for kind in typed
    )


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_stored_strings_leave_as_text(things: World, tmp_path: Path, suffix: str) -> None:
    """An export holds what was entered, and nothing that a spreadsheet would run."""
    titles = [text for text in strings() if len(text) < 300 and not has_control_characters(text)]
    huaneng = things.people["wang"].org_id or ""
    with things.app.database.transaction() as session:
        session.add_all(capability(huaneng, "published", title) for title in titles if title)
    path = tmp_path / f"out.{suffix}"
    done = things.app.test_cli_runner().invoke(cli, ["export", "capabilities", str(path)])
    things.restore()
    assert done.exit_code == 0, done.output
    if suffix == "xlsx":
        with zipfile.ZipFile(path) as book:
            sheets = [book.read(name) for name in book.namelist() if "worksheets/" in name]
        assert sheets and not any(b"<f>" in sheet for sheet in sheets)
    elif suffix == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "＝", "＋", "＠"))]
    else:
        lines = path.read_bytes().decode("utf-8").split("\n")
        found = {json.loads(line)["texts"]["zh-Hans"]["title"] for line in lines if line}
        assert {title for title in titles if title} <= found


@pytest.mark.parametrize("text", OWN)
def test_awkward_searches_are_answered(things: World, text: str) -> None:
    for path in ("/search", "/needs", "/concepts/suggest"):
        answer = things.client().get(
            f"/en{path}", query_string={"q": text, "category": text, "page": text}
        )
        assert answer.status_code < 500
        html = answer.get_data(as_text=True)
        assert answer.mimetype == "application/json" or not any(sign in html for sign in FORBIDDEN)


@pytest.mark.parametrize("text", OWN)
def test_awkward_numbers_name_no_request(things: World, text: str) -> None:
    client, path = things.client("li"), address(things, "/en/desk/requests/<id>/merge", "request")
    sent = {"into": text, "version": text, "csrf_token": things.cookies["li"][1]}
    for answer in (client.get(path, query_string={"into": text}), client.post(path, data=sent)):
        assert answer.status_code in (200, 422)
        assert not any(sign in answer.get_data(as_text=True) for sign in FORBIDDEN)


@pytest.mark.parametrize("page", PAGES, ids=kind_of)
def test_long_and_empty_forms_are_refused(things: World, page: FormPage) -> None:
    """Nothing entered, or far too much: 422 or 413, the message at the field, nothing stored."""
    sender = Sender(things, page)
    sender.begin()
    before = things.state()
    for fields in (dict.fromkeys(sender.form.free, ""), _long(sender.form.free)):
        data = {**sender.form.emptied(), **fields, **sender.fixed}
        answer = sender.client.post(sender.form.action, data=data)
        if answer.status_code in (200, 303) and not any(fields.values()):
            sender.begin()  # a form without a required field
            continue
        assert answer.status_code in (413, 422)
        if answer.status_code == 422:
            html = answer.get_data(as_text=True)
            assert "aria-invalid" in html, "no message at a field"
            texts = [n for n in sender.texts if n in fields and "password" not in n]
            kept = re.sub(r"\s", "", html).count("Long" * 100)
            assert kept >= bool(texts and any(fields.values())), "not kept"
        assert things.state() == before


def _long(names: list[str]) -> dict[str, str]:
    return dict.fromkeys(names, "Long" * 2501)


def test_half_a_megabyte_in_a_field_is_refused(things: World) -> None:
    before = things.state()
    for page in PAGES:
        sender = Sender(things, page)
        things.restore()
        first = next(name for name in sender.form.free if name not in sender.fixed)
        data = {**sender.form.values, first: "x" * 600_000, **sender.fixed}
        answer = sender.client.post(sender.form.action, data=data)
        assert answer.status_code in (413, 422), f"{kind_of(page)}: {answer.status_code}"
        assert things.state() == before, kind_of(page)
