"""Fetching what Meta knows of the templates: prepare, ask, record.

What is missing from an answer is not known, so what was known before stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.config import settings
from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError
from botpe_app.models import Template, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import accounts
from botpe_app.services.access import Actor
from botpe_app.services.template_items import keep_version
from botpe_app.whatsapp.client import GraphClient, RemoteTemplate

_BY_META = "Meta"


@dataclass(frozen=True, slots=True)
class Source:
    """A business account to ask, through one of its numbers."""

    waba_id: str
    account_id: UUID
    token: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """What a business account answered: its templates, or why there are none."""

    source: Source
    templates: list[RemoteTemplate]
    error: BotpeError | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A business account that could not be asked."""

    waba_id: str
    message: str


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many templates were new, changed, as before and gone."""

    created: int
    updated: int
    unchanged: int
    deleted: int
    errors: list[Failure]


def prepare_sync(session: Session, actor: Actor) -> list[Source]:
    """Whom to ask: each business account once. Raises Forbidden."""
    actor.require(Permission.MANAGE_TEMPLATES)
    now = session.connection().execute(text("select clock_timestamp()")).scalar_one()
    mine = select(WhatsAppAccount).where(WhatsAppAccount.organization_id == actor.organization_id)
    sources: dict[str, Source] = {}
    # A number that is paused may have a token that is no longer good: it comes last.
    for row in session.exec(mine.order_by(col(WhatsAppAccount.status), col(WhatsAppAccount.id))):
        if row.waba_id not in sources:
            sources[row.waba_id] = Source(row.waba_id, row.id, accounts.token_of(row), now)
    return list(sources.values())


def fetch(sources: list[Source]) -> list[Listing]:
    """Asks Meta for all pages. Raises what the first said if none could be asked."""
    listings = [_listing(source) for source in sources]
    if listings and all(listing.error for listing in listings):
        raise listings[0].error or AssertionError
    return listings


def record_sync(session: Session, actor: Actor, listings: list[Listing]) -> SyncResult:
    """Writes down what is new; a template that is as it was is left alone."""
    count: Counter[str] = Counter()
    for listing in listings:
        if listing.error is None:
            count.update(_apply(session, actor, listing))
    session.flush()
    if count["created"] or count["updated"] or count["deleted"]:
        live.publish(session, actor.organization_id, "templates")
    failed = [Failure(x.source.waba_id, x.error.message) for x in listings if x.error]
    return SyncResult(
        count["created"], count["updated"], count["unchanged"], count["deleted"], failed
    )


def _listing(source: Source) -> Listing:
    try:
        with GraphClient(settings().graph_url, settings().graph_version, source.token) as graph:
            return Listing(source, list(graph.templates(source.waba_id)))
    except BotpeError as error:
        return Listing(source, [], error)


def _apply(session: Session, actor: Actor, listing: Listing) -> Counter[str]:
    count: Counter[str] = Counter()
    ours = select(Template).where(
        Template.organization_id == actor.organization_id,
        Template.waba_id == listing.source.waba_id,
    )
    rows = {(row.name, row.language): row for row in session.exec(ours.with_for_update())}
    seen: dict[tuple[str, str], RemoteTemplate] = {}
    for remote in listing.templates:
        if remote.name and remote.language:
            seen.setdefault((remote.name, remote.language), remote)
    for key, remote in seen.items():
        row = rows.get(key)
        if row is None:
            _create(session, actor, listing.source, remote)
            count["created"] += 1
        else:
            count["updated" if _update(session, row, remote) else "unchanged"] += 1
    if seen:
        for row in rows.values():
            if (row.name, row.language) not in seen:
                count["deleted"] += _is_gone(session, row, listing.source)
    return count


def _create(session: Session, actor: Actor, source: Source, remote: RemoteTemplate) -> None:
    row = Template(
        organization_id=actor.organization_id,
        account_id=source.account_id,
        waba_id=source.waba_id,
        name=remote.name,
        language=remote.language,
        status="UNKNOWN",
    )
    for name, told in _known(remote).items():
        setattr(row, name, told)
    session.add(row)
    session.flush()
    keep_version(session, row, _BY_META).submitted_at = utc_now()


def _update(session: Session, row: Template, remote: RemoteTemplate) -> bool:
    """Whether anything was other than it is here."""
    news = {name: new for name, new in _known(remote).items() if getattr(row, name) != new}
    if "components" in news and _timeless(row.components) == _timeless(remote.components):
        del news["components"]
    if row.wa_template_id is None and "components" in news:
        news["draft_components"] = row.components
    if not news:
        return False
    for name, new in news.items():
        setattr(row, name, new)
    if "components" in news:
        draft, row.draft_components = row.draft_components, None
        keep_version(session, row, _BY_META).submitted_at = utc_now()
        row.draft_components = draft
    row.updated_at = utc_now()
    session.add(row)
    return True


def _is_gone(session: Session, row: Template, source: Source) -> bool:
    """Marks what Meta no longer lists, unless it was made while Meta was asked."""
    gone = row.wa_template_id is not None and row.status != "DELETED"
    if not gone or row.updated_at >= source.asked_at:
        return False
    row.status, row.updated_at = "DELETED", utc_now()
    session.add(row)
    return True


def _known(remote: RemoteTemplate) -> dict[str, Any]:
    """The columns that Meta told."""
    told: dict[str, Any] = {
        "wa_template_id": remote.id,
        "status": remote.status.upper(),
        "category": remote.category.upper(),
        "components": remote.components,
        "parameter_format": remote.parameter_format.upper(),
        "quality": "" if remote.quality.upper() == "UNKNOWN" else remote.quality.upper(),
    }
    known = {name: value for name, value in told.items() if value}
    if remote.rejected_reason:
        none = remote.rejected_reason.upper() == "NONE"
        known["rejection_reason"] = None if none else remote.rejected_reason
    return known


def _timeless(value: Any) -> Any:
    """Components without the addresses of samples, which Meta signs anew for each answer."""
    if isinstance(value, dict):
        items: list[tuple[str, Any]] = list(value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return {name: _timeless(item) for name, item in items if name != "header_handle"}
    if isinstance(value, list):
        listed: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_timeless(item) for item in listed]
    return value
