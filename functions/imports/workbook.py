"""The rows of an export as an XLSX workbook of one sheet. Every cell is text: no number loses its zeros, nothing runs as a formula."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, chain
from xml.sax.saxutils import escape

_PIECE = 1 << 18
_ROWS = 200
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="Students" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_workbook(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The whole workbook, in pieces; its rows go to disk as they come."""
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _PARTS.items():
                archive.writestr(name, _HEAD + content)
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for some in batched(enumerate(chain([headers], rows), 1), _ROWS, strict=False):
                    sheet.write("".join(_row(number, cells) for number, cells in some).encode())
                sheet.write(b"</sheetData></worksheet>")
        target.seek(0)
        while piece := target.read(_PIECE):
            yield piece


def _row(number: int, cells: Sequence[str]) -> str:
    held = "".join(
        f'<c r="{_column(at)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        for at, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{held}</row>'


def _column(at: int) -> str:
    """The letters of a column up to ZZ."""
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)
