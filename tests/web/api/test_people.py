"""Inviting people, their roles, and coming back in without a password."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import httpx
import pytest
from sqlalchemy import text

from botpe_app import db
from botpe_app.errors import BotpeError
from botpe_app.services import people
from tests.acting import within
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser, browser

GUEST = {"email": "Guest@example.com", "role": "viewer"}
PASSWORD = "correct horse battery"


def token_in(words: str) -> str:
    return words.partition("?token=")[2].split()[0]


def invited(admin: Browser, **changes: str) -> str:
    made = admin("POST", "/api/users/invite", {**GUEST, **changes})
    assert made.status_code == 201, made.text
    return token_in(made.json()["link"])


def age(table: str) -> None:
    """Lets what was sent expire."""
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(text(f"update {table} set expires_at = now()"))  # noqa: S608


def test_an_invited_person_comes_in_once_in_their_role(admin: Browser, anonymous: Browser) -> None:
    token = invited(admin)
    body = {"token": token, "name": "Guest", "password": PASSWORD}
    joined = anonymous("POST", "/api/auth/accept-invite", body)
    assert joined.status_code == 201
    assert (joined.json()["email"], joined.json()["role"]) == ("guest@example.com", "VIEWER")
    assert anonymous("GET", "/api/users/me").json()["name"] == "Guest"
    refused = browser(anonymous.app)("POST", "/api/auth/accept-invite", body)
    assert problem(refused) == (422, "invalid", "token")
    assert problem(admin("POST", "/api/users/invite", GUEST)) == (409, "conflict", "email")


def test_a_second_invitation_replaces_the_first_and_an_old_one_is_no_good(
    admin: Browser, anonymous: Browser
) -> None:
    first, second = invited(admin), invited(admin, role="agent")
    body = {"token": first, "name": "Guest", "password": PASSWORD}
    assert anonymous("POST", "/api/auth/accept-invite", body).status_code == 422
    age("invitations")
    assert (
        anonymous("POST", "/api/auth/accept-invite", {**body, "token": second}).status_code == 422
    )
    assert len(admin("GET", "/api/users").json()["data"]) == 3


def test_somebody_known_joins_with_the_password_they_have(
    admin: Browser, anonymous: Browser
) -> None:
    own = {"organization": "Own", "name": "Guest", "email": GUEST["email"], "password": PASSWORD}
    assert anonymous("POST", "/api/auth/sign-up", own).status_code == 201
    body = {"token": invited(admin), "password": "another password"}
    assert problem(anonymous("POST", "/api/auth/accept-invite", body)) == (
        422, "invalid", "password",
    )  # fmt: skip
    joined = anonymous("POST", "/api/auth/accept-invite", {**body, "password": PASSWORD})
    assert joined.json()["organization"]["name"] == "Acme"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"email": "nobody"}, "email"), ({"role": "king"}, "role"), ({"role": "superadmin"}, "role")],
)
def test_an_invitation_that_cannot_be_is_refused(
    admin: Browser, change: dict[str, str], field: str
) -> None:
    refused = admin("POST", "/api/users/invite", {**GUEST, **change})
    assert problem(refused) == (422, "invalid", field)


def test_with_a_mail_server_the_link_goes_to_the_guest_only(
    admin: Browser, post: Callable[[], list[EmailMessage]]
) -> None:
    made = admin("POST", "/api/users/invite", GUEST).json()
    assert (made["link"], made["mail"]) == (None, "waiting")
    (mail,) = post()
    assert post() == []
    assert admin("GET", "/api/users/invitations").json()["data"][0]["mail"] == ""
    assert mail["To"] == "guest@example.com"
    assert "/invite?token=" in mail.get_content()


def test_roles_change_and_people_leave_but_the_last_admin_stays(
    admin: Browser, business: Business
) -> None:
    agent, boss = (f"/api/users/{who.user_id}" for who in (business.agent, business.admin))
    for change in (admin("PATCH", boss, {"role": "agent"}), admin("DELETE", boss)):
        assert problem(change) == (409, "conflict", "role")
    assert admin("PATCH", agent, {"role": "admin"}).json()["role"] == "ADMIN"
    assert admin("PATCH", boss, {"role": "viewer"}).json()["role"] == "VIEWER"
    assert admin("DELETE", boss).status_code == 204
    assert admin("GET", boss).status_code == 404
    assert problem(admin("DELETE", agent)) == (409, "conflict", "role")


def test_of_two_admins_who_demote_each_other_at_once_one_stays(business: Business) -> None:
    within(business.admin, people.change_role, business.agent.user_id, "ADMIN")

    def demote(other: Business) -> str:
        try:
            return within(business.admin, people.change_role, other, "VIEWER").role
        except BotpeError as error:
            return error.code

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(demote, (business.admin.user_id, business.agent.user_id)))
    assert sorted(done) == ["VIEWER", "conflict"]


def test_who_leaves_loses_sessions_and_conversations(
    admin: Browser, anonymous: Browser, conversation: str
) -> None:
    body = {"token": invited(admin, role="agent"), "name": "Guest", "password": PASSWORD}
    who = anonymous("POST", "/api/auth/accept-invite", body).json()["id"]
    admin("POST", f"/api/conversations/{conversation}/assign", {"assignee": who})
    assert admin("DELETE", f"/api/users/{who}").status_code == 204
    assert anonymous("GET", "/api/users/me").status_code == 401
    assert admin("GET", f"/api/conversations/{conversation}").json()["assignee"] is None


def test_a_forgotten_password_is_replaced_once_and_every_session_ends(
    anonymous: Browser, post: Callable[[], list[EmailMessage]]
) -> None:
    own = {"organization": "Own", "name": "Ana", "email": "ana@example.com", "password": PASSWORD}
    anonymous("POST", "/api/auth/sign-up", own)
    post()
    fresh = browser(anonymous.app)
    known, unknown = (
        fresh("POST", "/api/auth/forgot-password", {"email": email})
        for email in ("ana@example.com", "nobody@example.com")
    )
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    (mail,) = post()
    body = {"token": token_in(mail.get_content()), "password": "short"}
    assert problem(fresh("POST", "/api/auth/reset-password", body)) == (422, "invalid", "password")
    body["password"] = "another horse battery"
    assert fresh("POST", "/api/auth/reset-password", body).json()["name"] == "Ana"
    assert anonymous("GET", "/api/users/me").status_code == 401
    assert problem(fresh("POST", "/api/auth/reset-password", body)) == (422, "invalid", "token")
    signed = fresh("POST", "/api/auth/sign-in", {"email": own["email"], "password": PASSWORD})
    assert signed.status_code == 401


def test_an_address_is_verified_by_its_mail_in_time(
    anonymous: Browser, post: Callable[[], list[EmailMessage]]
) -> None:
    own = {"organization": "Own", "name": "Ana", "email": "ana@example.com", "password": PASSWORD}
    anonymous("POST", "/api/auth/sign-up", own)
    body = {"token": token_in(post()[0].get_content())}
    reset = anonymous("POST", "/api/auth/reset-password", {**body, "password": PASSWORD})
    assert problem(reset) == (422, "invalid", "token")  # a token is good for its own purpose
    assert anonymous("POST", "/api/auth/verify-email", body).status_code == 204
    assert anonymous("POST", "/api/auth/verify-email", body).status_code == 422
    anonymous("POST", "/api/auth/sign-up", {**own, "email": "bo@example.com"})
    age("mail_tokens")
    late = {"token": token_in(post()[0].get_content())}
    assert problem(anonymous("POST", "/api/auth/verify-email", late)) == (422, "invalid", "token")


def test_who_is_invited_is_listed_without_the_link_and_can_be_uninvited(
    admin: Browser, anonymous: Browser
) -> None:
    token = invited(admin)
    (listed,) = admin("GET", "/api/users/invitations").json()["data"]
    assert (listed["email"], listed["role"], listed["link"]) == (
        "guest@example.com",
        "VIEWER",
        None,
    )
    assert admin("DELETE", f"/api/users/invitations/{listed['id']}").status_code == 204
    assert admin("GET", "/api/users/invitations").json()["data"] == []
    body = {"token": token, "name": "Guest", "password": PASSWORD}
    assert problem(anonymous("POST", "/api/auth/accept-invite", body)) == (
        422, "invalid", "token",
    )  # fmt: skip


def test_who_is_deactivated_is_out_until_they_are_let_in_again(
    admin: Browser, anonymous: Browser, conversation: str
) -> None:
    token = invited(admin, role="agent")
    body = {"token": token, "name": "Guest", "password": PASSWORD}
    who = anonymous("POST", "/api/auth/accept-invite", body).json()["id"]
    admin("POST", f"/api/conversations/{conversation}/assign", {"assignee": who})
    assert admin("PATCH", f"/api/users/{who}", {"active": False}).json()["active"] is False
    assert anonymous("GET", "/api/users/me").status_code == 401
    assert admin("GET", f"/api/conversations/{conversation}").json()["assignee"] is None
    again = {"email": GUEST["email"], "password": PASSWORD}
    assert anonymous("POST", "/api/auth/sign-in", again).status_code == 401
    assigned = admin("POST", f"/api/conversations/{conversation}/assign", {"assignee": who})
    assert problem(assigned) == (422, "invalid", "assignee")
    assert admin("PATCH", f"/api/users/{who}", {"active": True}).json()["active"] is True
    assert anonymous("POST", "/api/auth/sign-in", again).status_code in (200, 201)


def test_the_last_active_admin_cannot_be_deactivated(admin: Browser, business: Business) -> None:
    boss, agent = (f"/api/users/{who.user_id}" for who in (business.admin, business.agent))
    assert admin("PATCH", agent, {"role": "admin", "active": False}).json()["role"] == "ADMIN"
    assert problem(admin("PATCH", boss, {"active": False})) == (409, "conflict", "role")
    assert admin("PATCH", agent, {"active": True}).status_code == 200
    assert admin("PATCH", boss, {"active": False}).json()["active"] is False


def test_an_organization_speaks_a_language_there_is(admin: Browser) -> None:
    address = "/api/organizations/current"
    assert admin("PATCH", address, {"language": "pt"}).json()["language"] == "pt"
    assert problem(admin("PATCH", address, {"language": "xx"})) == (422, "invalid", "language")


def test_whoever_works_in_several_organizations_goes_from_one_to_another(
    admin: Browser, anonymous: Browser
) -> None:
    own = {"organization": "Own", "name": "Guest", "email": GUEST["email"], "password": PASSWORD}
    home = anonymous("POST", "/api/auth/sign-up", own).json()["organization"]["id"]
    body = {"token": invited(admin), "password": PASSWORD}
    anonymous("POST", "/api/auth/accept-invite", body)
    listed = anonymous("GET", "/api/users/me/organizations").json()["data"]
    assert [(one["name"], one["role"], one["current"]) for one in listed] == [
        ("Acme", "VIEWER", True), ("Own", "ADMIN", False),
    ]  # fmt: skip
    before = dict(anonymous.cookies)
    there = anonymous("POST", "/api/auth/switch-organization", {"organization_id": home})
    assert (there.status_code, there.json()["role"]) == (200, "ADMIN")
    assert anonymous("GET", "/api/users").json()["data"][0]["email"] == "guest@example.com"
    anonymous.cookies = httpx.Cookies(before)
    assert anonymous("GET", "/api/users/me").status_code == 401, "the session before has ended"


def test_nobody_goes_where_they_are_not_or_no_longer_a_member(
    admin: Browser, anonymous: Browser, business: Business, with_key: Callable[..., Browser]
) -> None:
    own = {"organization": "Own", "name": "Guest", "email": GUEST["email"], "password": PASSWORD}
    home = anonymous("POST", "/api/auth/sign-up", own).json()["organization"]["id"]
    switch = "/api/auth/switch-organization"
    there = {"organization_id": str(business.organization_id)}
    assert problem(anonymous("POST", switch, there)) == (404, "not_found", None)
    assert problem(anonymous("POST", switch, {"organization_id": "x"})) == (404, "not_found", None)
    who = anonymous(
        "POST", "/api/auth/accept-invite", {"token": invited(admin), "password": PASSWORD}
    )
    anonymous("POST", switch, {"organization_id": home})
    away = f"/api/users/{who.json()['id']}"
    assert admin("PATCH", away, {"active": False}).status_code == 200
    assert problem(anonymous("POST", switch, there)) == (404, "not_found", None)
    key = with_key(business.admin, "ADMIN")
    assert problem(key("POST", switch, there)) == (403, "forbidden", None)
    assert key("GET", "/api/users/me/organizations").json()["data"] == []


def test_whoever_lost_the_mail_that_verifies_their_address_asks_for_another(
    anonymous: Browser, post: Callable[[], list[EmailMessage]], with_key: Callable[..., Browser],
    business: Business,
) -> None:  # fmt: skip
    own = {"organization": "Own", "name": "Ana", "email": "ana@example.com", "password": PASSWORD}
    anonymous("POST", "/api/auth/sign-up", own)
    post()
    again = "/api/users/me/verify-email"
    assert anonymous("POST", again, {}).status_code == 204
    (mail,) = post()
    body = {"token": token_in(mail.get_content())}
    assert anonymous("POST", "/api/auth/verify-email", body).status_code == 204
    assert anonymous("GET", "/api/users/me").json()["verified"] is True
    assert problem(anonymous("POST", again, {})) == (409, "conflict", None)
    assert with_key(business.admin, "ADMIN")("POST", again, {}).status_code == 422
