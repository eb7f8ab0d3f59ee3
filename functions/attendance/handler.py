"""The Lambda of the attendance module."""

from functions.attendance.module import MODULE
from functions.attendance.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
