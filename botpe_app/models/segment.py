"""Segments: contacts by what they have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index

from botpe_app.models.base import Tenant, json_object, moment


class Segment(Tenant, table=True):
    """A filter with a name; whom it means is found anew each time."""

    __tablename__ = "segments"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_segments_name", "organization_id", "name", "id"),)

    name: str
    filter: dict[str, Any] = json_object()
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)
