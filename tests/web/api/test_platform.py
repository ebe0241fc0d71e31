"""/api/admin: every organization and everybody, for the platform's owner only; and plans."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from botpe_app import db
from botpe_app.services import people
from tests.conftest import Business
from tests.services.ingesting import change
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


def test_who_is_kept_out_takes_no_place_until_they_are_let_in_again(
    owner: Browser, admin: Browser, business: Business
) -> None:
    away = f"/api/users/{business.viewer.user_id}"
    assert admin("PATCH", away, {"active": False}).status_code == 200
    owner("PATCH", f"/api/admin/organizations/{business.organization_id}", {"plan": "free"})
    assert admin("POST", "/api/users/invite", {"email": "a@example.com"}).status_code == 201
    assert problem(admin("PATCH", away, {"active": True}))[0] == 409
    assert admin("PATCH", away, {"active": False}).status_code == 200


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


def test_the_owner_sees_every_number_and_whether_it_is_healthy(
    owner: Browser, business: Business, make_business: Callable[..., Business]
) -> None:
    make_business("Globex", "999")
    numbers = owner("GET", "/api/admin/numbers").json()["data"]
    assert [one["organization_name"] for one in numbers] == ["Globex", "Acme"]
    assert "token" not in str(numbers)
    assert len(owner("GET", "/api/admin/numbers?q=globex").json()["data"]) == 1
    health = owner("GET", "/api/admin/health").json()
    assert {"database", "redis", "workers"} <= {one["check"] for one in health["findings"]}
    assert health["healthy"] is False  # nobody works here
    lanes = {lane["lane"]: lane for lane in health["lanes"]}
    assert lanes["ingest"] == {
        "lane": "ingest", "waiting": 0, "oldest_seconds": 0, "has_worker": False, "failed": 0,
    }  # fmt: skip


def test_what_was_given_up_is_listed_and_tried_again(
    owner: Browser, admin: Browser, services: str
) -> None:
    hook = admin("POST", "/api/webhooks", {"url": "https://example.com/"}).json()["id"]
    body = {"phone": "+351910000123"}
    contact = admin("POST", "/api/contacts", body).json()["id"]
    template = {"name": "hello", "language": {"code": "en"}}
    message = {"to": body["phone"], "type": "template", "template": template}
    assert admin("POST", "/api/messages", message).status_code == 202
    change(services, "update webhook_deliveries set state = 'failed', next_at = null, attempts = 9")
    failed = owner("GET", "/api/admin/failed-jobs").json()["data"]
    assert {(job["lane"], job["attempts"]) for job in failed} == {("webhooks", 9)}
    again = {"lane": "webhooks", "id": failed[0]["id"]}
    assert owner("POST", "/api/admin/failed-jobs/retry", again).status_code == 204
    told = admin("GET", f"/api/webhooks/{hook}/deliveries?state=pending").json()["data"]
    assert [(one["id"], one["attempts"]) for one in told] == [(again["id"], 0)]
    retried = owner("POST", "/api/admin/failed-jobs/retry", again)
    assert problem(retried)[:2] == (404, "not_found")
    refused = owner("POST", "/api/admin/failed-jobs/retry", {**again, "lane": "x"})
    assert problem(refused) == (422, "invalid", "lane")
    assert admin("POST", "/api/admin/failed-jobs/retry", again).status_code == 403
    assert contact
