"""Customers from a sheet: many at once, each row taken or given back with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live
from botpe_app.core import phone as phones
from botpe_app.core import sheets
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models.base import new_id
from botpe_app.services import contacts, custom_fields
from botpe_app.services.access import Actor
from botpe_app.services.views import Imported, RowError

MOST_ROWS = 10_000
OURS = ("phone", "name", "email", "language", "tags", "marketing_opt_in")
PREFIX = "custom_fields."  # for a custom field that is called like a column of ours
_LONGEST_CELL = 2000  # characters
_YES = frozenset({"true", "yes", "y", "1", "t", "on", "x", "ja", "sí", "si", "oui", "sim"})
_NO = frozenset({"false", "no", "n", "0", "f", "off", "nein", "non", "não", "nao"})

# In the order of their ids and keys, so that two imports never wait for each other in a circle.
_KNOWN = text(
    "select i.value, c.id, c.tags, c.custom_fields from contact_identities i"
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
_UNMAKE = text("delete from contacts where organization_id = :organization and id = any(:ids)")
_CHANGE = text(
    "update contacts c set name = coalesce(r.name, c.name), email = coalesce(r.email, c.email),"  # noqa: S608 - our own words
    " language = coalesce(r.language, c.language), tags = coalesce(r.tags, c.tags),"
    " marketing_opt_in = coalesce(r.marketing_opt_in, c.marketing_opt_in),"
    " custom_fields = coalesce(r.custom_fields, c.custom_fields) from" + _ROWS + " where"
    " c.organization_id = :organization and c.id = r.id"
)


@dataclass(slots=True)
class _Line:
    """A row that can be taken. What its cells leave empty is not in `fields`."""

    number: int
    key: str
    fields: dict[str, Any]
    contact_id: UUID | None = None


@dataclass(slots=True)
class Sheet:
    """What a file says: the rows that can be taken and the reasons why others cannot."""

    lines: list[_Line] = field(default_factory=list[_Line])
    errors: list[RowError] = field(default_factory=list[RowError])

    def refuse(self, row: int, message: str) -> None:
        """Gives a row back."""
        self.errors.append(RowError(row, message))


def read(raw: bytes) -> Sheet:
    """The sheet in a CSV file. A broken row is an error of its own and costs no other.

    Raises Invalid naming `file` for one without usable columns or with more than MOST_ROWS rows.
    """
    rows = sheets.rows(sheets.decode(raw))
    columns = _columns(next(rows, None))
    sheet, seen = Sheet(), dict[str, int]()
    for place, row in enumerate(rows):
        if place == MOST_ROWS:
            raise Invalid(
                f"At most {MOST_ROWS:,} rows at once. Split the file and send its parts.",
                field="file",
            )
        try:
            line = _line(row, columns)
        except Invalid as error:
            sheet.refuse(row.number, f"{error.field}: {error}" if error.field else str(error))
            continue
        if line.key in seen:
            sheet.refuse(row.number, f"phone: Row {seen[line.key]} has the same number.")
        else:
            seen[line.key] = row.number
            sheet.lines.append(line)
    return sheet


def import_contacts(session: Session, actor: Actor, sheet: Sheet) -> Imported:
    """Makes the customers who are new and changes those who are known.

    Empty cells change nothing; tags and custom fields are added to those that are there.
    Raises Forbidden, Conflict if others keep changing the same customers.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    _fit(sheet, custom_fields.checker(session, actor))
    known = _make_unknown(session, actor, sheet)
    created = sum(line.contact_id is not None for line in sheet.lines)
    changes = list(_changes(sheet, known))
    if changes:
        _execute(session, actor, _CHANGE, rows=json.dumps(changes))
    live.publish(session, actor.organization_id, "contacts", "inbox")
    errors = sorted(sheet.errors, key=lambda error: error.row)
    return Imported(created, len(changes), len(errors), errors)


def _columns(header: sheets.Row | None) -> list[str]:
    """Which field each column fills, "" for none."""
    if header is None or header.problem:
        raise Invalid("The first row must name the columns.", field="file")
    columns = [_column(cell) for cell in header.cells]
    named = [column for column in columns if column]
    if "phone" not in named:
        raise Invalid("There is no column named phone.", field="file")
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise Invalid(f"Two columns are named {twice.removeprefix(PREFIX)}.", field="file")
    custom = [name for name in named if name.startswith(PREFIX)]
    if len(custom) > contacts.MOST_FIELDS or any(
        len(name) > len(PREFIX) + contacts.LONGEST_FIELD for name in custom
    ):
        raise Invalid(
            f"At most {contacts.MOST_FIELDS} custom fields with names of at most"
            f" {contacts.LONGEST_FIELD} characters.",
            field="file",
        )
    return columns


