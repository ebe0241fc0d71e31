"""What an organization's agents may say: its documents, in passages that can be searched."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from botpe_app.models.base import Tenant, moment, same_organization


class KnowledgeItem(Tenant, table=True):
    """A document: an answer, a page, a policy."""

    __tablename__ = "knowledge_items"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "ix_knowledge_items_by_age", "organization_id", text("created_at desc"), text("id desc")
        ),
    )

    title: str
    text: str
    language: str  # ISO 639-1, "" where it could not be told
    filename: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class KnowledgePassage(Tenant, table=True):
    """A part of a document, short enough to quote, with its words as Postgres knows them."""

    __tablename__ = "knowledge_passages"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("item_id", "knowledge_items"),
        Index("ix_knowledge_passages_item", "organization_id", "item_id", "place"),
    )

    item_id: UUID
    place: int
    text: str
    config: str  # of Postgres's full-text search
    words: Any = Field(sa_type=TSVECTOR, nullable=False)
