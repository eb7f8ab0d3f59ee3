"""The application's clock of a local stack: an offset in a file, looked at before each event."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from shared import clock

FILE_VARIABLE = "HOMEROOM_CLOCK_FILE"


def read_offset(path: Path) -> float:
    """The offset in seconds that the file says; 0 without a file."""
    try:
        return float(orjson.loads(path.read_bytes())["offsetSeconds"])
    except FileNotFoundError:
        return 0.0


def write_offset(path: Path, seconds: float) -> None:
    """Move the clock of every runtime process."""
    draft = path.with_suffix(".new")
    draft.write_bytes(orjson.dumps({"offsetSeconds": seconds}))
    draft.replace(path)


class LocalClock:
    """Follows the file; costs one `stat` a look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self.offset = 0.0

    @classmethod
    def of_environment(cls) -> "LocalClock | None":
        """The clock of the stack that this process belongs to."""
        path = os.environ.get(FILE_VARIABLE)
        return cls(Path(path)) if path else None

    def look(self) -> None:
        """Take over the offset when the file has changed."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            seen = None
        else:
            seen = (stat.st_mtime_ns, stat.st_ino)
        if seen == self._seen:
            return
        self._seen = seen
        self.offset = read_offset(self._path)
        if self.offset:
            move = timedelta(seconds=self.offset)
            clock.use(lambda: datetime.now(UTC) + move)
        else:
            clock.use(None)
