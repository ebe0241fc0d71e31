"""Bots at work: what they have to hear, the conversations they are in, and the way they took."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_list, json_object, moment


class BotInput(Tenant, table=True):
    """Something a conversation's bot has still to hear; gone once it has.

    Handled in the order of ids, which for a customer's message is the message's own.
    """

    __tablename__ = "bot_inputs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        Index("ix_bot_inputs_conversation", "organization_id", "conversation_id", "id"),
        Index("ix_bot_inputs_due", "next_at"),
        CheckConstraint("kind in ('message','continue','callback','start')", name="kind_known"),
    )

    conversation_id: UUID
    kind: str
    data: dict[str, Any] = json_object()  # of a callback: token, ok, data, error
    attempts: int = 0
    next_at: datetime = moment(default_now=True)
    created_at: datetime = moment(default_now=True)


class BotSession(Tenant, table=True):
    """A conversation's run through a bot: the engine's session, and when time does something.

    `asked_message_id` is the question that is waited for: its time runs from when it was sent.
    `left_as`: marks of the customer and the variables as its last turn left them.
    """

    __tablename__ = "bot_sessions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        ends_with("bot_id", "bots"),
        Index(
            "uq_bot_sessions_live",
            "organization_id",
            "conversation_id",
            unique=True,
            postgresql_where=text("status <> 'ended'"),
        ),
        Index("ix_bot_sessions_bot", "organization_id", "bot_id", "started_at"),
        Index("ix_bot_sessions_due", "due_at", postgresql_where=text("due_at is not null")),
        CheckConstraint("status in ('waiting','paused','ended')", name="status_known"),
    )

    conversation_id: UUID
    bot_id: UUID
    version: int
    status: str
    ending: str = ""
    hand_off: str = ""  # why a person was called first: node, fallback, error …; person: came in
    token: str | None = None  # of what it waits for
    state: dict[str, Any] = json_object()
    due_at: datetime | None = moment()
    asked_message_id: UUID | None = None
    left_as: dict[str, Any] = json_object()
    started_at: datetime = moment(default_now=True)
    moved_at: datetime = moment(default_now=True)


class BotStep(Tenant, table=True):
    """A node that a session came to, and where it was left."""

    __tablename__ = "bot_steps"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("session_id", "bot_sessions"),
        Index("ix_bot_steps_session", "organization_id", "session_id", "id"),
        Index("ix_bot_steps_bot", "organization_id", "bot_id", "at"),
    )

    session_id: UUID
    bot_id: UUID
    node_id: str
    node_type: str
    handle: str
    edge_id: str
    arrived: bool
    at: datetime = moment(default_now=True)


class BotTurn(Tenant, table=True):
    """Something that a session heard and what it answered, so that it can be played again.

    `data` of a start: the contact, the variables and what set it off; of a callback: its answer.
    `said`: the ids of the messages it made, each with its node.
    """

    __tablename__ = "bot_turns"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("session_id", "bot_sessions"),
        Index("ix_bot_turns_session", "organization_id", "session_id", "id"),
        Index("ix_bot_turns_age", "at"),
    )

    session_id: UUID
    kind: str  # start, reply, callback, timeout, expiry, pause, continue
    heard_id: UUID  # of the message, where it was one; chance follows from it
    is_message: bool
    node_id: str  # where the session waited
    data: dict[str, Any] = json_object()
    said: list[list[str]] = json_list()
    at: datetime = moment(default_now=True)


class BotCall(Tenant, table=True):
    """A call that a bot waits for; gone once it is answered.

    `request` is the engine's CallApi, to another program, or its RunAgent, to an agent of ours:
    that one has a `mode`, and is made in the agents lane.
    """

    __tablename__ = "bot_calls"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        Index("ix_bot_calls_due", "next_at"),
        Index("ix_bot_calls_conversation", "organization_id", "conversation_id"),
    )

    conversation_id: UUID
    request: dict[str, Any] = json_object()
    attempts: int = 0
    next_at: datetime = moment(default_now=True)
    created_at: datetime = moment(default_now=True)


class BotAlarm(SQLModel, table=True):
    """For which moment a trigger's time of day last rang, so that it does once."""

    __tablename__ = "bot_alarms"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (ends_with("bot_id", "bots"),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    bot_id: UUID = Field(primary_key=True)
    trigger_id: str = Field(primary_key=True)
    rung_for: datetime = moment(nullable=False)


class BotVariable(SQLModel, table=True):
    """A variable that all bots of an organization share."""

    __tablename__ = "bot_variables"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    name: str = Field(primary_key=True)
    value: dict[str, Any] = json_object()  # {"value": …}
