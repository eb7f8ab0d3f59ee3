"""Runs of daily jobs, and the clock that asks for them."""

from shared.data.attributes import Flag, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record


class JobRun(Record):
    """A job's run for one school and day. Its existence and its lease are the claim: a clock that fires twice works once."""

    keys = Keys(TENANT + "#JOB_RUN", "{id}", purpose="a job's run of a day; all runs of a school")

    job = Text()
    day = Text()  # the school's date
    state = Text()  # ASKED (by hand), RUNNING, DONE or FAILED
    result = Plain(null=True)  # what was done, in numbers
    error = Text(null=True)
    asked_by = Text(null=True)  # the user who asked for it by hand
    again = Text(null=True)  # tells a further run of the same day from the day's own
    dry_run = Flag(null=True)  # whether it only told what it would do
    lease_until = Whole(default=0)  # epoch seconds after which another may take over
    started_at = Text(null=True)
    finished_at = Text(null=True)
    expires_at = Whole(attr_name="expiresAt", null=True)


class JobClock(Item):
    """Up to when the clock has asked for runs, on the platform: one small item, however many schools there are."""

    keys = Keys(TENANT, "JOB_CLOCK", purpose="up to when daily jobs were asked for")

    asked_until = Whole()  # epoch seconds
    declared = Text()  # a digest of the jobs that were declared then
