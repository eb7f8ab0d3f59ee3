"""Real files in and out: tables read from CSV and XLSX under bounds, CSV written so that no spreadsheet runs it (G12, S4, S5)."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from shared.tabular.cells import defuse, undefuse
from shared.tabular.csv_in import read_csv
from shared.tabular.csv_out import CsvWriter, write_rows
from shared.tabular.dates import DateOrder, parse_date
from shared.tabular.detect import HEAD, kind_of
from shared.tabular.mapping import suggest_mapping
from shared.tabular.table import BadFile, Limits, Row, Table, UnsupportedFile, column_letter

__all__ = [
    "BadFile",
    "CsvWriter",
    "DateOrder",
    "Row",
    "Table",
    "UnsupportedFile",
    "column_letter",
    "defuse",
    "parse_date",
    "read_table",
    "suggest_mapping",
    "undefuse",
    "write_rows",
]

_IN_MEMORY = 8 << 20
_PIECE = 1 << 18


def read_table(
    content: bytes | BinaryIO,
    *,
    filename: str | None = None,
    content_type: str | None = None,
    sheet: str | None = None,
    max_rows: int = 10_000,
    max_columns: int = 200,
    max_cell: int = 10_000,
    max_unpacked_bytes: int = 64 << 20,
) -> Table:
    """The table in a file; what the file is, is told from its content.

    Headers, encoding and delimiter are known at once; rows are read as they are asked for, and raise BadFile where the file breaks off
    or grows beyond its bounds. Cells come undefused, not cleaned. The source has to stay open until the rows are read; it is not closed
    here.
    """
    limits = Limits(max_rows, max_columns, max_cell, max_unpacked_bytes)
    source = _seekable(content, max_unpacked_bytes)
    hints = f"{filename or ''} {content_type or ''}".lower()
    try:
        table = _read(source, limits, sheet, prefer_tab="tab-separated" in hints or ".tsv" in hints)
    except BadFile:
        _close(source, content)
        raise
    return replace(table, rows=_to_the_end(table.rows, source, content))


def _read(source: BinaryIO, limits: Limits, sheet: str | None, *, prefer_tab: bool) -> Table:
    head = source.read(HEAD)
    source.seek(0)
    kind = kind_of(head, source)
    source.seek(0)
    if kind == "csv":
        return read_csv(source, head, limits, prefer_tab=prefer_tab)
    from shared.tabular.xlsx_in import read_xlsx  # Pulls in zip and XML, which CSV does without.

    return read_xlsx(source, limits, sheet=sheet)


def _to_the_end(rows: Iterator[Row], source: BinaryIO, content: bytes | BinaryIO) -> Iterator[Row]:
    try:
        yield from rows
    finally:
        _close(source, content)


def _close(source: BinaryIO, content: bytes | BinaryIO) -> None:
    """Close the copy that was made here; what the caller opened is the caller's to close."""
    if source is not content:
        source.close()


def _seekable(content: bytes | BinaryIO, most: int) -> BinaryIO:
    """The content as a file that starts at 0 and can be read twice: one that cannot be sought is copied, to disk if it is large."""
    if isinstance(content, bytes | bytearray | memoryview):
        return io.BytesIO(content)
    if content.seekable() and content.tell() == 0:
        return content
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the table's rows are read
    while piece := content.read(_PIECE):
        copy.write(piece)
        if copy.tell() > most:
            raise BadFile(f"is larger than {most} bytes")
    copy.seek(0)
    return copy  # type: ignore[return-value]  # typeshed does not count it among binary files
