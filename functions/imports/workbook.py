"""The rows of an export as an XLSX workbook of one sheet. Every cell is text: no number loses its zeros, nothing runs as a formula."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_PIECE = 1 << 18


def write_workbook(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The whole workbook, in pieces; its rows go to disk as they come."""
    import xlsxwriter  # Only who exports a workbook pays for it

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
        with xlsxwriter.Workbook(target.name, {"constant_memory": True}) as workbook:
            sheet = workbook.add_worksheet("Students")
            for number, cells in enumerate(chain([headers], rows)):
                for at, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(number, at, cell)
        while piece := target.read(_PIECE):
            yield piece
