"""What WhatsApp told of a number beside its chats: groups, Flows, contacts of the app and such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from botpe_app.core.permissions import Permission
from botpe_app.models import AccountNews, WhatsAppAccount
from botpe_app.services import paging
from botpe_app.services.access import Actor, get
from botpe_app.services.views import Page


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A line of news; `field` is the webhook's."""

    id: str
    field: str
    text: str
    at: datetime


def list_news(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[NewsItem]:
    """A number's news, the latest first. Raises Forbidden, NotFound, Invalid for a bad cursor."""
    actor.require(Permission.READ)
    account = get(session, actor, WhatsAppAccount, account_id)
    wanted = select(AccountNews).where(
        AccountNews.organization_id == actor.organization_id,
        AccountNews.account_id == account.id,
    )
    return paging.newest(session, wanted, AccountNews, _item, limit=limit, cursor=cursor, by="at")


def _item(row: AccountNews) -> NewsItem:
    return NewsItem(str(row.id), row.field, row.text, row.at)
