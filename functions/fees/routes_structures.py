"""Routes of fee structures, their assignment, and concessions."""
