"""The encoding of a text file: by its byte-order mark, else by what the whole of it can be."""

import codecs
import re
from typing import BinaryIO

from shared.tabular.table import BadFile

CHUNK = 262_144
_MARKS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|\xc2[\xa0-\xbf]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_COMMON = re.compile(r"[0-9A-Za-z,;\t|\r\n\" ]")
_LINES = re.compile(r"[\r\n]")
_FAIR_SHARE = 0.05
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def detect(head: bytes, source: BinaryIO) -> tuple[str, int]:
    """The encoding (Python's name for it), and how many bytes of byte-order mark to skip; the source stands where it stood before.

    The file is read through once, in pieces: that its start is plain ASCII says nothing about a name in row 6,000.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _require(source, encoding), len(mark)
    if b"\0" in head:
        return _utf16_without_mark(head, source), 0
    if _fails_at(source, "utf-8") is None:
        return "utf-8", 0
    _refuse_broken_utf8(source)
    if (line := _fails_at(source, "cp1252")) is not None:
        raise BadFile("is text of no encoding that is read here: save it as UTF-8", line)
    return "cp1252", 0


def _require(source: BinaryIO, encoding: str) -> str:
    if (line := _fails_at(source, encoding)) is not None:
        raise BadFile(f"is damaged: what is said to be {encoding.upper()} holds other bytes: save it as UTF-8", line)
    return encoding


def _fails_at(source: BinaryIO, encoding: str) -> int | None:
    """The line in which the file stops being text of this encoding, if it does."""
    start, line, decoder = source.tell(), 1, codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := source.read(CHUNK):
            line += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return line + error.object[: error.start].count(b"\n")
    finally:
        source.seek(start)
    return None


def _utf16_without_mark(head: bytes, source: BinaryIO) -> str:
    """The byte order in which the file reads as text: lines, with a fair share of the delimiters and digits that tables of any script have."""
    even = head[: len(head) // 2 * 2]
    best, most = "", 0
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, errors="replace")
        score = len(_COMMON.findall(text)) if _LINES.search(text) and not _CONTROL.search(text) else 0
        if score > max(most, len(text) * _FAIR_SHARE):
            best, most = encoding, score
    if not best or _fails_at(source, best) is not None:
        raise BadFile("holds a NUL character, which no text has")
    return best


def _refuse_broken_utf8(source: BinaryIO) -> None:
    """Refuse UTF-8 that is damaged in places: read as Windows-1252 it would turn every name into rubbish."""
    start, good, bad = source.tell(), 0, 0
    while chunk := source.read(CHUNK):
        sequences = _MULTIBYTE.findall(chunk)
        good += len(sequences)
        bad += len(_NOT_ASCII.findall(chunk)) - sum(map(len, sequences))
    source.seek(start)
    if good > bad:
        raise BadFile("is UTF-8 with damaged characters: save it as UTF-8 again", _fails_at(source, "utf-8"))
