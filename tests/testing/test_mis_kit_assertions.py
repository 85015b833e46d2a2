"""Each assertion of the kit is needed: without it, some saboteur gets away.

Each is taken out in a copy of the package, by itself, in a process of its own.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rp_connect.testing.mis_kit import all_checks
from tests.testing.taking_out import Kit, Place

KIT = Kit(Path("rp_connect/testing/mis_kit"), "tests.testing.mis_escapes")
FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
EACH = 12
"""In normal runs one assertion of so many is taken out."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KIT.copy_to(tmp_path_factory.mktemp("mis_kit"))


BEHIND = {
    "_is_named": "a_category_that_nobody_mapped_is_named",
    "MisUnderTest.open_register": "a_mark_is_written_once",
}
"""Where an assertion stands behind several checks: one of them."""
PLACES = KIT.every_place()
SAMPLE = PLACES if FULL else PLACES[::EACH]


def check_of(place: Place) -> str:
    return BEHIND.get(place.function, place.function)


def test_there_is_something_to_take_out() -> None:
    assert len(PLACES) > 80


def test_every_assertion_of_the_kit_can_be_taken_out() -> None:
    assert len(PLACES) == len(set(PLACES)) == KIT.count_assertions()


def test_every_assertion_stands_behind_a_check() -> None:
    assert {check_of(place) for place in PLACES} <= {check.function.__name__ for check in all_checks()}


def test_nobody_gets_away_while_nothing_is_taken_out(copy: Path) -> None:
    assert KIT.escaped(copy, check_of(PLACES[0])) == []


@pytest.mark.trial
@pytest.mark.parametrize("place", SAMPLE, ids=lambda place: f"{place.function}-{place.number}")
def test_without_this_assertion_somebody_gets_away(copy: Path, place: Place) -> None:
    assert KIT.escaped_without(copy, place, check_of(place)) != []
