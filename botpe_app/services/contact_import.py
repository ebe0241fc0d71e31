"""Customers from a sheet: many at once, each row taken or given back with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models.base import new_id
from botpe_app.services import contacts, custom_fields, plans
from botpe_app.services.access import Actor
from botpe_app.services.contact_rows import Line, Sheet
from botpe_app.services.views import Imported

# In the order of their ids and keys, so that two imports never wait for each other in a circle.
_KNOWN = text(
    "select i.value, c.id, c.tags, c.custom_fields, c.marketing_opt_in,"
    " c.marketing_opted_out_at is not null from contact_identities i"
    " join contacts c on c.organization_id = i.organization_id and c.id = i.contact_id"
    " where i.organization_id = :organization and i.kind = 'phone' and i.value = any(:keys)"
    " order by c.id for update of c"
)
_ROWS = (
    " json_to_recordset(cast(:rows as json)) as r(id uuid, key text, phone text, name text,"
    " email text, language text, tags text[], marketing_opt_in boolean, custom_fields jsonb)"
)
_MAKE = text(
    "insert into contacts (organization_id, id, phone, name, email, language, tags,"
    " marketing_opt_in, custom_fields) select :organization, id, phone, coalesce(name, ''),"
    " email, language, coalesce(tags, '{}'), coalesce(marketing_opt_in, false),"
    " coalesce(custom_fields, '{}') from" + _ROWS
)
_CLAIM = text(
    "insert into contact_identities (organization_id, kind, value, contact_id, address)"
    " select :organization, 'phone', key, id, phone from" + _ROWS + " order by key"
    " on conflict do nothing returning value"
)
_CONSENT = text(
    "insert into consents (organization_id, id, contact_id, granted, source, evidence)"
    " select :organization, id, contact, granted, :source, :evidence from"
    " json_to_recordset(cast(:rows as json)) as r(id uuid, contact uuid, granted boolean)"
)
_UNMAKE = text("delete from contacts where organization_id = :organization and id = any(:ids)")
_CHANGE = text(
    "update contacts c set name = coalesce(r.name, c.name), email = coalesce(r.email, c.email),"  # noqa: S608 - our own words
    " language = coalesce(r.language, c.language), tags = coalesce(r.tags, c.tags),"
    " marketing_opt_in = coalesce(r.marketing_opt_in, c.marketing_opt_in),"
    " marketing_opted_out_at = case when r.marketing_opt_in = false then now()"
    "  else c.marketing_opted_out_at end,"
    " custom_fields = coalesce(r.custom_fields, c.custom_fields) from" + _ROWS + " where"
    " c.organization_id = :organization and c.id = r.id"
)


def import_contacts(session: Session, actor: Actor, sheet: Sheet) -> Imported:
    """Makes the customers who are new and changes those who are known.

    Empty cells change nothing; tags and custom fields are added to those that are there. Nobody
    who stopped marketing is opted in again.
    Raises Forbidden, Conflict if others keep changing the same customers, or if the plan has no
    room for all who are new.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    _fit(sheet, custom_fields.checker(session, actor))
    known = _make_unknown(session, actor, sheet)
    created = sum(line.contact_id is not None for line in sheet.lines)
    changes = list(_changes(sheet, known))
    if changes:
        _execute(session, actor, _CHANGE, rows=json.dumps(changes))
    _keep_evidence(session, actor, sheet, changes)
    live.publish(session, actor.organization_id, "contacts", "inbox")
    errors = sorted(sheet.errors, key=lambda error: error.row)
    return Imported(created, len(changes), len(errors), errors)


