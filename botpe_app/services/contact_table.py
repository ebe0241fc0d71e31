"""The customers as a table: in any order, a page at a time, and tagged many at once."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text, func, literal, select, text, tuple_, update
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Contact
from botpe_app.services import contacts
from botpe_app.services.access import Actor, as_id
from botpe_app.services.views import ContactItem

_MOST_TAGGED = 10_000
# Indexed as they stand here: see models/contact.py.
_KEYS: dict[str, Any] = {
    "name": func.lower(Contact.name),
    "last_inbound_at": func.coalesce(
        Contact.last_inbound_at, text("'1970-01-01 00:00:00+00'::timestamptz")
    ),
    "created_at": col(Contact.created_at),
}
SORTS = tuple(f"{sign}{name}" for name in _KEYS for sign in ("", "-"))

# From one tag to the next by the index, however many bear each.
_IN_USE = text("""
with recursive used (tag) as (
  select min(tag) from contact_tags where organization_id = :organization
  union all
  select (select min(t.tag) from contact_tags t
    where t.organization_id = :organization and t.tag > used.tag)
  from used where used.tag is not null
)
select tag from used where tag is not null
""")


@dataclass(frozen=True, slots=True)
class Table:
    """A page of the table, how many customers it has in all, and the cursor of what follows."""

    rows: list[ContactItem]
    total: int
    next: str | None


def table(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    tag: str | None = None,
    sort: str = "-created_at",
    limit: int = 50,
    cursor: str | None = None,
) -> Table:
    """Customers in the order of `sort`, one of SORTS; "-" means downwards.

    Raises Invalid naming `sort` or `cursor`.
    """
    actor.require(Permission.READ)
    if sort not in SORTS:
        raise Invalid(f"One of {', '.join(SORTS)}.", field="sort")
    wanted = contacts.wanted(actor, q, tag)
    key, down = _KEYS[sort.removeprefix("-")], sort.startswith("-")
    row_id = col(Contact.id)
    page = select(Contact, key).where(*wanted)
    if cursor:
        place = tuple_(key, row_id)
        after = tuple_(*_place(cursor, sort))
        page = page.where(place < after if down else place > after)
    order = (key.desc(), row_id.desc()) if down else (key.asc(), row_id.asc())
    found = session.connection().execute(
        page.with_only_columns(row_id, key).order_by(*order).limit(limit + 1)
    )
    places = found.all()
    rows = {row.id: row for row in _rows(session, actor, [place[0] for place in places[:limit]])}
    total = session.connection().execute(select(func.count()).select_from(Contact).where(*wanted))
    return Table(
        [contacts.item(rows[place[0]]) for place in places[:limit]],
        total.scalar_one(),
        _cursor(places[limit - 1]) if places[limit:] else None,
    )


def tags_in_use(session: Session, actor: Actor) -> list[str]:
    """The tags that customers bear, by name."""
    actor.require(Permission.READ)
    found = session.connection().execute(_IN_USE, {"organization": actor.organization_id})
    return sorted(found.scalars(), key=str.casefold)


def tag_contacts(
    session: Session,
    actor: Actor,
    *,
    tag: str,
    on: bool,
    ids: Sequence[str] | None = None,
    q: str | None = None,
    wearing: str | None = None,
) -> list[str]:
    """Puts a tag on (or takes it off) these customers, or without `ids` all that `q` and the tag
    `wearing` find; gives the ids of those it changed.

    Raises Forbidden, Invalid naming the field. Who bears the most tags there may be is left out.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    name = contacts.clean_tags([tag])[0]
    chosen = contacts.wanted(actor, q, wearing)
    if ids is not None:
        if len(ids) > _MOST_TAGGED:
            raise Invalid(f"At most {_MOST_TAGGED:,} at once.", field="ids")
        chosen.append(col(Contact.id).in_([key for given in ids if (key := as_id(given))]))
    bears = literal(name, Text) == func.any(Contact.tags)
    fits = func.cardinality(Contact.tags) < contacts.MOST_TAGS
    change = func.array_append if on else func.array_remove
    changed = session.connection().execute(
        update(Contact)
        .where(*chosen, *((~bears, fits) if on else (bears,)))
        .values(tags=change(Contact.tags, name))
        .returning(col(Contact.id))
    )
    found = [str(row_id) for row_id in changed.scalars()]
    if found:
        live.publish(session, actor.organization_id, "contacts", "inbox")
    return found


def _rows(session: Session, actor: Actor, ids: Sequence[UUID]) -> Sequence[Contact]:
    ours = rows_of(Contact).where(
        Contact.organization_id == actor.organization_id, col(Contact.id).in_(ids)
    )
    return session.exec(ours).all()


def _cursor(place: Sequence[Any]) -> str:
    key = place[1].isoformat() if isinstance(place[1], datetime) else place[1]
    return base64.urlsafe_b64encode(json.dumps([str(place[0]), key]).encode()).decode()


def _place(cursor: str, sort: str) -> tuple[Any, Any]:
    """The key and id that `_cursor` was given. Raises Invalid."""
    try:
        row_id, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if sort.endswith("name"):
            return literal(str(key), Text), literal(UUID(row_id))
        when = datetime.fromisoformat(key)
        return literal(when, DateTime(timezone=True)), literal(UUID(row_id))
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Invalid("This cursor is not one of ours.", field="cursor") from None
