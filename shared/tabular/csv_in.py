"""CSV as people's programs write it: four delimiters, every line break, quoted or not; streamed."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from shared.tabular.encoding import detect
from shared.tabular.records import Record, take_headers, take_rows
from shared.tabular.table import BadFile, Limits, Table

_DELIMITERS = ",;\t|"
_SAMPLE_RECORDS = 50
_FEW_RECORDS = 2
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?(\r|\n|$)', re.IGNORECASE)


class _Window(io.RawIOBase):
    """A source from where it stands, bounded in bytes, that is not closed with its reader."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source, self._left, self._most = source, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # what typeshed allows besides has no item assignment
        data = self._source.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise BadFile(f"is larger than {self._most} bytes")
        buffer[: len(data)] = data
        return len(data)


def read_csv(source: BinaryIO, head: bytes, limits: Limits, *, prefer_tab: bool) -> Table:
    """The table of a CSV file that begins where the source stands."""
    start = source.tell()
    if source.seek(0, io.SEEK_END) - start > limits.max_unpacked_bytes:
        raise BadFile(f"is larger than {limits.max_unpacked_bytes} bytes")
    source.seek(start)
    encoding, mark = detect(head, source)
    source.seek(start + mark)
    window = io.BufferedReader(_Window(source, limits.max_unpacked_bytes), 1 << 16)
    text = io.TextIOWrapper(window, encoding=encoding, newline="")
    sample = _sample(head[mark:], encoding)
    delimiter, skipped = _delimiter(sample, prefer_tab=prefer_tab)
    records = _records(islice(text, skipped, None), delimiter, limits)
    headers = take_headers(records, limits)
    return Table(headers, take_rows(records, headers, limits), "csv", encoding=encoding, delimiter=delimiter)


def _records(lines: Iterable[str], delimiter: str, limits: Limits) -> Iterator[Record]:
    """The records with their numbers: an empty line counts, a line break inside quotes does not."""
    reader, number = csv.reader(_without_nul(lines), delimiter=delimiter, strict=True), 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except BadFile as error:
        raise BadFile(error.message, number + 1) from None
    except csv.Error as error:
        reason = str(error)
        if "unexpected end" in reason:
            raise BadFile("opens a quotation mark that is never closed", number + 1) from None
        if "field limit" in reason:
            longest = min(limits.max_cell, csv.field_size_limit())
            raise BadFile(f"has a quotation mark that is never closed, or a cell of more than {longest} characters", number + 1) from None
        raise BadFile("has a quotation mark out of place: inside a quoted cell it must be doubled", number + 1) from None


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise BadFile("holds a NUL character, which no text has")
        yield line


def _sample(head: bytes, encoding: str) -> str:
    return head[: len(head) // 2 * 2].decode(encoding, errors="ignore") if "16" in encoding else head.decode(encoding, errors="ignore")


def _delimiter(sample: str, *, prefer_tab: bool) -> tuple[str, int]:
    """The delimiter under which the first records are widest and most alike, and the lines to skip (Excel's `sep=;` line)."""
    if declared := _SEPARATOR_LINE.match(sample):
        return declared[1], 1
    scores = {delimiter: _score(sample, delimiter) for delimiter in _DELIMITERS}
    if prefer_tab and scores["\t"]:
        return "\t", 0
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return (best if scores[best] else ","), 0


def _score(sample: str, delimiter: str) -> float:
    widths: list[int] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths.extend(len(record) for record in islice(filter(any, reader), _SAMPLE_RECORDS))
    except csv.Error:
        # The records before the one that does not parse speak for themselves.
        widths = widths[:-1]
    if _FEW_RECORDS < len(widths) < _SAMPLE_RECORDS:
        # The sample may end within a record.
        widths.pop()
    if not widths or widths[0] == 1:
        return 0
    return widths[0] * sum(width == widths[0] for width in widths) / len(widths)
