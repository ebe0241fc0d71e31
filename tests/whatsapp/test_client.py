import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from botpe_app.errors import Invalid, Unavailable
from botpe_app.whatsapp.client import GraphClient, GraphRefused, Media

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


def test_a_file_is_uploaded_with_its_type(client: Make):
    def answer(request: httpx.Request) -> httpx.Response:
        content = request.read()
        assert request.url.path == "/v25.0/106/media"
        assert b"image/png" in content
        assert b"PNGDATA" in content
        return httpx.Response(200, json={"id": "77"})

    assert client(answer).upload("106", "a.png", "image/png", b"PNGDATA") == "77"


def media(url: str, content: bytes = b"hello") -> Media:
    return Media("77", url, "text/plain", hashlib.sha256(content).hexdigest(), len(content))


def sending(content: bytes) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, content=content)


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/a",
        "https://scontent.xx.fbcdn.net/a",
        "https://graph.example/media/1",
    ],
)
def test_a_file_is_fetched_from_whatsapps_hosts(client: Make, url: str):
    assert client(sending(b"hello")).download(media(url)) == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "https://evillookaside.fbsbx.com.example/a",
        "https://xlookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com@evil.example/a",
        "http://lookaside.fbsbx.com/a",
        "http://graph.example/media/1",
        "https://fbcdn.net.evil.example/a",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_token_never_goes_to_another_host(client: Make, url: str):
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    with pytest.raises(Invalid):
        client(never).download(media(url))


def test_a_damaged_or_oversized_file_is_refused(client: Make):
    url = "https://lookaside.fbsbx.com/a"
    with pytest.raises(Invalid, match="damaged"):
        client(sending(b"hellO")).download(media(url))
    with pytest.raises(Invalid, match="larger"):
        client(sending(b"hello")).download(media(url), largest=4)
    assert client(sending(b"hello")).download(media(url), largest=5) == b"hello"


def test_an_expired_file_is_refused_not_returned(client: Make):
    expired = saying({"error": {"code": 100, "message": "expired"}}, 404)
    with pytest.raises(GraphRefused):
        client(expired).download(media("https://lookaside.fbsbx.com/a"))


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
