"""What staff leave in conversations for themselves and each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from botpe_app.models.base import ends_with, moment


class NoteMention(SQLModel, table=True):
    """A colleague whom a note names."""

    __tablename__ = "note_mentions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("note_id", "notes"),
        ends_with("conversation_id", "conversations"),
        ends_with("user_id", "memberships", "user_id"),
        Index("ix_note_mentions_user", "organization_id", "user_id", "conversation_id"),
        Index("ix_note_mentions_conversation", "organization_id", "conversation_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    note_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    conversation_id: UUID


class ReplyDraft(SQLModel, table=True):
    """What a person has begun to write in a conversation, on whatever machine."""

    __tablename__ = "reply_drafts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        ends_with("user_id", "memberships", "user_id"),
        Index("ix_reply_drafts_conversation", "organization_id", "conversation_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    user_id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
    text: str
    updated_at: datetime = moment(default_now=True)
