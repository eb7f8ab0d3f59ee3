"""Runs of daily jobs."""

from shared.data.attributes import Plain, Text, Whole
from shared.data.item import TENANT, Keys, Record


class JobRun(Record):
    """A job's run for one school and day. Its existence and its lease are the claim: a clock that fires twice works once."""

    keys = Keys(TENANT + "#JOB_RUN", "{id}", purpose="a job's run of a day; all runs of a school")

    job = Text()
    day = Text()  # the school's date
    state = Text()  # RUNNING, DONE or FAILED
    result = Plain(null=True)  # what was done, in numbers
    error = Text(null=True)
    asked_by = Text(null=True)  # the user who asked for it by hand
    lease_until = Whole()  # epoch seconds after which another may take over
    started_at = Text()
    finished_at = Text(null=True)
    expires_at = Whole(attr_name="expiresAt", null=True)
