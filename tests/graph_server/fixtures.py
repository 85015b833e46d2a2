"""`graph_server` and `graph_process`: the server for one test, which fails where the contract was broken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.graph_server.contract import FACTS

if TYPE_CHECKING:
    from tests.graph_server.own_process import OwnProcess
    from tests.graph_server.server import GraphServer


@pytest.fixture
def graph_server() -> Iterator[GraphServer]:
    from tests.graph_server.server import GraphServer

    need_contract()
    with GraphServer() as server:
        yield server
    judge(server.log.violations)


@pytest.fixture
def graph_process() -> Iterator[OwnProcess]:
    """The same in a process of its own, for clients that are killed."""
    from tests.graph_server.own_process import OwnProcess

    need_contract()
    with OwnProcess() as server:
        yield server
        found = server.take_violations()
    judge(found)


def need_contract() -> None:
    """Nothing is served unchecked in a test."""
    if FACTS.is_dir():
        return
    if os.environ.get("RP_CONNECT_FACTS") == "required":
        pytest.fail("the shared facts are required, and ../shared is not there", pytrace=False)
    pytest.skip("the shared facts are not beside this checkout")


def judge(violations: list[str]) -> None:
    if violations:
        pytest.fail("Microsoft Graph's contract was broken:\n" + "\n".join(violations[:30]), pytrace=False)
