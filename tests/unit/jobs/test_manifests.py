"""What manifests may not say together, before anything is deployed."""

from dataclasses import replace

import pytest

from shared.job_list import parse, told
from shared.manifest import Consumer, Grant, Job, ManifestError, Module, Queue, Schedule, check

GOOD = Module(
    "fees",
    "Fees",
    grants=(Grant.TABLE, Grant.SCHEDULER),
    queues=(Queue("fees-jobs", "x", scheduled=True),),
    jobs=(Job("fees-night", "Night"),),
)


def test_good_manifests_pass_and_tell_their_jobs() -> None:
    check([GOOD, Module("plain", "Plain")])
    (job,) = parse(told([GOOD]))
    assert (job.name, job.module, job.queue, job.at, job.dry_run) == ("fees-night", "fees", "fees-jobs", "02:00", False)


@pytest.mark.parametrize(
    ("modules", "named"),
    [
        ([replace(GOOD, queues=())], "fees declares jobs but no queue fees-jobs"),
        ([replace(GOOD, jobs=(Job("fees-night", "Night", at="2:00"),))], "fees-night"),
        ([GOOD, replace(GOOD, name="other", grants=(), queues=(Queue("other-jobs", "x"),))], "two jobs are called fees-night"),
        ([replace(GOOD, consumers=(Consumer("fees-jobs", "x"),))], "called fees-jobs"),
        ([replace(GOOD, schedules=(Schedule("a", "x", "rate(1 day)"), Schedule("a", "x", "rate(1 day)")))], "two schedules are called a"),
        ([replace(GOOD, queues=(Queue("fees-jobs", "x"),))], "exactly one queue that is `scheduled`"),
        ([GOOD, Module("more", "More", grants=(Grant.SCHEDULER,), queues=(Queue("q", "x", scheduled=True),))], "only one module"),
    ],
)
def test_manifests_that_do_not_go_together_are_refused_by_name(modules: list[Module], named: str) -> None:
    with pytest.raises(ManifestError, match=named):
        check(modules)


def test_the_projects_own_manifests_go_together() -> None:
    from shared.registry import modules

    check(modules())
