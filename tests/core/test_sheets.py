"""CSV as spreadsheets write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core import sheets

TEXT = "phone;name\n+491;Zoë\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", ""),
        ("utf-16-be", ""), ("utf-16-be", "\ufeff"), ("cp1252", ""), ("latin-1", ""),
    ],
)  # fmt: skip
def test_a_file_is_read_in_the_encoding_it_is_in(encoding: str, mark: str) -> None:
    assert sheets.decode((mark + TEXT).encode(encoding)) == TEXT


@given(st.binary(max_size=300))
def test_any_bytes_are_some_text(raw: bytes) -> None:
    list(sheets.rows(sheets.decode(raw)))


def test_the_first_row_says_what_stands_between_cells() -> None:
    for sign in ",;\t":
        found = list(sheets.rows(f'\n"a,;b"{sign}b\n1{sign}"2{sign}3"\n\n4{sign}5'))
        assert found == [(2, ["a,;b", "b"], ""), (3, ["1", f"2{sign}3"], ""), (5, ["4", "5"], "")]


def test_a_cell_may_hold_breaks_and_quotes() -> None:
    found = list(sheets.rows('a,b\r\n1,"two\r\nlines, ""three"""\r\n2,x\r\n'))
    assert [row.cells for row in found] == [["a", "b"], ["1", 'two\nlines, "three"'], ["2", "x"]]


@pytest.mark.parametrize("broken", ['1,"open', '1,"a"b', '"1,2', '1,"'])
def test_a_row_whose_quotes_do_not_close_costs_no_other(broken: str) -> None:
    found = list(sheets.rows(f'a,b\n{broken}\n2,"x"\n3,y\n4,"z"'))
    assert found[1].problem
    assert [row.cells for row in found[2:]] == [["2", "x"], ["3", "y"], ["4", "z"]]


def test_ten_thousand_broken_rows_are_read_at_once() -> None:
    found = list(sheets.rows("a,b\n" + '1,"x\n' * 10_000))
    assert sum(bool(row.problem) for row in found) > 4_000


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", " =1", "|calc"])
def test_no_cell_is_a_formula_and_it_reads_back_as_it_was(cell: str) -> None:
    (row,) = sheets.rows(sheets.written([cell, "x"]))
    assert row.cells[0].startswith("'")
    assert sheets.plain(row.cells[0]) == cell


@pytest.mark.parametrize("cell", ["+15550100123", "-5", "3.5", "Ana", "it's", "'n' roll"])
def test_numbers_and_words_are_written_as_they_are(cell: str) -> None:
    (row,) = sheets.rows(sheets.written([cell, "x"]))
    assert row.cells[0] == sheets.plain(cell) == cell
