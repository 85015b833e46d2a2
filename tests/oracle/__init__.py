"""A second, slow reading of duties.md that walks session by session, and what compares it with the packs."""
