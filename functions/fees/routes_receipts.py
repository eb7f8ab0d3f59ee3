"""Routes of receipts: as a document, and their verification."""
