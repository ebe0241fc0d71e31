"""What is known of bots upstairs, and how a problem of a flow is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botpe_app.core.flow import Problem
from botpe_app.models import Bot, BotVersion

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BotItem:
    """A bot. `flow` is its draft, `dialogues` what it is tried with before it is published.

    `revision` counts the draft's saves.

    `version` is the published one that answers, None if it never was published.
    """

    id: str
    name: str
    account_id: str | None
    status: str  # draft, active, paused
    flow: Json
    dialogues: list[Json]
    revision: int
    version: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedItem(BotItem):
    """A bot just published; conversations `migrated` to the new version, and `kept` in theirs."""

    migrated: int
    kept: int


@dataclass(frozen=True, slots=True)
class VersionItem:
    """A published version; `id` is its row's, `version` its number."""

    id: str
    version: int
    flow: Json
    is_live: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a flow; an error keeps it from being published."""

    problems: list[Problem]


def bot_item(row: Bot) -> BotItem:
    """What upstairs may know of a bot."""
    return BotItem(
        id=str(row.id),
        name=row.name,
        account_id=str(row.account_id) if row.account_id else None,
        status=row.status,
        flow=row.flow,
        dialogues=row.dialogues,
        revision=row.revision,
        version=row.version or None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def version_item(row: BotVersion, live: int) -> VersionItem:
    """What upstairs may know of a version."""
    return VersionItem(str(row.id), row.number, row.flow, row.number == live, row.created_at)
