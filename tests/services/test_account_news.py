"""Webhooks about groups, Flows and the like, kept for the page of the number."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.whatsapp.payloads import news
from tests.conftest import Business
from tests.services.ingesting import change, events, one, receive, rows
from tests.whatsapp import bodies

LINES = "select field, text from account_news order by id"


def post(field: str, **value: Any) -> bytes:
    return bodies.post(bodies.value(**value), field=field)


@pytest.mark.parametrize("field", sorted(news.FIELDS))
def test_each_is_kept_once_and_breaks_nothing(
    services: str, business: Business, field: str
) -> None:
    told = {"group_id": "G1", "type": "group_create", "subject": "Regulars"}
    body = post(field, groups=[told], flow_id="7", event="X")
    receive(services, body, body, post(field, groups=None))
    assert {state for state, _ in events(services)} == {"handled"}
    assert {row["field"] for row in rows(services, LINES)} == {field}
    assert len(rows(services, LINES)) == 2


def test_news_of_a_business_account_is_every_number_of_it(
    services: str, business: Business
) -> None:
    value = {"groups": [{"group_id": "G1", "type": "group_suspend"}]}
    receive(services, bodies.post(value, field="group_status_update", waba=business.waba_id))
    assert [row["text"] for row in rows(services, LINES)] == ["Group G1: WhatsApp has suspended it"]


def test_news_of_a_stranger_is_ignored(services: str, business: Business) -> None:
    change(services, "update whatsapp_accounts set waba_id = '1', phone_number_id = '1'")
    receive(services, post("flows", flow_id="7"))
    assert [state for state, _ in events(services)] == ["ignored"]
    assert rows(services, LINES) == []


def test_a_flow_that_is_blocked_is_a_problem_until_it_is_published_again(
    services: str, business: Business
) -> None:
    receive(services, post("flows", flow_id="7", new_status="BLOCKED"))
    assert one(services, "select title from account_notices")["title"] == "Flow 7 is blocked"
    receive(services, post("flows", flow_id="7", new_status="PUBLISHED", old_status="BLOCKED"))
    assert rows(services, "select title from account_notices") == []


def test_contacts_of_the_business_app_become_contacts(services: str, business: Business) -> None:
    def sync(name: str, number: str, action: str) -> dict[str, Any]:
        contact = {"full_name": name, "phone_number": number}
        return {"type": "contact", "contact": contact, "action": action}

    told = [sync("Ana", "34612345678", "add"), sync("Bea", "34612345679", "remove"), {}, "x"]
    receive(services, post("smb_app_state_sync", state_sync=told))
    found = rows(services, "select name, phone from contacts")
    assert [(row["name"], row["phone"]) for row in found] == [("Ana", "+34612345678")]
