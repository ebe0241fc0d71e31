"""What a client can spell that should not be: always a clear refusal, never a crash."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import pytest

from tests.web.api.conftest import CUSTOMER
from tests.web.conftest import Browser

DEEP = b'{"phone": "+351910000123", "custom_fields": {"a": %s}}'
BODIES = {
    "not json": b"{",
    "form": b"phone=%2B351910000123",
    "not utf-8": b'{"phone": "\xff"}',
    "lone surrogate": b'{"phone": "+351910000123", "name": "\\ud800"}',
    "NUL": b'{"phone": "+351910000123", "name": "a\\u0000b"}',
    "NUL deep down": b'{"phone": "+351910000123", "custom_fields": {"a": [{"b": "\\u0000"}]}}',
    "NUL in a name": b'{"phone": "+351910000123", "custom_fields": {"a\\u0000": 1}}',
    "NaN": b'{"phone": "+351910000123", "custom_fields": {"a": NaN}}',
    "infinite": DEEP % b"1e999",
    "ten thousand digits": DEEP % (b"9" * 10_000),
    "deep lists": DEEP % (b"[" * 100_000 + b"]" * 100_000),
    "deep objects": DEEP % (b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "a string": b'"hello"',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_kept_is_refused_and_nothing_is_kept(
    admin: Browser, body: bytes
) -> None:
    response = admin("POST", "/api/contacts", content=body)
    assert response.status_code == 422, response.text
    assert response.json()["error"]["code"] == "invalid"
    assert admin("GET", "/api/contacts").json()["data"] == []


def test_the_refused_field_is_named_by_its_path(admin: Browser) -> None:
    response = admin("POST", "/api/contacts", content=BODIES["NUL deep down"])
    assert response.json()["error"]["field"] == "custom_fields.a.0.b"


@pytest.mark.parametrize(
    "value", [2**63, -(2**70), 10**400, "x" * 10_000, "\u202e😀", {"a": [{"b": [None]}]}]
)
def test_odd_but_sound_values_are_kept_as_they_are(admin: Browser, value: object) -> None:
    body = {"phone": CUSTOMER, "custom_fields": {"odd": value}}
    made = admin("POST", "/api/contacts", body)
    assert made.status_code == 201, made.text
    again = admin("GET", f"/api/contacts/{made.json()['id']}").json()
    assert again["custom_fields"]["odd"] == value


@pytest.mark.parametrize(
    "query",
    ["q=%00", "tag=%00", "q=%ff", "q=%25_%5C", "cursor=%00", "cursor=%F0%9F%98%80", "limit=%00"],
)
def test_no_query_is_a_crash(admin: Browser, query: str) -> None:
    for path in ("/api/contacts", "/api/conversations"):
        assert admin("GET", f"{path}?{query}").status_code in (200, 422)


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30, -1, 0])
def test_numbers_beyond_what_a_column_holds_are_refused_by_name(
    admin: Browser, number: int
) -> None:
    account = admin("GET", "/api/whatsapp/accounts").json()["data"][0]["id"]
    change = {"messages_per_second": number}
    response = admin("PATCH", f"/api/whatsapp/accounts/{account}", change)
    assert response.status_code == 422
    assert response.json()["error"]["field"] == "messages_per_second"


def test_a_body_over_one_megabyte_is_413_whether_it_says_so_or_not(admin: Browser) -> None:
    large = json.dumps({"phone": CUSTOMER, "name": "x" * 1_100_000}).encode()

    async def in_parts() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    for content in (large, in_parts()):
        response = admin("POST", "/api/contacts", content=content)
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"


def test_just_under_one_megabyte_is_read(admin: Browser) -> None:
    body = {"phone": CUSTOMER, "unknown": "x" * 1_000_000}
    assert admin("POST", "/api/contacts", body).status_code == 201


def test_json_may_come_under_another_content_type(admin: Browser) -> None:
    body = json.dumps({"phone": CUSTOMER}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}  # what curl says unasked
    assert admin("POST", "/api/contacts", content=body, headers=headers).status_code == 201


def test_a_database_that_does_not_answer_is_503_in_the_envelope(
    admin: Browser, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql://botpe@127.0.0.1:1/none")
    response = admin("GET", "/api/contacts")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "unavailable"
