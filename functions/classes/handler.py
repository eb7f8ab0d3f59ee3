"""The Lambda of the classes module."""

from functions.classes.module import MODULE
from functions.classes.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
