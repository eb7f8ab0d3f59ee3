"""The Lambda of the notifications module."""

from functions.notifications.module import MODULE
from functions.notifications.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
