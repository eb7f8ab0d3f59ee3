"""What a file is, judged by its content: names and content types lie."""

import re
from typing import BinaryIO

from shared.tabular.table import BadFile, UnsupportedFile

HEAD = 65_536
"""So many bytes at the start of a file are looked at to tell what it is."""

_SIGNATURES = [
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
]
_MARKUP = [
    (re.compile(rb"<!doctype html|<html|<table|<head|<body|<meta", re.IGNORECASE), "a web page (HTML)"),
    (re.compile(rb"<\?xml|<!--|<svg|<[a-z]+:?[a-z]* xmlns", re.IGNORECASE), "an XML file"),
    (re.compile(rb'[\[{]\s*[\[{"]'), "a JSON file"),
]
_OFFICE = [
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple Numbers or Pages document"),
]
ADVICE = "save it as CSV or XLSX and try again"


def kind_of(head: bytes, source: BinaryIO) -> str:
    """`csv` or `xlsx`; UnsupportedFile names what else the file looks like."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise BadFile("is empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(source)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _compound(source)
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise UnsupportedFile(f"looks like {name}: {ADVICE}")
    start = _as_ascii(head)
    for pattern, name in _MARKUP:
        if pattern.match(start):
            raise UnsupportedFile(f"looks like {name}: {ADVICE}")
    return "csv"


def _as_ascii(head: bytes) -> bytes:
    """The start of the text without byte-order mark, white space and the zeros of UTF-16."""
    return head[:512].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()


def _zip_kind(source: BinaryIO) -> str:
    import zipfile  # CSV does without.

    try:
        with zipfile.ZipFile(source) as archive:
            names = set(archive.namelist())
            opendocument = "mimetype" in names and b"opendocument" in archive.open("mimetype").read(200)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise BadFile("is damaged: it begins like a workbook but cannot be opened") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if opendocument:
        raise UnsupportedFile(f"looks like an OpenDocument file (ODS): {ADVICE}")
    for name, what in _OFFICE:
        if name in names:
            raise UnsupportedFile(f"looks like {what}: {ADVICE}")
    raise UnsupportedFile("looks like a zip archive: unpack it first")


def _compound(source: BinaryIO) -> BadFile:
    """The error for a compound file of Microsoft Office: an encrypted workbook, or one of the old formats."""
    start, names, overlap = source.tell(), set(), b""
    known = {name.encode("utf-16-le"): name for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")}
    while chunk := source.read(1 << 20):
        names |= {name for key, name in known.items() if key in overlap + chunk}
        overlap = chunk[-64:]
    source.seek(start)
    if "EncryptedPackage" in names:
        return BadFile("is protected by a password: remove the password and try again")
    if names & {"Workbook", "Book"}:
        return UnsupportedFile(f"looks like an Excel workbook of the old format (XLS): {ADVICE}")
    if "WordDocument" in names:
        return UnsupportedFile(f"looks like a Word document: {ADVICE}")
    return UnsupportedFile(f"looks like a document of an old Office program: {ADVICE}")
