"""Where the feed has got to, in small files that are replaced as a whole."""

import json
from pathlib import Path
from typing import Any


class StateFile:
    """A dict that is on disk after each `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.data: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def save(self) -> None:
        """Replace the file."""
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self.data))
        draft.replace(self._path)
