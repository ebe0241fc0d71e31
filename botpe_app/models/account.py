"""WhatsApp numbers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from botpe_app.models.base import Tenant, moment


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
    messages_per_second: int = 80  # the Cloud API's default throughput of a number
    created_at: datetime = moment(default_now=True)
    lease_holder: UUID | None = None
    lease_epoch: int = 0
    lease_until: datetime | None = moment()
