"""One's own account: the password, the second factor, and the browsers one is signed in with."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlmodel import select

from botpe_app import db
from botpe_app.core import totp
from botpe_app.models import User
from botpe_app.models.base import utc_now
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser, browser

PASSWORD = "correct horse battery"
ANA = {"organization": "Own", "name": "Ana", "email": "ana@own.example", "password": PASSWORD}
ME = "/api/users/me"


@pytest.fixture
def ana(anonymous: Browser) -> Browser:
    """A signed-up ADMIN's browser."""
    assert anonymous("POST", "/api/auth/sign-up", ANA).status_code == 201
    return anonymous


def sign_in(ana: Browser, **more: str) -> tuple[Browser, Any]:
    """Another browser of hers, and what signing in answered."""
    another = browser(ana.app)
    body = {"email": ANA["email"], "password": PASSWORD, **more}
    return another, another("POST", "/api/auth/sign-in", body)


def digits(secret: str, *, steps: int = 0) -> str:
    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    now = utc_now() + timedelta(seconds=30 * steps)
    return totp.code(raw, int(now.timestamp()) // totp.SECONDS)


def turn_on(ana: Browser) -> tuple[str, list[str]]:
    """The secret and the recovery codes. The code used was the last half minute's."""
    made = ana("POST", f"{ME}/two-factor", {"password": PASSWORD}).json()
    confirmed = ana("POST", f"{ME}/two-factor/confirm", {"code": digits(made["secret"], steps=-1)})
    assert confirmed.status_code == 200, confirmed.text
    return made["secret"], confirmed.json()["recovery_codes"]


def test_with_two_factor_the_password_alone_is_asked_for_a_code(ana: Browser) -> None:
    secret, codes = turn_on(ana)
    assert ana("GET", ME).json()["two_factor"] is True
    assert len(set(codes)) == 10
    asked = sign_in(ana)[1]
    assert problem(asked) == (401, "code_needed", "code")
    assert "set-cookie" not in asked.headers
    wrong = sign_in(ana, password="not her password", code=digits(secret))[1]
    assert problem(wrong) == (401, "unauthorized", None)
    good = digits(secret)
    entered, answer = sign_in(ana, code=good)
    assert answer.status_code == 200
    assert entered("GET", ME).json()["name"] == "Ana"
    assert problem(sign_in(ana, code=good)[1]) == (422, "invalid", "code")


def test_a_recovery_code_lets_in_once_however_it_is_written(ana: Browser) -> None:
    _, codes = turn_on(ana)
    assert sign_in(ana, code=f" {codes[0].upper().replace('-', ' ')} ")[1].status_code == 200
    assert problem(sign_in(ana, code=codes[0])[1]) == (422, "invalid", "code")
    assert sign_in(ana, code=codes[1])[1].status_code == 200


def test_codes_cannot_be_guessed_for_long(ana: Browser) -> None:
    secret, _ = turn_on(ana)
    answers = [sign_in(ana, code="000000")[1].status_code for _ in range(9)]
    assert set(answers) == {422, 429}
    assert sign_in(ana, code=digits(secret))[1].status_code == 429


def test_turning_it_off_takes_both_factors(ana: Browser) -> None:
    secret, codes = turn_on(ana)
    off = f"{ME}/two-factor/off"
    bad = ana("POST", off, {"password": "wrong wrong", "code": digits(secret)})
    assert problem(bad) == (422, "invalid", "password")
    bad = ana("POST", off, {"password": PASSWORD, "code": "000000"})
    assert problem(bad) == (422, "invalid", "code")
    assert ana("POST", off, {"password": PASSWORD, "code": codes[3]}).status_code == 204
    assert ana("GET", ME).json()["two_factor"] is False
    assert sign_in(ana)[1].status_code == 200


def test_it_is_not_on_before_a_right_code_and_the_secret_is_kept_sealed(ana: Browser) -> None:
    made = ana("POST", f"{ME}/two-factor", {"password": PASSWORD}).json()
    assert made["address"].startswith("otpauth://totp/BotPe%3Aana%40own.example?secret=")
    assert made["qr"].startswith("data:image/svg+xml")
    refused = ana("POST", f"{ME}/two-factor/confirm", {"code": "000000"})
    assert problem(refused) == (422, "invalid", "code")
    assert sign_in(ana)[1].status_code == 200
    with db.transaction() as session:
        db.act_as_system(session)
        sealed = session.exec(select(User.totp_sealed)).one() or ""
    raw = base64.b32decode(made["secret"])
    assert sealed.startswith("v1:")
    assert raw.hex() not in sealed
    again = ana("POST", f"{ME}/two-factor", {"password": "wrong wrong"})
    assert problem(again) == (422, "invalid", "password")


def test_new_recovery_codes_replace_those_before(ana: Browser) -> None:
    secret, codes = turn_on(ana)
    renewed = ana("POST", f"{ME}/two-factor/recovery-codes", {"code": digits(secret)})
    fresh = renewed.json()["recovery_codes"]
    assert not set(fresh) & set(codes)
    assert sign_in(ana, code=codes[0])[1].status_code == 422
    assert sign_in(ana, code=fresh[0])[1].status_code == 200


def test_a_mails_link_alone_does_not_get_around_it(
    ana: Browser, post: Callable[[], list[EmailMessage]]
) -> None:
    secret, _ = turn_on(ana)
    post()
    ana("POST", "/api/auth/forgot-password", {"email": ANA["email"]})
    token = post()[0].get_content().partition("?token=")[2].split()[0]
    body = {"token": token, "password": "another horse battery"}
    guest = browser(ana.app)
    assert problem(guest("POST", "/api/auth/reset-password", body))[1] == "code_needed"
    done = guest("POST", "/api/auth/reset-password", {**body, "code": digits(secret)})
    assert done.status_code == 200


def test_a_changed_password_signs_every_other_browser_out(ana: Browser) -> None:
    other, _ = sign_in(ana)
    body = {"password": "wrong wrong", "new_password": "another horse battery"}
    assert problem(ana("POST", f"{ME}/password", body)) == (422, "invalid", "password")
    body = {"password": PASSWORD, "new_password": "short"}
    assert problem(ana("POST", f"{ME}/password", body)) == (422, "invalid", "new_password")
    assert other("GET", ME).status_code == 200
    body["new_password"] = "another horse battery"
    assert ana("POST", f"{ME}/password", body).status_code == 204
    assert other("GET", ME).status_code == 401
    assert ana("GET", ME).status_code == 200
    kept = ana("GET", "/api/audit-log?action=account").json()["data"]
    assert [event["action"] for event in kept] == ["account.password_changed"]
    assert "horse" not in str(kept)


def test_sessions_are_listed_and_ended_each_and_all_but_this(ana: Browser) -> None:
    one, _ = sign_in(ana)
    two, _ = sign_in(ana)
    found = ana("GET", f"{ME}/sessions").json()["data"]
    assert [item["current"] for item in found].count(True) == 1
    assert len(found) == 3
    assert "token" not in str(found)
    mine = next(
        item["id"] for item in one("GET", f"{ME}/sessions").json()["data"] if item["current"]
    )
    assert ana("DELETE", f"{ME}/sessions/{mine}").status_code == 204
    assert one("GET", ME).status_code == 401
    assert ana("DELETE", f"{ME}/sessions").status_code == 204
    assert two("GET", ME).status_code == 401
    assert len(ana("GET", f"{ME}/sessions").json()["data"]) == 1


def test_nobody_elses_session_is_found_and_a_key_has_none(
    ana: Browser, business: Business, with_key: Callable[..., Browser]
) -> None:
    hers = ana("GET", f"{ME}/sessions").json()["data"][0]["id"]
    key = with_key(business.admin)
    assert key("DELETE", f"{ME}/sessions/{hers}").status_code == 404
    assert key("GET", f"{ME}/sessions").json()["data"] == []
    body = {"password": PASSWORD, "new_password": "another horse battery"}
    assert key("POST", f"{ME}/password", body).status_code == 422
    assert key("POST", f"{ME}/two-factor", {"password": PASSWORD}).status_code == 422
    assert ana("GET", ME).status_code == 200
