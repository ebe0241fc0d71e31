"""The webhook's door: who gets in, what is kept, and what is said when it cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from botpe_app import db
from botpe_app.web import webhook as door
from botpe_app.whatsapp.signature import sign
from tests.conftest import APP_SECRET, VERIFY_TOKEN, count
from tests.whatsapp import bodies


class Answer:
    """What the door said."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.status: int = events[0]["status"] if events else 0
        self.headers: dict[bytes, bytes] = dict(events[0]["headers"]) if events else {}
        self.body = b"".join(event.get("body", b"") for event in events[1:])


Headers = dict[bytes, bytes]


async def call(method: str, parts: list[bytes], headers: Headers, query: bytes = b"") -> Answer:
    """One request whose body arrives in these parts; without a last part the client leaves."""
    events: list[dict[str, Any]] = []
    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or not method}

    async def send(event: Any) -> None:
        events.append(event)

    scope = {"method": method, "headers": list(headers.items()), "query_string": query}
    await door.webhook(scope, receive, send)
    return Answer(events)


def ask(method: str, *parts: bytes, headers: Headers | None = None, query: bytes = b"") -> Answer:
    return together([(method, list(parts), headers or {}, query)])[0]


def together(requests: list[tuple[str, list[bytes], Headers, bytes]]) -> list[Answer]:
    """All of them at once in one event loop."""

    async def all_of_them() -> list[Answer]:
        answers = await asyncio.gather(*(call(*request) for request in requests))
        await door.intake().close()
        return answers

    return asyncio.run(all_of_them())


def signed(body: bytes, secret: str = APP_SECRET) -> Headers:
    return {b"x-hub-signature-256": sign(secret, body).encode()}


def post(body: bytes) -> Answer:
    return ask("POST", body, headers=signed(body))


def events(url: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        cursor = connection.execute("select * from webhook_events order by id")
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def test_metas_verification_gets_its_challenge_back(database: str) -> None:
    query = f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}"
    answer = ask("GET", query=query.encode())
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.headers[b"content-type"].startswith(b"text/plain")


@pytest.mark.parametrize(
    "query",
    [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=%C3%A9%FF",
        "hub.mode=subscribe&hub.challenge=1",
        f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={VERIFY_TOKEN}",
        f"hub.verify_token={VERIFY_TOKEN}",
        "",
    ],
)
def test_a_wrong_verification_is_forbidden_and_learns_nothing(database: str, query: str) -> None:
    answer = ask("GET", query=query.encode())
    assert answer.status == 403
    assert VERIFY_TOKEN.encode() not in answer.body


def test_without_a_verify_token_of_our_own_nobody_is_verified(
    database: str, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_VERIFY_TOKEN="")
    query = b"hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    assert ask("GET", query=query).status == 403


def test_a_signed_post_is_stored_before_it_is_answered(services: str) -> None:
    answer = post(bodies.SINGLE_MESSAGE)
    assert answer.status == 200
    (event,) = events(services)
    assert event["state"] == "new"
    assert event["kind"] == "message"
    assert event["phone_number_id"] == bodies.NUMBER
    assert event["payload"]["message"]["text"] == {"body": "hi"}
    assert str(event["correlation_id"]).encode() == answer.headers[b"x-correlation-id"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"x-hub-signature-256": b""},
        {b"x-hub-signature-256": b"sha256="},
        {b"x-hub-signature-256": "sha256=é\udcff".encode("utf-8", "surrogatepass")},
        {b"x-hub-signature-256": sign("wrong", bodies.SINGLE_MESSAGE).encode()},
        {b"x-hub-signature-256": sign(APP_SECRET, bodies.SINGLE_MESSAGE)[:-1].encode()},
        {b"x-hub-signature": sign(APP_SECRET, bodies.SINGLE_MESSAGE).encode()},
        signed(bodies.SINGLE_MESSAGE + b"\n"),
    ],
)
def test_a_post_that_is_not_signed_by_us_is_refused_and_leaves_nothing(
    services: str, headers: Headers
) -> None:
    assert ask("POST", bodies.SINGLE_MESSAGE, headers=headers).status == 401
    assert count(services, "webhook_events") == 0


def test_while_secrets_are_rotated_the_old_and_the_new_one_sign(
    services: str, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_APP_SECRET="new-secret, old-secret")
    for secret, status in (("new-secret", 200), ("old-secret", 200), ("older-secret", 401)):
        headers = signed(bodies.SINGLE_MESSAGE, secret)
        assert ask("POST", bodies.SINGLE_MESSAGE, headers=headers).status == status


