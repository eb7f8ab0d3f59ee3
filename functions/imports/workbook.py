"""The rows of an export as an XLSX workbook. Every cell is text: no number loses its zeros, and nothing runs as a formula."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import xlsxwriter  # type: ignore[import-untyped]  # it has no types

_PIECE = 1 << 18


def write_workbook(headers: Sequence[str], rows: Iterable[Sequence[str]], sheet: str = "Students") -> Iterator[bytes]:
    """The whole workbook, in pieces; rows are written to disk as they come."""
    with tempfile.TemporaryFile() as target:
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            page = book.add_worksheet(sheet)
            for number, row in enumerate(chain([headers], rows)):
                for at, cell in enumerate(row):
                    if cell:
                        page.write_string(number, at, cell)
        target.seek(0)
        while piece := target.read(_PIECE):
            yield piece
