"""Automation rules: when this happens, and that holds, do these; and what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from botpe_app.models.base import Tenant, ends_with, json_list, json_object, moment


class AutomationRule(Tenant, table=True):
    """What is done by itself. `event` is the kind of event its trigger looks at."""

    __tablename__ = "automation_rules"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_automation_rules_event", "event", "organization_id"),
        CheckConstraint(
            "event in ('message','opened','tagged','field','silence','api')", name="event_known"
        ),
    )

    name: str
    enabled: bool = True
    position: int = 0  # the rules of one event go from low to high
    event: str
    trigger: dict[str, Any] = json_object()
    conditions: dict[str, Any] = json_object()
    actions: list[dict[str, Any]] = json_list()
    rest_minutes: int = 0  # after it fired in a conversation, until it may there again
    stops: bool = False  # the rules after it are not looked at
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class AutomationEvent(Tenant, table=True):
    """Something that rules have still to be looked at for; gone once they were.

    Written by triggers with the change itself. `depth` is how many rules led to it, one by one.
    """

    __tablename__ = "automation_events"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("conversation_id", "conversations"),
        Index("ix_automation_events_due", "next_at", "created_at", "message_id"),
        Index("ix_automation_events_conversation", "organization_id", "conversation_id"),
    )

    kind: str
    conversation_id: UUID
    message_id: UUID | None = None
    rule_id: UUID | None = None  # of a silence: whose minutes have passed
    data: dict[str, Any] = json_object()
    depth: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    next_at: datetime = moment(default_now=True)
    created_at: datetime = moment(default_now=True)


class AutomationRun(Tenant, table=True):
    """What a rule did at an event. One event fires one rule once: the index is the wall."""

    __tablename__ = "automation_runs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("rule_id", "automation_rules"),
        ends_with("conversation_id", "conversations"),
        Index("uq_automation_runs", "organization_id", "rule_id", "event_id", unique=True),
        Index("ix_automation_runs_log", "organization_id", text("at desc"), text("id desc")),
        Index(
            "ix_automation_runs_rule",
            "organization_id",
            "rule_id",
            "conversation_id",
            text("at desc"),
        ),
        Index("ix_automation_runs_conversation", "organization_id", "conversation_id"),
        Index("ix_automation_runs_age", "at"),
        CheckConstraint("outcome in ('done','partly','failed','held','passed')", name="known"),
    )

    rule_id: UUID
    event_id: UUID
    conversation_id: UUID
    outcome: str
    steps: list[dict[str, Any]] = json_list()  # an action each: type, problem
    at: datetime = moment(default_now=True)
