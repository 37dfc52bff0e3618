"""The weights of the order: shown to staff, tried before they count, kept with their history."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.core.statements import counted
from portal.inquiries import responsiveness
from portal.inquiries.models import Inquiry
from portal.matching import queries, weighing
from portal.matching.models import Match, SupplierResponse
from portal.matching.ranking import Weights
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.matching.conftest import Make, capability, make_capability, make_need, need

__all__ = ["capability", "make_capability", "make_need", "need"]
Open = Callable[..., Browser]
Work = Callable[[], int]
TEXTS_ONLY = {"criteria": "0", "relevance": "100", "freshness": "0", "responsiveness": "0"}
SHOWN = "/desk/ranking?criteria=0&relevance=100&freshness=0&responsiveness=0"


@pytest.fixture
def two(make_capability: Make, make_need: Make, work: Work) -> tuple[str, str, str]:
    """A need with a capability that meets its criteria, and one whose text is nearer."""
    need = make_need(title="Traktionswechselrichter 800 V Siliziumkarbid")
    plain = make_capability(texts=[_text("电驱产品", "面向乘用车，质量可靠。")])
    near = make_capability("chen", markets=["BR"], certificates=[])
    work()
    return need, plain, near


def _text(title: str, description: str) -> object:
    from portal.capabilities.models import CapabilityText

    return CapabilityText(locale="zh-Hans", title=title, summary="", description=description)


def order(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Match.capability_id).order_by(Match.score.desc())))


def test_everybody_at_the_base_sees_the_weights_and_supervisors_change_them(
    browser: Open, two: tuple[str, str, str]
) -> None:
    page = browser("li").get("/desk/ranking")
    assert "What the texts have in common" in page
    assert "Show the effect" not in page
    assert browser("li").post("/desk/ranking", {**TEXTS_ONLY, "reason": "x"}).status == 404
    assert "Show the effect" in browser("zhao").get("/desk/ranking")
    assert browser("meyer").get("/desk/ranking").status == 404


def test_the_effect_is_shown_before_anything_changes(
    browser: Open, database: Database, two: tuple[str, str, str]
) -> None:
    need, plain, near = two
    assert order(database) == [plain, near]
    zhao = browser("zhao")
    zhao.post("/desk/judgements", {"need": need, "capability": near, "verdict": "good"})
    page = zhao.get(SHOWN)
    assert "The largest moves" in page
    assert "better by 0.5" in page
    assert "Put into force" in page
    assert order(database) == [plain, near]


def test_a_change_needs_a_reason_and_is_kept(
    browser: Open, database: Database, two: tuple[str, str, str], work: Work
) -> None:
    _need, plain, near = two
    zhao = browser("zhao")
    refused = zhao.post("/desk/ranking", {**TEXTS_ONLY, "do": "save"})
    assert refused.status == 422
    assert "Please say why." in refused
    saved = zhao.post("/desk/ranking", {**TEXTS_ONLY, "do": "save", "reason": "Texte zählen"})
    assert saved.status == 303
    work()
    assert order(database) == [near, plain]
    page = zhao.get("/desk/ranking")
    assert "Texte zählen" in page
    assert "Zhao" in page


@pytest.mark.parametrize("wrong", [{"criteria": "1"}, {"criteria": "x"}, {"freshness": "-1"}])
def test_points_that_make_no_hundred_are_refused(
    browser: Open, two: tuple[str, str, str], wrong: dict[str, str]
) -> None:
    fields = {**TEXTS_ONLY, **wrong, "reason": "x", "do": "save"}
    assert browser("zhao").post("/desk/ranking", fields).status == 422
    query = "&".join(f"{name}={fields[name]}" for name in TEXTS_ONLY)
    assert browser("zhao").get(f"/desk/ranking?{query}").status == 422


def test_many_matches_are_tried_in_the_background(
    browser: Open, two: tuple[str, str, str], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "AT_ONCE", 0)
    zhao = browser("zhao")
    assert "Put into force" not in zhao.get(SHOWN)
    asked = zhao.post("/desk/ranking", {**TEXTS_ONLY, "do": "try"})
    assert asked.location == f"/en{SHOWN}"
    work()
    assert "The largest moves" in zhao.get(SHOWN)


def test_readers_see_the_points_in_force(
    browser: Open, two: tuple[str, str, str], work: Work
) -> None:
    zhao = browser("zhao")
    zhao.post("/desk/ranking", {**TEXTS_ONLY, "do": "save", "reason": "Versuch"})
    page = browser("meyer").get(f"/needs/{two[0]}/matches")
    assert "counts 100 points of 100" in page


def test_the_page_costs_twelve_statements_at_most(
    browser: Open, database: Database, two: tuple[str, str, str]
) -> None:
    zhao = browser("zhao")
    zhao.post("/desk/judgements", {"need": two[0], "capability": two[2], "verdict": "good"})
    zhao.get(SHOWN)
    with counted(database) as statements:
        zhao.get(SHOWN)
    assert len(statements) <= 12


# responsiveness

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # ten in the morning in China
HOLIDAY = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)  # five in the afternoon before the holidays


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (MONDAY, MONDAY.replace(hour=5), 3),
        (MONDAY, MONDAY.replace(day=17), 9),
        (MONDAY.replace(day=20, hour=9), MONDAY.replace(day=23, hour=2), 2),
        (HOLIDAY, datetime(2026, 10, 8, 2, 0, tzinfo=UTC), 2),
        (MONDAY, MONDAY.replace(day=15), 0),
    ],
)
def test_working_hours_leave_out_nights_weekends_and_holidays(
    start: datetime, end: datetime, hours: float
) -> None:
    assert responsiveness.working_hours("CN", start, end) == pytest.approx(hours)


def inquiry(people: dict[str, Person], answered: datetime | None, **more: object) -> Inquiry:
    return Inquiry(buyer_id=people["meyer"].org_id, supplier_id=people["wang"].org_id,
                   subject="?", locale="de", created_at=MONDAY, first_answer_at=answered,
                   **more)  # fmt: skip


def test_a_supplier_is_measured_from_five_inquiries_on(
    browser: Open, database: Database, need: str, capability: str, work: Work,
    people: dict[str, Person],
) -> None:  # fmt: skip
    work()
    with database.transaction() as session:
        session.add_all(inquiry(people, MONDAY.replace(hour=5)) for _ in range(4))
        session.add(inquiry(people, None, state="withdrawn"))
        responsiveness.renew(session)
    meyer, page = browser("meyer"), f"/needs/{need}/matches/{capability}"
    assert "Fewer than 5 inquiries so far" in meyer.get(page)
    with database.transaction() as session:
        session.add(inquiry(people, MONDAY.replace(hour=6)))
        responsiveness.renew(session)
        kept = session.scalars(select(SupplierResponse)).one()
        assert (kept.inquiries, kept.answered, kept.hours) == (5, 5, 3)
    assert "Answered 5 of 5 inquiries, usually within 3 working hours." in meyer.get(page)


def test_the_weights_are_read_from_the_newest_change(database: Database) -> None:
    with database.reading() as session:
        assert queries.weights(session) == Weights()


def test_a_refused_reason_comes_back_with_the_proposal(browser: Open, database: Database) -> None:
    fields = {**TEXTS_ONLY, "do": "save", "reason": "Bell\x07 rings"}
    page = browser("zhao").post("/desk/ranking", fields)
    assert page.status == 422
    assert "Bell\ufffd rings" in page
    assert "cannot be displayed" in page
    with database.reading() as session:
        assert queries.weights(session) == Weights()
