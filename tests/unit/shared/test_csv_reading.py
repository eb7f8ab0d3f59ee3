"""CSV is read as people's programs write it: byte-order marks, encodings, delimiters, line breaks, quotes (G12, S4)."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_files import BadFile, Row, UnsupportedFile, read_table

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
HEADER, BODY = "Name;Note\r\n", "Zoë;größer\r\n"


def cells(content: bytes, **options: int | str) -> list[list[str]]:
    return [row.cells for row in read_table(content, **options).rows]  # type: ignore[arg-type]  # options of two types


class Pipe(io.BytesIO):
    """A body that arrives: it can be read once, and not sought."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise io.UnsupportedOperation


def problem(content: bytes, **options: int) -> BadFile:
    with pytest.raises(BadFile) as caught:
        list(read_table(content, **options).rows)  # type: ignore[arg-type]  # bounds only
    return caught.value


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "cp1252"),
    ],
)
def test_every_encoding_gives_the_same_names(mark: bytes, encoding: str) -> None:
    table = read_table(mark + (HEADER + BODY).encode(encoding))
    assert (table.kind, table.encoding, table.delimiter) == ("csv", encoding, ";")
    assert table.headers == ["Name", "Note"]
    assert [row.cells for row in table.rows] == [["Zoë", "größer"]]


def test_utf16_without_a_mark_is_told_by_its_content_in_other_scripts() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert cells("नाम,वर्ग\nमीरा,१\n".encode(encoding)) == [["मीरा", "१"]]


def test_a_name_far_down_decides_the_encoding_too() -> None:
    head = "Name,Note\n" + "Anna,plain\n" * 40_000
    assert cells((head + "Zoë,x\n").encode("cp1252"), max_rows=50_000)[-1] == ["Zoë", "x"]
    assert cells((head + "Zoë,x\n").encode(), max_rows=50_000)[-1] == ["Zoë", "x"]


def test_damaged_utf8_is_refused_instead_of_turning_names_into_rubbish() -> None:
    error = problem("Name\nZoë\nJosé\n".encode() + b"Ren\xe9\n")
    assert "damaged" in error.message
    assert error.row == 4
    assert "damaged" in problem(b"\xef\xbb\xbfName\nRen\xe9\n").message
    assert "damaged" in problem(b"\xff\xfeN\0a").message.lower() or problem(b"\xff\xfeN\0a").message


def test_bytes_of_no_encoding_are_refused() -> None:
    assert "no encoding" in problem(b"Name\nRen\x81\n").message


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_breaks_are_told_from_the_content(delimiter: str, line_break: str) -> None:
    rows = [["Name", "Fee", "Note"], ["Rao, Asha", "1,50", "a;b|c"], ["Lee", "2,00", "two\nlines"], ["Roy", "3,25", 'a "quote"']]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_break).writerows(rows)
    table = read_table(text.getvalue().encode())
    assert table.delimiter == delimiter
    assert [table.headers, *(row.cells for row in table.rows)] == rows


def test_decimal_commas_do_not_make_a_semicolon_file_a_comma_file() -> None:
    assert read_table(b"Name;Fee;Paid\nA;1,5;2,5\nB;3,5;4,5\nC;2,0\n").delimiter == ";"


def test_a_single_column_and_a_declared_separator_are_read() -> None:
    assert cells(b"Name\nAsha\nRavi\n") == [["Asha"], ["Ravi"]]
    table = read_table(b"sep=;\r\nName;Note, long\r\nA;b\r\n")
    assert (table.headers, [row.number for row in table.rows]) == (["Name", "Note, long"], [2])


def test_the_name_of_the_file_settles_a_tie() -> None:
    assert read_table(b"a,b\tc\n1,2\t3\n", filename="x.TSV").delimiter == "\t"
    assert read_table(b"a,b\tc\n1,2\t3\n", content_type="text/tab-separated-values").delimiter == "\t"


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    rows = list(read_table(b'Name,Note\nA,"two\nlines"\n\n,\nB,x\n,,\n\n\n').rows)
    assert rows == [Row(2, ["A", "two\nlines"]), Row(5, ["B", "x"])]


def test_rows_that_are_too_long_or_too_short_are_reported_and_the_others_read() -> None:
    rows = list(read_table(b"A,B,C\n1,2\n1,2,3,,\n1,2,3,4\n7,8,9\n").rows)
    assert [row.cells for row in rows] == [["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"], ["7", "8", "9"]]
    assert [[str(found) for found in row.problems] for row in rows] == [
        ["row 2: has only 2 cells, but the header has 3"],
        [],
        ["row 4: has 4 cells, but the header has 3"],
        [],
    ]


