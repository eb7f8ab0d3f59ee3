"""The jobs that belong to no other module."""

from functions.jobs import orphans
from shared.jobs import worker

lambda_handler = worker("jobs", {"orphaned-files": orphans.remove_orphans})
