"""What staff leave in conversations for themselves and each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from botpe_app.models.base import moment


def _of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "conversation_id"],
        ["conversations.organization_id", "conversations.id"],
        ondelete="CASCADE",
    )


def _of_member() -> ForeignKeyConstraint:
    """Ends with the person's membership."""
    return ForeignKeyConstraint(
        ["organization_id", "user_id"],
        ["memberships.organization_id", "memberships.user_id"],
        ondelete="CASCADE",
    )


class NoteMention(SQLModel, table=True):
    """A colleague whom a note names."""

    __tablename__ = "note_mentions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "note_id"],
            ["notes.organization_id", "notes.id"],
            ondelete="CASCADE",
        ),
        _of_conversation(),
        _of_member(),
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
        _of_conversation(),
        _of_member(),
        Index("ix_reply_drafts_conversation", "organization_id", "conversation_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    user_id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
    text: str
    updated_at: datetime = moment(default_now=True)
