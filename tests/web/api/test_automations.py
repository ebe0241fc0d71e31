"""/api/automations, as other programs use it."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.services import automation_work
from tests.conftest import Business
from tests.services.ingesting import message, receive
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

WELCOME = {
    "name": "Welcome",
    "trigger": {"type": "first_message"},
    "conditions": {"all": [{"field": "language", "op": "ne", "value": "de"}]},
    "actions": [{"type": "note", "text": "A new customer: {{contact.name}}"}],
    "rest_minutes": 60,
}


def test_a_rule_is_made_read_changed_listed_tried_and_removed(
    admin: Browser, business: Business, services: str
) -> None:
    made = admin("POST", "/api/automations", WELCOME)
    assert made.status_code == 201, made.text
    held = made.json()
    assert {name: held[name] for name in WELCOME} == WELCOME
    assert (held["enabled"], held["stops"], held["fired"]) == (True, False, 0)
    address = f"/api/automations/{held['id']}"
    assert admin("GET", address).json() == held
    receive(services, message(1))
    assert automation_work.work() == 1
    (run,) = admin("GET", f"/api/automations/runs?automation_id={held['id']}").json()["data"]
    assert (run["outcome"], run["contact_name"]) == ("done", "Ana")
    assert run["steps"] == [{"type": "note", "problem": ""}]
    assert admin("GET", address).json()["fired"] == 1
    tried = admin("POST", f"{address}/test", {}).json()
    assert (tried["count"], tried["matches"][0]["contact_name"]) == (1, "Ana")
    changed = admin("PATCH", address, {"enabled": False, "conditions": None}).json()
    assert (changed["enabled"], changed["conditions"]) == (False, {"all": []})
    assert admin("GET", "/api/automations").json()["data"] == [changed]
    assert admin("DELETE", address).status_code == 204
    assert admin("GET", "/api/automations/runs").json()["data"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"trigger": {"type": "x"}}, "trigger.type"),
        ({"trigger": 3}, "trigger"),
        ({"conditions": {"all": [{}]}}, "conditions.all.0.field"),
        ({"actions": []}, "actions"),
        ({"actions": [3]}, "actions.0"),
        ({"actions": [{"type": "assign", "user_id": "0" * 32}]}, "actions.0.user_id"),
        ({"actions": [{"type": "webhook", "webhook_id": "0" * 32}]}, "actions.0.webhook_id"),
        ({"rest_minutes": -1}, "rest_minutes"),
        ({"position": 2**40}, "position"),
    ],
)
def test_a_rule_that_cannot_be_names_its_field(
    admin: Browser, change: dict[str, Any], field: str
) -> None:
    assert problem(admin("POST", "/api/automations", {**WELCOME, **change})) == (
        422,
        "invalid",
        field,
    )
    assert admin("GET", "/api/automations").json()["data"] == []


def test_events_of_other_programs_are_about_somebody(
    admin: Browser, make_business: Any, with_key: Any
) -> None:
    told = admin("POST", "/api/automations/events", {"event": "paid", "phone": "+351910000123"})
    assert told.status_code == 202
    talk = told.json()["conversation_id"]
    assert admin("GET", f"/api/conversations/{talk}").status_code == 200
    nobody = admin("POST", "/api/automations/events", {"event": "paid"})
    assert problem(nobody) == (422, "invalid", "conversation_id")
    stranger = with_key(make_business("Globex", "999").admin, "ADMIN")
    theirs = stranger("POST", "/api/automations/events", {"event": "p", "conversation_id": talk})
    assert problem(theirs)[0] == 404
    large = {"event": "paid", "phone": "+351910000123", "data": {"x": "y" * 20_000}}
    assert problem(admin("POST", "/api/automations/events", large)) == (422, "invalid", "data")
