"""What the demo school tells its people: a notice that is sent, one that is scheduled, a draft."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.demo.api import Api

_FORTNIGHT = timedelta(days=14)
_NOTICES: tuple[dict[str, Any], ...] = (
    {
        "title": "Parents' evening",
        "content": "The parents' evening begins at 17:30 in the assembly hall. Class teachers are in their rooms from 18:00.",
        "type": "ANNOUNCEMENT",
        "audience": ["PARENT", "TEACHER"],
        "channels": ["IN_APP"],
    },
    {
        "title": "Sports day",
        "content": "Students come in sports clothes and bring water. Lessons end at 12:00.",
        "type": "INFO",
        "audience": ["ALL"],
        "channels": ["IN_APP", "EMAIL"],
    },
    {
        "title": "Library closed",
        "content": "The library is closed for stocktaking.",
        "type": "WARNING",
        "priority": "LOW",
        "audience": ["STUDENT", "TEACHER"],
        "channels": ["IN_APP"],
    },
)


class NoticeBoard:
    """Writes the notices. What is there already stays."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """What is said before each step, and the step."""
        yield f"{len(_NOTICES)} notices", self._notices

    def _notices(self) -> None:
        known = {notice["title"]: notice for notice in self._api.all("/notifications", box="all")}
        sent, scheduled, draft = _NOTICES
        made = known.get(sent["title"]) or self._api.post("/notifications", sent, key="demo-notice-sent")
        if made["status"] == "DRAFT":
            self._api.post(f"/notifications/{made['id']}/send", {}, key="demo-notice-send")
        if scheduled["title"] not in known:
            at = datetime.now(UTC) + _FORTNIGHT
            self._api.post("/notifications", {**scheduled, "scheduledDate": at.isoformat(timespec="seconds")})
        if draft["title"] not in known:
            self._api.post("/notifications", draft, key="demo-notice-draft")
