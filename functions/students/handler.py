"""The Lambda of the students module."""

from functions.students.module import MODULE
from functions.students.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
