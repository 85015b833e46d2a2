"""A client of the plainest kind, and a server whose violations the test looks at itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.graph_server.client import Client
from tests.graph_server.fixtures import need_contract
from tests.graph_server.server import GraphServer


@pytest.fixture
def client(graph_server: GraphServer) -> Iterator[Client]:
    with requests.Session() as session:
        yield Client(graph_server.url, session)


@pytest.fixture
def plan(client: Client) -> str:
    return client.new_plan()


@pytest.fixture
def unjudged() -> Iterator[GraphServer]:
    need_contract()
    with GraphServer() as server:
        yield server


@pytest.fixture
def careless(unjudged: GraphServer) -> Iterator[Client]:
    """A client of the server that nobody judges."""
    with requests.Session() as session:
        yield Client(unjudged.url, session)
