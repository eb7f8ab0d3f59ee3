"""The Lambda of the auth module."""

from functions.auth.module import MODULE
from functions.auth.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
