"""What several resources share: times, pages of a list, and paging through short ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from botpe_app.errors import Invalid
from botpe_app.services.views import Page


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str)]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]


class Shape(BaseModel):
    """Something that goes out; made from a view of the same names."""

    model_config = ConfigDict(from_attributes=True)


Item = TypeVar("Item")


class Listed(Shape, Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, null at the end."""

    data: list[Item]
    next: str | None = None


class Paging(BaseModel):
    """Which part of a list is wanted."""

    limit: int = Field(50, ge=1, le=200, description="How many at most")
    cursor: str | None = Field(None, description="The `next` of the page before")


Asked = TypeVar("Asked", bound=BaseModel)
FromQuery = Annotated[Asked, Query()]


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


View = TypeVar("View", bound=_HasId)


def page_of(items: Sequence[View], query: Paging) -> Page[View]:
    """A page of a list that is short enough to have been read whole.

    Raises Invalid for a cursor that is not the id of an item.
    """
    start = 0
    if query.cursor:
        ids = [item.id for item in items]
        if query.cursor not in ids:
            raise Invalid("This cursor is not one of ours.", field="cursor")
        start = ids.index(query.cursor) + 1
    page = list(items[start : start + query.limit])
    more = len(items) > start + query.limit
    return Page(page, page[-1].id if more else None)


def given(body: BaseModel) -> dict[str, Any]:
    """The fields that a partial change names, null ones too."""
    return body.model_dump(exclude_unset=True)
