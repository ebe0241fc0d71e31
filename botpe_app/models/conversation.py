"""Conversations, their messages and notes. The message table is also the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_object, moment, same_organization, words

_EMPTY = {"server_default": ""}


class Conversation(Tenant, table=True):
    """A customer's thread with one number. `owner` says who speaks; its epoch fences the rest."""

    __tablename__ = "conversations"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("account_id", "whatsapp_accounts"),
        same_organization("contact_id", "contacts"),
        same_organization("team_id", "teams"),
        Index(
            "uq_conversations_open",
            "organization_id",
            "account_id",
            "contact_id",
            unique=True,
            postgresql_where=text("status <> 'closed'"),
        ),
        Index(
            "ix_conversations_list",
            "organization_id",
            "status",
            text("last_message_at desc"),
            text("id desc"),
        ),
        Index(
            "ix_conversations_assignee",
            "organization_id",
            "assignee_id",
            "status",
            text("last_message_at desc"),
            text("id desc"),
        ),
        # The list of any status, of the unread, and of a team.
        Index(
            "ix_conversations_recent",
            "organization_id",
            text("last_message_at desc"),
            text("id desc"),
        ),
        Index(
            "ix_conversations_unread",
            "organization_id",
            text("last_message_at desc"),
            text("id desc"),
            postgresql_where=text("unread_count > 0"),
        ),
        Index(
            "ix_conversations_team",
            "organization_id",
            "team_id",
            text("last_message_at desc"),
            text("id desc"),
            postgresql_where=text("team_id is not null"),
        ),
        Index(
            "ix_conversations_snoozed",
            "snoozed_until",
            postgresql_where=text("status = 'snoozed' and snoozed_until is not null"),
        ),
        Index("ix_conversations_contact", "organization_id", "contact_id"),
        Index(
            "ix_conversations_waiting",
            "organization_id",
            "waiting_since",
            postgresql_where=text("waiting_since is not null and status in ('open','pending')"),
        ),
        CheckConstraint(
            "status in ('open','pending','snoozed','resolved','closed')", name="status_known"
        ),
        CheckConstraint("owner in ('bot','human','nobody')", name="owner_known"),
        CheckConstraint("priority in ('low','normal','high','urgent')", name="priority_known"),
    )

    account_id: UUID
    contact_id: UUID
    status: str = "open"
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id")
    team_id: UUID | None = None
    priority: str = Field(default="normal", sa_column_kwargs={"server_default": "normal"})
    snoozed_until: datetime | None = moment()
    owner: str = "nobody"
    owner_epoch: int = 0
    bot_id: UUID | None = None
    tags: list[str] = words()
    unread_count: int = 0
    last_message: str = ""  # one line
    last_direction: str = "incoming"
    last_message_id: UUID | None = None
    last_message_at: datetime = moment(default_now=True)
    last_inbound_at: datetime | None = moment()  # WhatsApp's own time of the last user message
    waiting_since: datetime | None = moment()  # first customer message not yet answered
    created_at: datetime = moment(default_now=True)
    resolved_at: datetime | None = moment()  # kept by a trigger: when it last was set aside


