"""One person's data: all of it handed out, none of it left behind; and what plans allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from botpe_app.core.plans import PLANS, Plan
from botpe_app.services import plans
from tests.conftest import Business
from tests.services.ingesting import change
from tests.web.api.conftest import CUSTOMER, problem
from tests.web.conftest import Browser


def test_everything_held_of_a_person_is_handed_out_to_admins(
    admin: Browser, agent: Browser, conversation: str
) -> None:
    contact = admin("GET", f"/api/conversations/{conversation}").json()["contact"]["id"]
    note = {"text": "She likes blue"}
    assert admin("POST", f"/api/conversations/{conversation}/notes", note).status_code == 201
    address = f"/api/contacts/{contact}/data"
    answer = admin("GET", address)
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert data["contacts"][0]["phone"] == CUSTOMER
    assert data["conversations"][0]["id"] == conversation
    assert {"messages", "notes", "contact_identities", "audit_events"} <= set(data)
    assert data["notes"][0]["text"] == "She likes blue"
    assert "message_words" not in data
    assert agent("GET", address).status_code == 403
    (event,) = admin("GET", "/api/audit-log?action=contact.exported").json()["data"]
    assert event["subject_id"] == contact


def test_nobody_who_is_erased_lives_on_in_the_audit_log(admin: Browser) -> None:
    made = admin("POST", "/api/contacts", {"phone": CUSTOMER, "name": "Ana Ruiz"}).json()["id"]
    kept = {"phone": "+351910000999", "name": "Bea"}
    admin("POST", "/api/contacts", kept)
    admin("PATCH", f"/api/contacts/{made}", {"name": "Ana Roiz", "email": "ana@example.com"})
    assert admin("DELETE", f"/api/contacts/{made}?erase=true").status_code == 204
    answer = admin("GET", f"/api/audit-log?subject_id={made}")
    events = answer.json()["data"]
    actions = [event["action"] for event in events]
    assert actions == ["contact.deleted", "contact.updated", "contact.created"]
    for trace in ("Ana", "ana@example.com", CUSTOMER):
        assert trace not in answer.text
    assert set(events[1]["after"].values()) == {"***"}
    assert "Bea" in admin("GET", "/api/audit-log?action=contact").text


@pytest.fixture
def small(business: Business, services: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The organization has a plan of one contact, one message and no AI."""
    monkeypatch.setitem(PLANS, "FREE", Plan(contacts=1, messages=1, ai_usd=0))
    change(services, "update organizations set plan = 'FREE'")


def test_a_plan_limits_contacts_however_they_come(small: None, admin: Browser) -> None:
    assert admin("POST", "/api/contacts", {"phone": CUSTOMER}).status_code == 201
    more = {"phone": "+351910000124"}
    assert problem(admin("POST", "/api/contacts", more))[:2] == (409, "conflict")
    csv = {"content-type": "text/csv"}
    sheet = f"phone,name\n{CUSTOMER},Ana\n"
    assert admin("POST", "/api/contacts/import", content=sheet, headers=csv).status_code == 200
    sheet = "phone,name\n+351910000125,Bea\n"
    refused = admin("POST", "/api/contacts/import", content=sheet, headers=csv)
    assert refused.status_code == 409
    assert len(admin("GET", "/api/contacts").json()["data"]) == 1


def test_a_plan_limits_the_messages_of_a_month(small: None, admin: Browser, services: str) -> None:
    template = {"name": "hello", "language": {"code": "en"}}
    message = {"to": CUSTOMER, "type": "template", "template": template}
    assert admin("POST", "/api/messages", message).status_code == 202
    assert problem(admin("POST", "/api/messages", message))[:2] == (409, "conflict")
    change(services, "update messages set created_at = now() - interval '40 days'")
    assert admin("POST", "/api/messages", message).status_code == 202


def test_a_plan_caps_what_agents_may_cost(
    small: None, business: Business, make_business: Callable[..., Business]
) -> None:
    from decimal import Decimal

    from tests.acting import within

    assert within(business.admin, plans.ai_budget, Decimal(50)) == 0
    assert within(make_business("Globex", "999").admin, plans.ai_budget, Decimal(50)) == 50
