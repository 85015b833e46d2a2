"""The workspace as the core gets it: what it says of itself, and what building it does not do."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Bulk, Busy, Workspace
from rp_microsoft365.plugin import build
from rp_microsoft365.workspace import Microsoft365Workspace
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import HEAD, SITE
from tests.plugins.rp_microsoft365.tenant_school import open_workspace, settings

NOWHERE = "http://127.0.0.1:9"
HEAVY = ("msal", "requests", "office365", "docx")
BUILD = f"""
import json, sys
from tests.plugins.rp_microsoft365.tenant_school import settings
from rp_microsoft365.plugin import build
workspace = build(settings({NOWHERE!r}))
workspace.records, workspace.summaries, workspace.meetings, workspace.tasks, workspace.notices
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


@pytest.fixture
def workspace() -> Workspace:
    return build(settings(NOWHERE))


def test_building_the_workspace_asks_nothing_and_imports_nothing_heavy():
    found = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, check=True)

    assert json.loads(found.stdout) == []


def test_schools_of_one_application_and_tenant_share_their_lanes(workspace: Workspace):
    assert workspace.scope == build(settings(NOWHERE, site="another")).scope
    others = {"tenant": "eastmoor.example"}, {"client_id": "another"}, {"cloud": "usgov"}
    assert all(build(settings(NOWHERE, **other)).scope != workspace.scope for other in others)


def test_outlook_gets_one_batch_at_a_time_from_one_process(workspace: Workspace):
    calendar = workspace.lanes["calendar"]

    assert (calendar.batch, calendar.at_once, calendar.alone) == (20, 1, True)
    assert set(workspace.lanes) == {"calendar", "lists", "files", "planner"}
    assert max(lane.batch for lane in workspace.lanes.values()) <= 20


def test_nothing_is_looked_up_before_a_request_could_have_landed(workspace: Workspace):
    assert workspace.settles_after > 5.0
    assert build(settings(NOWHERE, timeout_s=60)).settles_after > 60


def test_what_takes_several_at_once_says_so(workspace: Workspace):
    several = {name: isinstance(getattr(workspace, name), Bulk) for name in ("tasks", "meetings", "records")}

    assert several == {"tasks": True, "meetings": True, "records": True}


def test_it_meets_online_and_has_no_way_yet_to_tell_people_things(workspace: Workspace):
    assert workspace.online_meetings is True
    assert workspace.notices is None


@pytest.mark.facts
def test_diaries_are_asked_for_when_people_are_busy(graph_server: GraphServer):
    address = graph_server.state.users[HEAD]["mail"]
    graph_server.state.busy[address] = [["2026-11-12T09:00:00+00:00", "2026-11-12T10:00:00+00:00", "busy"]]
    day = datetime(2026, 11, 12, 8, tzinfo=UTC), datetime(2026, 11, 12, 16, tzinfo=UTC)

    found = open_workspace(graph_server).busy([address], *day)

    nine, ten = (datetime(2026, 11, 12, hour, tzinfo=UTC) for hour in (9, 10))
    assert list(found) == [Busy(nine, ten)]


@pytest.mark.facts
def test_what_went_to_microsoft_365_is_told_in_figures_by_service_and_for_all_schools_of_a_tenant(
    graph_server: GraphServer,
):
    schools = [build(settings(graph_server.url, tenant="figures.example", site=site)) for site in (SITE, "b")]
    one, other = (school for school in schools if isinstance(school, Microsoft365Workspace))
    graph_server.faults.throttle(2, service="lists", times=1)

    for school in (one, other):
        with pytest.raises(RpConnectError):
            school.records.find("RP-2026-0001")

    assert one.traffic() == other.traffic()
    calls, throttled, waited_s = one.traffic()["lists"]
    assert (calls >= 1, throttled, waited_s >= 0) == (True, 1, True)
    assert "northwick" not in str(one.traffic())
