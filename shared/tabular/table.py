"""A table that is read from a file, and what can be wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field


class BadFile(Exception):  # the name says what it is about
    """The file, or one row or cell of it, cannot be taken. `row` counts as a spreadsheet shows it, from 1 with the header."""

    def __init__(self, message: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(place)}: {self.message}" if place else self.message


class UnsupportedFile(BadFile):
    """The file is of a kind that is not read here; the message says what it looks like."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: data rows, columns, characters of a cell, and bytes once unpacked."""

    max_rows: int
    max_columns: int
    max_cell: int
    max_unpacked_bytes: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty, with a cell for each header; `problems` are what does not fit, and leave the other rows alone."""

    number: int
    cells: list[str]
    problems: tuple[BadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headers, and its rows read one by one as they are asked for, once."""

    headers: list[str]
    rows: Iterator[Row]
    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = field(default=None)


def column_letter(index: int) -> str:
    """The letters that a spreadsheet shows for a column, counted from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
