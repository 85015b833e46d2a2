"""The operations of Graph that the product is made of: a run of all tests has to exercise every one.

When the product asks for something new, it is entered here.
"""

from __future__ import annotations

MUST_EXERCISE: frozenset[str] = frozenset()
