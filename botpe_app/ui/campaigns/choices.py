"""What the wizard offers to choose from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_items import TemplateItem
from botpe_app.ui.segments import rows as segment_rows
from botpe_app.ui.templates import rows as template_rows


@dataclass(frozen=True)
class Tile:
    """A segment or template to choose."""

    key: str
    title: str
    words: str
    mark: str


def segment_tile(item: SegmentItem, fields: Sequence[CustomFieldItem]) -> Tile:
    """A segment with its filter in words."""
    said = segment_rows.described(item.filter, segment_rows.labels(fields))
    return Tile(item.id, item.name, said, "")


def template_tile(item: TemplateItem) -> Tile:
    """An approved template with its first words."""
    mark = f"{item.language} · {item.category.capitalize()}"
    return Tile(item.id, item.name, template_rows.preview(item.components), mark)
