"""From raw records to headers and rows: what CSV and XLSX have in common."""

from collections.abc import Iterable, Iterator

from shared.tabular.cells import undefuse
from shared.tabular.table import BadFile, Limits, Row, column_letter
from shared.text import fold

Record = tuple[int, list[str]]
"""A row's number as the spreadsheet shows it, and its cells."""


def take_headers(records: Iterator[Record], limits: Limits, left: int = 0) -> list[str]:
    """The first record that is not empty, as headers: trimmed, without empty ones at its end, each different from the others.

    `left` is how many columns of the sheet stand to the left of the records.
    """
    for number, cells in records:
        headers = [undefuse(cell.strip().strip("\ufeff").strip()) for cell in cells]
        while headers and not headers[-1]:
            headers.pop()
        if headers:
            _check_headers(headers, number, limits, left)
            return [header or f"Column {column_letter(index)}" for index, header in enumerate(headers, left)]
    raise BadFile("is empty: it has no header row")


def _check_headers(headers: list[str], number: int, limits: Limits, left: int) -> None:
    if len(headers) > limits.max_columns:
        raise BadFile(f"has {len(headers)} columns; at most {limits.max_columns} are read", number)
    seen: dict[str, int] = {}
    for index, header in enumerate(headers, left):
        if len(header) > limits.max_cell:
            raise BadFile(f"has a header of more than {limits.max_cell} characters", number, column_letter(index))
        first = seen.setdefault(fold(header) or f"\0{index}", index)
        if first != index:
            both = f"{column_letter(first)} and {column_letter(index)}"
            raise BadFile(f"stands twice in the header (columns {both}): rename or remove one", number, header)


def take_rows(records: Iterable[Record], headers: list[str], limits: Limits) -> Iterator[Row]:
    """The rows that are not empty, as wide as the headers; BadFile once there are too many of them."""
    width, longest, count = len(headers), limits.max_cell, 0
    for number, cells in records:
        if not any(cells):
            continue
        restored = [undefuse(cell) if cell[:1] == "'" else cell for cell in cells]
        if not any(map(str.strip, restored)):
            continue
        count += 1
        if count > limits.max_rows:
            raise BadFile(f"has more than {limits.max_rows} rows of data", number)
        if len(restored) == width and len(max(restored, key=len)) <= longest:
            yield Row(number, restored)
        else:
            yield _mended(number, restored, headers, longest)


def _mended(number: int, cells: list[str], headers: list[str], longest: int) -> Row:
    width, problems = len(headers), []
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        problems.append(BadFile(f"has {len(cells)} cells, but the header has {width}", number))
    if len(cells) < width:
        problems.append(BadFile(f"has only {len(cells)} cells, but the header has {width}", number))
    cells = cells[:width] + [""] * (width - len(cells))
    for index, cell in enumerate(cells):
        if len(cell) > longest:
            problems.append(BadFile(f"has {len(cell)} characters; at most {longest} are read", number, headers[index]))
            cells[index] = cell[:longest]
    return Row(number, cells, tuple(problems))
