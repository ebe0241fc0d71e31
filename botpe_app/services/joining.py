"""Joins within an organization, with both halves of the key, so that none is forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col


def on(table: Any, reference: Any) -> ColumnElement[bool]:
    """That a row of the table is the one which `reference`, another table's column, names."""
    home = col(reference.class_.organization_id)
    return (col(table.organization_id) == home) & (col(table.id) == col(reference))
