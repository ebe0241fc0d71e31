"""What services hand upstairs of segments; as in `views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botpe_app.services.views import ContactItem


@dataclass(frozen=True, slots=True)
class SegmentItem:
    """A filter with a name."""

    id: str
    name: str
    filter: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentPreview:
    """Whom a filter means now: how many, and the newest few."""

    count: int
    sample: list[ContactItem]
