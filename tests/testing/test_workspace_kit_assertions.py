"""Each assertion of the kit is needed: without it, some saboteur gets away.

Each is taken out in a copy of the package, by itself, in a process of its own.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rp_connect.testing.workspace_kit import all_checks
from tests.testing.taking_out import Kit, Place

KIT = Kit(Path("rp_connect/testing/workspace_kit"), "tests.testing.escapes")
FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
EACH = 12
"""In normal runs one assertion of so many is taken out."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KIT.copy_to(tmp_path_factory.mktemp("kit"))


PLACES = KIT.every_place()
SAMPLE = PLACES if FULL else PLACES[::EACH]


def test_there_is_something_to_take_out() -> None:
    assert len(PLACES) > 100


def test_every_assertion_of_the_kit_can_be_taken_out() -> None:
    assert len(PLACES) == len(set(PLACES)) == KIT.count_assertions()


def test_every_assertion_stands_behind_a_check() -> None:
    assert {place.function for place in PLACES} <= {check.function.__name__ for check in all_checks()}


def test_nobody_gets_away_while_nothing_is_taken_out(copy: Path) -> None:
    assert KIT.escaped(copy, PLACES[0].function) == []


@pytest.mark.trial
@pytest.mark.parametrize("place", SAMPLE, ids=lambda place: f"{place.function}-{place.number}")
def test_without_this_assertion_somebody_gets_away(copy: Path, place: Place) -> None:
    assert KIT.escaped_without(copy, place, place.function) != []
