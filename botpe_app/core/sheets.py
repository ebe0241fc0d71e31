"""Tables as spreadsheets write and read them: CSV of any usual delimiter and encoding."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_BREAK = re.compile(r"\r\n|\n|\r")
_DELIMITERS = (",", ";", "\t")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# Lines of a cell with breaks in it: so many are tried before the row counts as broken.
_MOST_LINES = 20


class Row(NamedTuple):
    """A row, counted as a spreadsheet does: the first is 1. `problem`: why it is no row."""

    number: int
    cells: list[str]
    problem: str = ""


def decode(raw: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with or without its mark, else Windows or Latin-1."""
    for encoding in _encodings(raw):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _encodings(raw: bytes) -> tuple[str, ...]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = raw[:200]
    if head[1::2].count(0) > len(head) // 4:
        return ("utf-16-le",)
    if head[::2].count(0) > len(head) // 4:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def rows(text: str) -> Iterator[Row]:
    """The rows that hold something; the first one's delimiter is everyone's.

    A row whose quotes do not close is given with its problem, and costs no row after it.
    """
    lines = _BREAK.split(text)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda sign: _outside_quotes(first).count(sign))
    at, number, width = 0, 0, 0
    while at < len(lines):
        number += 1
        cells, used = _row(lines, at, delimiter, width)
        at += used
        if cells is None:
            yield Row(number, [], "A quotation mark in this row is not closed, or misplaced.")
        elif any(cell.strip() for cell in cells):
            width = width or len(cells)
            yield Row(number, cells)


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _row(lines: Sequence[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """The cells from line `at` on and how many lines they took; None if they are no row."""
    cells = _cells(lines[at], delimiter)
    if cells is not None or '"' not in lines[at]:
        return cells, 1
    for used in range(2, min(_MOST_LINES, len(lines) - at) + 1):
        cells = _cells("\n".join(lines[at : at + used]), delimiter)
        if cells is not None and len(cells) == (width or len(cells)):
            return cells, used
    return None, 1


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if found else []


def written(cells: Iterable[str]) -> str:
    """A row as CSV with its line end, in which no cell is a formula to a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: str) -> str:
    """Numbers stay, phone numbers too; `plain` takes the apostrophe away again."""
    if cell.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def plain(cell: str) -> str:
    """The cell without the apostrophe that keeps it from being a formula."""
    if cell.startswith("'") and cell[1:].lstrip().startswith(_FORMULA):
        return cell[1:]
    return cell
