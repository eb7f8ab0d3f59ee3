"""Routes of single fees: one student, one period."""
