"""Files: keeping those that staff upload, showing those that messages carry."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import IO
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from botpe_app.core.filenames import safe_name
from botpe_app.core.files import HEAD, is_animated, type_of
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.models import Media, MediaUpload, Message
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.views import MediaItem
from botpe_app.whatsapp import messages as wire
from botpe_app.whatsapp.loose import Json

ROOT = "/api/media"
_KINDS = ", ".join(wire.FILES)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that WhatsApp would take as a message of `kind`."""

    kind: str
    mime_type: str
    size: int  # bytes
    sha256: str  # hexadecimal
    filename: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the bytes of a file lie, and what they are."""

    key: str
    mime_type: str
    size: int | None  # bytes, None: not known
    filename: str
    sha256: str


def key_of(organization_id: UUID, media_id: UUID) -> str:
    """The storage's key of a file."""
    return f"{organization_id}/{media_id}"


def thumbnail_key(organization_id: UUID, media_id: UUID) -> str:
    """The storage's key of a picture's small copy."""
    return f"{organization_id}/{media_id}.small"


def examine(
    file: IO[bytes], *, filename: str, claimed: str = "", kind: str | None = None
) -> Examined:
    """What a file is. Raises Invalid if WhatsApp would not take it (as `kind`, if one is asked)."""
    if kind is not None and kind not in wire.FILES:
        raise Invalid(f"A file is sent as one of {_KINDS}.", field="kind")
    file.seek(0)
    digest, size, head = hashlib.sha256(), 0, file.read(HEAD)
    mime_type = type_of(head, claimed, filename)
    file.seek(0)
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
        size += len(chunk)
    wanted = kind or wire.best_kind(mime_type, size)
    wire.check_file(wanted, mime_type, size, field="file", still=not is_animated(head))
    return Examined(wanted, mime_type, size, digest.hexdigest(), safe_name(filename, mime_type))


def add(session: Session, actor: Actor, media_id: UUID, file: Examined) -> MediaItem:
    """Records a file that lies in the storage already, ready to be sent. Raises Forbidden."""
    actor.require(Permission.ANSWER)
    row = Media(
        organization_id=actor.organization_id,
        id=media_id,
        state="ready",
        received=file.size,
        next_at=utc_now(),  # the media lane looks into it
        **asdict(file),
    )
    session.add(row)
    session.flush()
    nudge(session, Lane.MEDIA)
    return _item(row)


def stored(session: Session, actor: Actor, media_id: UUID | str) -> Stored:
    """Where the file lies. Raises NotFound, also while it is not here."""
    actor.require(Permission.READ)
    return stored_file(get(session, actor, Media, media_id))


def stored_file(row: Media | None) -> Stored:
    """Where a row's file lies. Raises NotFound unless it is here."""
    if row is None or row.state != "ready":
        raise NotFound("This file is not here yet.")
    key = key_of(row.organization_id, row.id)
    name = safe_name(row.filename, row.mime_type, otherwise=row.kind)
    return Stored(key, row.mime_type, row.size or 0, name, row.sha256)


def stored_thumbnail(session: Session, actor: Actor, media_id: UUID | str) -> Stored:
    """Where the small copy lies. Raises NotFound if there is none."""
    actor.require(Permission.READ)
    row = get(session, actor, Media, media_id)
    if not row.has_thumbnail:
        raise NotFound("This file has no thumbnail.")
    key = thumbnail_key(row.organization_id, row.id)
    return Stored(key, "image/webp", None, f"{row.kind}.webp", f"{row.sha256}-small")


def fetch_again(session: Session, actor: Actor, media_id: UUID | str) -> None:
    """Tries once more to fetch a customer's file. Raises NotFound, Conflict unless it failed."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Media, media_id)
    if row.state != "failed":
        raise Conflict("Only a file that could not be fetched is fetched again.")
    row.state, row.problem, row.next_at = "new", "", utc_now()
    row.attempts = row.lost = row.received = 0
    session.add(row)
    session.flush()
    nudge(session, Lane.MEDIA)


def sendable(session: Session, actor: Actor, message_type: str, content: Json) -> Json:
    """The content, once every file of ours in it may be sent; documents get their name.

    Raises Invalid naming the file's field.
    """
    for found in wire.carried(message_type, content):
        if found.our_id is None:
            continue
        field = f"{found.field}.id"
        row = session.get(Media, (actor.organization_id, found.our_id))
        if row is None:
            raise Invalid("There is no file with this id. Upload it to /api/media.", field=field)
        if row.state != "ready":
            raise Invalid("This file is not here yet.", field=field)
        wire.check_file(found.kind, row.mime_type, row.size or 0, field=field)
        if found.kind == "document" and row.filename:
            found.file.setdefault("filename", row.filename)
    return content


def forget_uploads(session: Session, message: Message) -> None:
    """Has its files uploaded to WhatsApp anew: what failed may have failed for them."""
    ours = wire.our_files(message.type, message.content)
    session.connection().execute(
        delete(MediaUpload).where(
            col(MediaUpload.organization_id) == message.organization_id,
            col(MediaUpload.account_id) == message.account_id,
            col(MediaUpload.media_id).in_(ours),
        )
    )


def contents(session: Session, actor: Actor, page: Sequence[Message]) -> dict[UUID, Json]:
    """Each message's content by its id, with `media` beside every file that we keep."""
    carriers = [m for m in page if any(wire.carried(m.type, m.content))]
    rows = _rows(session, actor, carriers) if carriers else ()
    received = {row.message_id: row for row in rows if row.message_id}
    ours = {row.id: row for row in rows}
    shown = {m.id: _shown(m, received.get(m.id), ours) for m in carriers}
    return {m.id: shown.get(m.id, m.content) for m in page}


def _rows(session: Session, actor: Actor, carriers: Sequence[Message]) -> Sequence[Media]:
    received = [m.id for m in carriers if m.direction == "incoming"]
    ours = {media_id for m in carriers for media_id in wire.our_files(m.type, m.content)}
    return session.exec(
        select(Media).where(
            Media.organization_id == actor.organization_id,
            or_(col(Media.message_id).in_(received), col(Media.id).in_(ours)),
        )
    ).all()


def _shown(message: Message, received: Media | None, ours: dict[UUID, Media]) -> Json:
    shown = copy.deepcopy(message.content)
    for found in wire.carried(message.type, shown):
        row = received or (ours.get(found.our_id) if found.our_id else None)
        if row is not None:
            found.file["media"] = asdict(_item(row))
    return shown


def _item(row: Media) -> MediaItem:
    address = f"{ROOT}/{row.id}" if row.state == "ready" else None
    return MediaItem(
        id=str(row.id),
        kind=row.kind,
        state=row.state,
        mime_type=row.mime_type,
        size=row.size,
        received=row.received,
        filename=row.filename,
        width=row.width,
        height=row.height,
        seconds=row.seconds,
        problem=row.problem,
        url=address,
        thumbnail_url=f"{address}/thumbnail" if row.has_thumbnail else None,
    )
