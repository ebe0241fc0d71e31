"""Files by HTTP: streamed in, checked, kept once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from botpe_app.web.api import media as resource
from tests import samples
from tests.conftest import Business, count
from tests.web.api.conftest import problem
from tests.web.api.uploading import send, stored, uploaded
from tests.web.conftest import Browser, browser


def test_an_upload_says_what_it_is_and_comes_back_byte_for_byte(agent: Browser):
    photo = samples.picture()
    response = send(agent, photo)
    said = response.json()
    assert response.status_code == 201
    assert (said["kind"], said["mime_type"], said["size"]) == ("image", "image/jpeg", len(photo))
    assert (said["filename"], said["url"]) == ("beach.jpg", f"/api/media/{said['id']}")
    back = agent("GET", said["url"])
    assert back.content == photo
    assert back.headers["content-type"] == "image/jpeg"
    assert back.headers["content-length"] == str(len(photo))
    assert back.headers["content-disposition"].startswith('inline; filename="beach.jpg"')


def test_an_upload_can_be_sent_and_is_shown_with_its_message(agent: Browser, conversation: str):
    file = send(agent, samples.PDF, "Invoice 7.pdf").json()
    path = f"/api/conversations/{conversation}/messages"
    sent = agent("POST", path, {"type": "document", "document": {"id": file["id"]}})
    assert sent.status_code == 202
    content = agent("GET", f"/api/messages/{sent.json()['id']}").json()["content"]
    assert (content["id"], content["filename"]) == (file["id"], "Invoice 7.pdf")
    assert content["media"]["url"] == file["url"]
    wrong = agent("POST", path, {"type": "image", "image": {"id": file["id"]}})
    assert problem(wrong) == (422, "invalid", "image.id")


@pytest.mark.parametrize(
    ("content", "about"),
    [
        (b"", {}),
        (samples.PDF, {"kind": "image"}),
        (samples.SVG, {"kind": "image", "claimed": "image/png"}),
        (samples.picture(), {"kind": "hologram"}),
    ],
)
def test_what_whatsapp_would_not_take_is_422_and_leaves_nothing(
    agent: Browser, database: str, tmp_path: Path, content: bytes, about: Any
):
    field = "kind" if about.get("kind") == "hologram" else "file"
    assert problem(send(agent, content, **about)) == (422, "invalid", field)
    assert count(database, "media") == 0
    assert stored(tmp_path) == []


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"file": "x"}},
        {"content": b"file"},
        {"files": {"other": ("a.txt", b"x")}},
        {"data": {"file": "no filename"}, "files": {"x": ("a", b"x")}},
        {"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]},
        {
            "content": b"--b\r\nnonsense",
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
def test_what_is_no_form_with_a_file_is_422(agent: Browser, options: dict[str, Any]):
    status, code, field = problem(agent("POST", "/api/media", **options))
    assert (status, code, field) == (422, "invalid", "file")


def test_a_body_too_large_is_refused_while_it_arrives(
    agent: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resource, "_LARGEST", 2**20)
    assert problem(send(agent, bytes(2**21)))[:2] == (413, "too_large")
    assert stored(tmp_path) == []
    assert send(agent, samples.PDF + bytes(2**20 - 100)).status_code == 201


def test_a_stranger_is_refused_before_the_file_is_read(app: ASGIApp):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 100:
            read += 1
            yield bytes(10_000)

    form = {"Content-Type": "multipart/form-data; boundary=b"}
    for who in (browser(app), browser(app, Authorization="Bearer bp_wrong")):
        response = who("POST", "/api/media", content=endless(), headers=form)
        assert problem(response) == (401, "unauthorized", None)
    assert read < 10


def test_who_may_not_answer_may_look_but_not_upload(
    business: Business, agent: Browser, with_key: Callable[..., Browser], tmp_path: Path
):
    viewer = with_key(business.admin, "VIEWER")
    url = uploaded(agent, samples.picture())
    assert viewer("GET", url).status_code == 200
    assert problem(send(viewer, samples.picture())) == (403, "forbidden", None)
    assert len(stored(tmp_path)) == 1


def test_another_organization_finds_nothing(
    agent: Browser, make_business: Callable[..., Business], with_key: Callable[..., Browser]
):
    url = uploaded(agent, samples.picture())
    other = with_key(make_business("Other", "999999999999").admin)
    for path in (url, f"{url}/thumbnail"):
        assert problem(other("GET", path)) == (404, "not_found", None)


def test_the_same_upload_again_under_its_key_is_one_file(
    agent: Browser, database: str, tmp_path: Path
):
    key = {"Idempotency-Key": "upload-1"}
    first = send(agent, samples.picture(), headers=key)
    again = send(agent, samples.picture(), headers=key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert count(database, "media") == len(stored(tmp_path)) == 1
    other = send(agent, samples.PDF, headers=key)
    assert other.status_code == 409
    assert len(stored(tmp_path)) == 1


def test_a_storage_that_is_away_is_503_and_nothing_is_recorded(
    agent: Browser, database: str, configure: Callable[..., None], tmp_path: Path
):
    (tmp_path / "blocked").write_text("")
    configure(BOTPE_STORAGE_URL=f"file://{tmp_path}/blocked/media")
    assert problem(send(agent, samples.picture()))[:2] == (503, "unavailable")
    assert count(database, "media") == 0
