"""Files on their way to WhatsApp: under which of its ids each number may send them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app.models import Media, MediaUpload
from botpe_app.services.media import Stored, stored_file

# WhatsApp keeps an uploaded file for 30 days; a message may wait a while before it is sent.
_GOOD_FOR = timedelta(days=29)


def graph_id(
    session: Session, organization_id: UUID, account_id: UUID, media_id: UUID
) -> str | None:
    """Graph's id of the file for this number, None if it must be uploaded (again)."""
    return session.exec(
        select(MediaUpload.wa_media_id).where(
            MediaUpload.organization_id == organization_id,
            MediaUpload.media_id == media_id,
            MediaUpload.account_id == account_id,
            col(MediaUpload.uploaded_at) > func.now() - _GOOD_FOR,
        )
    ).first()


def to_upload(session: Session, organization_id: UUID, media_id: UUID) -> Stored:
    """Where the file lies. Raises NotFound if it is no longer there."""
    return stored_file(session.get(Media, (organization_id, media_id)))


def keep(
    session: Session, organization_id: UUID, account_id: UUID, media_id: UUID, wa_media_id: str
) -> None:
    """Notes that the number has uploaded the file just now."""
    row = insert(MediaUpload).values(
        organization_id=organization_id,
        media_id=media_id,
        account_id=account_id,
        wa_media_id=wa_media_id,
    )
    session.connection().execute(
        row.on_conflict_do_update(
            index_elements=["organization_id", "media_id", "account_id"],
            set_={"wa_media_id": wa_media_id, "uploaded_at": func.now()},
        )
    )
