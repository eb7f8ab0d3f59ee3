"""The Lambda of personal data."""

from functions.privacy.module import MODULE
from functions.privacy.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
