"""WhatsApp numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_object, moment


class WhatsAppAccount(Tenant, table=True):
    """A phone number of a WhatsApp Business Account (WABA), with the token that sends from it.

    The lease says which outbox drain may send from it now; `lease_epoch` grows with each
    holder, so that a holder that slept through its lease is told apart.
    """

    __tablename__ = "whatsapp_accounts"  # pyright: ignore[reportAssignmentType]

    name: str = ""
    waba_id: str = Field(index=True)
    phone_number_id: str = Field(unique=True)  # one number, one organization
    phone: str  # E.164
    token_sealed: str = Field(repr=False)
    token_hint: str = ""  # last four characters
    status: str = "connected"  # connected, paused
    paused_reason: str | None = None
    quality: str | None = None  # GREEN, YELLOW, RED; None: not known
    # As WhatsApp's webhooks tell them; None: not known.
    verified_name: str | None = None
    name_status: str | None = None  # APPROVED, DEFERRED, PENDING, REJECTED
    messaging_limit: str | None = None  # TIER_2K: people a day whom one may write to first
    review_status: str | None = None  # of the business account
    username: str | None = None
    messages_per_second: int = 80  # the Cloud API's default throughput of a number
    coexistence: bool = False  # its owner goes on using it in the WhatsApp Business app
    last_webhook_at: datetime | None = moment()  # to the minute
    # What the Graph API answered when the setup was last looked at (`services.account_checks`).
    checked_at: datetime | None = moment()
    found: dict[str, Any] = json_object()
    token_expires_at: datetime | None = moment()  # None: never, or not known
    insights_at: datetime | None = moment()  # when Meta was last asked about its templates
    profile: dict[str, Any] = json_object()  # what customers see, as Meta last told; {}: not known
    created_at: datetime = moment(default_now=True)
    lease_holder: UUID | None = None
    lease_epoch: int = 0
    lease_until: datetime | None = moment()


class AccountNotice(SQLModel, table=True):
    """Something WhatsApp says of a number that somebody must know or mend; one of each kind."""

    __tablename__ = "account_notices"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (ends_with("account_id", "whatsapp_accounts"),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    account_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    title: str
    mend: str
    at: datetime = moment(default_now=True)
    until: datetime | None = moment()  # not worth showing after


class AccountNews(Tenant, table=True):
    """A line of what WhatsApp told of a number beside its chats: groups, Flows and such."""

    __tablename__ = "account_news"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("account_id", "whatsapp_accounts"),
        Index(
            "ix_account_news_latest",
            "organization_id",
            "account_id",
            text("at desc"),
            text("id desc"),
        ),
    )

    account_id: UUID
    field: str  # of the webhook
    text: str
    at: datetime = moment(default_now=True)


class WhatsAppSignup(Tenant, table=True):
    """An embedded signup as far as it has come.

    Meta's code works once, so what it was exchanged for is kept until the signup is through.
    """

    __tablename__ = "whatsapp_signups"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("organization_id", "code_hash"),)

    code_hash: bytes = Field(sa_type=LargeBinary)
    token_sealed: str = Field(repr=False)
    account_id: UUID | None = None  # the number, once it is connected
    created_at: datetime = moment(default_now=True)