def test_without_a_secret_of_our_own_nothing_is_let_in(
    services: str, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_APP_SECRET="")
    headers = signed(bodies.SINGLE_MESSAGE, "")
    assert ask("POST", bodies.SINGLE_MESSAGE, headers=headers).status == 401


def test_a_body_in_many_parts_is_put_together(services: str) -> None:
    body = bodies.SINGLE_MESSAGE
    parts = [body[i : i + 50] for i in range(0, len(body), 50)]
    assert ask("POST", *parts, headers=signed(body)).status == 200
    assert count(services, "webhook_events") == 1


def test_three_megabytes_pass_and_a_byte_more_does_not(services: str) -> None:
    filler = bodies.message(text={"body": "x"})
    empty = len(bodies.post(bodies.value(messages=[filler])))
    filler["text"]["body"] = "x" * (door.LARGEST_BODY - empty + 1)
    body = bodies.post(bodies.value(messages=[filler]))
    assert len(body) == door.LARGEST_BODY
    length = {b"content-length": str(len(body)).encode()}
    assert ask("POST", body, headers={**signed(body), **length}).status == 200
    longer = body + b" "
    assert ask("POST", longer, headers=signed(longer)).status == 413
    assert count(services, "webhook_events") == 1


@pytest.mark.parametrize("declared", [b"10", b"", b"many"])
def test_a_length_that_lies_is_not_believed(services: str, declared: bytes) -> None:
    parts = [b"x" * 1024 * 1024] * 4
    assert ask("POST", *parts, headers={b"content-length": declared}).status == 413


def test_a_body_declared_too_large_is_refused_unread(services: str) -> None:
    assert ask("POST", headers={b"content-length": b"9" * 30}).status == 413


def test_a_client_that_leaves_in_the_middle_leaves_nothing(services: str) -> None:
    async def leave() -> Answer:
        receives = iter(
            [
                {"type": "http.request", "body": b"{", "more_body": True},
                {"type": "http.disconnect"},
            ]
        )

        async def receive() -> dict[str, Any]:
            return next(receives)

        said: list[Any] = []

        async def send(event: Any) -> None:
            said.append(event)

        scope = {"method": "POST", "headers": [], "query_string": b""}
        await door.webhook(scope, receive, send)
        return Answer(said)

    assert asyncio.run(leave()).status == 0
    assert count(services, "webhook_events") == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_other_methods_are_named_as_not_allowed(services: str, method: str) -> None:
    answer = ask(method, b"")
    assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, POST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        b"[1,2]",
        b"null",
        b"\x00\xff\xfe",
        b'{"entry":[{"changes":[{"value":{"messages":[{"id":"a\\u0000b"}]},"field":"messages"}]}]}',
        b'{"entry":[{"changes":[{"value":{"x":"\\ud800"},"field":"f\\u0000"}]}]}',
        b'{"entry":' * 3000,
        b'{"object":"whatsapp_business_account","entry":[]}',
    ],
)
def test_any_signed_body_is_kept_and_answered_200(services: str, body: bytes) -> None:
    assert post(body).status == 200
    assert count(services, "webhook_events") == 1


def test_a_redelivery_is_answered_200_and_kept_once(services: str) -> None:
    again = [post(bodies.SINGLE_MESSAGE).status for _ in range(4)]
    assert again == [200] * 4
    assert count(services, "webhook_events") == 1


def test_a_thousand_updates_in_one_post_make_a_thousand_rows(services: str) -> None:
    messages = [bodies.message(id=f"wamid.{number}") for number in range(1000)]
    assert post(bodies.post(bodies.value(messages=messages))).status == 200
    assert count(services, "webhook_events") == 1000
    assert len({event["correlation_id"] for event in events(services)}) == 1


def test_when_the_database_is_away_it_says_503_and_when_to_come_again(
    services: str, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    answer = post(bodies.SINGLE_MESSAGE)
    assert answer.status == 503
    assert int(answer.headers[b"retry-after"]) > 0


def test_redis_being_away_does_not_matter(database: str, configure: Callable[..., None]) -> None:
    configure(DATABASE_URL=database, REDIS_URL="redis://127.0.0.1:1")
    assert post(bodies.SINGLE_MESSAGE).status == 200
    assert count(database, "webhook_events") == 1
