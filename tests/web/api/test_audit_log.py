"""The audit log: every change with who, what, before and after; nothing else, and for good."""

from __future__ import annotations

import re

import psycopg
import pytest

from botpe_app import db
from tests.conftest import Business
from tests.services.ingesting import change, message, receive
from tests.web.api.conftest import CUSTOMER, problem
from tests.web.conftest import Browser


def test_a_change_is_kept_with_who_what_before_after_and_from_where(admin: Browser) -> None:
    made = admin("POST", "/api/contacts", {"phone": CUSTOMER, "name": "Ana"}).json()
    admin("PATCH", f"/api/contacts/{made['id']}", {"name": "Bea", "tags": ["vip"]})
    admin("PATCH", f"/api/contacts/{made['id']}", {"name": "Bea"})  # changes nothing
    changed, created = admin("GET", f"/api/audit-log?subject_id={made['id']}").json()["data"]
    assert (created["action"], created["after"]["phone"]) == ("contact.created", CUSTOMER)
    assert changed["action"] == "contact.updated"
    assert changed["before"] == {"name": "Ana", "tags": []}
    assert changed["after"] == {"name": "Bea", "tags": ["vip"]}
    me = admin("GET", "/api/users/me").json()["id"]
    who = (changed["actor_kind"], changed["actor_id"], changed["actor_name"])
    assert who == ("api", me, "ADMIN key")
    assert changed["address"] == "127.0.0.1"


def test_people_keys_numbers_and_the_organization_are_watched_and_no_secret_is_kept(
    admin: Browser, business: Business
) -> None:
    key = admin("POST", "/api/api-keys", {"name": "CRM"}).json()
    admin("DELETE", f"/api/api-keys/{key['id']}")
    admin("PATCH", f"/api/users/{business.viewer.user_id}", {"role": "agent"})
    admin("DELETE", f"/api/users/{business.viewer.user_id}")
    invited = admin("POST", "/api/users/invite", {"email": "bo@example.com"}).json()
    number = f"/api/whatsapp/accounts/{business.account_id}"
    admin("PATCH", number, {"token": "EAAsecret12345", "status": "paused"})
    admin("PATCH", "/api/organizations/current", {"name": "Acme 2"})
    answer = admin("GET", "/api/audit-log?limit=200")
    kept = {event["action"] for event in answer.json()["data"]}
    assert kept >= {
        "api_key.created", "api_key.updated", "person.updated", "person.deleted",
        "invitation.created", "number.updated", "organization.updated",
    }  # fmt: skip
    for secret in (key["api_key"], "secret12345", invited["link"].partition("=")[2], "v1:"):
        assert secret not in answer.text
    assert '"token":"***"' in answer.text.replace(" ", "")


def test_filters_and_cursors_lead_through_it(admin: Browser) -> None:
    for place in range(3):
        admin("POST", "/api/contacts", {"phone": f"+35191000010{place}"})
    admin("PATCH", "/api/organizations/current", {"name": "Acme 2"})
    seen, cursor = 0, ""
    while cursor is not None:
        page = admin("GET", f"/api/audit-log?action=contact&limit=2&cursor={cursor}").json()
        seen += len(page["data"])
        cursor = page["next"]
    assert seen == 3
    assert admin("GET", "/api/audit-log?action=contact.deleted").json()["data"] == []
    assert admin("GET", "/api/audit-log?since=2999-01-01T00:00:00Z").json()["data"] == []
    assert len(admin("GET", "/api/audit-log?until=2999-01-01T00:00:00Z").json()["data"]) == 4


@pytest.mark.parametrize("query", ["actor_id=x", "subject_id=1", "since=yesterday", "cursor=x"])
def test_a_filter_that_cannot_be_is_refused(admin: Browser, query: str) -> None:
    refused = admin("GET", f"/api/audit-log?{query}")
    assert problem(refused) == (422, "invalid", re.split("=", query)[0])


def test_what_a_customer_causes_is_nobodys_change(
    admin: Browser, business: Business, services: str
) -> None:
    receive(services, message(1, "text", {"body": "Hi"}))
    assert admin("GET", "/api/audit-log").json()["data"] == []
    assert len(admin("GET", "/api/contacts").json()["data"]) == 1


def test_a_refused_change_leaves_nothing(admin: Browser, agent: Browser) -> None:
    assert agent("PATCH", "/api/organizations/current", {"name": "x"}).status_code == 403
    assert admin("POST", "/api/contacts", {"phone": "1"}).status_code == 422
    assert admin("GET", "/api/audit-log").json()["data"] == []
    assert agent("GET", "/api/audit-log").status_code == 403


def test_nobody_changes_or_removes_what_is_kept(admin: Browser, services: str) -> None:
    admin("POST", "/api/contacts", {"phone": CUSTOMER})
    for attempt in ("update audit_events set actor_name = 'Eve'", "delete from audit_events"):
        with pytest.raises(psycopg.Error, match="only added to"):
            change(services, attempt)
    with psycopg.connect(services, options=db.SYSTEM_OPTIONS) as connection:
        row = connection.execute("select count(*) from audit_events").fetchone()
    assert row == (1,)


def test_words_are_found_in_who_and_in_what_was_or_is_there(admin: Browser) -> None:
    made = admin("POST", "/api/contacts", {"phone": CUSTOMER, "name": "Ana 100%"}).json()
    admin("PATCH", f"/api/contacts/{made['id']}", {"name": "Bea"})
    admin("PATCH", "/api/organizations/current", {"name": "Acme 2"})
    assert len(admin("GET", "/api/audit-log?q=100%25").json()["data"]) == 2
    assert len(admin("GET", "/api/audit-log?q=admin%20KEY").json()["data"]) == 3
    assert admin("GET", "/api/audit-log?q=Zoe").json()["data"] == []
    assert admin("GET", "/api/audit-log?q=Zoe%00").status_code == 422


def test_the_log_is_exported_as_a_sheet_that_runs_nothing(admin: Browser, agent: Browser) -> None:
    admin("PATCH", "/api/organizations/current", {"name": '=cmd("x")'})
    admin("POST", "/api/contacts", {"phone": CUSTOMER, "name": "Ana"})
    answer = admin("GET", "/api/audit-log/export?action=organization")
    head, line, *rest = answer.text.splitlines()
    assert head.startswith("at,actor_kind,")
    assert "organization.updated" in line
    assert "\n=cmd" not in answer.text
    assert rest == []
    assert admin("GET", "/api/audit-log/export?actor_id=x").status_code == 422
    assert agent("GET", "/api/audit-log/export").status_code == 403
