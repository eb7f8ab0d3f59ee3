"""The zip package of a workbook, unpacked under bounds before any other library opens it: its directory may lie about sizes."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree as ET

from shared.tabular.table import BadFile, Limits

_MOST_PARTS = 2_000
_MOST_RATIO = 400
_RATIO_COUNTS_FROM = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_PIECE = 1 << 16
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT_MAIN = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_LINK = re.compile(r"\{http[^}]*/relationships\}id$")


class Package:
    """The parts of a workbook's package, none of which unpacks to more than the bounds allow."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._source = source
        with zipfile.ZipFile(source) as archive:
            self._parts = {part.filename: part for part in archive.infolist()}
            if len(self._parts) != len(archive.infolist()) or len(self._parts) > _MOST_PARTS:
                raise BadFile("is damaged: its package holds a part twice, or too many parts")
        left = limits.max_unpacked_bytes
        for part in self._parts.values():
            unpacked = sum(map(len, self._pieces(part, left)))
            left -= unpacked
            if unpacked > _RATIO_COUNTS_FROM and unpacked > _MOST_RATIO * part.compress_size:
                raise BadFile("unpacks to a suspicious size: save it again with a spreadsheet program")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part's bytes, unpacked piece by piece."""
        return self._pieces(self._parts[name], self._parts[name].file_size)

    def read(self, name: str) -> bytes:
        """A whole part: for small ones."""
        return b"".join(self.pieces(name))

    def sheet_part(self, sheet: str) -> str:
        """The name of the part that holds a sheet."""
        books = [entry for entry in self._tree("xl/workbook.xml").iter() if entry.tag in (f"{_MAIN}sheet", f"{_STRICT_MAIN}sheet")]
        links = [value for entry in books if entry.get("name") == sheet for key, value in entry.attrib.items() if _LINK.search(key)]
        targets = [entry.get("Target", "") for entry in self._tree("xl/_rels/workbook.xml.rels") if entry.get("Id") in links]
        if len(links) != 1 or len(targets) != 1:
            raise BadFile(f"is damaged: its sheet {sheet!r} cannot be found")
        name = targets[0].removeprefix("/") if targets[0].startswith(("/", "xl/")) else f"xl/{targets[0]}"
        if name not in self._parts:
            raise BadFile(f"is damaged: its sheet {sheet!r} is missing")
        return name

    def _tree(self, name: str) -> ET.Element:
        if name not in self._parts:
            raise BadFile(f"is damaged: its package lacks {name}")
        content = self.read(name)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise BadFile("is refused: no workbook declares XML entities")
        return ET.fromstring(content)  # noqa: S314 - bounded in size, and declarations of entities are refused above

    def _pieces(self, part: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
        if part.flag_bits & 1:
            raise BadFile("is protected by a password: remove the password and try again")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadFile("is packed in a way that is not read here: save it again with a spreadsheet program")
        # The allowance covers a directory that is honest; more than it says, or than is left, is a bomb.
        most = min(most, part.file_size)
        for piece in self._inflated(part):
            most -= len(piece)
            if most < 0:
                raise BadFile("unpacks to more than is read here: it is too large, or says less than it holds")
            yield piece

    def _inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        left = part.compress_size
        self._source.seek(part.header_offset)
        _, name, extra = _LOCAL_HEADER.unpack(self._source.read(_LOCAL_HEADER.size))
        position = part.header_offset + _LOCAL_HEADER.size + name + extra
        inflater = zlib.decompressobj(-15)
        while left > 0:
            self._source.seek(position)
            packed = self._source.read(min(left, _PIECE))
            if not packed:
                raise BadFile("is damaged: it ends too early")
            position, left = position + len(packed), left - len(packed)
            if part.compress_type == zipfile.ZIP_STORED:
                yield packed
                continue
            while packed and not inflater.eof:
                yield inflater.decompress(packed, _PIECE * 16)
                packed = inflater.unconsumed_tail
