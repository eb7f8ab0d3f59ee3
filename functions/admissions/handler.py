"""The Lambda of the admissions module."""

from functions.admissions.module import MODULE
from functions.admissions.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
