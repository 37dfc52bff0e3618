"""Home, dashboards, guides and the map of the site."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from sqlalchemy import event

from portal.core.db import Database
from portal.core.locales import LOCALES
from portal.pages import guides
from tests.support.client import Browser, Page
from tests.web.pages.conftest import Listed

Open = Callable[..., Browser]


def words(page: Page) -> str:
    """The main part without tags."""
    main = page.html.split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def test_home_counts_what_is_published(browser: Open, listed: Listed) -> None:
    page = browser(locale="de").get("/de/")
    shown = words(page)
    assert "2 Suppliers" in shown or "2 Lieferanten" in shown
    assert f"/de/needs/{listed['need']}" in page
    assert "Stator für Hinterachse" in shown
    for hidden in ("保密新品", "Geheimer Bedarf", "Alter Bedarf"):
        assert hidden not in page
    assert re.search(r'category=e-drive[^>]*>.*?<span class="tile-count">1</span>', page.html, re.S)


def test_home_without_records_shows_no_empty_figures(browser: Open) -> None:
    assert browser().get("/en/").status == 200


@pytest.mark.parametrize("name", ["wang", "sun", "meyer", "kern", "smith", "li", "zhao", "admin"])
def test_each_role_has_a_dashboard_of_few_statements(
    name: str, browser: Open, listed: Listed, database: Database
) -> None:
    person = browser(name)
    seen: list[str] = []

    def listen(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", listen)
    page = person.get("/dashboard")
    event.remove(database.engine, "before_cursor_execute", listen)
    assert page.status == 200
    assert sum(not s.startswith(("BEGIN", "PRAGMA")) for s in seen) <= 12


def test_a_visitor_is_asked_to_sign_in(browser: Open) -> None:
    assert "/sign-in" in browser().get("/dashboard").location


def test_viewers_see_figures_but_no_buttons(browser: Open, listed: Listed) -> None:
    owner, viewer = browser("wang").get("/dashboard"), browser("sun").get("/dashboard")
    main = viewer.html.split("<main", 1)[1].split("</main>")[0]
    assert 'class="stat-row' in main
    assert 'class="btn' not in main
    assert "/capabilities/new" in owner
    assert "/capabilities/new" not in main


def test_a_buyer_sees_needs_and_no_capabilities(browser: Open, listed: Listed) -> None:
    main = browser("meyer").get("/dashboard").html.split("<main", 1)[1]
    assert "/needs/own" in main
    assert "/en/capabilities" not in main.split("</main>")[0]


def test_staff_see_nothing_of_inquiries(browser: Open, listed: Listed) -> None:
    main = browser("li").get("/dashboard").html.split("<main", 1)[1].split("</main>")[0]
    assert "/desk/reviews" in main
    assert "/inquiries" not in main


def test_the_figure_of_own_requests_leads_to_the_own_queue(browser: Open, listed: Listed) -> None:
    assert "/desk?assignee=mine" in browser("li").get("/dashboard")


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.slug)
@pytest.mark.parametrize("slug", guides.SLUGS)
def test_every_guide_is_there_in_every_language(locale, slug, browser: Open) -> None:  # type: ignore[no-untyped-def]
    page = browser(locale=locale.slug).get(f"/guides/{slug}")
    found = guides.guide(slug, locale)
    assert page.status == 200
    assert found is not None
    assert found.lang == locale.tag
    assert found.title in page
    assert found.lead
    assert "<h2>" in found.html


def test_an_unknown_guide_is_not_found(browser: Open) -> None:
    assert browser().get("/guides/nothing").status == 404
    assert browser().get("/guides/..%2Fsecret").status == 404


def test_the_footer_lists_the_guides(browser: Open) -> None:
    footer = browser().get("/en/").html.split('<footer class="site-footer"')[1]
    assert all(f"/en/guides/{slug}" in footer for slug in guides.SLUGS)


def test_the_site_map_names_every_language_of_public_pages_only(
    browser: Open, listed: Listed
) -> None:
    response = browser().client.get("/sitemap.xml")
    assert response.mimetype == "application/xml"
    urls = ElementTree.fromstring(response.data)
    space = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    places = [loc.text or "" for loc in urls.findall("s:url/s:loc", space)]
    for locale in LOCALES:
        assert f"http://localhost/{locale.slug}/needs/{listed['need']}" in places
        assert f"http://localhost/{locale.slug}/capabilities/{listed['capability']}" in places
    text = response.get_data(as_text=True)
    for hidden in ("draft capability", "draft need", "past need"):
        assert listed[hidden] not in text
    languages = {link.get("hreflang") for link in urls.findall("s:url/x:link", space)}
    assert languages == {"x-default", *(locale.tag for locale in LOCALES)}
