"""The access patterns of runs."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.data import reader
from shared.entities.jobs import JobRun

_LAST = "~"  # after every id of a day
_LONGEST = 120  # characters of an id


def find(school_id: str, run_id: str) -> JobRun | None:
    """A run of the school as it stands."""
    return reader.load(JobRun, consistent=True, school_id=school_id, id=run_id) if 0 < len(run_id) <= _LONGEST else None


def runs(school_id: str, first: date | None, last: date | None) -> Iterator[JobRun]:
    """The runs for these dates, the newest date first."""
    after, until = first.isoformat() if first else "", f"{last.isoformat()}{_LAST}" if last else ""
    found = reader.query(JobRun.partition_of(school_id=school_id), after=after, until=until, newest_first=True)
    return (JobRun.from_item(raw) for raw in found)


def last_runs(school_id: str, names: set[str], since: date) -> dict[str, JobRun]:
    """The last run of each job: most are of the last days; the others are looked for further back."""
    found: dict[str, JobRun] = {}
    for first, last in ((since, None), (None, since - timedelta(days=1))):
        for run in runs(school_id, first, last):
            known = found.get(run.job)
            if run.job in names and (known is None or (known.day == run.day and (known.started_at or "~") < (run.started_at or "~"))):
                found[run.job] = run
        if names <= found.keys():
            break
    return found
