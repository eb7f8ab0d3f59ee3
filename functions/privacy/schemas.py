"""The wire of personal data."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field

from shared.http.schema import Bool, In, Line, ListQuery, Out


class State(StrEnum):
    """How far a request is."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"


class ExportIn(In):
    """Nothing has to be said to get a copy."""

    body_optional: ClassVar[bool] = True


class ErasureIn(In):
    """What an erasure needs to know."""

    dry_run: Annotated[bool, Field(description="Only tell what would be erased, and what would stay and why")] = False
    confirm: Annotated[
        Line | None,
        Field(
            max_length=254,
            description="The student's admission number, or the user's e-mail address: proof that this person is meant. Not needed for `dryRun`",
            examples=["2026-00017"],
        ),
    ] = None


class StudentErasureIn(ErasureIn):
    """What the erasure of a student needs to know besides."""

    even_if_active: Annotated[Bool, Field(description="Erase a student who is still at the school; it becomes INACTIVE")] = False
    even_with_open_balance: Annotated[Bool, Field(description="Erase although fees are open: nobody can be asked for them any more")] = (
        False
    )


class Held(Out):
    """Something that is stored about the person."""

    what: str
    count: int


class Kept(Out):
    """Something that stays, and why."""

    what: str
    count: Annotated[int | None, Field(description="null where it cannot be counted")]
    why: str
    until: str


class PreviewOut(Out):
    """What an erasure would do."""

    subject: str
    subject_id: str
    removed: list[Held]
    cleared: Annotated[list[Held], Field(description="What is personal in these goes, the records stay")]
    kept: list[Kept]
    blockers: Annotated[list[str], Field(description="Why it would be refused as it was asked for")]


class RequestOut(Out):
    """A data export or an erasure."""

    id: str
    kind: Annotated[str, Field(description="EXPORT or ERASE")]
    subject: Annotated[str, Field(description="USER or STUDENT")]
    subject_id: str
    state: State
    step: Annotated[str | None, Field(description="What is being done now")]
    done: Annotated[dict[str, Any], Field(description="What was exported or erased, counted by kind")]
    kept: list[Kept]
    url: Annotated[str | None, Field(description="Where the archive can be loaded from for 15 minutes; ask again for a fresh address")]
    available_until: Annotated[str | None, Field(description="When the archive is removed from storage")]
    size: int | None
    error: Annotated[str | None, Field(description="What went wrong last; asking for the same again wakes the work")]
    requested_by: str | None
    created_at: str | None
    started_at: str | None
    finished_at: str | None
    version: int


class RequestList(ListQuery):
    """A page of requests, the newest first."""

    state: State | None = None
