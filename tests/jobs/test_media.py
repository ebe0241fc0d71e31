"""The media lane against a Graph API of files: what customers send ends up in the storage."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from botpe_app import db, live, queue
from botpe_app.queue import Lane
from botpe_app.services import media, media_fetching
from botpe_app.storage import storage
from jobs import drain as drains
from jobs import media as lane
from jobs import media_file
from tests import samples
from tests.acting import within
from tests.conftest import Business
from tests.jobs.graph_files import GraphOfFiles, graph_of_files
from tests.jobs.lanes import until, worker
from tests.services.ingesting import change, message, one, receive, rows
from tests.services.test_media import uploaded

EXPIRED = (404, {"error": {"code": 100, "message": "expired"}})
NO_TOKEN = (401, {"error": {"code": 190, "message": "expired"}})


@pytest.fixture
def graph(
    services: str, business: Business, configure: Callable[..., None]
) -> Iterator[GraphOfFiles]:
    """The Graph API to which this process's settings point."""
    with graph_of_files() as server:
        configure(WHATSAPP_GRAPH_URL=server.url)
        yield server
    drains._stop_requested.clear()


def drain() -> None:
    """Does what is due, and returns when nothing is left to do."""
    drains.run(Lane.MEDIA, lane.open_work, idle_seconds=0.05)


def send(url: str, graph: GraphOfFiles, kind: str, content: bytes, **about: Any) -> None:
    """A customer sends a file."""
    media_id = str(9_000 + len(graph.files))
    graph.files[media_id] = content
    receive(url, message(len(graph.files), kind, {"id": media_id, **about}))


def file(url: str) -> dict[str, Any]:
    """The only file's row, with the seconds until it is due."""
    return one(url, "select *, extract(epoch from next_at - now())::float8 as wait from media")


def kept(url: str, *, small: bool = False) -> bytes:
    """The only file's bytes in the storage."""
    row = file(url)
    where = media.thumbnail_key if small else media.key_of
    return b"".join(storage().read(where(row["organization_id"], row["id"])))


def test_a_photo_is_fetched_kept_and_drawn_small(services: str, graph: GraphOfFiles):
    photo = samples.picture(900, 600)
    send(services, graph, "image", photo, mime_type="image/jpeg")
    drain()
    row = file(services)
    assert (row["state"], row["next_at"], row["problem"]) == ("ready", None, "")
    assert (row["mime_type"], row["size"], row["received"]) == (
        "image/jpeg",
        len(photo),
        len(photo),
    )
    assert (row["width"], row["height"], row["has_thumbnail"]) == (900, 600, True)
    assert kept(services) == photo
    assert kept(services, small=True)[8:12] == b"WEBP"


def test_a_voice_message_tells_how_long_it_is(services: str, graph: GraphOfFiles):
    send(services, graph, "audio", samples.voice(7), mime_type="audio/ogg; codecs=opus")
    drain()
    row = file(services)
    assert (row["mime_type"], row["seconds"], row["has_thumbnail"]) == ("audio/ogg", 7.0, False)


@pytest.mark.parametrize(
    ("kind", "content", "about", "mime", "name"),
    [
        ("image", samples.SVG, {"mime_type": "image/png"}, "image/svg+xml", ""),
        ("document", samples.HTML, {"filename": "a.pdf"}, "text/html", "a.pdf.txt"),
        ("document", samples.PDF, {"filename": "../x.exe"}, "application/pdf", "x.exe.pdf"),
        ("image", b"\xff\xd8\xff broken", {}, "image/jpeg", ""),
        ("sticker", samples.picture(512, 512, "WEBP"), {}, "image/webp", ""),
    ],
)
def test_a_file_is_what_its_bytes_are(  # noqa: PLR0917
    services: str,
    graph: GraphOfFiles,
    kind: str,
    content: bytes,
    about: dict[str, str],
    mime: str,
    name: str,
):
    send(services, graph, kind, content, **about)
    drain()
    row = file(services)
    assert (row["state"], row["mime_type"], row["filename"]) == ("ready", mime, name)
    assert kept(services) == content


def test_an_album_is_fetched_file_by_file_with_pages_told(services: str, graph: GraphOfFiles):
    heard = queue.redis().pubsub(ignore_subscribe_messages=True)
    heard.subscribe(live.CHANNEL)
    heard.get_message(timeout=5)  # that it is subscribed
    for number in range(10):
        send(services, graph, "image", samples.picture(100 + number, 80))
    drain()
    states = rows(services, "select state, count(*) as n from media group by state")
    assert states == [{"state": "ready", "n": 10}]
    talk = one(services, "select id from conversations")["id"]
    told = [
        topic
        for each in iter(heard.get_message, None)
        for topic in json.loads(each["data"])["topics"]
    ]
    assert told.count(f"conversation:{talk}") == 10
    heard.close()


