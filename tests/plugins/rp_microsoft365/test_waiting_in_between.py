"""A service that asks for patience of no time at all is not asked again and again without a pause."""

from __future__ import annotations

import pytest

from rp_connect.errors import TryLaterError
from rp_microsoft365.workspace import build_workspace
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.loopback import Says, graph_at, loopback, read
from tests.plugins.rp_microsoft365.tenant_school import open_workspace, settings

PAST = "Mon, 01 Jan 2024 00:00:00 GMT"


@pytest.mark.parametrize("says", ["0", PAST, "-5", "0.001"])
def test_a_wait_of_no_time_is_a_few_requests_and_no_hot_loop(says: str):
    with loopback(Says(429, headers={"Retry-After": says})) as server:
        with pytest.raises(TryLaterError):
            graph_at(server.url, patience_s=3.0).ask(read())

        assert 2 <= len(server.came) <= 6


@pytest.mark.parametrize("says", ["0", PAST])
def test_pages_under_a_wait_of_no_time_are_a_few_requests(says: str):
    with loopback(Says(200, {"value": []}), Says(429, headers={"Retry-After": says})) as server:
        graph = graph_at(server.url)
        graph.ask(read())
        with pytest.raises(TryLaterError):
            list(graph.pages(read()))

        assert 3 <= len(server.came) <= 8


@pytest.mark.parametrize("service", ["planner", "calendar"])
def test_a_check_of_a_service_that_says_no_time_asks_it_a_few_times(graph_server: GraphServer, service: str):
    open_workspace(graph_server).setup()
    graph_server.faults.throttle(0, service=service)
    before = graph_server.log.requests

    build_workspace(settings(graph_server.url), patience_s=3.0).probe()

    assert graph_server.log.requests - before <= 25
