"""XLSX workbooks: one sheet, read by calamine once its package and its extent are known to be within bounds."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO
from xml.etree import ElementTree as ET

from shared.tabular.extent import require_extent
from shared.tabular.package import Package
from shared.tabular.records import Record, take_headers, take_rows
from shared.tabular.table import BadFile, Limits, Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_DAMAGE = (ET.ParseError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError, KeyError)
_EXACT_INTEGERS = 2**53
# Rows that are empty or stand above the header take room in a sheet without being data.
_SPARE_ROWS = 1_000


def read_xlsx(source: BinaryIO, limits: Limits, *, sheet: str | None) -> Table:
    """The table of a workbook's sheet: the named one, or the first visible one that holds anything."""
    import python_calamine  # Needed by imports of files only.

    try:
        package = Package(source, limits)
        source.seek(0)
        # The workbook is never closed by hand: its sheets, read as rows are asked for, live on it.
        book = python_calamine.CalamineWorkbook.from_filelike(source)
        page, name = _sheet(book, package, limits, sheet)
        records = _records(page)
        headers = take_headers(records, limits, page.start[1] if page.start else 0)
    except BadFile:
        raise
    except python_calamine.PasswordError as error:
        raise BadFile("is protected by a password: remove the password and try again") from error
    except (*_DAMAGE, python_calamine.CalamineError) as error:
        raise BadFile("is damaged: its workbook cannot be read") from error
    except BaseException as error:
        # A panic of the Rust library is not an Exception; everything else that is none must pass.
        if type(error).__name__ != "PanicException":
            raise
        raise BadFile("is damaged: its workbook cannot be read") from None
    return Table(headers, take_rows(records, headers, limits), "xlsx", sheet=name)


def _sheet(book: "CalamineWorkbook", package: Package, limits: Limits, wanted: str | None) -> tuple["CalamineSheet", str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # See read_xlsx.

    if wanted is not None and wanted not in book.sheet_names:
        raise BadFile(f"has no sheet named {wanted!r}; its sheets are {', '.join(map(repr, book.sheet_names))}")
    visible = [
        entry.name for entry in book.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet and entry.visible == SheetVisibleEnum.Visible
    ]
    most = 2 * limits.max_rows + _SPARE_ROWS, limits.max_columns
    for name in visible if wanted is None else [wanted]:
        part = package.sheet_part(name)
        require_extent(package.pieces(part), package.pieces(part), most)
        page = book.get_sheet_by_name(name)
        if page.height:
            return page, name
    raise BadFile("is empty: no sheet of it holds anything")


def _records(page: "CalamineSheet") -> Iterator[Record]:
    for number, values in enumerate(page.iter_rows(), 1):
        yield number, [value if type(value) is str else _text(value) for value in values]


def _text(value: object) -> str:
    """A cell's value as CSV would hold it: ISO dates, whole numbers without `.0`, no exponents."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)


def _number(value: float) -> str:
    """The number in the digits that a spreadsheet shows: whole ones exactly, others to the 15 digits that it computes with."""
    if value.is_integer():
        return str(int(value)) if abs(value) < _EXACT_INTEGERS else f"{Decimal(repr(value)):f}"
    return f"{Decimal(f'{value:.15g}'):f}"
