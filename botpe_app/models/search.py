"""The words of messages, for finding them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Field, SQLModel


class MessageWord(SQLModel, table=True):
    """A word of a message. Triggers on messages keep it; nobody else writes it.

    A table of words with an ordinary index, because comparing text does not leak: row-level
    security keeps Postgres from using its full-text indexes, by a factor of a thousand. No foreign
    key: the triggers are the reference, and checking one would cost more than the row.
    """

    __tablename__ = "message_words"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True)
    word: str = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)


class ContactTag(SQLModel, table=True):
    """A tag that a contact bears; kept by triggers, as `MessageWord` is and for its reason."""

    __tablename__ = "contact_tags"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True)
    tag: str = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True)


class ConversationTag(SQLModel, table=True):
    """A tag that a conversation bears; as `ContactTag`."""

    __tablename__ = "conversation_tags"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True)
    tag: str = Field(primary_key=True)
    conversation_id: UUID = Field(primary_key=True)
