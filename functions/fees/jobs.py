"""The worker of the module's daily jobs."""

from functions.fees.night import fees_night
from functions.fees.reconcile import fees_reconcile
from shared.jobs import worker

lambda_handler = worker("fees", {"fees-night": fees_night, "fees-reconcile": fees_reconcile})
"""Does a night of fees, or their reconciliation, for the school that a message names."""