def test_an_expired_address_costs_one_more_question(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    asked: list[str] = []
    original = graph.asked.append

    class Expiring(list[str]):
        """Lets the first download find its address expired."""

        def append(self, path: str) -> None:
            asked.append(path)
            if path.startswith("/cdn/") and len(asked) == 2:
                graph.refusals.append(EXPIRED)
            original(path)

    graph.asked = Expiring()
    drain()
    assert file(services)["state"] == "ready"
    assert [path.split("/")[1] for path in asked] == ["v25.0", "cdn", "v25.0", "cdn"]


def test_a_damaged_download_is_tried_again_soon(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    graph.damage = 1
    drain()
    row = file(services)
    assert (row["state"], row["attempts"]) == ("ready", 2)
    assert kept(services) == samples.picture()


def test_a_lost_token_is_waited_for(services: str, graph: GraphOfFiles, business: Business):
    send(services, graph, "image", samples.picture())
    graph.refusals = [NO_TOKEN]
    media_file.handle(claimed()[0])
    row = file(services)
    assert (row["state"], row["attempts"]) == ("new", 1)
    assert "access token" in row["problem"]
    assert 0 < row["wait"] <= 2


def test_a_file_whatsapp_does_not_have_is_asked_for_a_few_times(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    graph.files.clear()
    for _ in range(5):
        assert file(services)["state"] == "new"
        change(services, "update media set next_at = now()")
        media_file.handle(claimed()[0])
    row = file(services)
    assert (row["state"], row["problem"]) == ("failed", "WhatsApp does not have this file.")
    assert row["next_at"] is None


def test_an_address_elsewhere_is_never_asked_and_final(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    graph.refusals = [(200, {"url": "https://evil.example/a", "mime_type": "image/png"})]
    drain()
    row = file(services)
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert "WhatsApp's servers" in row["problem"]


def test_a_storage_that_is_away_loses_nothing(
    services: str, graph: GraphOfFiles, configure: Callable[..., None], tmp_path: Path
):
    (tmp_path / "blocked").write_text("")
    configure(BOTPE_STORAGE_URL=f"file://{tmp_path}/blocked/media")
    send(services, graph, "image", samples.picture())
    media_file.handle(claimed()[0])
    row = file(services)
    assert (row["state"], row["lost"]) == ("new", 0)
    assert "media folder" in row["problem"]
    (tmp_path / "blocked").unlink()
    change(services, "update media set next_at = now()")
    drain()
    assert file(services)["state"] == "ready"


def claimed() -> list[Any]:
    """What is due, claimed."""
    with db.transaction() as session:
        db.act_as_system(session)
        return media_fetching.claim(session, 4)


def test_what_kills_the_worker_is_given_up_after_three_times(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    for _ in range(3):
        assert len(claimed()) == 1  # and the worker dies of it
        change(services, "update media set next_at = now()")
    drain()
    row = file(services)
    assert (row["state"], row["attempts"]) == ("failed", 4)
    assert "stopped the worker" in row["problem"]


def test_an_upload_of_staff_is_drawn_small_too(
    services: str, graph: GraphOfFiles, business: Business
):
    photo = uploaded(business.agent, samples.picture(800, 500))
    key = media.key_of(business.organization_id, photo)
    storage().put(key, io.BytesIO(samples.picture(800, 500)))
    drain()
    row = file(services)
    assert (row["state"], row["has_thumbnail"], row["width"]) == ("ready", True, 800)
    small = within(business.viewer, media.stored_thumbnail, photo)
    assert next(storage().read(small.key))[8:12] == b"WEBP"


def test_an_upload_whose_bytes_are_gone_is_looked_for_once(
    services: str, graph: GraphOfFiles, business: Business
):
    uploaded(business.agent, samples.picture())
    drain()
    row = file(services)
    assert (row["state"], row["next_at"], row["has_thumbnail"]) == ("ready", None, False)


def test_progress_of_a_slow_download_is_shown(
    services: str, graph: GraphOfFiles, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(media_file, "_TELL_SECONDS", 0.05)
    graph.pause = 0.1
    send(services, graph, "video", bytes(4) + b"ftypisom" + bytes(2_000_000))
    thread = threading.Thread(target=drain)
    thread.start()
    until(lambda: 0 < file(services)["received"] < 2_000_000)
    assert (file(services)["state"], file(services)["size"]) == ("downloading", 2_000_012)
    thread.join(10)
    assert (file(services)["state"], file(services)["received"]) == ("ready", 2_000_012)


def test_a_worker_told_to_stop_gives_its_file_back(services: str, graph: GraphOfFiles):
    graph.pause = 0.2
    send(services, graph, "video", bytes(4) + b"ftypisom" + bytes(2_000_000))
    thread = threading.Thread(target=drain)
    thread.start()
    until(lambda: file(services)["state"] == "downloading")
    drains.stop()
    thread.join(5)
    assert not thread.is_alive()
    row = file(services)
    assert (row["state"], row["lost"]) == ("new", 0)
    assert row["wait"] <= 0


def test_a_killed_worker_loses_nothing(services: str, graph: GraphOfFiles, tmp_path: Path):
    graph.pause = 0.3
    send(services, graph, "video", bytes(4) + b"ftypisom" + bytes(2_000_000))
    with worker("media", tmp_path / "log") as process:
        until(lambda: any(path.startswith("/cdn/") for path in graph.asked))
        process.kill()
    assert file(services)["state"] == "downloading"
    graph.pause = 0
    change(services, "update media set next_at = now()")  # its time is over
    drain()
    assert (file(services)["state"], file(services)["size"]) == ("ready", 2_000_012)


def test_a_worker_process_fetches_what_arrives(services: str, graph: GraphOfFiles, tmp_path: Path):
    with worker("media", tmp_path / "log"):
        send(services, graph, "image", samples.picture())
        until(lambda: file(services)["state"] == "ready")


def test_a_number_that_is_gone_ends_it(services: str, graph: GraphOfFiles):
    send(services, graph, "image", samples.picture())
    change(services, "update media set account_id = null")
    drain()
    assert file(services)["state"] == "failed"
    assert "no longer connected" in file(services)["problem"]
