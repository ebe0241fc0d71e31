"""A sheet of customers as people send it: which rows can be taken, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from botpe_app.core import phone as phones
from botpe_app.core import sheets
from botpe_app.core.names import clean
from botpe_app.errors import Invalid
from botpe_app.services import contacts
from botpe_app.services.views import RowError

MOST_ROWS = 10_000  # of a sheet that is answered when done
OURS = ("phone", "name", "email", "language", "tags", "marketing_opt_in")
PREFIX = "custom_fields."  # for a custom field that is called like a column of ours
_LONGEST_CELL = 2000  # characters
_YES = frozenset({"true", "yes", "y", "1", "t", "on", "x", "ja", "sí", "si", "oui", "sim"})
_NO = frozenset({"false", "no", "n", "0", "f", "off", "nein", "non", "não", "nao"})


@dataclass(slots=True)
class Line:
    """A row that can be taken. What its cells leave empty is not in `fields`."""

    number: int
    key: str
    fields: dict[str, Any]
    contact_id: UUID | None = None


@dataclass(slots=True)
class Sheet:
    """What a file says: the rows that can be taken and the reasons why others cannot."""

    lines: list[Line] = field(default_factory=list[Line])
    errors: list[RowError] = field(default_factory=list[RowError])

    def refuse(self, row: int, message: str) -> None:
        """Gives a row back."""
        self.errors.append(RowError(row, message))


def read(raw: bytes) -> Sheet:
    """The sheet in a CSV file. A broken row is an error of its own and costs no other.

    Raises Invalid naming `file` for one without usable columns.
    """
    sheet = Sheet()
    for row in lines(raw):
        if isinstance(row, Line):
            sheet.lines.append(row)
        else:
            sheet.errors.append(row)
    return sheet


def lines(raw: bytes) -> Iterator[Line | RowError]:
    """Each row of a CSV file in its order, or why it cannot be taken. Raises as `read` does."""
    rows = sheets.rows(sheets.decode(raw))
    columns = _columns(next(rows, None))
    seen = dict[str, int]()
    for row in rows:
        try:
            line = _line(row, columns)
        except Invalid as error:
            yield RowError(row.number, f"{error.field}: {error}" if error.field else str(error))
            continue
        first = seen.setdefault(line.key, row.number)
        if first == row.number:
            yield line
        else:
            yield RowError(row.number, f"phone: Row {first} has the same number.")


def count(raw: bytes) -> int:
    """How many rows a CSV file has below its columns. Raises as `read` does."""
    rows = sheets.rows(sheets.decode(raw))
    _columns(next(rows, None))
    return sum(1 for _ in rows)


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


def _line(row: sheets.Row, columns: list[str]) -> Line:
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
    return Line(row.number, phones.key(number), fields)


def _yes_or_no(cell: str) -> bool:
    said = cell.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise Invalid("Write true or false, or leave it empty.", field="marketing_opt_in")
