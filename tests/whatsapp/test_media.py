"""Files from and to WhatsApp, and where its token may go."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from botpe_app.errors import Invalid, Unavailable
from botpe_app.whatsapp.client import GraphRefused
from botpe_app.whatsapp.media import GraphFiles, Progress, RemoteFile

Answer = Callable[[httpx.Request], httpx.Response]
Make = Callable[[Answer], GraphFiles]
CDN = "https://lookaside.fbsbx.com/a"
EXPIRED = {"error": {"code": 100, "message": "expired"}}


@pytest.fixture
def client() -> Iterator[Make]:
    """Makes a real client whose other end is a plain function."""
    made: list[GraphFiles] = []

    def make(answer: Answer) -> GraphFiles:
        transport = httpx.MockTransport(answer)
        made.append(GraphFiles("https://graph.example", "v25.0", "EAAx", transport=transport))
        return made[-1]

    yield make
    for each in made:
        each.__exit__(None, None, None)


def remote(url: str = CDN, content: bytes = b"hello", sha256: str | None = None) -> RemoteFile:
    digest = hashlib.sha256(content).hexdigest() if sha256 is None else sha256
    return RemoteFile("77", url, "text/plain", digest, len(content))


def sending(content: bytes, status: int = 200) -> Answer:
    return lambda request: answering(status, content)


def answering(status: int, content: bytes) -> httpx.Response:
    """An answer whose bytes come as from a socket."""
    return httpx.Response(status, content=iter([content]))


def fetched(files: GraphFiles, file: RemoteFile, **options: Any) -> bytes:
    into = io.BytesIO()
    files.download(file, into, **options)
    return into.getvalue()


@pytest.mark.parametrize("content", [b"PNGDATA", io.BytesIO(b"PNGDATA")])
def test_a_file_is_uploaded_with_its_name_and_type(client: Make, content: Any):
    def answer(request: httpx.Request) -> httpx.Response:
        body = request.read()
        assert request.url.path == "/v25.0/106/media"
        assert request.headers["Content-Length"] == str(len(body))
        for part in (b"image/png", b"a.png", b"PNGDATA", b"whatsapp"):
            assert part in body
        return httpx.Response(200, json={"id": "77"})

    assert client(answer).upload("106", "a.png", "image/png", content) == "77"


def test_an_upload_without_an_id_is_no_upload(client: Make):
    with pytest.raises(Unavailable, match="no id"):
        client(lambda request: httpx.Response(200, json={})).upload("106", "a", "image/png", b"x")


@pytest.mark.parametrize("spelled", [bytes.hex, lambda raw: base64.b64encode(raw).decode()])
def test_a_checksum_is_read_however_it_is_spelled(client: Make, spelled: Callable[[bytes], str]):
    raw = hashlib.sha256(b"hello").digest()
    told = {"url": CDN, "sha256": spelled(raw), "file_size": "5", "mime_type": "image/png"}
    found = client(lambda request: httpx.Response(200, json=told)).describe("77")
    assert found == RemoteFile("77", CDN, "image/png", raw.hex(), 5)


def test_what_is_not_told_of_a_file_is_unknown(client: Make):
    found = client(lambda request: httpx.Response(200, json={"sha256": "?"})).describe("77")
    assert found == RemoteFile("77", "", "", "", None)


@pytest.mark.parametrize(
    "url", [CDN, "https://scontent.xx.fbcdn.net/a", "https://graph.example/media/1"]
)
def test_a_file_is_fetched_from_whatsapps_hosts(client: Make, url: str):
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer EAAx"
        assert request.headers["Accept-Encoding"] == "identity"
        return answering(200, b"hello")

    assert fetched(client(answer), remote(url)) == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "https://evillookaside.fbsbx.com.example/a",
        "https://xlookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com@evil.example/a",
        "https://lookaside.fbsbx.com\\@evil.example/a",
        "https://evil.example#@lookaside.fbsbx.com/a",
        "https://look\naside.fbsbx.com/a",
        "http://lookaside.fbsbx.com/a",
        "http://graph.example/media/1",
        "https://graph.example:8443/media/1",
        "https://fbcdn.net.evil.example/a",
        "https://[::1",
        "//lookaside.fbsbx.com/a",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_token_never_goes_to_another_host(client: Make, url: str):
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    with pytest.raises(Invalid) as refused:
        fetched(client(never), remote(url))
    assert refused.value.field == "url"


def test_a_redirect_is_not_followed(client: Make):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        elsewhere = {"Location": "https://evil.example/a"}
        return httpx.Response(302, headers=elsewhere, content=iter([b""]))

    with pytest.raises(Unavailable):
        fetched(client(answer), remote())
    assert asked == [CDN]


def test_a_damaged_file_may_be_tried_again_and_an_unknown_checksum_is_taken(client: Make):
    with pytest.raises(Unavailable, match="damaged"):
        fetched(client(sending(b"hellO")), remote())
    assert fetched(client(sending(b"hellO")), remote(sha256="")) == b"hellO"


def test_a_file_too_large_is_given_up_while_it_arrives(client: Make):
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield bytes(64 * 1024)

    with pytest.raises(Invalid) as refused:
        fetched(
            client(lambda request: httpx.Response(200, content=endless())),
            remote(),
            largest=200_000,
        )
    assert refused.value.field == "file_size"
    assert given < 8
    assert fetched(client(sending(b"hello")), remote(), largest=5) == b"hello"


def test_progress_is_told_and_can_stop_it(client: Make):
    content = bytes(200_000)
    seen: list[tuple[int, int | None]] = []
    tell: Progress = lambda received, size: seen.append((received, size))  # noqa: E731
    fetched(client(sending(content)), remote(content=content), progress=tell)
    assert seen == sorted(seen)
    assert seen[-1] == (200_000, 200_000)

    def stop(received: int, size: int | None) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fetched(client(sending(content)), remote(content=content), progress=stop)


class Expiring:
    """WhatsApp whose first `stale` addresses have expired by the time they are used."""

    def __init__(self, stale: int, status: int = 404) -> None:
        self.stale, self.status, self.described = stale, status, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.example":
            self.described += 1
            address = f"{CDN}?n={self.described}"
            digest = hashlib.sha256(b"hello").hexdigest()
            return httpx.Response(200, json={"url": address, "sha256": digest})
        if int(request.url.params["n"]) <= self.stale:
            return answering(self.status, json.dumps(EXPIRED).encode())
        return answering(200, b"hello")


def test_an_expired_address_is_asked_for_anew(client: Make):
    whatsapp, into = Expiring(stale=1), io.BytesIO()
    found = client(whatsapp).fetch("77", into)
    assert found.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert (into.getvalue(), whatsapp.described) == (b"hello", 2)


@pytest.mark.parametrize(("stale", "status", "asked"), [(2, 404, 2), (1, 500, 1), (1, 401, 1)])
def test_another_refusal_is_told_not_returned_as_a_file(
    client: Make, stale: int, status: int, asked: int
):
    whatsapp, into = Expiring(stale, status), io.BytesIO()
    with pytest.raises(GraphRefused):
        client(whatsapp).fetch("77", into)
    assert (into.getvalue(), whatsapp.described) == (b"", asked)


def test_a_checksum_that_only_the_webhook_told_counts_too(client: Make):
    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.host == "graph.example"
        return httpx.Response(200, json={"url": CDN}) if asked else answering(200, b"hello")

    told = hashlib.sha256(b"hello").hexdigest()
    assert client(answer).fetch("77", io.BytesIO(), sha256=told).sha256 == told
    with pytest.raises(Unavailable, match="damaged"):
        client(answer).fetch("77", io.BytesIO(), sha256="0" * 64)


def test_a_refusal_without_words_and_a_broken_connection_are_unavailable(client: Make):
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    for answer in (broken, sending(b"<html>", 502), sending(b"part", 206)):
        with pytest.raises(Unavailable):
            fetched(client(answer), remote())
