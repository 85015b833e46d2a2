"""Schools of the Microsoft 365 workspace."""

from __future__ import annotations

import pytest

from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.planner_school import PlannerSchool


@pytest.fixture
def school(graph_server: GraphServer) -> PlannerSchool:
    """With this school year's plan, set up as an administrator would."""
    return PlannerSchool(graph_server).set_up()
