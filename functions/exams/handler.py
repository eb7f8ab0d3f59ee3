"""The Lambda of the exams module."""

from functions.exams.module import MODULE
from functions.exams.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
