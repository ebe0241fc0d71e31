"""Sending, and the inbox: what other programs rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from botpe_app import db
from tests.conftest import Business
from tests.web.api.conftest import CUSTOMER, RFC3339, customer_wrote, problem
from tests.web.conftest import Browser

HELLO = {"type": "text", "text": {"body": "Hello!"}}
TEMPLATE = {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}


def test_a_message_to_a_number_is_queued(admin: Browser) -> None:
    response = admin("POST", "/api/messages", {"to": CUSTOMER, **TEMPLATE})
    assert response.status_code == 202
    queued = response.json()
    assert queued["status"] == "queued"
    message = admin("GET", f"/api/messages/{queued['id']}").json()
    assert (message["direction"], message["type"]) == ("outgoing", "template")
    assert message["sent_by"]["kind"] == "api"
    assert message["error"] is None
    assert message["conversation_id"] == queued["conversation_id"]
    assert RFC3339.fullmatch(message["created_at"])


def test_outside_the_window_only_a_template_may_be_sent(admin: Browser, conversation: str) -> None:
    to = {"to": CUSTOMER}
    assert admin("POST", "/api/messages", {**to, **HELLO}).status_code == 202
    customer_wrote(conversation, datetime.now(UTC) - timedelta(hours=25))
    for address, body in (
        ("/api/messages", {**to, **HELLO}),
        (f"/api/conversations/{conversation}/messages", HELLO),
    ):
        assert problem(admin("POST", address, body)) == (422, "window_closed", None)
    assert admin("POST", "/api/messages", {**to, **TEMPLATE}).status_code == 202


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": CUSTOMER, "type": "smoke_signal", "smoke_signal": {}}, "type"),
        ({"to": CUSTOMER, "type": "context"}, "type"),
        ({"to": CUSTOMER, "type": "to"}, "type"),
        ({"to": CUSTOMER, "type": 7}, "type"),
        ({"to": CUSTOMER, "type": "text"}, "text"),
        ({"to": CUSTOMER, "type": "text", "text": {}}, "text.body"),
        ({"to": CUSTOMER, "type": "text", "text": {"body": "x" * 4097}}, "text.body"),
        ({"to": "nobody", **TEMPLATE}, "to"),
        ({**TEMPLATE}, "to"),
        ({"to": CUSTOMER, "context": {}, **TEMPLATE}, "context.message_id"),
    ],
)
def test_a_message_that_cannot_be_sent_names_its_field_and_leaves_nothing(
    admin: Browser, body: dict[str, Any], field: str
) -> None:
    assert problem(admin("POST", "/api/messages", body)) == (422, "invalid", field)
    assert admin("GET", "/api/conversations").json()["data"] == []


def test_with_two_numbers_the_sending_one_must_be_named(admin: Browser, business: Business) -> None:
    more = {
        "waba_id": "1",
        "phone_number_id": "42",
        "phone": "+351910000001",
        "token": "EAAsecret1234",
    }
    admin("POST", "/api/whatsapp/accounts", more)
    body = {"to": CUSTOMER, **TEMPLATE}
    assert problem(admin("POST", "/api/messages", body)) == (422, "invalid", "account_id")
    named = {**body, "account_id": str(business.account_id)}
    assert admin("POST", "/api/messages", named).status_code == 202
    assert admin("POST", "/api/messages", {**body, "account_id": "nope"}).status_code == 404


def test_a_conversation_has_the_promised_fields(admin: Browser, conversation: str) -> None:
    (item,) = admin("GET", "/api/conversations").json()["data"]
    assert item["id"] == conversation
    assert set(item["contact"]) == {"id", "name", "phone"}
    assert item["contact"]["phone"] == CUSTOMER
    assert (item["status"], item["assignee"], item["unread_count"]) == ("open", None, 0)
    assert RFC3339.fullmatch(item["window_closes_at"])
    assert (item["bot_id"], item["tags"]) == (None, [])
    assert isinstance(item["last_message"], str)
    assert admin("GET", f"/api/conversations/{conversation}").json() == item


def test_conversations_are_filtered(admin: Browser, business: Business, conversation: str) -> None:
    me = str(business.agent.user_id)
    admin("PATCH", f"/api/conversations/{conversation}", {"assignee": me, "tags": ["late"]})
    hits = (
        "",
        "status=open",
        f"assignee={me}",
        "tag=late",
        "q=0123",
        f"account_id={business.account_id}",
    )
    misses = ("status=closed", "assignee=none", "tag=early", "q=Zoe", f"account_id={me}")
    for query in hits:
        assert len(admin("GET", f"/api/conversations?{query}").json()["data"]) == 1, query
    for query in misses:
        assert admin("GET", f"/api/conversations?{query}").json()["data"] == [], query
    for query, field in (
        ("status=odd", "status"),
        ("assignee=x", "assignee"),
        ("cursor=x", "cursor"),
    ):
        assert problem(admin("GET", f"/api/conversations?{query}")) == (422, "invalid", field)


def test_a_conversation_is_changed_in_one_go_or_not_at_all(
    admin: Browser, business: Business, conversation: str
) -> None:
    address = f"/api/conversations/{conversation}"
    me = str(business.agent.user_id)
    changed = admin(
        "PATCH", address, {"status": "pending", "assignee": me, "tags": ["late"]}
    ).json()
    assert (changed["status"], changed["assignee"], changed["tags"]) == ("pending", me, ["late"])
    assert changed["assignee_name"] == "Agent"
    refused = admin("PATCH", address, {"status": "closed", "assignee": str(business.account_id)})
    assert problem(refused) == (422, "invalid", "assignee")
    assert admin("GET", address).json() == changed
    assert admin("PATCH", address, {"assignee": None}).json()["assignee"] is None


def test_a_thread_is_read_newest_first_and_reading_marks_nothing_read(
    admin: Browser, conversation: str
) -> None:
    address = f"/api/conversations/{conversation}"
    for body in ("one", "two"):
        sent = admin("POST", f"{address}/messages", {"type": "text", "text": {"body": body}})
        assert sent.status_code == 202
        assert set(sent.json()) >= {"id", "status", "conversation_id"}
    page = admin("GET", f"{address}/messages?limit=2").json()
    assert [message["content"]["body"] for message in page["data"]] == ["two", "one"]
    rest = admin("GET", f"{address}/messages?cursor={page['next']}").json()
    assert [message["type"] for message in rest["data"]] == ["template"]
    assert rest["next"] is None


def test_an_answer_may_quote_a_message(admin: Browser, conversation: str) -> None:
    body = {**HELLO, "context": {"message_id": "wamid.1"}}
    sent = admin("POST", f"/api/conversations/{conversation}/messages", body).json()
    assert admin("GET", f"/api/messages/{sent['id']}").json()["reply_to"] == "wamid.1"


def test_notes_assignment_tags_and_handing_over(
    admin: Browser, business: Business, conversation: str
) -> None:
    address = f"/api/conversations/{conversation}"
    note = admin("POST", f"{address}/notes", {"text": "Call back"})
    assert note.status_code == 201
    assert admin("GET", f"{address}/notes").json()["data"] == [note.json()]
    assert problem(admin("POST", f"{address}/notes", {"text": " "})) == (422, "invalid", "text")
    me = str(business.agent.user_id)
    for given in ({"assignee": me}, {"user_id": me}):
        assert admin("POST", f"{address}/assign", given).json()["assignee"] == me
    assert admin("POST", f"{address}/assign", {"assignee": None}).json()["assignee"] is None
    assert problem(admin("POST", f"{address}/assign", {})) == (422, "invalid", "assignee")
    assert admin("POST", f"{address}/tags", {"tags": ["a", "b"]}).json()["tags"] == ["a", "b"]
    assert admin("POST", f"{address}/handoff").json()["owner"] == "human"
    assert problem(admin("POST", f"{address}/resume-bot")) == (409, "conflict", None)


def test_a_message_carries_the_id_of_the_request_that_asked_for_it(
    admin: Browser, database: str
) -> None:
    asked = str(uuid4())
    body = {"to": CUSTOMER, **TEMPLATE}
    admin("POST", "/api/messages", body, headers={"X-Request-Id": asked})
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        row = connection.execute("select correlation_id from messages").fetchone()
    assert row is not None
    assert str(row[0]) == asked


@pytest.mark.parametrize(
    ("status", "told"), [("uncertain", True), ("failed", True), ("sent", False)]
)
def test_a_message_says_why_it_is_not_surely_sent(
    admin: Browser, conversation: str, status: str, told: bool
) -> None:
    sent = admin("POST", f"/api/conversations/{conversation}/messages", HELLO).json()
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().exec_driver_sql(
            "update messages set status = %s, error_title = 'The answer was lost',"
            " error_details = 'Connection reset' where id = %s",
            (status, sent["id"]),
        )
    why = {"code": 0, "title": "The answer was lost", "details": "Connection reset"}
    assert admin("GET", f"/api/messages/{sent['id']}").json()["error"] == (why if told else None)


def test_an_uncertain_message_is_sent_again_once_and_only_by_a_person(
    admin: Browser, agent: Browser, conversation: str
) -> None:
    sent = admin("POST", f"/api/conversations/{conversation}/messages", HELLO).json()
    address = f"/api/messages/{sent['id']}/resend"
    assert problem(admin("POST", address))[:2] == (409, "conflict")  # it has not even left
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().exec_driver_sql(
            "update messages set status = 'uncertain' where id = %s", (sent["id"],)
        )
    again = agent("POST", address)
    assert again.status_code == 202
    assert again.json()["id"] != sent["id"]
    assert agent("POST", address).json() == again.json()
    message = admin("GET", f"/api/messages/{again.json()['id']}").json()
    assert (message["status"], message["content"]["body"]) == ("queued", "Hello!")
    assert admin("POST", f"/api/messages/{uuid4()}/resend").status_code == 404
