"""Journal entries as they are hashed and archived: a gzip file of JSON lines for each finished UTC day, in the school's part of storage."""

import zlib
from collections.abc import Iterable, Iterator

import orjson

from shared.audit_chain import Entry, Link, entry_hash
from shared.data.attributes import unwrap
from shared.data.reader import Raw
from shared.gateways import files

_GZIP = 31  # zlib's number for a gzip frame; it keeps no time, so that the same entries give the same bytes
_KEYS = frozenset({"pk", "sk", "gsi1pk", "gsi1sk", "type"})


def entry_of(raw: Raw) -> Entry:
    """An entry as it is hashed: what is stored but its keys, `expiresAt` included."""
    return {name: unwrap(value) for name, value in raw.items() if name not in _KEYS}


def file_of(school_id: str, day: str) -> str:
    """Where a day's entries lie."""
    return files.key_of(school_id, "audit", day[:4], f"{day}.jsonl.gz")


def head_of(school_id: str, day: str) -> str:
    """Where the head that was published with a day lies."""
    return files.key_of(school_id, "audit", "heads", f"{day}.json")


class Packing:
    """Packs entries as they come; only the packed bytes are held."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self._packer = zlib.compressobj(wbits=_GZIP)
        self._packed = bytearray()

    def add(self, entry: Entry) -> None:
        """Add an entry with its hash."""
        hashed = entry_hash(entry)
        self.links.append((entry["id"], hashed))
        line = orjson.dumps({"hash": hashed.hex(), "entry": entry}, option=orjson.OPT_SORT_KEYS)
        self._packed += self._packer.compress(line + b"\n")

    def content(self) -> bytes:
        """The whole file."""
        return bytes(self._packed + self._packer.flush())


def pack(entries: Iterable[Entry]) -> Packing:
    """Entries packed."""
    made = Packing()
    for entry in entries:
        made.add(entry)
    return made


def links_of(entries: Iterable[Entry]) -> list[Link]:
    """The ids of entries and their hashes, reckoned anew."""
    return [(entry["id"], entry_hash(entry)) for entry in entries]


def unpacked(pieces: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of a file, read piece by piece."""
    expand = zlib.decompressobj(wbits=_GZIP)
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + expand.decompress(piece)).split(b"\n")
        for line in lines:
            yield orjson.loads(line)["entry"]
    if rest + expand.flush():
        raise EOFError("the archive breaks off within a line")


def entries(school_id: str, day: str) -> Iterator[Entry]:
    """A day's entries from the archive, oldest first."""
    return unpacked(files.stream(file_of(school_id, day)))
