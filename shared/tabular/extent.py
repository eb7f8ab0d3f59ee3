"""How far a sheet reaches, before it is read into a full rectangle: one cell at XFD1048576 would otherwise take all memory."""

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from shared.tabular.table import BadFile

# Whatever else a sheet holds, each reference of a cell or row that could count is found by these: they err on the side of finding more.
_REFERENCE = re.compile(rb"""[\s"']r\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")
_CELL = re.compile(rb"<(?:[A-Za-z0-9_]+:)?c[\s>/]")
_LONGEST_TAIL = 1 << 20
Extent = tuple[int, int]
"""Rows and columns from A1 to the last cell."""


def require_extent(pieces: Iterable[bytes], again: Iterable[bytes], most: Extent) -> None:
    """BadFile if a sheet's values reach beyond so many rows and columns; formatted empty cells may.

    The quick look takes the references by their text; only a sheet that seems too large, or leaves references out, is parsed.
    """
    rows, columns, complete = _quick(pieces)
    if complete and rows <= most[0] and columns <= most[1]:
        return
    rows, columns = _thorough(again)
    if rows > most[0]:
        raise BadFile(f"reaches to row {rows}; at most {most[0]} are read")
    if columns > most[1]:
        raise BadFile(f"has {columns} columns; at most {most[1]} are read")


def _quick(pieces: Iterable[bytes]) -> tuple[int, int, bool]:
    rows, letters, cells, named = 0, set[bytes](), 0, 0
    for piece in _whole_tags(pieces):
        cells += len(_CELL.findall(piece))
        found = _REFERENCE.findall(piece)
        distinct = set(found)
        letters |= {letter for letter, _ in distinct}
        rows = max(rows, max((int(number[:9]) for _, number in distinct), default=0))
        named += sum(1 for letter, _ in found if letter)
    return rows, max(map(_column, letters), default=0), cells <= named


def _whole_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, cut between tags instead of within them."""
    tail = b""
    for piece in pieces:
        whole = tail + piece
        cut = whole.rfind(b"<")
        tail = whole[cut:] if cut >= 0 else whole
        if len(tail) > _LONGEST_TAIL:
            raise BadFile("is damaged: its sheet is no XML")
        yield whole[:cut] if cut >= 0 else b""
    yield tail


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number


class _Reach:
    """Follows a sheet's XML and keeps the last row and column that hold a value."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0
        elif local == "c":
            reference = re.fullmatch(r"([A-Za-z]+)([0-9]+)", attributes.get("r", ""))
            self._column = _column(reference[1].encode()) if reference else self._column + 1
            self._row = int(reference[2]) if reference else self._row
        elif local in ("v", "is", "f"):
            self._inside = True

    def text(self, _data: str) -> None:
        if self._inside:
            self.rows, self.columns, self._inside = max(self.rows, self._row), max(self.columns, self._column), False

    def end(self, _name: str) -> None:
        self._inside = False


def _thorough(pieces: Iterable[bytes]) -> Extent:
    reach, parser = _Reach(), expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = reach.start, reach.text
    parser.EntityDeclHandler = _refuse_entities
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise BadFile("is damaged: its sheet is no well-formed XML") from error
    return reach.rows, reach.columns


def _refuse_entities(*_declaration: object) -> None:
    raise BadFile("is refused: no workbook declares XML entities")
