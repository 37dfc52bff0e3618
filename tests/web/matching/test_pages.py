"""The pages of matches: who sees them, what they say, and what they cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.matching.conftest import Make

Open = Callable[..., Browser]
Work = Callable[[], int]


def test_a_german_need_shows_the_chinese_capability_with_both_words(
    browser: Open, need: str, capability: str, work: Work
) -> None:
    work()
    page = browser("meyer").get(f"/needs/{need}/matches")
    assert page.status == 200
    assert f"/en/capabilities/{capability}" in page
    assert '<bdi lang="de">Traktionswechselrichter</bdi>' in page
    assert '<p lang="zh-Hans" dir="ltr">' in page
    assert '<p lang="de" dir="ltr">' in page
    assert "主驱逆变器" in page
    assert "<mark>" in page
    assert "260 kW" in page


def test_the_inquiry_button_carries_need_and_capability(
    browser: Open, need: str, capability: str, work: Work
) -> None:
    work()
    link = f"/en/inquiries/new?capability={capability}&amp;need={need}"
    assert link in browser("meyer").get(f"/needs/{need}/matches")
    assert link not in browser("kern").get(f"/needs/{need}/matches")  # may only read
    assert link not in browser("li").get(f"/needs/{need}/matches")


def test_open_points_are_things_to_ask(
    browser: Open, need: str, make_capability: Make, work: Work
) -> None:
    make_capability(markets=[], certificates=[])
    work()
    page = browser("meyer").get(f"/needs/{need}/matches")
    assert "Ask the supplier:" in page
    assert "Do you deliver to this market: Germany?" in page
    assert "The supplier names no markets" in page


@pytest.mark.parametrize("locale", ["zh-hans", "en", "de"])
def test_all_pages_work_in_every_language(
    browser: Open, need: str, capability: str, work: Work, locale: str
) -> None:
    work()
    assert browser("meyer", locale).get(f"/needs/{need}/matches").status == 200
    assert browser("wang", locale).get(f"/capabilities/{capability}/matches").status == 200
    assert browser("wang", locale).get("/matches").status == 200


def test_strangers_learn_of_nothing(browser: Open, need: str, capability: str, work: Work) -> None:
    work()
    assert browser("smith").get(f"/needs/{need}/matches").status == 404
    assert browser("chen").get(f"/capabilities/{capability}/matches").status == 404
    assert browser().get(f"/needs/{need}/matches").status == 303
    assert browser("meyer").get("/needs/nowhere/matches").status == 404


def test_the_base_sees_both_sides(browser: Open, need: str, capability: str, work: Work) -> None:
    work()
    li = browser("li")
    assert li.get(f"/needs/{need}/matches").status == 200
    assert li.get(f"/capabilities/{capability}/matches").status == 200
    assert f"/en/needs/{need}/matches" in li.get("/matches?side=needs")


def test_a_supplier_sees_the_needs_its_capability_fits(
    browser: Open, need: str, capability: str, work: Work
) -> None:
    work()
    wang = browser("wang")
    assert f"/en/needs/{need}" in wang.get(f"/capabilities/{capability}/matches")
    overview = wang.get("/matches")
    assert f"/en/capabilities/{capability}/matches" in overview
    assert f"/en/needs/{need}" in overview


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "unpublished"])
def test_what_is_not_published_never_appears(
    browser: Open, need: str, make_capability: Make, work: Work, state: str, database: Database
) -> None:
    hidden = make_capability()
    work()
    with database.transaction() as session:  # the index still knows it
        row = session.get(Capability, hidden)
        assert row is not None
        row.state = state
    meyer = browser("meyer")
    assert hidden not in meyer.get(f"/needs/{need}/matches")
    assert hidden not in meyer.get("/matches")


def test_an_unconfirmed_profile_leaves_the_matches(
    browser: Open, need: str, capability: str, work: Work, database: Database,
    people: dict[str, Person],
) -> None:  # fmt: skip
    work()
    with database.transaction() as session:
        company = session.get(Company, people["wang"].org_id)
        assert company is not None
        company.confirmed_at = clock.now() - timedelta(days=366)
    assert capability not in browser("meyer").get(f"/needs/{need}/matches")


def test_ones_own_capability_is_no_match(
    browser: Open, make_capability: Make, make_need: Make, work: Work
) -> None:
    own, other = make_capability("wang"), make_capability("chen")
    need = make_need("wang", kind="part-to-part")
    work()
    page = browser("wang").get(f"/needs/{need}/matches")
    assert other in page
    assert own not in page


def test_without_an_index_a_labelled_list_by_category_remains(
    browser: Open, app: Portal, need: str, capability: str, work: Work
) -> None:
    work()
    (app.settings.index_folder / "CURRENT").unlink()
    page = browser("meyer").get(f"/needs/{need}/matches")
    assert page.status == 200
    assert "index is being rebuilt" in page
    assert capability in page
    answer = browser("wang").get(f"/capabilities/{capability}/matches")
    assert answer.status == 200
    assert need in answer


def test_the_filter_without_gaps(
    browser: Open, need: str, make_capability: Make, work: Work
) -> None:
    lacking = make_capability(markets=["BR"])
    work()
    meyer = browser("meyer")
    assert lacking in meyer.get("/matches")
    assert "Nothing without gaps" in meyer.get("/matches?show=clean")


def test_an_overview_without_matches_says_what_to_do(browser: Open) -> None:
    assert "No matches yet" in browser("meyer").get("/matches")
    assert "No matches yet" in browser("wang").get("/matches")


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("meyer", "/needs/{need}/matches"),
        ("wang", "/capabilities/{capability}/matches"),
        ("wang", "/matches"),
        ("meyer", "/matches"),
    ],
)
def test_pages_ask_the_database_at_most_twelve_times_whatever_the_number_of_rows(
    browser: Open, database: Database, make_need: Make, make_capability: Make, work: Work,
    who: str, path: str,
) -> None:  # fmt: skip
    need, capability = make_need(), make_capability()
    work()
    reader, url = browser(who), path.format(need=need, capability=capability)
    reader.get(url)
    with counted(database) as few:
        reader.get(url)
    for _ in range(4):
        make_need()
        make_capability("wang")
        make_capability("chen")
    work()
    with counted(database) as many:
        reader.get(url)
    assert len(many) == len(few) <= 12, many
