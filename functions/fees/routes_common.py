"""The one router of the module, on which the files `routes_<topic>` declare their routes."""

from shared.http.router import Router

router = Router("Fees")
