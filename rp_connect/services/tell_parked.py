"""Parked effects in sentences, and how a sentence counts and names what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rp_connect.domain.effect import Effect

SHOWN = 5
"""How many keys a sentence names before it says “and more”."""


def tell_parked(parked: Sequence[Effect]) -> Iterator[str]:
    """Parked effects by their reason, so that one lost permission is one sentence."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for effect in parked:
        by_reason[effect.reason or "no reason was given"].append(str(effect.id))
    for reason, ids in by_reason.items():
        yield f"{number(len(ids), 'effect')} parked (effect {some(ids)}): {reason}"


def number(count: int, noun: str) -> str:
    """“1 pupil”, “1,200 pupils”."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def some(keys: Sequence[str]) -> str:
    """“1, 2, 3, 4, 5 and 7 more”."""
    return ", ".join(keys[:SHOWN]) + (f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else "")
