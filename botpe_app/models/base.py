"""What every table shares."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from botpe_app.core.ids import uuid7


def new_id() -> UUID:
    """A fresh id; ids made later sort later."""
    return uuid7(time.time_ns(), int.from_bytes(os.urandom(8)))


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class Tenant(SQLModel):
    """A row of one organization. The organization comes first in every key.

    So a sharding extension can split by it, and a row cannot be named without it.
    """

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)


def moment(*, default_now: bool = False, nullable: bool = True, index: bool = False) -> Any:
    """An aware timestamp column; `default_now` fills it in the database."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),  # pyright: ignore[reportArgumentType]
        nullable=nullable and not default_now,
        index=index,
        sa_column_kwargs={"server_default": func.now()} if default_now else {},
    )


def json_object() -> Any:
    """A JSON object column, {} unless given."""
    return Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
    )


def json_list() -> Any:
    """A column of a list as JSON, [] unless given."""
    return Field(
        default_factory=list,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "[]"},
    )


def words() -> Any:
    """A list-of-text column, empty unless given."""
    return Field(
        default_factory=list,
        sa_type=ARRAY(Text),  # pyright: ignore[reportArgumentType]
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
    )


def same_organization(column: str, table: str) -> ForeignKeyConstraint:
    """A reference that cannot cross organizations (foreign keys bypass row-level security)."""
    return ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"]
    )


def ends_with(column: str, table: str, key: str = "id") -> ForeignKeyConstraint:
    """As `same_organization`; this row goes when that one goes."""
    return ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.{key}"],
        ondelete="CASCADE",
    )
