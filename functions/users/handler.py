"""The Lambda of the users module."""

from functions.users.module import MODULE
from functions.users.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
