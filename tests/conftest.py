"""What every test may ask for: a real PostgreSQL, the shared facts; and what two of the marks mean."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import chain, count, islice
from pathlib import Path

import pytest

from rp_connect.storage.store import open_store
from tests.graph_server.fixtures import graph_process, graph_server  # noqa: F401 - fixtures for every test
from tests.graph_server.recording import start_recording
from tests.postgres_server import PostgresServer

ROOT = Path(__file__).parent.parent
FACTS = ROOT.parent / "shared"
NUMBERS = count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long comes first: begun last, one processor would wait for the other. Every xdist worker
    begins with an equal stretch of the list, so each is dealt some of the long modules to begin with."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    quick, long = [], dict[Path, list[pytest.Item]]()
    for item in items:
        if item.get_closest_marker("trial") or item.get_closest_marker("slow"):
            long.setdefault(item.path, []).append(item)
        else:
            quick.append(item)
    hands = [list(chain.from_iterable(list(long.values())[first::workers])) for first in range(workers)]
    stretch = -(-len(items) // workers)
    rest = iter(quick)
    items[:] = [one for hand in hands for one in (*hand, *islice(rest, max(0, stretch - len(hand))))]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("live") and os.environ.get("RP_CONNECT_LIVE") != "1":
        pytest.skip("needs an account of an outside system: RP_CONNECT_LIVE=1")
    if item.get_closest_marker("facts") and not FACTS.is_dir():
        if os.environ.get("RP_CONNECT_FACTS") == "required":
            pytest.fail("the shared facts are required, and ../shared is not there", pytrace=False)
        pytest.skip("the shared facts are not beside this checkout")


@pytest.fixture(scope="session")
def facts() -> Path:
    """The folder of shared facts; a test that asks for it is marked `facts`."""
    return FACTS


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the whole run (one for each xdist worker), quick rather than durable."""
    with PostgresServer(fast=True) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """An empty database of this test's own."""
    name = f"test_{next(NUMBERS)}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def laid_out(postgres: PostgresServer) -> str:
    """The name of a database with the tables of a store, and nobody in it."""
    postgres.create_database("laid_out")
    open_store(postgres.url("laid_out")).close()
    return "laid_out"


@pytest.fixture
def postgres_store_url(postgres: PostgresServer, laid_out: str) -> Iterator[str]:
    """A store of this test's own, which has its tables already."""
    name = f"store_{next(NUMBERS)}"
    postgres.create_database(name, laid_out)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A store of this test's own: a file in the installation's folder, or in PostgreSQL, tables laid out."""
    if request.param == "sqlite":
        return "sqlite:///rp-connect.db"
    return str(request.getfixturevalue("postgres_store_url"))


def pytest_configure(config: pytest.Config) -> None:
    """A shell starts background jobs with Ctrl-C ignored, and what they start inherits that."""
    start_recording(config)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
