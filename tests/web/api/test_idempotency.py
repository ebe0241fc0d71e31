"""Writes that arrive twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from botpe_app import db
from botpe_app.services import contacts
from tests.conftest import Business, count
from tests.web.api.conftest import CUSTOMER
from tests.web.conftest import Browser

CONTACT = {"phone": CUSTOMER, "name": "Ana"}
KEY = {"Idempotency-Key": "order-1001"}


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(
    admin: Browser, database: str
) -> None:
    first = admin("POST", "/api/contacts", CONTACT, headers=KEY)
    again = admin("POST", "/api/contacts", CONTACT, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert count(database, "contacts") == 1


def test_without_a_key_every_message_is_a_new_one_and_with_it_one(
    admin: Browser, database: str
) -> None:
    body = {
        "to": CUSTOMER,
        "type": "template",
        "template": {"name": "hello", "language": {"code": "en"}},
    }
    for _ in range(2):
        admin("POST", "/api/messages", body)
    assert count(database, "messages") == 2
    answers = [admin("POST", "/api/messages", body, headers=KEY) for _ in range(3)]
    assert {response.status_code for response in answers} == {202}
    assert len({response.json()["id"] for response in answers}) == 1
    assert count(database, "messages") == 3


def test_the_same_json_spelled_otherwise_is_the_same_request(admin: Browser) -> None:
    first = admin("POST", "/api/contacts", CONTACT, headers=KEY)
    spaced = b'{ "name":"\\u0041na",\n "phone": "%s" }' % CUSTOMER.encode()
    assert admin("POST", "/api/contacts", content=spaced, headers=KEY).json() == first.json()


def test_the_same_key_with_another_request_is_a_conflict(admin: Browser, database: str) -> None:
    contact = admin("POST", "/api/contacts", CONTACT, headers=KEY).json()["id"]
    other = {"phone": "+351910000999"}
    for method, path, body in (
        ("POST", "/api/contacts", other),
        ("POST", "/api/contacts?x=1", CONTACT),
        ("PATCH", f"/api/contacts/{contact}", {"name": "Eve"}),
    ):
        refused = admin(method, path, body, headers=KEY)
        assert refused.status_code == 409
        assert refused.json()["error"]["field"] == "Idempotency-Key"
    assert count(database, "contacts") == 1


def test_another_organization_may_use_the_same_key(
    admin: Browser, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    stranger = with_key(make_business("Globex", "999").admin)
    first = admin("POST", "/api/contacts", CONTACT, headers=KEY).json()
    second = stranger("POST", "/api/contacts", CONTACT, headers=KEY)
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]


def test_an_empty_answer_is_given_again_too(admin: Browser) -> None:
    contact = admin("POST", "/api/contacts", CONTACT).json()["id"]
    address = f"/api/contacts/{contact}"
    assert admin("DELETE", address, headers=KEY).status_code == 204
    again = admin("DELETE", address, headers=KEY)
    assert (again.status_code, again.content) == (204, b"")


def test_a_refused_request_may_be_mended_and_sent_with_the_same_key(admin: Browser) -> None:
    assert admin("POST", "/api/contacts", {"phone": "1"}, headers=KEY).status_code == 422
    assert admin("POST", "/api/contacts", CONTACT, headers=KEY).status_code == 201


def test_a_crash_is_not_kept_as_an_answer(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    whole = contacts.create_contact

    def broken(*arguments: Any, **options: Any) -> None:
        whole(*arguments, **options)
        raise RuntimeError("planted")

    monkeypatch.setattr(contacts, "create_contact", broken)
    assert admin("POST", "/api/contacts", CONTACT, headers=KEY).status_code == 500
    assert count(database, "contacts") == count(database, "idempotency_keys") == 0
    monkeypatch.setattr(contacts, "create_contact", whole)
    assert admin("POST", "/api/contacts", CONTACT, headers=KEY).status_code == 201


def test_a_key_lasts_a_day(admin: Browser, database: str) -> None:
    first = admin("POST", "/api/contacts", CONTACT, headers=KEY).json()
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(
            text("update idempotency_keys set created_at = now() - interval '25 hours'")
        )
    other = {"phone": "+351910000999"}
    assert admin("POST", "/api/contacts", other, headers=KEY).json()["id"] != first["id"]
    assert count(database, "idempotency_keys") == 1


def test_twins_that_arrive_at_once_do_the_work_once_and_get_one_answer(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    whole, entered = contacts.create_contact, threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        entered.set()
        threading.Event().wait(0.3)
        return whole(*arguments, **options)

    monkeypatch.setattr(contacts, "create_contact", slow)
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(admin("POST", "/api/contacts", CONTACT, headers=KEY))

    twins = [threading.Thread(target=ask) for _ in range(3)]
    twins[0].start()
    assert entered.wait(5)
    for twin in twins[1:]:
        twin.start()
    for twin in twins:
        twin.join(10)
    assert [response.status_code for response in answers] == [201, 201, 201]
    assert len({response.text for response in answers}) == 1
    assert count(database, "contacts") == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "schlüssel"])
def test_a_key_that_cannot_be_one_is_refused(admin: Browser, key: str, database: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    refused = admin("POST", "/api/contacts", CONTACT, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "Idempotency-Key"
    assert count(database, "contacts") == 0


def test_a_secret_in_an_answer_is_sealed_and_still_given_again(admin: Browser) -> None:
    made = admin("POST", "/api/api-keys", {"name": "CRM"}, headers=KEY).json()
    again = admin("POST", "/api/api-keys", {"name": "CRM"}, headers=KEY).json()
    assert made["api_key"] == again["api_key"]
    with db.transaction() as session:
        db.act_as_system(session)
        kept = session.connection().execute(text("select response from idempotency_keys"))
        assert made["api_key"] not in kept.scalar_one()