def _column(cell: str) -> str:
    name = clean(sheets.plain(cell))
    ours = name.lower().replace(" ", "_")
    if ours in OURS:
        return ours
    name = name.removeprefix(PREFIX)
    return PREFIX + name if name else ""


def _line(row: sheets.Row, columns: list[str]) -> _Line:
    """The row as fields. Raises Invalid naming what is wrong with it."""
    if row.problem:
        raise Invalid(row.problem)
    if any(cell.strip() for cell in row.cells[len(columns) :]):
        raise Invalid(f"There are {len(row.cells)} cells under {len(columns)} columns.")
    cells = zip(columns, (clean(sheets.plain(cell)) for cell in row.cells), strict=False)
    given = {column: cell for column, cell in cells if column and cell}
    if long := next((name for name, cell in given.items() if len(cell) > _LONGEST_CELL), None):
        raise Invalid(f"At most {_LONGEST_CELL} characters.", field=long.removeprefix(PREFIX))
    number = phones.e164(given.pop("phone", ""))
    custom = {
        name.removeprefix(PREFIX): given.pop(name)
        for name in list(given)
        if name.startswith(PREFIX)
    }
    fields: dict[str, Any] = dict(given)
    if "tags" in fields:
        fields["tags"] = [tag for tag in fields["tags"].split(";") if tag.strip()]
    if "marketing_opt_in" in fields:
        fields["marketing_opt_in"] = _yes_or_no(fields["marketing_opt_in"])
    fields = {"phone": number, **contacts.checked(fields)}
    if custom:
        fields["custom_fields"] = custom
    return _Line(row.number, phones.key(number), fields)


def _yes_or_no(cell: str) -> bool:
    said = cell.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise Invalid("Write true or false, or leave it empty.", field="marketing_opt_in")


def _fit(sheet: Sheet, check: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Makes each custom field's value of its kind; gives back the rows where it cannot be."""
    fitting: list[_Line] = []
    for line in sheet.lines:
        try:
            if "custom_fields" in line.fields:
                line.fields["custom_fields"] = check(line.fields["custom_fields"])
            fitting.append(line)
        except Invalid as error:
            sheet.refuse(line.number, f"{error.field}: {error}")
    sheet.lines = fitting


_Known = dict[str, tuple[UUID, list[str], dict[str, Any]]]  # by key: id, tags, custom fields


def _make_unknown(session: Session, actor: Actor, sheet: Sheet) -> _Known:
    """Who was there already, locked; everybody else is made and has their id on their line."""
    open_lines = {line.key: line for line in sheet.lines}
    known: _Known = {}
    for _ in range(3):
        if not open_lines:
            return known
        found = _execute(session, actor, _KNOWN, keys=list(open_lines))
        for key, *rest in found:
            known[key] = (rest[0], rest[1], rest[2])
            del open_lines[key]
        open_lines = _make(session, actor, open_lines)
    if open_lines:
        raise Conflict("Others are changing the same contacts. Try again.")
    return known


def _make(session: Session, actor: Actor, lines: dict[str, _Line]) -> dict[str, _Line]:
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
        contact_id, tags, custom = known[line.key]
        if seen.setdefault(contact_id, line.number) != line.number:
            sheet.refuse(line.number, f"phone: Row {seen[contact_id]} is the same person.")
            continue
        fields = {name: value for name, value in line.fields.items() if name != "phone"}
        try:
            if "tags" in fields:
                fields["tags"] = contacts.clean_tags([*tags, *fields["tags"]])
            if "custom_fields" in fields:
                fields["custom_fields"] = contacts.merged(custom, fields["custom_fields"])
        except Invalid as error:
            sheet.refuse(line.number, f"{error.field}: {error}")
            continue
        yield {"id": str(contact_id), **fields}


def _execute(session: Session, actor: Actor, statement: Any, **values: Any) -> Any:
    found = session.connection().execute(
        statement, {"organization": actor.organization_id, **values}
    )
    return found.all() if found.returns_rows else []
