"""What became of campaigns' recipients: counted where the rows are, and one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Campaign
from botpe_app.services.access import Actor, as_id, get
from botpe_app.services.campaign_views import CampaignCounts, RecipientItem
from botpe_app.services.outbox_refusals import SKIPS
from botpe_app.services.views import MessageError, Page

STATUSES = (
    *("queued", "held", "sent", "delivered", "read"),
    *("failed", "uncertain", "skipped"),
)

_NOT_WRITTEN = text(
    "select campaign_id, state, count(*) from campaign_recipients"
    " where organization_id = :organization and campaign_id = any(:ids) and message_id is null"
    " group by 1, 2"
)
_ANSWERED = text(
    "select campaign_id, count(replied_at), count(clicked_at) from campaign_recipients"
    " where organization_id = :organization and campaign_id = any(:ids)"
    " and (replied_at is not null or clicked_at is not null) group by 1"
)
# What a message that never left was refused for counts as skipped.
_WRITTEN = text(
    "select sent_by_id, case when status = 'failed' and error_code = any(:skips) then 'skipped'"
    " when status in ('claimed','sending') then 'queued' else status end, count(*)"
    " from messages where organization_id = :organization and sent_by_kind = 'campaign'"
    " and sent_by_id = any(:ids) group by 1, 2"
)
_STATUS = (
    "case when r.message_id is null then case r.state when 'skipped' then r.state else 'queued' end"
    " when m.status = 'failed' and m.error_code = any(:skips) then 'skipped'"
    " when m.status in ('claimed','sending') then 'queued' else m.status end"
)
_RECIPIENTS = (
    "select r.contact_id, coalesce(k.name, ''), k.phone, {status}, r.reason, r.message_id,"
    " m.error_code, m.error_title, m.error_details, m.sent_at, m.delivered_at, m.read_at,"
    " r.replied_at, r.clicked_at"
    " from campaign_recipients r"
    " left join contacts k on k.organization_id = r.organization_id and k.id = r.contact_id"
    " left join messages m on m.organization_id = r.organization_id and m.id = r.message_id"
    " where r.organization_id = :organization and r.campaign_id = :campaign"
    " and r.contact_id > :after and (:status = '' or {status} = :status)"
    " order by r.contact_id limit :limit"
)
_FIRST = UUID(int=0)


def counts_of(
    session: Session, organization_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, CampaignCounts]:
    """The counts of each of these campaigns that has begun."""
    if not ids:
        return {}
    ask = {"organization": organization_id, "ids": list(ids)}
    connection = session.connection()
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    for campaign_id, state, count in connection.execute(_NOT_WRITTEN, ask):
        found[campaign_id]["skipped" if state == "skipped" else "queued"] += count
    for campaign_id, status, count in connection.execute(_WRITTEN, {**ask, "skips": list(SKIPS)}):
        found[campaign_id][status] += count
    for campaign_id, replied, clicked in connection.execute(_ANSWERED, ask):
        found[campaign_id].update(replied=replied, clicked=clicked)
    return {campaign_id: _counts(by) for campaign_id, by in found.items()}


def _counts(by: Counter[str]) -> CampaignCounts:
    read = by["read"]
    delivered = by["delivered"] + read
    sent = by["sent"] + delivered
    rest = {name: by[name] for name in ("queued", "held", "failed", "uncertain", "skipped")}
    return CampaignCounts(
        recipients=sent + sum(rest.values()),
        sent=sent,
        delivered=delivered,
        read=read,
        replied=by["replied"],
        clicked=by["clicked"],
        **rest,
    )


def list_recipients(
    session: Session,
    actor: Actor,
    campaign_id: UUID | str,
    *,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RecipientItem]:
    """Who gets a campaign that has begun, and what became of it, perhaps only of one status.

    Raises NotFound, Invalid naming `status` or `cursor`.
    """
    actor.require(Permission.READ)
    row = get(session, actor, Campaign, campaign_id)
    if status is not None and status not in STATUSES:
        raise Invalid(f"One of {', '.join(STATUSES)}.", field="status")
    after = as_id(cursor) if cursor else _FIRST
    if after is None:
        raise Invalid("This cursor is not one of ours.", field="cursor")
    values: dict[str, Any] = {
        "organization": actor.organization_id,
        "campaign": row.id,
        "after": after,
        "status": status or "",
        "skips": list(SKIPS),
        "limit": limit + 1,
    }
    found = session.connection().execute(text(_RECIPIENTS.format(status=_STATUS)), values).all()
    items = [_recipient(*each) for each in found[:limit]]
    return Page(items, items[-1].contact_id if found[limit:] else None)


def _recipient(contact_id: UUID, name: str, phone: str | None, *rest: Any) -> RecipientItem:
    status, reason, message_id, code, title, details, *moments = rest
    told = status in {"failed", "uncertain"}
    error = MessageError(code or 0, title or "", details or "") if told else None
    return RecipientItem(
        str(contact_id),
        name,
        phone,
        status,
        reason or (SKIPS.get(code, "") if status == "skipped" else ""),
        str(message_id) if message_id else None,
        error,
        *moments,
    )