def test_a_cell_that_is_too_long_is_reported_with_its_column() -> None:
    (row,) = read_table(b"A,B\nx,yyyy\n", max_cell=3).rows
    assert row.cells == ["x", "yyy"]
    assert (row.problems[0].row, row.problems[0].column) == (2, "B")


@pytest.mark.parametrize(
    ("content", "row", "reason"),
    [
        (b"", None, "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", None, "empty"),
        (b"\xff\xfe", None, "empty"),
        (b",,\n,,\n", None, "empty"),
        (b"A,B\n1,\x002\n", None, "NUL"),
        (b"A,B\n1,\x002\n\n", None, "NUL"),
        (b"A,B\n" + b"1,2\n" * 50 + b"3,\x00\n\n" + b"1,2\n" * 50, None, "NUL"),
        ("A,B\n1,\x002\n".encode("utf-16"), 2, "NUL"),
        (b"A,B\n1,2\n" * 20_000 + b"\x00", 10_002, "more than"),
        (b'A,B\n1,2\n3,"4\n5,6\n', 3, "never closed"),
        (b'A,B\n1,"2\n' + b"x,y\n" * 50_000, 2, "never closed"),
        (b'A,B\n"1"x,2\n', 2, "out of place"),
        (b"A,B, a \n1,2,3\n", 1, "twice"),
        (b"A,B,C\n1,2,3\n", None, ""),
    ],
)
def test_what_cannot_be_read_says_why_and_where(content: bytes, row: int | None, reason: str) -> None:
    if not reason:
        assert cells(content) == [["1", "2", "3"]]
        return
    error = problem(content)
    assert reason in error.message
    assert error.row == row


def test_bounds_hold() -> None:
    assert "3 columns" in problem(b"A,B,C\n", max_columns=2).message
    assert len(cells(b"A\n1\n2\n", max_rows=2)) == 2
    assert (problem(b"A\n1\n2\n3\n", max_rows=2).row, problem(b"A\n1\n2\n3\n", max_rows=2).message) == (4, "has more than 2 rows of data")
    assert "larger" in problem(b"A\n1\n", max_unpacked_bytes=3).message
    assert "header of more" in problem(b"AAAA\n1\n", max_cell=3).message


def test_headers_lose_marks_and_blanks_and_gaps_get_the_columns_letter() -> None:
    assert read_table("\ufeff\ufeff Name ,,Note,,\n1,2,3\n".encode()).headers == ["Name", "Column B", "Note"]
    assert read_table('\ufeff"\ufeffName",Note\n'.encode()).headers == ["Name", "Note"]


def test_a_file_is_read_as_a_stream_and_left_open() -> None:
    source = io.BytesIO(b"A,B\n" + b"1,2\n" * 30_000)
    rows = read_table(source, max_rows=30_000).rows
    next(rows)
    assert source.tell() < 100_000 < sum(1 for _ in rows) * 4
    assert not source.closed
    assert len(list(read_table(Pipe(b"A\n1\n2\n")).rows)) == 2
    with pytest.raises(BadFile, match="larger"):
        read_table(Pipe(b"A\n" * 100), max_unpacked_bytes=50)
    behind = io.BytesIO(b"xxxA\n1\n")
    behind.seek(3)
    assert read_table(behind).headers == ["A"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xef\xbb\xbf  <html><table><tr><td>A", "HTML"),
        (b"<!DOCTYPE html>\n", "HTML"),
        ("<html>".encode("utf-16"), "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b'[{"name": "A"}]', "JSON"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "Workbook".encode("utf-16-le"), "old format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "WordDocument".encode("utf-16-le"), "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old Office"),
    ],
)
def test_other_kinds_of_files_are_named(content: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFile, match=name):
        read_table(content, filename="students.xls")


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_bad_file(content: bytes) -> None:
    try:
        list(read_table(content).rows)
    except BadFile:
        return


@pytest.mark.skipif(
    not DATA.is_dir(), reason="left out: the collection of public sample files is not beside the repository; the tests above make their own"
)
@pytest.mark.parametrize("folder", ["sds_microsoft", "names_by_country", "names_faker"])
def test_public_sample_files_are_read_whole(folder: str) -> None:
    files = sorted((DATA / folder).rglob("*.csv"))
    assert files
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as plain:
            expected = [row for row in csv.reader(plain) if any(cell.strip() for cell in row)]
        with path.open("rb") as source:
            table = read_table(source, filename=path.name, max_rows=20_000)
            assert [table.headers, *(row.cells for row in table.rows)] == expected, path.name
