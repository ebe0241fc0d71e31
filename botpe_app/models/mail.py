"""Mails on their way out: written with what they tell of, gone when a server took them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import ends_with, moment, new_id


class Mail(SQLModel, table=True):
    """A mail that no server has taken yet; given up where `next_at` is null.

    It goes with the invitation or conversation it is about. A person's own mails, such as for a
    new password, are no organization's.
    """

    __tablename__ = "mails"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("invitation_id", "invitations"),
        ends_with("conversation_id", "conversations"),
        Index("ix_mails_due", "next_at", postgresql_where=text("next_at is not null")),
        Index("ix_mails_organization", "organization_id", "created_at"),
        Index("ix_mails_invitation", "organization_id", "invitation_id"),
        Index("ix_mails_conversation", "organization_id", "conversation_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organizations.id")
    invitation_id: UUID | None = None
    conversation_id: UUID | None = None
    recipient: str
    sealed: str  # subject and text: there may be a way in among them
    author: str = ""  # the bot or rule that wrote it
    attempts: int = 0
    next_at: datetime | None = moment()
    good_until: datetime = moment(nullable=False)
    problem: str = ""  # of the last try
    created_at: datetime = moment(default_now=True)
