"""The arithmetic of fees stands in shared, because dashboards reckon with it too."""

from shared.fee_rules import ZERO, FeeStatus, collection_rate, fee_status, net_amount, next_due, parts

__all__ = ["ZERO", "FeeStatus", "collection_rate", "fee_status", "net_amount", "next_due", "parts"]
