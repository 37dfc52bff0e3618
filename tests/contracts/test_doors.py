"""Languages at the door, hosts, headers, health."""

from collections.abc import Callable

import pytest

from portal.web.app import Portal
from tests.support.client import Browser

Open = Callable[..., Browser]


@pytest.mark.parametrize(
    ("accepted", "slug"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-HK,zh;q=0.9", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,de;q=0.5", "de"),
        ("ko", "en"),
        ("*", "en"),
        ("", "en"),
        ("not a language;;q=x", "en"),
    ],
)
def test_the_door_finds_the_readers_language(app: Portal, accepted: str, slug: str) -> None:
    answer = app.test_client().get("/", headers={"Accept-Language": accepted})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{slug}/"
    assert "Accept-Language" in answer.headers["Vary"]


def test_chosen_language_is_remembered(app: Portal) -> None:
    client = app.test_client()
    chosen = client.get("/en/language/de?to=/de/search")
    assert chosen.headers["Location"] == "/de/search"
    again = client.get("/", headers={"Accept-Language": "zh-CN"})
    assert again.headers["Location"] == "/de/"


def test_foreign_host_is_refused(app: Portal) -> None:
    answer = app.test_client().get("/en/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_unknown_page_speaks_the_language_of_its_address(browser: Open) -> None:
    page = browser(locale="de").get("/gibt-es-nicht")
    assert page.status == 404
    assert 'lang="de"' in page


def test_every_answer_carries_the_policy(browser: Open) -> None:
    for path in ("/", "/search", "/nowhere", "/sign-in"):
        headers = browser().get(f"/en{path}").response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_signed_in_pages_are_not_stored(browser: Open) -> None:
    assert browser("wang").get("/account").response.headers["Cache-Control"] == "no-store"


def test_visitors_get_no_cookie(browser: Open) -> None:
    visitor = browser()
    for path in ("/en/", "/en/search?q=inverter", "/en/services"):
        assert "Set-Cookie" not in visitor.get(path).response.headers


def test_health_and_readiness(app: Portal, work: Callable[[], int]) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    unready = client.get("/readyz")
    assert unready.status_code == 503
    assert unready.get_json() == {"ready": False, "down": ["index"]}


def test_large_body_is_refused(app: Portal) -> None:
    body = b"x" * (11 * 1024 * 1024)
    answer = app.test_client().post(
        "/en/sign-in", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


def test_limits_count_for_the_account(app: Portal, settings: object) -> None:
    from portal.core.errors import TooMany
    from portal.core.limits import RateLimiter

    limiter = RateLimiter(app.settings.instance)
    other = RateLimiter(app.settings.instance)
    for n in range(10):
        (limiter if n % 2 else other).hit("sign-in", "a@test.example")
    with pytest.raises(TooMany) as refused:
        limiter.hit("sign-in", "a@test.example")
    assert 0 < refused.value.retry_after <= 300
    other.hit("sign-in", "b@test.example")
