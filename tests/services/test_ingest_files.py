"""The files of customers' messages are noted with the message, once, ready to be fetched."""

from __future__ import annotations

import psycopg
from psycopg import sql

from botpe_app.queue import Lane
from botpe_app.services import ingest, upkeep
from tests.conftest import Business, count
from tests.services.ingesting import deliver, message, one, receive, rows

PHOTO = {"id": "900", "mime_type": "image/jpeg", "sha256": "ab" * 32, "caption": "look"}
INVOICE = {"id": "901", "mime_type": "application/pdf", "filename": "invoice.pdf"}


def test_a_photo_is_noted_to_be_fetched_at_once(services: str, business: Business) -> None:
    receive(services, message(1, "image", PHOTO))
    file, said = one(services, "select * from media"), one(services, "select * from messages")
    assert (file["organization_id"], file["message_id"]) == (said["organization_id"], said["id"])
    assert (file["kind"], file["state"], file["wa_media_id"]) == ("image", "new", "900")
    assert (file["mime_type"], file["sha256"]) == ("image/jpeg", "ab" * 32)
    assert file["account_id"] == business.account_id
    assert file["size"] is None
    assert one(services, "select next_at <= now() as due from media")["due"]
    assert "media" not in said["content"]


def test_a_batch_notes_every_kind_of_file_and_nothing_else(
    services: str, business: Business
) -> None:
    sent = [
        message(1, "image", PHOTO),
        message(2, "document", INVOICE),
        message(3, "audio", {"id": "902", "voice": True}),
        message(4, "video", {"id": "903"}),
        message(5, "sticker", {"id": "904", "animated": True}),
        message(6, "text"),
        message(7, "location", {"latitude": 1, "longitude": 2}),
    ]
    receive(services, *sent)
    found = rows(services, "select kind, wa_media_id, filename from media order by wa_media_id")
    assert [tuple(row.values()) for row in found] == [
        ("image", "900", ""),
        ("document", "901", "invoice.pdf"),
        ("audio", "902", ""),
        ("video", "903", ""),
        ("sticker", "904", ""),
    ]


def test_a_message_that_comes_again_has_one_file(services: str, business: Business) -> None:
    receive(services, message(1, "image", PHOTO))
    receive(services, message(1, "image", PHOTO))
    assert count(services, "media") == 1


def test_a_file_without_an_id_is_not_fetched(services: str, business: Business) -> None:
    receive(services, message(1, "image", {"mime_type": "image/jpeg"}))
    assert count(services, "messages") == 1
    assert count(services, "media") == 0


def test_those_who_fetch_are_woken_when_it_is_durable(services: str, business: Business) -> None:
    with psycopg.connect(services, autocommit=True) as listener:
        listener.execute(sql.SQL("listen {}").format(sql.Identifier(Lane.MEDIA.channel)))
        receive(services, message(1, "text"))
        assert list(listener.notifies(timeout=0.2)) == []
        receive(services, message(2, "image", PHOTO))
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
        assert count(services, "media") == 1


def test_the_drain_is_told_that_there_is_something_to_fetch(
    services: str, business: Business
) -> None:
    deliver([message(1, "image", PHOTO)])
    with ingest.connect() as connection:
        _, topics = ingest.work(connection)
        assert Lane.MEDIA in upkeep.lanes_with_work(connection)
    assert (business.organization_id, "media") in topics
