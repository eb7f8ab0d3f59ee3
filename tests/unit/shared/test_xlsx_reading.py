"""XLSX is read as a spreadsheet shows it, and only after its package and its extent are known to be within bounds (S4)."""

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.csv_files import BadFile, UnsupportedFile, read_table
from shared.tabular.extent import require_extent
from shared.tabular.table import column_letter

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[Any], change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def sheet_of(xml: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return repacked(workbook(["A"]), lambda name, part: head + xml + b"</sheetData></worksheet>" if name == SHEET else part)


def test_cells_come_as_text_that_csv_would_hold() -> None:
    values = [
        ("text", "Zoë", "Zoë"),
        ("zeros", "0012", "0012"),
        ("whole", 5.0, "5"),
        ("phone", 919876543210, "919876543210"),
        ("long", 123456789012345, "123456789012345"),
        ("longer", 1234567890123456, "1234567890123456"),
        ("longest", 1e20, "100000000000000000000"),
        ("fraction", 0.1 + 0.2, "0.3"),
        ("small", 1.5e-7, "0.00000015"),
        ("negative", -2.5, "-2.5"),
        ("yes", True, "TRUE"),
        ("no", False, "FALSE"),
        ("date", date(2020, 2, 29), "2020-02-29"),
        ("moment", datetime.combine(date(2020, 2, 29), clock(8, 30)), "2020-02-29T08:30:00"),
        ("midnight", datetime.combine(date(2020, 2, 29), clock()), "2020-02-29"),
        ("clock", clock(8, 30), "08:30:00"),
        ("span", timedelta(hours=30), "30:00:00"),
        ("nothing", None, ""),
        ("defused", "'+919876543210", "+919876543210"),
    ]
    table = read_table(workbook([name for name, _, _ in values], [value for _, value, _ in values]))
    assert (table.kind, table.sheet, table.headers) == ("xlsx", "Sheet", [name for name, _, _ in values])
    (row,) = table.rows
    assert dict(zip(table.headers, row.cells, strict=True)) == {name: expected for name, _, expected in values}


def test_a_formula_gives_its_last_value_and_none_gives_nothing() -> None:
    assert [row.cells for row in read_table(workbook(["A", "B"], ["x", "=1+1"])).rows] == [["x", ""]]
    content = sheet_of(b'<row r="1"><c r="A1" t="str"><v>H</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>')
    assert [row.cells for row in read_table(content).rows] == [["2"]]


def test_rows_are_numbered_as_the_sheet_shows_them_and_empty_ones_skipped() -> None:
    def shift(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["C3"], sheet["E3"], sheet["C5"], sheet["D5"], sheet["C9"] = "Name", "Note", "A", "x", "B"
        sheet["B200"].font = openpyxl.styles.Font(bold=True)

    table = read_table(workbook(change=shift), max_rows=2)
    assert table.headers == ["Name", "Column D", "Note"]
    assert [(row.number, row.cells) for row in table.rows] == [(5, ["A", "x", ""]), (9, ["B", "", ""])]


def test_the_first_visible_sheet_that_holds_anything_is_read_or_the_named_one() -> None:
    def sheets(book: openpyxl.Workbook) -> None:
        hidden, second = book.create_sheet("Hidden"), book.create_sheet("Second & more")
        hidden.sheet_state = "hidden"
        hidden["A1"], second["A1"] = "H", "S"

    content = workbook(change=sheets)
    assert read_table(content).sheet == "Second & more"
    assert read_table(content, sheet="Hidden").headers == ["H"]
    with pytest.raises(BadFile, match=r"no sheet named 'Third'.*'Second & more'"):
        read_table(content, sheet="Third")
    with pytest.raises(BadFile, match="empty"):
        read_table(workbook())


def test_too_many_rows_and_columns_are_refused() -> None:
    content = workbook(["A"], *([number] for number in range(11)))
    with pytest.raises(BadFile, match="more than 10 rows") as caught:
        list(read_table(content, max_rows=10).rows)
    assert caught.value.row == 12
    with pytest.raises(BadFile, match="3 columns"):
        read_table(workbook(["A", "B", "C"]), max_columns=2)


@pytest.mark.parametrize(
    "xml",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c s="0" r = \'XFD1048576\'><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row>' + b"<row><c><v>1</v></c></row>" * 30_000,
        b'<row r="1">' + b"<c><v>1</v></c>" * 300 + b"</row>",
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v></v></c></row>',
        b'<row r="1"><x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="ZZZ1"><v>1</v></x:c></row>',
    ],
)
def test_a_cell_far_out_is_refused_before_memory_is_taken_for_all_cells_between(xml: bytes) -> None:
    started = time.process_time()
    with pytest.raises(BadFile, match=r"reaches to row|columns"):
        read_table(sheet_of(xml))
    assert time.process_time() - started < 5


def test_formatted_but_empty_cells_far_out_do_no_harm() -> None:
    xml = b'<row r="1"><c r="A1" t="str"><v>H</v></c></row><row r="2"><c r="A2"><v>7</v></c></row>'
    content = sheet_of(xml + b'<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"></c></row>')
    assert [row.cells for row in read_table(content).rows] == [["7"]]


@given(st.integers(1, 2_000_000), st.integers(1, 20_000), st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_the_quick_look_finds_every_reference_beyond_the_bounds(row: int, column: int, most_rows: int, most_columns: int) -> None:
    sheet = f'<sheetData><row r="{row}"><c r="{column_letter(column - 1)}{row}"><v>1</v></c></row></sheetData>'.encode()
    within = row <= most_rows and column <= most_columns
    for pieces in ([sheet], [sheet[:start] + b"" for start in (20,)] + [sheet[20:45], sheet[45:]]):
        if within:
            require_extent(pieces, [b"not XML"], (most_rows, most_columns))
        else:
            with pytest.raises(BadFile, match=r"reaches|columns"):
                require_extent(pieces, [sheet], (most_rows, most_columns))


def test_a_bomb_is_refused_by_what_it_unpacks_to_not_by_what_it_says() -> None:
    huge = workbook(["A"], change=lambda book: None)
    padded = repacked(huge, lambda name, part: part + b" " * 20_000_000 if name == SHEET else part)
    assert len(padded) < 100_000
    with pytest.raises(BadFile, match="too large"):
        read_table(padded, max_unpacked_bytes=1_000_000)
    with pytest.raises(BadFile, match="suspicious"):
        read_table(padded, max_unpacked_bytes=100_000_000)
    with zipfile.ZipFile(io.BytesIO(padded)) as archive:
        part = archive.getinfo(SHEET)
        truth, lie = struct.pack("<II", part.compress_size, part.file_size), struct.pack("<II", part.compress_size, 100)
        short = zlib.crc32(archive.read(SHEET)[:100])
    lying = padded.replace(truth, lie).replace(struct.pack("<I", part.CRC), struct.pack("<I", short))
    assert lying != padded
    with pytest.raises(BadFile, match="says less than it holds"):
        read_table(lying, max_unpacked_bytes=1_000_000)


def test_ordinary_repetitive_workbooks_are_no_bombs() -> None:
    content = workbook(["A", "B"], *(["same text in each row", 1] for _ in range(20_000)))
    assert sum(1 for _ in read_table(content, max_rows=20_000).rows) == 20_000


def test_a_part_that_stands_twice_is_refused() -> None:
    out = io.BytesIO(workbook(["A"]))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    with pytest.raises(BadFile, match="twice"):
        read_table(out.getvalue())


def test_entities_and_foreign_packing_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(BadFile, match="entities"):
        read_table(repacked(workbook(["A"]), lambda name, part: bomb + part if name == "xl/workbook.xml" else part))
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = repacked(sheet_of(far), lambda name, part: bomb + part if name == SHEET else part)
    with pytest.raises(BadFile, match="entities"):
        read_table(content)
    with pytest.raises(BadFile, match="packed in a way"):
        read_table(repacked(workbook(["A"]), lambda _name, part: part, zipfile.ZIP_BZIP2))
    assert read_table(repacked(workbook(["A"]), lambda _name, part: part, zipfile.ZIP_STORED)).headers == ["A"]


def test_a_package_that_lacks_parts_is_damaged() -> None:
    with pytest.raises(BadFile, match="damaged"):
        read_table(repacked(workbook(["A"]), lambda name, part: None if name == SHEET else part))
    with pytest.raises(BadFile, match="damaged"):
        read_table(repacked(workbook(["A"]), lambda name, part: None if name == "xl/_rels/workbook.xml.rels" else part))
    with pytest.raises(BadFile, match="damaged"):
        read_table(repacked(workbook(["A"]), lambda name, part: b"<worksheet" if name == SHEET else part))
    with pytest.raises(BadFile, match="damaged"):
        read_table(
            repacked(
                workbook(["A"]),
                lambda name, part: re.sub(rb'Id="rId1"', b'Id="rId9"', part) if name.endswith("workbook.xml.rels") else part,
            )
        )


def test_protected_and_other_office_files_are_named() -> None:
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    with pytest.raises(BadFile, match="password") as caught:
        read_table(encrypted)
    assert not isinstance(caught.value, UnsupportedFile)
    for name, what in [
        ("word/document.xml", "Word"),
        ("xl/workbook.bin", "XLSB"),
        ("Index/Document.iwa", "Numbers"),
        ("a.csv", "zip archive"),
    ]:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(UnsupportedFile, match=what):
            read_table(out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(UnsupportedFile, match="ODS"):
        read_table(out.getvalue())
    with pytest.raises(BadFile, match="damaged"):
        read_table(b"PK\x03\x04 and nothing more")


def test_a_panic_of_the_library_is_a_damaged_file_and_an_interrupt_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop_with(error: BaseException) -> None:
        def stop(*_arguments: object) -> None:
            raise error

        monkeypatch.setattr("shared.tabular.xlsx_in.require_extent", stop)

    stop_with(type("PanicException", (BaseException,), {})())
    with pytest.raises(BadFile, match="damaged"):
        read_table(workbook(["A"]))
    stop_with(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        read_table(workbook(["A"]))


SMALL = workbook(["Name", "Note"], ["Zoë", 1], ["José", 2.5])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255), st.integers(0, len(SMALL)))
def test_a_workbook_damaged_anywhere_gives_rows_or_a_bad_file(place: int, byte: int, end: int) -> None:
    for content in (SMALL[:place] + bytes([byte]) + SMALL[place + 1 :], SMALL[:end]):
        try:
            list(read_table(content).rows)
        except BadFile:
            continue


@settings(max_examples=200, deadline=None)
@given(st.integers(0), st.binary(max_size=6))
def test_a_sheet_damaged_inside_its_package_gives_rows_or_a_bad_file(seed: int, junk: bytes) -> None:
    def damage(name: str, part: bytes) -> bytes:
        place = seed % len(part)
        return part[:place] + junk + part[place + 1 :] if name in (SHEET, "xl/workbook.xml", "xl/styles.xml") else part

    try:
        list(read_table(repacked(SMALL, damage)).rows)
    except BadFile:
        return
