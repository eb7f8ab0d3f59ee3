"""Receipts: written in the school's language, set as a document, verified by their code."""
