"""What evidence and disclosure mean for the analysis."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.companies.models import Certificate
from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.evidence import services, subjects
from portal.evidence.services import Finding
from portal.matching.models import Match
from tests.support import objects
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.market_rules.conftest import Stage

Open = Callable[..., Browser]


def line(browser: Browser, stage: Stage) -> str:
    """The line about UN R100 as text."""
    html = browser.get(f"/capabilities/{stage.capability}/markets?sop=2027-06").html
    block = next(b for b in html.split('<li class="rule-line">') if "(UN R100)" in b)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", block.partition("</li>")[0]))


def find(stage: Stage, level: str, **more: object) -> None:
    """The base records a finding about the certificate."""

    def record(session: object) -> None:
        row = session.scalars(select(Certificate).where(Certificate.standard == "UN R100")).one()  # type: ignore[attr-defined]
        until = clock.now().date() + timedelta(days=300)
        finding = Finding(level, valid_until=until, issuer="RDW", **more)  # type: ignore[arg-type]
        services.record(session, stage.actor("li"), subjects.certificate(row), finding)  # type: ignore[arg-type]

    stage.write(record)


def test_what_the_issuer_confirmed_is_shown_as_checked(browser: Open, stage: Stage) -> None:
    stage.certify("UN R100", date(2029, 3, 1))
    assert "Stated by the company" in line(browser("wang"), stage)
    find(stage, "issuer_checked", reference="Mail")
    assert "Have" in line(browser("wang"), stage)
    assert "Checked with the issuer" in line(browser("wang"), stage)


def test_what_could_not_be_confirmed_proves_nothing(browser: Open, stage: Stage) -> None:
    stage.certify("UN R100", date(2029, 3, 1))
    find(stage, "rejected", reason="The number is unknown there")
    assert "Missing" in line(browser("wang"), stage)


def test_a_hidden_destination_opens_no_market(
    browser: Open, stage: Stage, people: dict[str, Person]
) -> None:
    def match(disclosure: dict[str, str], market: str) -> str:
        need = objects.need(people["meyer"].org_id or "", "published")
        need.disclosure, need.market = disclosure, market

        def keep(session: object) -> str:
            session.add(need)  # type: ignore[attr-defined]
            session.flush()  # type: ignore[attr-defined]
            found = Match(need_id=need.id, capability_id=stage.capability, score=1.0)
            session.add(found)  # type: ignore[attr-defined]
            return need.id

        return str(stage.write(keep))

    hidden = match({"destination": "nda"}, "BR")
    wang = browser("wang")
    assert "Inmetro" not in wang.get(f"/capabilities/{stage.capability}/markets")
    match({}, "BR")
    assert "Inmetro" in wang.get(f"/capabilities/{stage.capability}/markets")
    seen = match({"destination": "nda"}, "DE")
    assert "Legal access" not in wang.get(f"/needs/{seen}")
    assert "Legal access" not in wang.get(f"/needs/{hidden}")


@pytest.mark.parametrize("name", ["meyer", None])
def test_the_page_for_others_needs_few_statements(
    browser: Open, stage: Stage, database: Database, name: str | None
) -> None:
    reader = browser(name)
    reader.get("/")
    for day in range(1, 5):
        stage.certify("UN R10", date(2099, 1, day))
    with counted(database) as seen:
        reader.get(f"/capabilities/{stage.capability}")
    assert len(seen) <= 12, "\n".join(seen)
