"""The bodies that other programs rely on, resource by resource."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Business
from tests.services.ingesting import change
from tests.web.api.conftest import CUSTOMER, RFC3339, problem
from tests.web.conftest import Browser

HELLO = {"type": "text", "text": {"body": "Hello!"}}
TEMPLATE = {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}


def test_the_organization_can_be_read_and_renamed(admin: Browser) -> None:
    assert admin("GET", "/api/organizations/current").json()["name"] == "Acme"
    changed = admin("PATCH", "/api/organizations/current", {"time_zone": "Europe/Berlin"}).json()
    assert (changed["name"], changed["time_zone"]) == ("Acme", "Europe/Berlin")
    refused = admin("PATCH", "/api/organizations/current", {"time_zone": "Mars"})
    assert problem(refused) == (422, "invalid", "time_zone")


def test_people_are_listed_by_name_and_page_by_page(admin: Browser) -> None:
    first = admin("GET", "/api/users?limit=2").json()
    rest = admin("GET", f"/api/users?limit=2&cursor={first['next']}").json()
    assert [person["name"] for person in first["data"]] == ["Admin", "Agent"]
    assert [person["role"] for person in rest["data"]] == ["VIEWER"]
    assert rest["next"] is None
    assert problem(admin("GET", "/api/users?cursor=x")) == (422, "invalid", "cursor")


def test_a_key_cannot_be_renamed_as_a_person(admin: Browser) -> None:
    assert problem(admin("PATCH", "/api/users/me", {"name": "Eve"})) == (422, "invalid", "name")


def test_a_number_is_connected_and_its_token_never_comes_back(admin: Browser) -> None:
    body = {
        "waba_id": "1",
        "phone_number_id": "42",
        "phone": "+351910000001",
        "token": "EAAsecret1234",
    }
    made = admin("POST", "/api/whatsapp/accounts", body)
    assert made.status_code == 201
    account = made.json()
    assert (account["phone"], account["status"]) == ("+351910000001", "connected")
    assert account["quality"] is None
    assert RFC3339.fullmatch(account["created_at"])
    address = f"/api/whatsapp/accounts/{account['id']}"
    changed = admin(
        "PATCH", address, {"name": "Shop", "status": "paused", "token": "EAAother56789"}
    )
    listed = admin("GET", "/api/whatsapp/accounts")
    for response in (made, changed, listed, admin("GET", address)):
        assert "secret" not in response.text
        assert "other5" not in response.text
    assert changed.json()["name"] == "Shop"
    assert admin("DELETE", address).status_code == 204
    assert problem(admin("GET", address))[0] == 404


def test_a_number_connected_elsewhere_is_a_conflict(admin: Browser, business: Business) -> None:
    body = {
        "waba_id": "1", "phone": "+351910000001", "token": "EAAsecret1234",
        "phone_number_id": business.phone_number_id,
    }  # fmt: skip
    refused = admin("POST", "/api/whatsapp/accounts", body)
    assert problem(refused) == (409, "conflict", "phone_number_id")
    del body["token"]
    assert problem(admin("POST", "/api/whatsapp/accounts", body)) == (422, "invalid", "token")


def test_a_contact_is_made_read_changed_and_removed(admin: Browser) -> None:
    body = {
        "phone": "+351 910 000 123", "name": "Ana", "email": "Ana@example.com", "language": "pt",
        "custom_fields": {"size": "M", "visits": 3}, "tags": ["vip"], "marketing_opt_in": True,
    }  # fmt: skip
    made = admin("POST", "/api/contacts", body)
    assert made.status_code == 201
    contact = made.json()
    assert contact["phone"] == CUSTOMER
    assert contact["custom_fields"] == {"size": "M", "visits": 3}
    assert (contact["tags"], contact["marketing_opt_in"]) == (["vip"], True)
    assert RFC3339.fullmatch(contact["created_at"])
    address = f"/api/contacts/{contact['id']}"
    assert admin("GET", address).json() == contact
    changed = admin("PATCH", address, {"name": "Ana B", "custom_fields": {"size": None}}).json()
    assert changed == {**contact, "name": "Ana B", "custom_fields": {"visits": 3}}
    assert admin("DELETE", address).status_code == 204
    assert admin("GET", address).status_code == 404


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"phone": "12"}, (422, "invalid", "phone")),
        ({"phone": None}, (422, "invalid", "phone")),
        ({"email": "nobody"}, (422, "invalid", "email")),
        ({"tags": "vip"}, (422, "invalid", "tags")),
        ({"tags": ["vip", 3]}, (422, "invalid", "tags.1")),
        ({"marketing_opt_in": "perhaps"}, (422, "invalid", "marketing_opt_in")),
        ({"custom_fields": [1]}, (422, "invalid", "custom_fields")),
    ],
)
def test_a_contact_that_cannot_be_names_its_field(
    admin: Browser, change: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert problem(admin("POST", "/api/contacts", {"phone": CUSTOMER, **change})) == expected
    assert admin("GET", "/api/contacts").json()["data"] == []


def test_contacts_are_found_and_paged_with_opaque_cursors(admin: Browser) -> None:
    for place in range(5):
        body = {"phone": f"+35191000010{place}", "name": f"Ana {place}", "tags": [f"t{place % 2}"]}
        assert admin("POST", "/api/contacts", body).status_code == 201
    seen, cursor = [], ""
    while cursor is not None:
        page = admin("GET", f"/api/contacts?limit=2&cursor={cursor}").json()
        seen += [contact["name"] for contact in page["data"]]
        cursor = page["next"]
    assert seen == [f"Ana {place}" for place in reversed(range(5))]
    assert len(admin("GET", "/api/contacts?q=0104").json()["data"]) == 1
    assert len(admin("GET", "/api/contacts?tag=t1").json()["data"]) == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=99999999999999999999"])
def test_a_limit_outside_1_to_200_is_refused(admin: Browser, query: str) -> None:
    for path in ("contacts", "conversations", "users", "whatsapp/accounts", "api-keys"):
        assert problem(admin("GET", f"/api/{path}?{query}")) == (422, "invalid", "limit")
        assert admin("GET", f"/api/{path}?limit=200").status_code == 200


def test_a_key_is_shown_once_and_works_in_its_role(admin: Browser) -> None:
    made = admin("POST", "/api/api-keys", {"name": "CRM", "role": "viewer"})
    assert made.status_code == 201
    key = made.json()["api_key"]
    assert key.startswith("bp_")
    assert made.json()["role"] == "VIEWER"
    listed = admin("GET", "/api/api-keys")
    assert key not in listed.text
    assert "api_key" not in listed.json()["data"][0]
    given = {"headers": {"Authorization": f"Bearer {key}"}}
    assert admin("GET", "/api/contacts", **given).status_code == 200
    assert admin("POST", "/api/contacts", {"phone": CUSTOMER}, **given).status_code == 403
    bad = admin("POST", "/api/api-keys", {"name": "x", "role": "king"})
    assert problem(bad) == (422, "invalid", "role")


def test_what_a_customer_allowed_is_kept_with_who_said_so(admin: Browser) -> None:
    made = admin("POST", "/api/contacts", {"phone": "+351910000777", "name": "Zoe"}).json()
    address = f"/api/contacts/{made['id']}"
    assert made["marketing_opted_out_at"] is None
    assert admin("GET", f"{address}/consents").json()["data"] == []
    admin("PATCH", address, {"marketing_opt_in": True})
    admin("PATCH", address, {"marketing_opt_in": True})
    stopped = admin("PATCH", address, {"marketing_opt_in": False}).json()
    assert RFC3339.fullmatch(stopped["marketing_opted_out_at"])
    kept = admin("GET", f"{address}/consents").json()["data"]
    assert [(one["granted"], one["source"]) for one in kept] == [(False, "api"), (True, "api")]
    assert admin("DELETE", address).status_code == 204


def test_what_is_wrong_is_listed_with_its_mend(admin: Browser, business: Business) -> None:
    assert admin("GET", "/api/problems").json() == {"data": [], "next": None}
    address = f"/api/whatsapp/accounts/{business.account_id}"
    admin("PATCH", address, {"status": "paused"})
    (found,) = admin("GET", "/api/problems").json()["data"]
    assert (found["kind"], found["account_id"]) == ("paused", str(business.account_id))
    assert found["mend"]
    admin("PATCH", address, {"token": "EAAanother12345"})  # a new token lifts the pause
    assert admin("GET", "/api/problems").json()["data"] == []
    assert admin("GET", address).json()["messaging_limit"] is None


def test_a_key_with_scopes_may_only_those_and_makes_no_wider_one(
    admin: Browser, anonymous: Browser
) -> None:
    body = {"name": "Sync", "role": "admin", "scopes": ["read", "manage_api_keys"]}
    made = admin("POST", "/api/api-keys", body).json()
    assert made["scopes"] == ["read", "manage_api_keys"]
    given = {"headers": {"Authorization": f"Bearer {made['api_key']}"}}
    assert anonymous("GET", "/api/contacts", **given).status_code == 200
    refused = anonymous("POST", "/api/contacts", {"phone": CUSTOMER}, **given)
    assert problem(refused) == (403, "forbidden", None)
    wider = anonymous("POST", "/api/api-keys", {**body, "scopes": ["manage_contacts"]}, **given)
    assert problem(wider) == (422, "invalid", "scopes")
    same = anonymous("POST", "/api/api-keys", {"name": "Other", "role": "admin"}, **given)
    assert same.json()["scopes"] == made["scopes"]
    for scopes in ([], ["oversee_platform"], ["nothing"]):
        bad = admin("POST", "/api/api-keys", {**body, "scopes": scopes})
        assert problem(bad) == (422, "invalid", "scopes")


def test_a_key_ends_by_itself(admin: Browser, anonymous: Browser, services: str) -> None:
    body = {"name": "Sync", "role": "viewer", "expires_at": "2999-01-01T00:00:00Z"}
    made = admin("POST", "/api/api-keys", body).json()
    given = {"headers": {"Authorization": f"Bearer {made['api_key']}"}}
    assert anonymous("GET", "/api/contacts", **given).status_code == 200
    over = admin("POST", "/api/api-keys", {**body, "expires_at": "2020-01-01T00:00:00Z"})
    assert problem(over) == (422, "invalid", "expires_at")
    change(services, "update api_keys set expires_at = now() where role = 'VIEWER'")
    assert anonymous("GET", "/api/contacts", **given).status_code == 401
