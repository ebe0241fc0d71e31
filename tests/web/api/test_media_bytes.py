"""Files by HTTP: served so that nothing in them can run, in parts, to members only."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from botpe_app import db
from botpe_app.models import UserSession
from botpe_app.models.base import utc_now
from botpe_app.services import media
from botpe_app.services.access import hash_token
from botpe_app.storage import storage
from tests import samples
from tests.conftest import Business
from tests.services.ingesting import change, message, one, receive
from tests.web.api.conftest import problem
from tests.web.api.uploading import send, stored, uploaded
from tests.web.conftest import Browser, browser


@pytest.mark.parametrize(
    ("content", "name"),
    [(samples.HTML, "x.html"), (samples.SVG, "x.svg"), (samples.SVG, "x.png"), (b"MZ\0", "x.exe")],
)
def test_what_could_run_is_only_ever_downloaded(agent: Browser, content: bytes, name: str):
    back = agent("GET", uploaded(agent, content, name))
    assert back.content == content
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"].startswith("attachment; ")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert not back.headers["content-disposition"].endswith((".html", ".svg", ".exe"))


def test_pictures_too_are_sandboxed_kept_private_and_never_guessed_at(agent: Browser):
    headers = agent("GET", uploaded(agent, samples.picture())).headers
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, max-age=86400, immutable"
    assert {"Cookie", "Authorization"} <= {word.strip() for word in headers["vary"].split(",")}


def test_a_picture_can_be_asked_for_as_a_download(agent: Browser):
    url = uploaded(agent, samples.picture())
    asked = agent("GET", f"{url}?download=true").headers["content-disposition"]
    assert asked.startswith("attachment; ")
    assert problem(agent("GET", f"{url}?download=perhaps")) == (422, "invalid", "download")


def test_a_name_of_any_letters_travels_in_the_header(agent: Browser):
    url = uploaded(agent, samples.PDF, "../Grüße.pdf")
    assert agent("GET", url).headers["content-disposition"] == (
        "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf"
    )


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=100-", 206, slice(100, None), "bytes 100-{last}/{size}"),
        ("bytes=-5", 206, slice(-5, None), "bytes {from_end}-{last}/{size}"),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("nonsense", 200, slice(None), None),
    ],
)
def test_players_get_the_part_they_ask_for(
    agent: Browser, asked: str, status: int, part: slice, told: str | None
):
    sound = samples.voice() + bytes(range(256)) * 2000
    back = agent("GET", uploaded(agent, sound, "v.ogg"), headers={"Range": asked})
    size = len(sound)
    assert (back.status_code, back.content) == (status, sound[part])
    places = {"size": size, "last": size - 1, "from_end": size - 5}
    assert back.headers.get("content-range") == (told.format(**places) if told else None)
    assert back.headers["accept-ranges"] == "bytes"


def test_a_part_behind_the_end_is_416(agent: Browser):
    back = agent("GET", uploaded(agent, samples.PDF), headers={"Range": "bytes=9999-"})
    assert (back.status_code, back.content) == (416, b"")
    assert back.headers["content-range"] == f"bytes */{len(samples.PDF)}"


def test_what_a_browser_has_already_is_not_sent_again(agent: Browser):
    url = uploaded(agent, samples.picture())
    etag = agent("GET", url).headers["etag"]
    again = agent("GET", url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    stale = agent("GET", url, headers={"If-None-Match": '"other"'})
    assert stale.status_code == 200
    part = agent("GET", url, headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    assert part.status_code == 200


def test_a_page_shows_pictures_by_its_session_alone(
    app: ASGIApp, agent: Browser, business: Business
):
    url = uploaded(agent, samples.picture())
    page = browser(app)
    assert page("GET", url).status_code == 401
    page.cookies.set("botpe_session", session_token(business))
    assert page("GET", url).status_code == 200
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    refused = send(page, samples.picture(), headers=foreign)
    assert problem(refused)[:2] == (403, "forbidden")
    ours = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-origin"}
    assert send(page, samples.picture(), headers=ours).status_code == 201


def session_token(business: Business) -> str:
    """The token of a session of the agent's."""
    assert business.agent.user_id
    with db.transaction() as session:
        db.act_as_system(session)
        session.add(
            UserSession(
                token_hash=hash_token("a-session-token"),
                user_id=business.agent.user_id,
                organization_id=business.organization_id,
                expires_at=utc_now() + timedelta(days=1),
            )
        )
    return "a-session-token"


def test_a_small_copy_is_served_once_it_is_drawn(agent: Browser, database: str):
    url = uploaded(agent, samples.picture())
    assert problem(agent("GET", f"{url}/thumbnail"))[0] == 404
    row = one(database, "select organization_id, id from media")
    key = media.thumbnail_key(row["organization_id"], row["id"])
    storage().put(key, io.BytesIO(samples.picture(64, 64, "WEBP")))
    change(database, "update media set has_thumbnail = true")
    small = agent("GET", f"{url}/thumbnail")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert small.content == samples.picture(64, 64, "WEBP")
    assert small.headers["etag"] != agent("GET", url).headers["etag"]


def test_a_customers_file_is_404_until_it_is_here(agent: Browser, database: str):
    receive(database, message(1, "image", {"id": "900", "mime_type": "image/jpeg"}))
    coming = one(database, "select id from media")["id"]
    assert problem(agent("GET", f"/api/media/{coming}")) == (404, "not_found", None)


def test_a_file_that_is_gone_from_the_storage_is_404_in_words(agent: Browser, tmp_path: Path):
    url = uploaded(agent, samples.picture())
    stored(tmp_path)[0].unlink()
    assert problem(agent("GET", url)) == (404, "not_found", None)
