"""The routes of daily jobs."""

from functions.jobs import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Accepted, Ok, Page, accepted, ok, page
from shared.http.router import Router

router = Router("Jobs")


@router.get("/jobs", allow=Permission.JOBS_RUN)
def list_jobs(caller: Caller) -> Ok[list[schemas.JobOut]]:
    """List the jobs that are done for the school every day: the last run of each, and when it is due next."""
    return ok(service.list_jobs(caller))


@router.post("/jobs/<job_name>/run", allow=Permission.JOBS_RUN, raises=(NotFound, Conflict))
def run_job(job_name: str, data: schemas.RunJob, caller: Caller) -> Accepted[schemas.RunOut]:
    """Run a job for the school now, for today. A run that is done or goes on is not repeated unless `again` says so.

    The work goes on in the background: ask for the run by its id to see what became of it.
    """
    return accepted(service.run_job(caller, job_name, data))


@router.get("/jobs/runs", allow=Permission.JOBS_RUN)
def list_job_runs(query: schemas.RunList, caller: Caller) -> Page[schemas.RunOut]:
    """List the runs of the last 90 days, the newest first."""
    rows, total = service.list_job_runs(caller, query)
    return page(rows, number=query.page, size=query.page_size, total=total)


@router.get("/jobs/runs/<run>", allow=Permission.JOBS_RUN, raises=(NotFound,))
def get_job_run(run: str, caller: Caller) -> Ok[schemas.RunOut]:
    """Return one run."""
    return ok(service.get_job_run(caller, run))
