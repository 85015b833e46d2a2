"""A place for figures, and a log that is as it was after each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from rp_connect.wiring.quiet_logs import QUIET as QUIET_LOGGERS
from rp_connect.wiring.quiet_logs import OwnWords
from tests.wiring.insights import QUIET, listening


@pytest.fixture
def insights() -> Iterator[tuple[str, list[str]]]:
    with listening() as found:
        yield found


@pytest.fixture
def quiet_exporter(monkeypatch) -> None:
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """An instance of the functions app has its process for itself, and leaves the log as it needs it."""
    yield
    for handler in logging.getLogger().handlers:
        for each in [each for each in handler.filters if isinstance(each, OwnWords)]:
            handler.removeFilter(each)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET)
