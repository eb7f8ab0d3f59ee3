"""Routes of payments, reversals, cheques and the closing of a cashier's day."""
