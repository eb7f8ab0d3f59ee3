"""How far a sheet reaches, before it is read into a full rectangle: one cell at XFD1048576 would otherwise take all memory."""

import re
import string
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from shared.tabular.table import BadFile, column_letter

# A cell's tag in a form that programs do not write, or one that may lack its reference: such sheets are parsed.
_UNUSUAL_CELL = re.compile(rb"<c[\t\r\n/>]|:c[\s/>]")
_LONGEST_TAIL = 1 << 20
Extent = tuple[int, int]
"""Rows and columns from A1 to the last cell."""


def require_extent(pieces: Iterable[bytes], again: Iterable[bytes], most: Extent) -> None:
    """BadFile if a sheet's values reach beyond so many rows and columns; formatted empty cells may.

    The quick look searches the text for any reference beyond the bounds, and errs on the side of finding one; only a sheet that seems too
    large, or is not written as spreadsheet programs do, is parsed.
    """
    beyond = _beyond(most)
    if not any(beyond.search(piece) or _unusual(piece) for piece in _whole_tags(pieces)):
        return
    rows, columns = _thorough(again)
    if rows > most[0]:
        raise BadFile(f"reaches to row {rows}, which is more than is read of one file", rows)
    if columns > most[1]:
        raise BadFile(f"has {columns} columns; at most {most[1]} are read")


def _unusual(piece: bytes) -> bool:
    return piece.count(b"<c ") != piece.count(b'<c r="') or _UNUSUAL_CELL.search(piece) is not None


def _beyond(most: Extent) -> re.Pattern[bytes]:
    """What matches a reference (`r="B7"`, of a row also `r="7"`) whose row or column is larger than the bounds."""
    row = _larger(str(most[0]), "0123456789")
    column = _larger(column_letter(most[1] - 1), string.ascii_uppercase)
    return re.compile(rf"""r\s*=\s*["']\s*(?:[A-Za-z]*+0*+(?:{row})|(?i:{column})[0-9])""".encode())


def _larger(bound: str, signs: str) -> str:
    """A pattern for the numerals that are larger than the bound, in the digits that are given: longer ones, or a larger digit somewhere."""
    digit = f"[{signs[0]}-{signs[-1]}]"
    patterns = [f"{digit}{{{len(bound) + 1},}}"]
    for place, sign in enumerate(bound):
        if sign != signs[-1]:
            patterns.append(f"{bound[:place]}[{signs[signs.index(sign) + 1]}-{signs[-1]}]{digit}{{{len(bound) - place - 1}}}")
    return "|".join(patterns)


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
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)


def _thorough(pieces: Iterable[bytes]) -> Extent:
    reach, parser = _Reach(), expat.ParserCreate()
    parser.StartElementHandler = reach.start
    parser.EntityDeclHandler = _refuse_entities
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, ValueError) as error:
        raise BadFile("is damaged: its sheet is no well-formed XML") from error
    return reach.rows, reach.columns


def _refuse_entities(*_declaration: object) -> None:
    raise BadFile("is refused: no workbook declares XML entities")
