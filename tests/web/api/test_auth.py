"""Signing up, in and out: the cookie, who it is, and what other sites' pages cannot do with it."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.types import ASGIApp

from botpe_app import db
from botpe_app.web.asgi import mount
from tests.web.conftest import BASE, Browser, browser, pages

ANA = {
    "organization": "Acme",
    "name": "Ana",
    "email": "ana@acme.example",
    "password": "correct horse battery",
}
CREDENTIALS = {"email": ANA["email"], "password": ANA["password"]}


@pytest.fixture
def ana(anonymous: Browser) -> Browser:
    """A signed-up ADMIN's browser."""
    assert anonymous("POST", "/api/auth/sign-up", ANA).status_code == 201
    return anonymous


def cookie_of(response: httpx.Response) -> Morsel[str]:
    """The one cookie that the response sets."""
    (found,) = SimpleCookie(response.headers["set-cookie"]).values()
    return found


def test_signing_up_makes_an_organization_and_signs_its_admin_in(anonymous: Browser) -> None:
    response = anonymous("POST", "/api/auth/sign-up", ANA)
    assert response.status_code == 201
    who = response.json()
    assert (who["name"], who["role"]) == ("Ana", "ADMIN")
    assert who["organization"]["slug"] == "acme"
    assert anonymous("GET", "/api/users/me").json() == who
    assert "password" not in response.text


def test_the_cookie_cannot_be_read_by_scripts_and_lasts_seven_days(anonymous: Browser) -> None:
    cookie = cookie_of(anonymous("POST", "/api/auth/sign-up", ANA))
    assert cookie.key == "botpe_session"
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
    assert cookie["max-age"] == str(7 * 24 * 3600)
    assert not cookie["secure"]


def test_under_https_the_cookie_is_secure_and_bound_to_the_host(
    services: str, configure: Callable[..., None]
) -> None:
    configure(BOTPE_BASE_URL="https://bot.example.com")
    cookie = cookie_of(browser(mount(pages))("POST", "/api/auth/sign-up", ANA))
    assert cookie.key == "__Host-botpe_session"
    assert cookie["secure"]
    assert not cookie["domain"]


def test_only_the_hash_of_the_token_is_kept(ana: Browser) -> None:
    token = ana.cookies["botpe_session"]
    with db.transaction() as session:
        db.act_as_system(session)
        rows = session.connection().execute(text("select user_sessions::text from user_sessions"))
        stored = "".join(row[0] for row in rows)
    assert stored
    assert token not in stored


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"password": "short"}, "password"),
        ({"organization": " "}, "organization"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
    ],
)
def test_a_sign_up_that_cannot_be_names_the_field_and_sets_no_cookie(
    anonymous: Browser, change: dict[str, Any], field: str
) -> None:
    response = anonymous("POST", "/api/auth/sign-up", {**ANA, **change})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"
    assert response.json()["error"]["field"] == field
    assert "set-cookie" not in response.headers


def test_a_taken_address_is_a_conflict(ana: Browser, app: ASGIApp) -> None:
    response = browser(app)("POST", "/api/auth/sign-up", {**ANA, "organization": "Other"})
    assert response.status_code == 409
    assert response.json()["error"]["field"] == "email"


def test_signing_in_works_with_the_right_password_only(ana: Browser, app: ASGIApp) -> None:
    good = browser(app)("POST", "/api/auth/sign-in", CREDENTIALS)
    assert good.status_code == 200
    assert cookie_of(good).value
    wrong = browser(app)("POST", "/api/auth/sign-in", {**CREDENTIALS, "password": "wrong horse"})
    unknown = browser(app)("POST", "/api/auth/sign-in", {**CREDENTIALS, "email": "x@acme.example"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_too_many_tries_must_wait(ana: Browser, app: ASGIApp) -> None:
    wrong = {**CREDENTIALS, "password": "wrong horse"}
    codes = [browser(app)("POST", "/api/auth/sign-in", wrong).status_code for _ in range(12)]
    assert codes[0] == 401
    last = browser(app)("POST", "/api/auth/sign-in", CREDENTIALS)
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


def test_signing_out_ends_the_session_also_for_a_copy_of_its_cookie(
    ana: Browser, app: ASGIApp
) -> None:
    copy = Browser(app, {}, httpx.Cookies(ana.cookies))
    response = ana("POST", "/api/auth/sign-out")
    assert response.status_code == 204
    assert cookie_of(response)["max-age"] == "0"
    assert copy("GET", "/api/auth/session").status_code == 401


def test_signing_out_without_a_session_is_fine(anonymous: Browser) -> None:
    assert anonymous("POST", "/api/auth/sign-out").status_code == 204


def _age_session(hours: int) -> None:
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(
            text("update user_sessions set rotated_at = now() - make_interval(hours => :hours)"),
            {"hours": hours},
        )


def test_asking_for_the_session_renews_the_cookie_once_a_day_and_not_before(ana: Browser) -> None:
    before = ana.cookies["botpe_session"]
    assert "set-cookie" not in ana("GET", "/api/auth/session").headers
    _age_session(hours=25)
    renewed = ana("GET", "/api/auth/session")
    assert cookie_of(renewed).value not in ("", before)
    assert renewed.json()["email"] == ANA["email"]
    assert ana("GET", "/api/users/me").status_code == 200


def test_a_key_has_a_session_answer_but_no_cookie(admin: Browser) -> None:
    response = admin("GET", "/api/auth/session")
    assert response.json()["role"] == "ADMIN"
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3001", "null"])
def test_another_sites_page_cannot_write_with_the_cookie(ana: Browser, origin: str) -> None:
    headers = {"Origin": origin}
    response = ana("PATCH", "/api/users/me", {"name": "Eve"}, headers=headers)
    assert response.status_code == 403
    assert ana("GET", "/api/users/me").json()["name"] == "Ana"
    assert ana("POST", "/api/auth/sign-out", headers=headers).status_code == 403
    assert ana("GET", "/api/users/me").status_code == 200


def test_a_write_that_the_browser_calls_cross_site_is_refused_without_an_origin(
    ana: Browser,
) -> None:
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        assert ana("PATCH", "/api/users/me", {"name": "Eve"}, headers=headers).status_code == 403


def test_another_site_cannot_sign_somebody_in(ana: Browser, app: ASGIApp) -> None:
    headers = {"Origin": "https://evil.example"}
    response = browser(app)("POST", "/api/auth/sign-in", CREDENTIALS, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("headers", [{"Origin": BASE}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_our_own_page_can_write_with_the_cookie(ana: Browser, headers: dict[str, str]) -> None:
    assert ana("PATCH", "/api/users/me", {"name": "Ana B"}, headers=headers).status_code == 200
    assert ana("GET", "/api/users/me").json()["name"] == "Ana B"


def test_a_program_with_a_key_may_write_from_anywhere(admin: Browser) -> None:
    headers = {"Origin": "https://shop.example"}
    assert admin("POST", "/api/api-keys", {"name": "x"}, headers=headers).status_code == 201


def test_somebody_removed_from_the_organization_is_out_at_once(ana: Browser) -> None:
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(text("delete from memberships"))
    assert ana("GET", "/api/users/me").status_code == 401