class ConversationSignal(SQLModel, table=True):
    """What a conversation's last text sounds like; "" for what cannot be told.

    `pending` counts what came in since it was read.
    """

    __tablename__ = "conversation_signals"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        Index("ix_conversation_signals_due", "pending", postgresql_where=text("pending > 0")),
        Index("ix_conversation_signals_intent", "organization_id", "intent", "conversation_id"),
        Index("ix_conversation_signals_urgency", "organization_id", "urgency", "conversation_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    conversation_id: UUID = Field(primary_key=True)
    intent: str = Field(default="", sa_column_kwargs=_EMPTY)
    language: str = Field(default="", sa_column_kwargs=_EMPTY)
    sentiment: str = Field(default="", sa_column_kwargs=_EMPTY)
    urgency: str = Field(default="", sa_column_kwargs=_EMPTY)
    pending: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Message(Tenant, table=True):
    """A message in or out.

    Out: queued → claimed (lease) → sending (committed before the request) → sent and on, or
    failed, or uncertain. `attempt_id` travels as `biz_opaque_callback_data`.
    """

    __tablename__ = "messages"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("conversation_id", "conversations"),
        same_organization("account_id", "whatsapp_accounts"),
        Index("ix_messages_thread", "organization_id", "conversation_id", text("id desc")),
        Index(
            "uq_messages_wamid",
            "organization_id",
            "wa_message_id",
            unique=True,
            postgresql_where=text("wa_message_id is not null"),
        ),
        Index(
            "uq_messages_client_key",
            "organization_id",
            "client_key",
            unique=True,
            postgresql_where=text("client_key is not null"),
        ),
        Index(
            "uq_messages_attempt",
            "attempt_id",
            unique=True,
            postgresql_where=text("attempt_id is not null"),
        ),
        Index(
            "ix_messages_due",
            "account_id",
            "priority",
            "next_try_at",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_messages_unsent",
            "organization_id",
            "conversation_id",
            "id",
            postgresql_where=text("status in ('queued','claimed','sending')"),
        ),
        Index(
            "ix_messages_leased",
            "lease_until",
            postgresql_where=text("status in ('claimed','sending')"),
        ),
        Index("ix_messages_state", "organization_id", "direction", "status"),
        Index(
            "ix_messages_campaign",
            "organization_id",
            "sent_by_id",
            "status",
            "error_code",
            postgresql_where=text("sent_by_kind = 'campaign'"),
        ),
        Index(
            "ix_messages_figures",
            "organization_id",
            "created_at",
            postgresql_include=["direction", "sent_by_kind", "status"],
        ),
        CheckConstraint(
            "status in ('received','queued','claimed','sending','held','sent','delivered','read',"
            "'failed','uncertain')",
            name="status_known",
        ),
        CheckConstraint("direction in ('incoming','outgoing')", name="direction_known"),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    conversation_id: UUID
    account_id: UUID
    contact_id: UUID
    direction: str
    type: str
    content: dict[str, Any] = json_object()
    text: str = ""
    status: str
    wa_message_id: str | None = None
    reply_to: str | None = None  # wamid of the quoted message
    sent_by_kind: str  # contact, user, bot, agent, campaign, api
    sent_by_id: UUID | None = None
    owner_epoch: int | None = None  # of the conversation, when a machine wrote this
    client_key: str | None = None
    correlation_id: UUID = Field(nullable=False)
    created_at: datetime = moment(default_now=True)
    sent_at: datetime | None = moment()
    delivered_at: datetime | None = moment()
    read_at: datetime | None = moment()
    failed_at: datetime | None = moment()
    error_code: int | None = None
    error_title: str | None = None
    error_details: str | None = None
    pricing: dict[str, Any] | None = json_object()
    edited_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    # The outbox.
    priority: int = 0  # 0 replies, 10 campaigns
    attempts: int = 0
    next_try_at: datetime | None = moment()
    claim_token: UUID | None = None
    lease_until: datetime | None = moment()
    attempt_id: UUID | None = None


class Note(Tenant, table=True):
    """What staff write to each other about a conversation; never sent."""

    __tablename__ = "notes"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("conversation_id", "conversations"),
        Index("ix_notes_thread", "organization_id", "conversation_id", "id"),
    )

    conversation_id: UUID
    user_id: UUID | None = Field(default=None, foreign_key="users.id")
    author: str = Field(default="", sa_column_kwargs={"server_default": ""})  # if no person
    text: str
    created_at: datetime = moment(default_now=True)


class Reaction(Tenant, table=True):
    """The emoji a customer or the business put on a message; one each."""

    __tablename__ = "reactions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("conversation_id", "conversations"),
        Index("uq_reactions", "organization_id", "wa_message_id", "by_customer", unique=True),
    )

    conversation_id: UUID
    wa_message_id: str  # of the message reacted to
    by_customer: bool
    emoji: str
    reacted_at: datetime = moment(default_now=True)  # WhatsApp's time: a late old one loses
