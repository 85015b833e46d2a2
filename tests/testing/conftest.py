"""An invented trust as it is on each of many days: in term, in every holiday, on weekends and a leap day."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date

import pytest

from tests.testing.written import WrittenTrust, write

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
DAYS = (
    date(2026, 9, 1),  # the day before term
    date(2026, 9, 3),  # the first day with pupils
    date(2026, 10, 14),  # live_from is about to move into this year
    date(2026, 10, 28),  # half-term
    date(2026, 11, 18),  # a Wednesday in term
    date(2026, 11, 21),  # a Saturday in term
    date(2026, 12, 18),  # the last day of term
    date(2026, 12, 25),
    date(2027, 1, 5),
    date(2027, 2, 10),  # the primary school's half-term
    date(2027, 3, 29),  # Easter Monday
    date(2027, 5, 3),  # a bank holiday
    date(2027, 7, 23),  # the last day of the year
    date(2027, 8, 12),
    date(2028, 2, 29),
    date(2028, 4, 19),
    date(2028, 8, 31),
)


@pytest.fixture(scope="session")
def trust_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], WrittenTrust]:
    """Writes the trust as it is on a day."""
    return lambda day: write(tmp_path_factory.mktemp("trust"), day)


@pytest.fixture(scope="session", params=DAYS if FULL else DAYS[::5], ids=str)
def trust(request: pytest.FixtureRequest, trust_on: Callable[[date], WrittenTrust]) -> WrittenTrust:
    """One day's trust after another: pytest groups the tests by day, so one is in memory at a time."""
    return trust_on(request.param)


@pytest.fixture(scope="session")
def autumn_trust(trust_on: Callable[[date], WrittenTrust]) -> WrittenTrust:
    """For what does not hang on the day."""
    return trust_on(date(2026, 11, 18))
