"""The Lambda of the teachers module."""

from functions.teachers.module import MODULE
from functions.teachers.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
