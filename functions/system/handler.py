"""The Lambda of the system module."""

from functions.system.module import MODULE
from functions.system.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
