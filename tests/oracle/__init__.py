"""A second, slow reading of duties.md that walks the sessions one by one, and comparisons with the real packs."""
