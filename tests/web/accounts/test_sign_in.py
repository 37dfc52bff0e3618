"""Registering, confirming, signing in and out, resetting."""

import re
from collections.abc import Callable

from portal.config import Settings
from portal.factory import create_app
from tests.support.client import Browser
from tests.support.people import PASSWORD

Open = Callable[..., Browser]
REGISTRATION = {
    "kind": "supplier",
    "company_name": "无锡新源电子有限公司",
    "country": "CN",
    "name": "周明",
    "email": "Zhou@New.example",
    "password": "ein langer Satz als Passwort",
    "accepted": "y",
}


def link(mail: str) -> str:
    """The link in the body of a mail; its subject is one short line."""
    assert len(mail.split("\n\n", maxsplit=1)[0].splitlines()[-1]) < 100, mail
    match = re.search(r"http://localhost(/\S+)", mail)
    assert match, mail
    return match[1]


def test_register_confirm_and_sign_in(browser: Open, mails: Callable[[], list[str]]) -> None:
    visitor = browser(locale="zh-hans")
    assert visitor.post("/register", REGISTRATION).status == 303
    path = link(mails()[-1])
    assert path.startswith("/zh-hans/account/confirm/")
    refused = visitor.post(
        "/sign-in", {"email": "zhou@new.example", "password": REGISTRATION["password"]}
    )
    assert refused.status in (403, 422)
    assert visitor.get(path).status == 200
    assert visitor.post(path).status == 303
    visitor.sign_in("zhou@new.example", REGISTRATION["password"])
    assert visitor.get("/account").status == 200
    assert visitor.post(path).status == 404


def test_known_address_gets_the_same_answer(browser: Open, mails: Callable[[], list[str]]) -> None:
    visitor = browser()
    fresh = visitor.post("/register", REGISTRATION)
    known = visitor.post("/register", {**REGISTRATION, "email": "wang@test.example"})
    assert (fresh.status, fresh.location) == (known.status, known.location)
    assert len(mails()) == 2


def test_bad_registration_keeps_what_was_typed(browser: Open) -> None:
    page = browser().post("/register", {**REGISTRATION, "email": "nonsense", "password": "short"})
    assert page.status == 422
    assert "无锡新源电子有限公司" in page
    assert "nonsense" in page
    assert "short" not in re.sub(r"<script.*", "", page.html.split('type="password"')[1][:200])


def test_wrong_password_says_nothing_about_the_account(browser: Open) -> None:
    visitor = browser()
    wrong = visitor.post("/sign-in", {"email": "wang@test.example", "password": "x" * 12})
    absent = visitor.post("/sign-in", {"email": "nobody@test.example", "password": "x" * 12})
    assert wrong.status == absent.status == 422
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.html) == strip.sub("", absent.html)


def test_copied_cookie_is_dead_after_sign_out(browser: Open) -> None:
    person = browser("wang")
    cookie = person.client.get_cookie("portal")
    assert cookie is not None
    assert person.post("/sign-out").status == 303
    person.client.set_cookie("portal", cookie.value)
    assert person.get("/account").status == 303


def test_reset_ends_all_sessions(browser: Open, mails: Callable[[], list[str]]) -> None:
    signed_in, visitor = browser("meyer"), browser(locale="de")
    assert visitor.post("/account/forgotten", {"email": "meyer@test.example"}).status == 303
    path = link(mails()[-1])
    assert visitor.post(path, {"password": "ein neues Passwort"}).status == 303
    assert signed_in.get("/account").status == 303
    assert visitor.post(path, {"password": "noch ein neues Passwort"}).status == 404
    visitor.sign_in("meyer@test.example", "ein neues Passwort")


def test_foreign_targets_are_not_followed(browser: Open) -> None:
    for target in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/nowhere",
        "javascript:x",
    ):
        page = browser().post(
            "/sign-in", {"email": "wang@test.example", "password": PASSWORD, "next": target}
        )
        assert page.location == "/en/dashboard"
    good = browser().post(
        "/sign-in", {"email": "wang@test.example", "password": PASSWORD, "next": "/de/account"}
    )
    assert good.location == "/de/account"


def test_invitation_joins_with_its_role(browser: Open, mails: Callable[[], list[str]]) -> None:
    owner = browser("wang", locale="zh-hans")
    assert (
        owner.post("/account/members", {"email": "neu@test.example", "role": "viewer"}).status
        == 303
    )
    path = link(mails()[-1])
    guest = browser(locale="zh-hans")
    assert guest.get(path).status == 200
    assert (
        guest.post(
            path, {"name": "新同事", "password": "一个足够长的密码密码", "accepted": "y"}
        ).status
        == 303
    )
    guest.sign_in("neu@test.example", "一个足够长的密码密码")
    assert guest.get("/account/members").status == 404
    assert (
        guest.post(path, {"name": "x", "password": "一个足够长的密码密码", "accepted": "y"}).status
        == 404
    )


def test_last_owner_stays(browser: Open, people: dict) -> None:  # type: ignore[type-arg]
    owner = browser("wang")
    me = people["wang"].id
    assert owner.post(f"/account/members/{me}/role", {"role": "viewer"}).status == 409
    stranger = people["meyer"].id
    assert owner.post(f"/account/members/{stranger}/role", {"role": "viewer"}).status == 404


def test_removed_member_is_out_at_once(browser: Open, people: dict) -> None:  # type: ignore[type-arg]
    owner, member = browser("wang"), browser("liu")
    assert member.get("/account").status == 200
    assert owner.post(f"/account/members/{people['liu'].id}/remove").status == 303
    assert member.get("/account").status == 303


def test_second_click_gives_the_same_answer(browser: Open, mails: Callable[[], list[str]]) -> None:
    owner = browser("wang")
    token = owner.csrf()
    form = {"csrf_token": token, "_once": "abc", "email": "two@test.example", "role": "viewer"}
    answers = [owner.post("/account/members", form) for _ in range(2)]
    assert [a.status for a in answers] == [303, 303]
    assert len(mails()) == 1


def test_limits_do_not_wait_for_the_request_they_guard(settings: Settings) -> None:
    """Attempts count although each is refused, and the eleventh is told when to come back."""
    app = create_app(settings.but(rate_limits=True))
    visitor = Browser(app)
    form = {"email": "wang@test.example", "password": "wrong password"}
    answers = [visitor.post("/sign-in", form) for _ in range(11)]
    assert [a.status for a in answers] == [422] * 10 + [429]
    assert int(answers[-1].response.headers["Retry-After"]) > 0
    app.database.engine.dispose()
    app.limiter.storage.close()
