import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from botpe_app.errors import Unavailable
from botpe_app.whatsapp.client import GraphClient, GraphRefused

Json = dict[str, Any]
Make = Callable[[Callable[[httpx.Request], httpx.Response]], GraphClient]


@pytest.fixture
def client() -> Iterator[Make]:
    """Makes a real client whose other end is a plain function."""
    made: list[GraphClient] = []

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> GraphClient:
        transport = httpx.MockTransport(answer)
        made.append(GraphClient("https://graph.example", "v25.0", "EAAx", transport=transport))
        return made[-1]

    yield make
    for each in made:
        each.__exit__(None, None, None)


def saying(body: object, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, json=body)


def test_a_numbers_fields_are_read_and_what_is_missing_is_unknown(client: Make):
    full = {
        "id": "106",
        "display_phone_number": "+1 555",
        "verified_name": "Acme",
        "quality_rating": "GREEN",
        "throughput": {"level": "HIGH"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
    }
    number = client(saying(full)).phone_number("106")
    assert (number.verified_name, number.messages_per_second) == ("Acme", 1000)
    assert number.messaging_limit == "TIER_2K"
    for little in ({}, {"throughput": None, "quality_rating": 7}, {"throughput": {"level": "NEW"}}):
        bare = client(saying(little)).phone_number("106")
        assert bare.id == "106"
        assert bare.messages_per_second is None
        assert bare.verified_name == ""


def test_a_field_the_version_lacks_is_left_out_of_the_question(client: Make):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.query.decode())
        if "fields" in asked[-1]:
            return httpx.Response(400, json={"error": {"code": 100, "message": "no such field"}})
        return httpx.Response(200, json={"id": "106", "verified_name": "Acme"})

    assert client(answer).phone_number("106").verified_name == "Acme"
    assert len(asked) == 2


def test_a_number_out_of_reach_is_refused_in_plain_words(client: Make):
    gone = {"error": {"code": 100, "error_subcode": 33, "message": "Object does not exist"}}
    with pytest.raises(GraphRefused) as refusal:
        client(saying(gone, 400)).phone_number("106")
    assert refusal.value.refused.subcode == 33
    assert "does not know this number" in refusal.value.message


def test_the_token_travels_in_the_header(client: Make):
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer EAAx"
        assert request.url.path == "/v25.0/106"
        assert "EAAx" not in str(request.url)
        return httpx.Response(200, json={})

    assert client(answer).phone_number("106").status == ""


def test_templates_are_read_page_after_page(client: Make):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("after") == "c1":
            return httpx.Response(200, json={"data": [{"name": "b", "quality_score": None}]})
        paging = {"cursors": {"after": "c1"}, "next": "https://x"}
        first = {"name": "a", "language": "en", "quality_score": {"score": "GREEN"}}
        return httpx.Response(200, json={"data": [first, 7], "paging": paging})

    found = list(client(answer).templates("w"))
    assert [(t.name, t.language, t.quality) for t in found] == [("a", "en", "GREEN"), ("b", "", "")]


def test_a_list_that_repeats_its_cursor_ends(client: Make):
    page = {"data": [{"name": "a"}], "paging": {"cursors": {"after": "c"}, "next": "https://x"}}
    assert len(list(client(saying(page)).templates("w"))) == 2


def test_reading_and_typing_are_told(client: Make):
    told: list[Json] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append(json.loads(request.content))
        return httpx.Response(200, json={"success": True})

    client(answer).mark_read("106", "wamid.1", typing=True)
    assert told[0]["status"] == "read"
    assert told[0]["typing_indicator"] == {"type": "text"}


@pytest.mark.parametrize(("status", "body"), [(502, b"<html>"), (500, b""), (302, b"")])
def test_no_answer_is_unavailable(client: Make, status: int, body: bytes):
    silent = client(lambda request: httpx.Response(status, content=body))
    with pytest.raises(Unavailable):
        silent.subscribe("w")


def test_a_broken_connection_is_unavailable(client: Make):
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unavailable, match="does not answer"):
        client(broken).is_subscribed("w")


def test_an_expired_token_says_what_to_do(client: Make):
    expired = {"error": {"code": 190, "error_subcode": 463, "message": "Session has expired"}}
    with pytest.raises(GraphRefused, match="Enter a new access token"):
        client(saying(expired, 401)).subscribe("w")
