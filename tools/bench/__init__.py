"""Measures today's code and writes docs/PERFORMANCE.md beside its gates."""
