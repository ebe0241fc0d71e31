"""Files that customers sent and files to send; their bytes lie in the storage."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, moment, same_organization

_ZERO = {"server_default": "0"}
_EMPTY = {"server_default": ""}


class Media(Tenant, table=True):
    """A file: new, then downloading, then ready or failed. One to send is ready from the start.

    Until it is ready type, checksum and name are what its sender claims. `next_at` is when the
    media lane has something to do with it: to fetch it, to go on after a worker that was killed,
    or to look into one that is ready.
    """

    __tablename__ = "media"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("account_id", "whatsapp_accounts"),
        Index(
            "uq_media_message",
            "organization_id",
            "message_id",
            unique=True,
            postgresql_where=text("message_id is not null"),
        ),
        Index("ix_media_due", "next_at", "id", postgresql_where=text("next_at is not null")),
        CheckConstraint("state in ('new','downloading','ready','failed')", name="state_known"),
    )

    message_id: UUID | None = None  # the customer's message it came in
    account_id: UUID | None = None  # the number it came to
    wa_media_id: str | None = None  # Graph's id of it there
    kind: str  # image, video, audio, document, sticker
    state: str = Field(default="new", sa_column_kwargs={"server_default": "new"})
    mime_type: str = Field(default="", sa_column_kwargs=_EMPTY)
    sha256: str = Field(default="", sa_column_kwargs=_EMPTY)  # hexadecimal
    filename: str = Field(default="", sa_column_kwargs=_EMPTY)
    size: int | None = None  # bytes
    received: int = Field(default=0, sa_column_kwargs=_ZERO)  # bytes of it that are here
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    has_thumbnail: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    problem: str = Field(default="", sa_column_kwargs=_EMPTY)
    created_at: datetime = moment(default_now=True)
    next_at: datetime | None = moment()
    attempts: int = Field(default=0, sa_column_kwargs=_ZERO)
    lost: int = Field(default=0, sa_column_kwargs=_ZERO)  # workers in a row that died of it


class MediaUpload(SQLModel, table=True):
    """That a number has uploaded a file to WhatsApp, which keeps it for 30 days."""

    __tablename__ = "media_uploads"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("media_id", "media"),
        same_organization("account_id", "whatsapp_accounts"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    media_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(primary_key=True)
    wa_media_id: str
    uploaded_at: datetime = moment(default_now=True)
