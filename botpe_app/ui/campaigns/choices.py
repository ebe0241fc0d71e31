"""What the wizard offers to choose from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_items import TemplateItem
from botpe_app.ui import words
from botpe_app.ui.segments import rows as segment_rows
from botpe_app.ui.templates import rows as template_rows

NAMED = "named"


@dataclass(frozen=True)
class Tile:
    """A segment or template to choose."""

    key: str
    title: str
    words: str
    mark: str


def segment_tiles(
    items: Sequence[SegmentItem], fields: Sequence[CustomFieldItem], campaigns: Mapping[str, str]
) -> list[Tile]:
    """Segments with their filters in words."""
    labels = segment_rows.labels(fields, campaigns)
    return [_segment(item, segment_rows.described(item.filter, labels)) for item in items]


def _segment(item: SegmentItem, said: str) -> Tile:
    return Tile(item.id, item.name, said, "")


def template_tile(item: TemplateItem) -> Tile:
    """An approved template with its first words."""
    mark = f"{item.language} · {item.category.capitalize()}"
    return Tile(item.id, item.name, template_rows.preview(item.components), mark)


def named_tile(count: int) -> Tile:
    """The contacts that a draft made over the API names one by one."""
    return Tile(NAMED, "Those named", f"{words.plural(count, 'contact')} named one by one", "")
