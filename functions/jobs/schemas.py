"""Daily jobs on the wire."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from shared.http.schema import Bool, Date, In, Out, Query

RunState = Literal["ASKED", "RUNNING", "DONE", "FAILED"]
ByHand = Annotated[Bool, Field(description="Whether to run although today's run is done: as a further run of the day")]


class RunOut(Out):
    """A run of a job."""

    id: Annotated[str, Field(examples=["2026-11-24.fees-night"])]
    job: str
    title: str | None = Field(description="What the job does; null where the job is no longer there")
    day: Annotated[str, Field(description="The school's date that it was for", examples=["2026-11-24"])]
    state: RunState
    dry_run: Annotated[bool, Field(description="Whether it only told what it would do")]
    further: Annotated[bool, Field(description="Whether it was asked for besides the day's own run")]
    asked_by: Annotated[str | None, Field(description="The user who asked for it; null: the clock did")]
    started_at: str | None
    finished_at: str | None
    result: Annotated[dict[str, Any] | None, Field(description="What it did, in numbers")]
    error: str | None


class JobOut(Out):
    """A job that is done for the school every day."""

    name: str
    title: str
    module: str
    at: Annotated[str, Field(description="The school's time of day from which it is due", examples=["02:00"])]
    next_due: Annotated[str | None, Field(description="The next instant at which it is due; null while the school is read-only")]
    can_dry_run: bool
    last_run: RunOut | None


class RunJob(In):
    """How to run a job."""

    body_optional: ClassVar[bool] = True
    again: ByHand = False
    dry_run: Annotated[Bool, Field(description="Only tell what it would do; not every job can")] = False


class RunList(Query):
    """Which runs to list."""

    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page number, from 1")] = 1
    page_size: Annotated[int, Field(ge=1, le=100, description="Records a page, 1–100")] = 20
    job: Annotated[str | None, Field(max_length=64)] = None
    state: RunState | None = None
    from_: Annotated[Date | None, Field(alias="from", description="Runs for this date and later")] = None
    to: Annotated[Date | None, Field(description="Runs for this date and earlier")] = None
