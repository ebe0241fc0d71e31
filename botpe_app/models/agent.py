"""What the agents know of an organization's intents, and what they did."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import (
    Tenant,
    ends_with,
    json_list,
    json_object,
    moment,
    same_organization,
)

_ZERO = {"server_default": "0"}
_EMPTY = {"server_default": ""}
NO_BOT = UUID(int=0)


def dollars() -> Numeric[Decimal]:
    """Money to a millionth: a short answer costs less than a cent."""
    return Numeric(14, 6)


class Intent(Tenant, table=True):
    """Something customers want, taught by its phrases."""

    __tablename__ = "intents"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("uq_intents_name", "organization_id", text("lower(name)"), unique=True),
    )

    name: str
    description: str = Field(default="", sa_column_kwargs=_EMPTY)
    entities: list[dict[str, Any]] = json_list()  # {"name", "values": [{"value", "synonyms"}]}
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class TrainingPhrase(Tenant, table=True):
    """One way of saying an intent."""

    __tablename__ = "training_phrases"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("intent_id", "intents"),
        Index("ix_training_phrases_intent", "organization_id", "intent_id", "place"),
    )

    intent_id: UUID
    place: int
    text: str


class AgentLog(Tenant, table=True):
    """One run of an agent: by which model, at what cost, with what outcome, and why.

    `state`: running, cancelling (it is to end), cancelled, done.
    """

    __tablename__ = "agent_logs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_agent_logs_by_age", "organization_id", text("created_at desc"), text("id desc")),
    )

    agent: str  # intent, template, response, support, bot-builder
    source: str  # local, claude, cache
    state: str = Field(default="done", sa_column_kwargs={"server_default": "done"})
    model: str = Field(default="", sa_column_kwargs=_EMPTY)
    input_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    output_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    cost_usd: Decimal = Field(
        default=Decimal(0),
        sa_type=dollars(),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs=_ZERO,
    )
    latency_ms: int = Field(default=0, sa_column_kwargs=_ZERO)
    success: bool
    error: str | None = None
    explanation: str = Field(default="", sa_column_kwargs=_EMPTY)
    tools: list[dict[str, Any]] = json_list()  # {"name", "outcome"} of each call
    bot_id: UUID = Field(default=NO_BOT, sa_column_kwargs={"server_default": str(NO_BOT)})
    created_at: datetime = moment(default_now=True)


class AgentUsage(SQLModel, table=True):
    """What an agent did on a day (UTC) for a bot, or for none, summed."""

    __tablename__ = "agent_usage"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    day: date = Field(primary_key=True)
    agent: str = Field(primary_key=True)
    # A bot that is gone still has cost what it did.
    bot_id: UUID = Field(
        default=NO_BOT, primary_key=True, sa_column_kwargs={"server_default": str(NO_BOT)}
    )
    runs: int = Field(default=0, sa_column_kwargs=_ZERO)
    input_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    output_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    cost_usd: Decimal = Field(
        default=Decimal(0),
        sa_type=dollars(),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs=_ZERO,
    )


class AgentAnswer(SQLModel, table=True):
    """What Claude answered, kept for a while under what it was asked."""

    __tablename__ = "agent_answers"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        Index("ix_agent_answers_conversation", "organization_id", "conversation_id"),
        Index("ix_agent_answers_age", "created_at"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    key: str = Field(primary_key=True)
    conversation_id: UUID | None = None  # whose words it was about
    output: dict[str, Any] = json_object()
    created_at: datetime = moment(default_now=True)


class AiSettings(SQLModel, table=True):
    """How an organization's agents work; "" and null are the usual.

    `agents` says what is different for one: {agent: {model, effort, max_tokens,
    monthly_budget_usd}}.
    """

    __tablename__ = "ai_settings"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    model: str = Field(default="", sa_column_kwargs=_EMPTY)
    monthly_budget_usd: Decimal = Field(
        default=Decimal(10),
        sa_type=dollars(),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs={"server_default": "10"},
    )
    tone: str = Field(default="", sa_column_kwargs=_EMPTY)
    effort: str = Field(default="", sa_column_kwargs=_EMPTY)  # low, medium, high
    max_tokens: int | None = None
    cache_minutes: int = Field(default=0, sa_column_kwargs=_ZERO)
    agents: dict[str, Any] = json_object()
