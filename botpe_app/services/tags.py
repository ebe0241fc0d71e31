"""Tags: their names and colours. Renaming or removing one reaches everything that bears it."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Tag
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.saving import save, short_text
from botpe_app.services.team_views import TagItem

_LONGEST = 50
_GREY = "#64748b"
_COLOR = re.compile(r"#[0-9a-f]{6}")
_TAKEN = "There is a tag of this name already."
_BEARERS = ("contact", "conversation")


def list_tags(session: Session, actor: Actor) -> list[TagItem]:
    """The organization's tags, by name."""
    actor.require(Permission.READ)
    ours = select(Tag).where(Tag.organization_id == actor.organization_id)
    return [_item(row) for row in session.exec(ours.order_by(col(Tag.name), col(Tag.id)))]


def get_tag(session: Session, actor: Actor, tag_id: UUID | str) -> TagItem:
    """One tag. Raises NotFound."""
    actor.require(Permission.READ)
    return _item(get(session, actor, Tag, tag_id))


def create_tag(session: Session, actor: Actor, *, name: str, color: str | None = None) -> TagItem:
    """A new tag, grey unless given a colour. Raises Forbidden, Invalid, Conflict."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = Tag(
        organization_id=actor.organization_id,
        name=short_text(name, field="name", most=_LONGEST),
        color=_color(color) if color else _GREY,
    )
    save(session, row, taken=_TAKEN, field="name")
    return _item(row)


def update_tag(
    session: Session,
    actor: Actor,
    tag_id: UUID | str,
    *,
    name: str | None = None,
    color: str | None = None,
) -> TagItem:
    """Recolours a tag, or renames it wherever it is borne.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Tag, tag_id)
    before = row.name
    if name is not None:
        row.name = short_text(name, field="name", most=_LONGEST)
    if color is not None:
        row.color = _color(color)
    save(session, row, taken=_TAKEN, field="name")
    if row.name != before:
        _rename(session, actor, before, row.name)
    return _item(row)


def delete_tag(session: Session, actor: Actor, tag_id: UUID | str) -> None:
    """Removes a tag, also from everything that bears it. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Tag, tag_id)
    session.delete(row)
    session.flush()
    _everywhere(session, actor, "array_remove(tags, :old)", {"old": row.name})


def _rename(session: Session, actor: Actor, old: str, new: str) -> None:
    renamed = (
        "case when :new = any(tags) then array_remove(tags, :old)"
        " else array_replace(tags, :old, :new) end"
    )
    _everywhere(session, actor, renamed, {"old": old, "new": new})


def _everywhere(session: Session, actor: Actor, change: str, values: dict[str, str]) -> None:
    for bearer in _BEARERS:
        session.connection().execute(
            text(
                f"update {bearer}s set tags = {change}"  # noqa: S608 - our own words only
                f" where organization_id = :organization and id in (select {bearer}_id"
                f" from {bearer}_tags where organization_id = :organization and tag = :old)"
            ),
            {**values, "organization": actor.organization_id},
        )
    live.publish(session, actor.organization_id, "contacts", "inbox")


def _color(color: str) -> str:
    color = color.strip().lower()
    if not _COLOR.fullmatch(color):
        raise Invalid("A colour is written like #2563eb.", field="color")
    return color


def _item(row: Tag) -> TagItem:
    return TagItem(str(row.id), row.name, row.color, row.created_at)
