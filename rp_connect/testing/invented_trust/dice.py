"""Chance that repeats itself: the same seed and purpose always fall the same way, on every machine."""

from __future__ import annotations

from random import Random


def dice(seed: int, *purpose: str) -> Random:
    """A source of its own for every purpose, so that one noun's change does not reshuffle another's."""
    return Random(":".join((str(seed), *purpose)))  # noqa: S311 - invented data, nothing secret
