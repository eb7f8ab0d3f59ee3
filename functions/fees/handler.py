"""The Lambda of the fees module."""

from functions.fees.module import MODULE
from functions.fees.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
