"""The Lambda of the jobs module."""

from functions.jobs.module import MODULE
from functions.jobs.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
