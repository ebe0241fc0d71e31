"""What staff work with: tags, custom fields, canned replies, teams and business hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_object, moment, same_organization, words


class Tag(Tenant, table=True):
    """A tag with its colour; contacts and conversations hold its name."""

    __tablename__ = "tags"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_tags_name", "organization_id", "name", unique=True),)

    name: str
    color: str  # #rrggbb
    created_at: datetime = moment(default_now=True)


class CustomField(Tenant, table=True):
    """What an organization knows of its contacts beyond the usual; `name` never changes."""

    __tablename__ = "custom_fields"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("uq_custom_fields_name", "organization_id", "name", unique=True),
        CheckConstraint("type in ('text','number','boolean','date','choice')", name="type_known"),
    )

    name: str
    label: str
    type: str
    options: list[str] = words()  # of a choice
    created_at: datetime = moment(default_now=True)


class CannedReply(Tenant, table=True):
    """A text to answer with, found by its shortcut; `owner_id` is None for everybody's."""

    __tablename__ = "canned_replies"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "uq_canned_replies_shared",
            "organization_id",
            "shortcut",
            unique=True,
            postgresql_where=text("owner_id is null"),
        ),
        Index(
            "uq_canned_replies_own",
            "organization_id",
            "owner_id",
            "shortcut",
            unique=True,
            postgresql_where=text("owner_id is not null"),
        ),
    )

    shortcut: str
    text: str
    category: str = ""
    owner_id: UUID | None = Field(default=None, foreign_key="users.id")
    created_at: datetime = moment(default_now=True)


class Team(Tenant, table=True):
    """Some people of the organization, by a name."""

    __tablename__ = "teams"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("uq_teams_name", "organization_id", "name", unique=True),
        CheckConstraint(
            "assignment in ('manual','round_robin','least_busy')", name="assignment_known"
        ),
    )

    name: str
    # Who of it gets what it is given: nobody until somebody takes it, or somebody by turns.
    assignment: str = Field(default="manual", sa_column_kwargs={"server_default": "manual"})
    created_at: datetime = moment(default_now=True)


class TeamMember(SQLModel, table=True):
    """A person in a team; ends with the membership in the organization."""

    __tablename__ = "team_members"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("team_id", "teams"),
        ends_with("user_id", "memberships", "user_id"),
        Index("ix_team_members_user", "organization_id", "user_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    team_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    last_given_at: datetime | None = moment()


class BusinessHours(SQLModel, table=True):
    """When an organization is open; without a row it always is."""

    __tablename__ = "business_hours"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    timezone: str | None = None  # IANA name; None: the organization's
    days: dict[str, Any] = json_object()  # mon … sun → [[from, to], …]
    holidays: list[str] = words()  # YYYY-MM-DD
