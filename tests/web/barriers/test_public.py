"""What everybody reads of barriers, and where it helps: never an internal word or a name."""

from collections.abc import Callable

from portal.core.db import Database
from portal.service_requests.barriers import services
from tests.support import objects
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.barriers.conftest import PUBLIC, Record
from tests.web.partners.conftest import Stage

Open = Callable[..., Browser]
TITLE = PUBLIC["en"][0]


def test_public_pages_hold_no_internal_word_and_no_name(
    browser: Open, stage: Stage, published: Record
) -> None:
    found = published(stage.request())
    for person in (browser(), browser("wang", "en"), browser("meyer", "de")):
        for path in ("/barriers", f"/barriers/{found}", "/barriers?market=DE", "/services/CERT"):
            page = person.get(path)
            assert page.status == 200
            for word in ("CANARY", "Nordstern Fahrzeugwerke", "SR-00001", "UN R10, series"):
                assert word not in page.html.partition("<main")[2], (path, word)


def test_public_pages_speak_the_readers_language_or_name_the_original(
    browser: Open, published: Record
) -> None:
    found = published()
    assert PUBLIC["de"][1] in browser(None, "de").get(f"/barriers/{found}")
    page = browser(None, "zh-hans").get(f"/barriers/{found}")
    assert PUBLIC["en"][1] in page and 'lang="en"' in page
    assert page.html.count('rel="alternate" hreflang="de"') == 1


def test_public_lists_are_narrowed_by_market_and_category(browser: Open, published: Record) -> None:
    published()
    published(
        market="BR", rule="INMETRO", category=None, texts={"en": ("Seal of conformity", "Text.")}
    )
    guest = browser()
    assert "Seal of conformity" not in guest.get("/barriers?market=DE")
    assert TITLE not in guest.get("/barriers?market=BR")
    assert TITLE in guest.get("/barriers?category=power-electronics")
    assert guest.get("/barriers?market=%00&category=nope&kind=x").status == 200
    assert TITLE in guest.get("/barriers?market=nowhere")


def test_internal_and_withdrawn_barriers_are_not_public(
    browser: Open, stage: Stage, recorded: Record, published: Record
) -> None:
    internal, gone = recorded(), published(rule="Gone", texts={"en": ("Gone for good", "Text.")})
    with stage.acting("zhao") as (session, actor):
        services.withdraw(session, actor, gone, "Amended")
    for person in (browser(), browser("wang", "en"), browser("li", "en")):
        assert person.get(f"/barriers/{internal}").status == 404
        assert person.get(f"/barriers/{gone}").status == 404
        assert "Gone for good" not in person.get("/barriers")


def test_search_engines_find_public_barriers_only(
    browser: Open, recorded: Record, published: Record
) -> None:
    internal, found = recorded(), published(rule="Another rule of thumb")
    text = _sitemap(browser)
    assert f"/barriers/{found}" in text and internal not in text


def _sitemap(browser: Open) -> str:
    return browser().client.get("/sitemap.xml").get_data(as_text=True)


def test_hints_stand_where_market_and_category_agree(
    browser: Open,
    database: Database,
    people: dict[str, Person],
    published: Record,
) -> None:
    published(market="EU")
    huaneng, nordstern = people["wang"].org_id or "", people["meyer"].org_id or ""
    with database.transaction() as session:
        fits = objects.capability(huaneng, "published")
        need = objects.need(nordstern, "published")
        elsewhere = objects.need(nordstern, "published")
        elsewhere.market = "BR"
        other = objects.capability(huaneng, "published")
        other.category = "lidar"
        session.add_all([fits, need, elsewhere, other])
        session.flush()
        ids = [fits.id, need.id, elsewhere.id, other.id]
    guest = browser()
    assert TITLE in guest.get(f"/capabilities/{ids[0]}")
    assert TITLE in guest.get(f"/needs/{ids[1]}")
    assert TITLE not in guest.get(f"/needs/{ids[2]}")
    assert TITLE not in guest.get(f"/capabilities/{ids[3]}")


def test_services_show_the_barriers_they_help_with(browser: Open, published: Record) -> None:
    published()
    guest = browser()
    assert TITLE in guest.get("/services/CERT")
    assert TITLE in guest.get("/services/CERT?market=DE")
    assert TITLE not in guest.get("/services/CERT?market=BR")
    assert TITLE not in guest.get("/services/LOGI")
