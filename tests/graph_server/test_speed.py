"""The server is quick enough that a benchmark measures its client."""

from __future__ import annotations

import pytest

from tests.graph_server.speed import in_batches, measure, one_by_one

pytestmark = pytest.mark.facts


@pytest.mark.parametrize(("writing", "requests"), [(in_batches, 2), (one_by_one, 40)])
def test_the_measurement_loses_nothing(capsys: pytest.CaptureFixture[str], writing, requests: int):
    measure("name", writing, cases=4, check_every=1)

    assert f"40 writes, {requests} HTTP requests, 0 lost" in capsys.readouterr().out
