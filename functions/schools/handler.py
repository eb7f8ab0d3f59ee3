"""The Lambda of the schools module."""

from functions.schools.module import MODULE
from functions.schools.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
