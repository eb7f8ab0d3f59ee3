"""Real files in and out: tables read from CSV and XLSX under bounds, CSV written so that no spreadsheet runs it (G12, S4, S5)."""

import io
import weakref
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
    except BaseException:
        if source is not content:
            source.close()
        raise
    return table if source is content else replace(table, rows=_ClosingRows(table.rows, source))


def _read(source: BinaryIO, limits: Limits, sheet: str | None, *, prefer_tab: bool) -> Table:
    head = source.read(HEAD)
    source.seek(0)
    kind = kind_of(head, source)
    source.seek(0)
    if kind == "csv":
        return read_csv(source, head, limits, prefer_tab=prefer_tab)
    from shared.tabular.xlsx_in import read_xlsx  # Pulls in zip and XML, which CSV does without.

    return read_xlsx(source, limits, sheet=sheet)


class _ClosingRows:
    """The rows of a copy that was made here: it is closed when they are no longer wanted, read to the end or not."""

    def __init__(self, rows: Iterator[Row], copy: BinaryIO) -> None:
        self._rows = rows
        weakref.finalize(self, copy.close)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        return next(self._rows)


def _seekable(content: bytes | BinaryIO, most: int) -> BinaryIO:
    """The content as a file that starts at 0 and can be read twice: one that cannot be sought is copied, to disk if it is large."""
    if isinstance(content, bytes | bytearray | memoryview):
        return io.BytesIO(content)
    if content.seekable() and content.tell() == 0:
        return content
    import tempfile  # Most content comes as bytes.

    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the table's rows are read
    while piece := content.read(_PIECE):
        copy.write(piece)
        if copy.tell() > most:
            copy.close()
            raise BadFile(f"is larger than {most} bytes")
    copy.seek(0)
    return copy  # type: ignore[return-value]  # typeshed does not count it among binary files
