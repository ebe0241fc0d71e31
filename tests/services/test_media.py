"""Files that staff upload, and what messages show of files."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest

from botpe_app import db
from botpe_app.core.ids import uuid7
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.models.base import new_id
from botpe_app.services import media, messages
from botpe_app.services.access import Actor
from tests import samples
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import ANA, change, message, one, receive, rows

PHOTO = {"id": "900", "mime_type": "image/jpeg", "caption": "look"}


@pytest.fixture(autouse=True)
def _services(services: str) -> None:
    pass


def uploaded(actor: Actor, content: bytes, filename: str = "", kind: str | None = None) -> UUID:
    """A file that the actor has uploaded."""
    examined = media.examine(io.BytesIO(content), filename=filename, kind=kind)
    media_id = new_id()
    within(actor, media.add, media_id, examined)
    return media_id


def conversation(url: str) -> UUID:
    """Ana's, who wrote just now."""
    receive(url, message(1))
    change(url, "update conversations set last_inbound_at = now()")
    return one(url, "select id from conversations")["id"]


@pytest.mark.parametrize(
    ("content", "name", "claimed", "found"),
    [
        (samples.picture(), "../beach.JPG", "image/jpeg", ("image", "image/jpeg", "beach.JPG")),
        (samples.picture(kind="PNG"), "x.jpg", "", ("image", "image/png", "x.jpg.png")),
        (samples.picture(kind="WEBP"), "x.webp", "", ("document", "image/webp", "x.webp")),
        (samples.PDF, "a.pdf", "text/html", ("document", "application/pdf", "a.pdf")),
        (samples.voice(), "v.ogg", "", ("audio", "audio/ogg", "v.ogg")),
        (samples.HTML, "page.html", "image/png", ("document", "text/html", "page.html.txt")),
    ],
)
def test_a_file_is_taken_for_what_its_bytes_are(
    content: bytes, name: str, claimed: str, found: tuple[str, str, str]
):
    seen = media.examine(io.BytesIO(content), filename=name, claimed=claimed)
    assert (seen.kind, seen.mime_type, seen.filename) == found
    assert seen.size == len(content)


@pytest.mark.parametrize(
    ("content", "kind", "field"),
    [
        (b"", None, "file"),
        (samples.PDF, "image", "file"),
        (samples.SVG, "image", "file"),
        (samples.picture() + bytes(6 * 2**20), "image", "file"),
        (samples.picture(kind="WEBP") + bytes(100 * 1024), "sticker", "file"),
        (samples.PDF, "hologram", "kind"),
    ],
)
def test_what_whatsapp_would_not_take_is_refused(content: bytes, kind: str | None, field: str):
    with pytest.raises(Invalid) as refused:
        media.examine(io.BytesIO(content), filename="x", kind=kind)
    assert refused.value.field == field


def test_an_upload_is_ready_and_waits_to_be_looked_into(business: Business, services: str):
    photo = uploaded(business.agent, samples.picture(), "beach.jpg")
    row = one(services, "select * from media")
    assert (row["id"], row["state"], row["mime_type"]) == (photo, "ready", "image/jpeg")
    assert row["next_at"] is not None
    stored = within(business.viewer, media.stored, photo)
    assert stored.key == f"{business.organization_id}/{photo}"
    assert (stored.filename, stored.size) == ("beach.jpg", len(samples.picture()))


def test_who_may_not_answer_may_not_upload(business: Business, services: str):
    with pytest.raises(Forbidden):
        uploaded(business.viewer, samples.picture())
    assert count(services, "media") == 0


def test_another_organizations_file_is_not_found(business: Business, make_business: Any):
    photo = uploaded(business.agent, samples.picture())
    other = make_business("Other", "999999999999")
    for read in (media.stored, media.stored_thumbnail):
        with pytest.raises(NotFound):
            within(other.admin, read, photo)


def test_a_file_that_is_not_here_or_has_no_small_copy_is_not_found(
    business: Business, services: str
):
    receive(services, message(1, "image", PHOTO))
    coming = one(services, "select id from media")["id"]
    with pytest.raises(NotFound, match="not here yet"):
        within(business.agent, media.stored, coming)
    photo = uploaded(business.agent, samples.picture())
    with pytest.raises(NotFound, match="thumbnail"):
        within(business.agent, media.stored_thumbnail, photo)


def test_a_file_of_ours_is_sent_by_its_id_and_shown_with_the_message(
    business: Business, services: str
):
    talk, photo = conversation(services), uploaded(business.agent, samples.picture(), "b.jpg")
    content = {"id": str(photo), "caption": "Look"}
    sent = within(business.agent, messages.reply, talk, type="image", content=content)
    assert sent.content["id"] == str(photo)
    shown = sent.content["media"]
    assert (shown["id"], shown["state"], shown["mime_type"]) == (str(photo), "ready", "image/jpeg")
    assert shown["url"] == f"/api/media/{photo}"
    assert shown["thumbnail_url"] is None
    kept = one(services, "select content from messages where direction = 'outgoing'")
    assert kept["content"] == content


def test_a_document_is_sent_under_its_own_name_unless_another_is_given(
    business: Business, services: str
):
    talk, invoice = conversation(services), uploaded(business.agent, samples.PDF, "Invoice 7.pdf")
    own = within(
        business.agent, messages.reply, talk, type="document", content={"id": str(invoice)}
    )
    assert own.content["filename"] == "Invoice 7.pdf"
    named = {"id": str(invoice), "filename": "Yours.pdf"}
    other = within(business.agent, messages.reply, talk, type="document", content=named)
    assert other.content["filename"] == "Yours.pdf"


