"""The Lambda of the imports module."""

from functions.imports.module import MODULE
from functions.imports.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
