"""CSV that every spreadsheet opens rightly and none runs: UTF-8 with BOM, CRLF, quoted by RFC 4180, defused (G12)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from shared.tabular.cells import FIRST_SIGNS, defuse

CHUNK = 65_536
_BATCH = 100


class CsvWriter:
    """Collects rows and gives them out as bytes in chunks of about 64 KB; the header row and the BOM come first."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, lineterminator="\r\n")
        self._buffer.write("\ufeff")
        self._writer.writerow(_safe(headers))

    def write(self, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
        """Take the rows; each chunk that fills is given out. None becomes an empty cell, anything else its text."""
        pending = iter(rows)
        while batch := list(islice(pending, _BATCH)):
            self._writer.writerows(map(_safe, batch))
            if self._buffer.tell() >= CHUNK:
                yield self._take()

    def finish(self) -> bytes:
        """What is left since the last chunk."""
        return self._take()

    def _take(self) -> bytes:
        content = self._buffer.getvalue().encode()
        self._buffer.seek(0)
        self._buffer.truncate()
        return content


def write_rows(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The whole file, in chunks, as the rows come."""
    writer = CsvWriter(headers)
    yield from writer.write(rows)
    yield writer.finish()


def _safe(row: Sequence[object]) -> list[str]:
    cells = [cell if type(cell) is str else "" if cell is None else str(cell) for cell in row]
    return [defuse(cell) if cell[:1] in FIRST_SIGNS else cell for cell in cells]