def header(media_id: object) -> dict[str, Any]:
    reply = {"type": "reply", "reply": {"id": "1", "title": "Yes"}}
    return {
        "type": "button",
        "header": {"type": "image", "image": {"id": str(media_id)}},
        "body": {"text": "Look"},
        "action": {"buttons": [reply]},
    }


def test_a_file_in_a_header_is_shown_there(business: Business, services: str):
    talk, photo = conversation(services), uploaded(business.agent, samples.picture())
    sent = within(business.agent, messages.reply, talk, type="interactive", content=header(photo))
    assert sent.content["header"]["image"]["media"]["id"] == str(photo)


def test_a_file_that_does_not_fit_its_place_is_refused_there(business: Business, services: str):
    talk, invoice = conversation(services), uploaded(business.agent, samples.PDF)
    receive(services, message(2, "image", PHOTO))
    coming = one(services, "select id from media where state = 'new'")["id"]
    cases = [
        ("image", {"id": str(invoice)}, "image.id"),
        ("interactive", header(invoice), "interactive.header.image.id"),
        ("image", {"id": str(coming)}, "image.id"),
        ("image", {"id": str(uuid7(0, 0))}, "image.id"),
    ]
    for kind, content, field in cases:
        with pytest.raises(Invalid) as refused:
            within(business.agent, messages.reply, talk, type=kind, content=content)
        assert refused.value.field == field
    assert rows(services, "select id from messages where direction = 'outgoing'") == []


def test_another_organizations_file_cannot_be_sent(
    business: Business, make_business: Any, services: str
):
    theirs = uploaded(make_business("Other", "999999999999").agent, samples.picture())
    talk, content = conversation(services), {"id": str(theirs)}
    with pytest.raises(Invalid, match="no file"):
        within(business.agent, messages.reply, talk, type="image", content=content)


def test_graphs_own_ids_and_links_are_left_alone(business: Business, services: str):
    talk = conversation(services)
    for content in ({"id": "1234567890"}, {"link": "https://a.example/a.jpg"}):
        sent = within(business.agent, messages.reply, talk, type="image", content=content)
        assert sent.content == content


def test_a_customers_file_is_shown_as_far_as_it_is(business: Business, services: str):
    receive(services, message(1, "image", PHOTO))
    talk = one(services, "select id from conversations")["id"]
    (shown,) = within(business.viewer, messages.thread, talk).data
    assert shown.content["caption"] == "look"
    found = shown.content["media"]
    assert (found["state"], found["url"], found["mime_type"]) == ("new", None, "image/jpeg")
    change(services, "update media set state = 'downloading', received = 50, size = 100")
    (shown,) = within(business.viewer, messages.thread, talk).data
    assert (shown.content["media"]["received"], shown.content["media"]["size"]) == (50, 100)


def test_a_thread_of_any_length_reads_its_files_in_one_query(business: Business, services: str):
    receive(services, *(message(n, "image", PHOTO | {"id": str(n)}) for n in range(5)))
    talk, asked = one(services, "select id from conversations")["id"], []
    with db.transaction() as session:
        db.act_for(session, business.organization_id)
        from sqlalchemy import event

        @event.listens_for(session.connection(), "before_cursor_execute")
        def note(*arguments: Any) -> None:
            if "FROM media" in arguments[2]:
                asked.append(arguments[2])

        page = messages.thread(session, business.agent, talk).data
    assert len({item.content["media"]["id"] for item in page}) == 5
    assert len(asked) == 1


def test_only_a_file_that_failed_is_fetched_again(business: Business, services: str):
    receive(services, message(1, "image", PHOTO))
    coming = one(services, "select id from media")["id"]
    with pytest.raises(Conflict):
        within(business.agent, media.fetch_again, coming)
    change(
        services, "update media set state = 'failed', next_at = null, problem = 'x', attempts = 9"
    )
    with pytest.raises(Forbidden):
        within(business.viewer, media.fetch_again, coming)
    within(business.agent, media.fetch_again, coming)
    row = one(services, "select * from media")
    assert (row["state"], row["problem"], row["attempts"]) == ("new", "", 0)
    assert row["next_at"] is not None


def test_sending_again_uploads_again(business: Business, services: str):
    talk, photo = conversation(services), uploaded(business.agent, samples.picture())
    content = {"id": str(photo)}
    sent = within(business.agent, messages.reply, talk, type="image", content=content)
    change(
        services,
        "insert into media_uploads (organization_id, media_id, account_id, wa_media_id)"
        " values (%s, %s, %s, '77')",
        business.organization_id,
        photo,
        business.account_id,
    )
    change(services, "update messages set status = 'failed' where id = %s", UUID(sent.id))
    again = within(business.agent, messages.resend, sent.id)
    assert again.content["id"] == str(photo)
    assert count(services, "media_uploads") == 0


def test_a_number_new_to_us_can_be_sent_a_file(business: Business, services: str):
    photo = uploaded(business.agent, samples.picture())
    parts = [{"type": "header", "parameters": [{"type": "image", "image": {"id": str(photo)}}]}]
    content = {"name": "offer", "language": {"code": "en"}, "components": parts}
    sent = within(business.agent, messages.send_to, to=f"+{ANA}", type="template", content=content)
    shown = sent.content["components"][0]["parameters"][0]["image"]["media"]
    assert shown["id"] == str(photo)
