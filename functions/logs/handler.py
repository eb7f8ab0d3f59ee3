"""The Lambda of the audit log."""

from functions.logs.module import MODULE
from functions.logs.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
