"""The bad rows as a file that is ready to be mended: their own cells, and the reasons in a column of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.imports.columns import ERROR_COLUMN
from shared.csv_files import CsvWriter, Row
from shared.text import fold

if TYPE_CHECKING:
    from functions.imports.cells import Finding


class BadRows:
    """Collects the bad rows of a file."""

    def __init__(self, headers: list[str]) -> None:
        self._kept = [at for at, header in enumerate(headers) if fold(header) != fold(ERROR_COLUMN)]
        self._writer = CsvWriter([*(headers[at] for at in self._kept), ERROR_COLUMN])
        self._chunks: list[bytes] = []
        self._content: bytes | None = None
        self.count = 0

    def add(self, row: Row, wrong: list[Finding]) -> None:
        """Keep a bad row with its reasons."""
        self.count += 1
        reasons = "; ".join(f"{f.column or f.field}: {f.message}" if f.column or f.field else f.message for f in wrong)
        self._chunks += self._writer.write([[*(row.cells[at] for at in self._kept), reasons]])

    def content(self) -> bytes:
        """The file, whole."""
        if self._content is None:
            self._content = b"".join([*self._chunks, self._writer.finish()])
        return self._content
