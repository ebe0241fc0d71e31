"""What the agents know of an organization's intents, and what they did."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, json_list, moment, same_organization

_ZERO = {"server_default": "0"}
_EMPTY = {"server_default": ""}


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
    """One run of an agent: by which model, at what cost, with what outcome, and why."""

    __tablename__ = "agent_logs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_agent_logs_by_age", "organization_id", text("created_at desc"), text("id desc")),
    )

    agent: str  # intent, template, response, support, bot-builder
    source: str  # local, claude
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
    created_at: datetime = moment(default_now=True)


class AgentUsage(SQLModel, table=True):
    """What an agent did on a day (UTC), summed."""

    __tablename__ = "agent_usage"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    day: date = Field(primary_key=True)
    agent: str = Field(primary_key=True)
    runs: int = Field(default=0, sa_column_kwargs=_ZERO)
    input_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    output_tokens: int = Field(default=0, sa_column_kwargs=_ZERO)
    cost_usd: Decimal = Field(
        default=Decimal(0),
        sa_type=dollars(),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs=_ZERO,
    )


class AiSettings(SQLModel, table=True):
    """How an organization's agents work; "" is the usual model."""

    __tablename__ = "ai_settings"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    model: str = Field(default="", sa_column_kwargs=_EMPTY)
    monthly_budget_usd: Decimal = Field(
        default=Decimal(10),
        sa_type=dollars(),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs={"server_default": "10"},
    )
    tone: str = Field(default="", sa_column_kwargs=_EMPTY)
