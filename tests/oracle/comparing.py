"""Puts a world to the oracle and to the packs, and says in words where they differ."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from rp_connect.ports.policy import PolicyPack
from tests.oracle.bridge import answered, context_of, work_titles
from tests.oracle.owed import Owed, owed, titles_of_work
from tests.oracle.walk import Spell, Walk, World

BATCH = 10
FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"


def tried(examples: int, check: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> None:
    """Check so many examples of the strategies, from the same seeds, with nothing kept between runs.

    Not always the same ones: the library mixes in constants of whatever modules are loaded, so a run of one
    file sees others than a run of everything.

    In batches of ten, each from a seed of its own: within one, most examples are small changes of the others.
    """
    how = settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    for batch in range(examples // BATCH):
        seed(batch)(how(given(*strategies)(check)))()


def differences(packs: Sequence[PolicyPack], world: World) -> list[str]:
    """One line for each duty of which only one of the two knows, for every suspension of the world."""
    walk, context, lines = Walk(world), context_of(world), []
    for spell in world.spells:
        ours, theirs = owed(walk, spell), answered(packs, world, spell, context)
        lines += said("only the oracle", spell, ours - theirs) + said("only the pack", spell, theirs - ours)
        if ours == theirs and any(rule == "set-work" for rule, *_ in ours):
            lines += differing_titles(packs, walk, spell)
    return lines


def said(who: str, spell: Spell, items: set[Owed]) -> list[str]:
    found = sorted(items, key=str)
    return [f"{spell.id}: {who} has {rule} {n}, due {due}, {note}" for rule, n, due, note in found]


def differing_titles(packs: Sequence[PolicyPack], walk: Walk, spell: Spell) -> list[str]:
    ours = titles_of_work(walk, spell)
    theirs = work_titles(packs, walk.world, spell)
    return [] if ours == theirs else [f"{spell.id}: the oracle numbers the work {ours}, the pack {theirs}"]
