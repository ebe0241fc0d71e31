"""Joins within an organization, with both halves of the key, so that none is forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from botpe_app.models import Bot, BotVersion


def on(table: Any, reference: Any) -> ColumnElement[bool]:
    """That a row of the table is the one which `reference`, another table's column, names."""
    home = col(reference.class_.organization_id)
    return (col(table.organization_id) == home) & (col(table.id) == col(reference))


def answering() -> ColumnElement[bool]:
    """That a version is the one with which its bot answers."""
    return on(Bot, BotVersion.bot_id) & (col(BotVersion.number) == col(Bot.version))
