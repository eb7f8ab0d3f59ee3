"""The Lambda of the dashboards module."""

from functions.dashboards.module import MODULE
from functions.dashboards.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
