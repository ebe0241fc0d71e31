"""Who may do what where: organizations, people, memberships, their sessions and keys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, moment, new_id, words


class Organization(SQLModel, table=True):
    """A business. Every tenant row names one."""

    __tablename__ = "organizations"  # pyright: ignore[reportAssignmentType]

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    slug: str = Field(unique=True)
    time_zone: str = "UTC"  # IANA name
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})  # ISO 639-1
    plan: str = Field(default="ENTERPRISE", sa_column_kwargs={"server_default": "ENTERPRISE"})
    # How long what a person sends can be taken back before it leaves.
    undo_seconds: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)


class User(SQLModel, table=True):
    """A person; may belong to several organizations."""

    __tablename__ = "users"  # pyright: ignore[reportAssignmentType]

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True)  # always lower case
    name: str
    password_hash: str  # argon2id
    is_superadmin: bool = False
    email_verified_at: datetime | None = moment()
    totp_sealed: str | None = None  # the second factor's secret; counts since `totp_since`
    totp_since: datetime | None = moment()
    totp_step: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}
    )  # no code is taken twice
    recovery_hashes: list[str] = words()
    created_at: datetime = moment(default_now=True)


class Membership(SQLModel, table=True):
    """A person's role in an organization. It is asked for at every click."""

    __tablename__ = "memberships"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    user_id: UUID = Field(primary_key=True, foreign_key="users.id", index=True)
    role: str  # ADMIN, AGENT, VIEWER
    # Takes conversations that are given by turns.
    available: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: datetime = moment(default_now=True)
    deactivated_at: datetime | None = moment()


class UserSession(SQLModel, table=True):
    """A signed-in browser. Tokens are kept as SHA-256 only."""

    __tablename__ = "user_sessions"  # pyright: ignore[reportAssignmentType]

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    token_hash: bytes = Field(unique=True)
    # The token before the last rotation stays good: open sockets still carry it.
    previous_hash: bytes | None = Field(default=None, unique=True)
    client: str = ""  # what the browser calls itself
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    seen_at: datetime = moment(default_now=True)
    created_at: datetime = moment(default_now=True)
    rotated_at: datetime = moment(default_now=True)
    expires_at: datetime = moment(nullable=False)


class Invitation(Tenant, table=True):
    """A way into an organization, sent to an address; good once, its token kept as SHA-256."""

    __tablename__ = "invitations"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_invitations_email", "organization_id", "email", unique=True),)

    email: str
    role: str
    token_hash: bytes = Field(unique=True)
    created_at: datetime = moment(default_now=True)
    expires_at: datetime = moment(nullable=False)


class MailToken(SQLModel, table=True):
    """What a mail's link proves: that its reader has the person's address. Good once."""

    __tablename__ = "mail_tokens"  # pyright: ignore[reportAssignmentType]

    token_hash: bytes = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    purpose: str  # reset, verify
    expires_at: datetime = moment(nullable=False)


class ApiKey(Tenant, table=True):
    """A program's key, `bp_…`, kept as SHA-256; `prefix` is what lists show.

    Of what its role may, it may what `scopes` names; all of it if they name nothing.
    """

    __tablename__ = "api_keys"  # pyright: ignore[reportAssignmentType]

    name: str
    role: str
    prefix: str
    key_hash: bytes = Field(unique=True)
    created_at: datetime = moment(default_now=True)
    last_used_at: datetime | None = moment()
    revoked_at: datetime | None = moment()
    scopes: list[str] = words()
    expires_at: datetime | None = moment()


class Throttle(SQLModel, table=True):
    """A leaky bucket by name, in Postgres so that flushing Redis does not open the door."""

    __tablename__ = "throttles"  # pyright: ignore[reportAssignmentType]

    key: str = Field(primary_key=True)
    level: float = 0.0
    updated_at: datetime = moment(default_now=True)


class IdempotencyKey(SQLModel, table=True):
    """The first answer to a write that carried an Idempotency-Key, for a day."""

    __tablename__ = "idempotency_keys"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_idempotency_keys_created_at", text("created_at")),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    key: str = Field(primary_key=True)
    request_hash: bytes
    status: int | None = None  # None while the first request is still running
    response: str = ""
    created_at: datetime = moment(default_now=True)
