"""Messages counted by quarter of an hour, so that analytics read hundreds of rows, not millions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity
from sqlmodel import Field, SQLModel

from botpe_app.models.base import moment


class MessageFigure(SQLModel, table=True):
    """How many messages of a kind were made in the quarter of an hour that begins at `slot`.

    Behind by what `message_figure_changes` holds. Claimed and sending ones count as queued.
    """

    __tablename__ = "message_figures"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    slot: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))  # pyright: ignore[reportArgumentType]
    direction: str = Field(primary_key=True)
    sent_by_kind: str = Field(primary_key=True)
    status: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)


class MessageFigureChange(SQLModel, table=True):
    """By how much a statement changed a figure, until a sweep adds it; triggers write these.

    So whoever writes messages waits for nobody who writes others of the same kind.
    """

    __tablename__ = "message_figure_changes"  # pyright: ignore[reportAssignmentType]

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    slot: datetime = moment(nullable=False)
    direction: str
    sent_by_kind: str
    status: str
    count: int = Field(sa_type=BigInteger)