def _fit(sheet: Sheet, check: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Makes each custom field's value of its kind; gives back the rows where it cannot be."""
    fitting: list[Line] = []
    for line in sheet.lines:
        try:
            if "custom_fields" in line.fields:
                line.fields["custom_fields"] = check(line.fields["custom_fields"])
            fitting.append(line)
        except Invalid as error:
            sheet.refuse(line.number, f"{error.field}: {error}")
    sheet.lines = fitting


class _There(NamedTuple):
    """What is known of a customer who was there before."""

    id: UUID
    tags: list[str]
    custom_fields: dict[str, Any]
    opted_in: bool
    opted_out: bool  # said no to marketing


_Known = dict[str, _There]  # by key


def _make_unknown(session: Session, actor: Actor, sheet: Sheet) -> _Known:
    """Who was there already, locked; everybody else is made and has their id on their line."""
    open_lines = {line.key: line for line in sheet.lines}
    known: _Known = {}
    for _ in range(3):
        if not open_lines:
            return known
        found = _execute(session, actor, _KNOWN, keys=list(open_lines))
        for key, *rest in found:
            known[key] = _There(*rest)
            del open_lines[key]
        plans.require_room(session, actor, "contacts", wanted=len(open_lines))
        open_lines = _make(session, actor, open_lines)
    if open_lines:
        raise Conflict("Others are changing the same contacts. Try again.")
    return known


def _make(session: Session, actor: Actor, lines: dict[str, Line]) -> dict[str, Line]:
    """Makes a customer of each line, but those whom somebody else has just made: returns them."""
    for line in lines.values():
        line.contact_id = new_id()
    rows = json.dumps(
        [{"id": str(line.contact_id), "key": line.key, **line.fields} for line in lines.values()]
    )
    _execute(session, actor, _MAKE, rows=rows)
    claimed = {key for (key,) in _execute(session, actor, _CLAIM, rows=rows)}
    lost = {key: line for key, line in lines.items() if key not in claimed}
    if lost:
        ids = [line.contact_id for line in lost.values()]
        _execute(session, actor, _UNMAKE, ids=ids)
    for line in lost.values():
        line.contact_id = None
    return lost


def _changes(sheet: Sheet, known: _Known) -> Iterator[dict[str, Any]]:
    """What becomes of those who were there; a line that asks too much becomes an error."""
    seen: dict[UUID, int] = {}
    for line in sheet.lines:
        if line.key not in known:
            continue
        there = known[line.key]
        if seen.setdefault(there.id, line.number) != line.number:
            sheet.refuse(line.number, f"phone: Row {seen[there.id]} is the same person.")
            continue
        try:
            yield {"id": str(there.id), **_changed(there, line.fields)}
        except Invalid as error:
            sheet.refuse(line.number, f"{error.field}: {error}")


def _changed(there: _There, given: dict[str, Any]) -> dict[str, Any]:
    """What is to be written. Raises Invalid if it would be too much."""
    fields = {name: value for name, value in given.items() if name != "phone"}
    if "tags" in fields:
        fields["tags"] = contacts.clean_tags([*there.tags, *fields["tags"]])
    if "custom_fields" in fields:
        fields["custom_fields"] = contacts.merged(there.custom_fields, fields["custom_fields"])
    granted = fields.get("marketing_opt_in")
    # Who said no themselves is not brought back by an old list.
    if granted == there.opted_in or (granted and there.opted_out):
        del fields["marketing_opt_in"]
    return fields


def _keep_evidence(
    session: Session, actor: Actor, sheet: Sheet, changes: list[dict[str, Any]]
) -> None:
    """Notes who allowed marketing or stopped it by this sheet, as `consents.record` does."""
    granted = {
        str(line.contact_id): True
        for line in sheet.lines
        if line.contact_id and line.fields.get("marketing_opt_in")
    }
    granted |= {c["id"]: c["marketing_opt_in"] for c in changes if "marketing_opt_in" in c}
    rows = [{"id": str(new_id()), "contact": who, "granted": yes} for who, yes in granted.items()]
    evidence = f"Imported by {actor.name}"
    _execute(session, actor, _CONSENT, rows=json.dumps(rows), source=actor.kind, evidence=evidence)


def _execute(session: Session, actor: Actor, statement: Any, **values: Any) -> Any:
    found = session.connection().execute(
        statement, {"organization": actor.organization_id, **values}
    )
    return found.all() if found.returns_rows else []
