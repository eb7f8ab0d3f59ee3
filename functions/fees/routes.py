"""The routes of fees, a file for each topic; each declares its own on the module's router."""

from functions.fees import routes_fees, routes_payments, routes_reading, routes_receipts, routes_structures
from functions.fees.routes_common import router

__all__ = ["router", "routes_fees", "routes_payments", "routes_reading", "routes_receipts", "routes_structures"]
