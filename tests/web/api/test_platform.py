"""/api/admin: every organization and everybody, for the platform's owner only; and plans."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from botpe_app import db
from botpe_app.services import people
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

OWNER = {"email": "owner@example.com", "password": "correct horse battery"}


@pytest.fixture
def owner(business: Business, anonymous: Browser) -> Browser:
    """The platform's owner, signed in."""
    with db.transaction() as session:
        people.create_superadmin(session, **OWNER)
    assert anonymous("POST", "/api/auth/sign-in", OWNER).status_code == 200
    return anonymous


def test_the_owner_sees_every_organization_and_everybody(
    owner: Browser, business: Business, make_business: Callable[..., Business]
) -> None:
    make_business("Globex", "999")
    first = owner("GET", "/api/admin/organizations?limit=1").json()
    rest = owner("GET", f"/api/admin/organizations?limit=1&cursor={first['next']}").json()
    assert [first["data"][0]["name"], rest["data"][0]["name"]] == ["Globex", "Acme"]
    assert (rest["data"][0]["people"], rest["data"][0]["numbers"]) == (3, 1)
    (found,) = owner("GET", "/api/admin/users?q=agent@acme").json()["data"]
    assert found["organizations"] == [
        {"id": str(business.organization_id), "name": "Acme", "role": "AGENT"}
    ]
    stats = owner("GET", "/api/admin/stats").json()
    assert (stats["organizations"], stats["users"], stats["numbers"]) == (2, 7, 2)


def test_a_plan_limits_people_and_numbers_from_then_on(
    owner: Browser, admin: Browser, business: Business
) -> None:
    address = f"/api/admin/organizations/{business.organization_id}"
    assert admin("POST", "/api/users/invite", {"email": "a@example.com"}).status_code == 201
    assert owner("PATCH", address, {"plan": "free"}).json()["plan"] == "FREE"
    assert problem(admin("POST", "/api/users/invite", {"email": "b@example.com"}))[0] == 409
    number = {
        "waba_id": "1", "phone_number_id": "42", "phone": "+351910000001", "token": "EAAsecret1234",
    }  # fmt: skip
    assert problem(admin("POST", "/api/whatsapp/accounts", number))[0] == 409
    owner("PATCH", address, {"plan": "STARTER"})
    assert admin("POST", "/api/users/invite", {"email": "b@example.com"}).status_code == 201
    assert admin("POST", "/api/whatsapp/accounts", number).status_code == 201


def test_what_cannot_be_is_refused_in_order(owner: Browser, business: Business) -> None:
    address = f"/api/admin/organizations/{business.organization_id}"
    assert problem(owner("PATCH", address, {"plan": "GOLD"})) == (422, "invalid", "plan")
    assert problem(owner("PATCH", address, {"name": ""})) == (422, "invalid", "name")
    for unknown in (uuid4(), "1", "%00"):
        refused = owner("PATCH", f"/api/admin/organizations/{unknown}", content=b"not json")
        assert refused.status_code == 404


@pytest.mark.parametrize("path", ["organizations", "users", "stats"])
def test_an_admin_of_one_organization_sees_none_of_it(admin: Browser, path: str) -> None:
    assert problem(admin("GET", f"/api/admin/{path}"))[:2] == (403, "forbidden")
