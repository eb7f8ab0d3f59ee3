"""CSV out: UTF-8 with BOM, CRLF, RFC 4180 quotes, defused; and what is written reads back as it was (G12, S5)."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_files import CsvWriter, defuse, read_table, undefuse, write_rows

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20) | st.from_regex(
    r"'{0,3}[=+@\t\r\n-]?.{0,5}", fullmatch=True
).filter(lambda text: "\0" not in text and text.isascii())


@pytest.mark.parametrize("cell", ["=1+1", "+919876543210", "-5.00", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''+1"])
def test_a_cell_that_could_run_gets_an_apostrophe_and_loses_it_again(cell: str) -> None:
    assert defuse(cell) == "'" + cell
    assert undefuse(defuse(cell)) == cell


@pytest.mark.parametrize("cell", ["", "O'Brien", "'quoted'", "''", "a=b", " 5", "5-4", "Zoë"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defuse(cell) == cell == undefuse(cell)


@given(TEXT)
def test_defusing_is_undone_for_every_text_and_leaves_nothing_that_runs(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell
    assert defuse(cell)[:1] not in set("=+-@\t\r\n")


@given(TEXT, TEXT)
def test_no_two_cells_are_defused_to_the_same(one: str, other: str) -> None:
    assert (defuse(one) == defuse(other)) == (one == other)


def test_the_bytes_are_what_spreadsheets_open() -> None:
    content = b"".join(
        write_rows(["Name", "Note"], [["Zoë", "a,b"], ['say "x"', "two\r\nlines"], [None, "=1"], [Decimal("1.50"), date(2024, 2, 29)]])
    )
    assert content == (b'\xef\xbb\xbfName,Note\r\nZo\xc3\xab,"a,b"\r\n"say ""x""","two\r\nlines"\r\n,\'=1\r\n1.50,2024-02-29\r\n')


def test_chunks_come_as_they_fill_and_carry_one_mark() -> None:
    chunks = list(write_rows(["n"], ([f"row {number}"] for number in range(30_000))))
    assert len(chunks) > 3
    assert all(60_000 < len(chunk) < 80_000 for chunk in chunks[:-1])
    assert b"".join(chunks).count(b"\xef\xbb\xbf") == 1
    writer = CsvWriter(["n"])
    assert list(writer.write([["1"]])) == []
    assert list(writer.write([["2"]])) == []
    assert writer.finish() == b"\xef\xbb\xbfn\r\n1\r\n2\r\n"


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8))
def test_what_is_written_reads_back_as_it_was(rows: list[list[str]]) -> None:
    table = read_table(b"".join(write_rows(["First", "Second, with comma", "Third"], rows)))
    assert (table.encoding, table.delimiter) == ("utf-8", ",")
    assert [row.cells for row in table.rows] == [row for row in rows if any(cell.strip() for cell in row)]


def test_ten_thousand_rows_of_thirty_columns_are_written_and_read_in_little_time() -> None:
    rows = [["Asha", "+919876543210", "2014-05-06", *(f"value {number} {column}" for column in range(27))] for number in range(10_000)]
    started = time.process_time()
    content = b"".join(write_rows([f"c{column}" for column in range(30)], rows))
    written = time.process_time()
    assert [row.cells for row in read_table(content).rows] == rows
    # Four times what was measured, for the coverage tool and other people's load.
    assert written - started < 1
    assert time.process_time() - written < 1
