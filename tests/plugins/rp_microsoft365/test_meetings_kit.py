"""The calendar keeps every promise that the contract kit asks of meetings and diaries."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.testing.workspace_kit.checks import Check, all_checks
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.calendar_rig import CalendarRig

pytestmark = pytest.mark.facts


def is_about_meetings(check: Check) -> bool:
    of_meetings = check.room is not None and check.room.kind is EffectKind.MEETING
    return of_meetings or "meeting_" in check.function.__module__ or check.id.startswith("busy_")


CHECKS = [
    check for check in all_checks() if is_about_meetings(check) and not check.stands_aside(CalendarRig.can)
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_meetings_keep_their_promises(graph_server: GraphServer, check: Check):
    with ExitStack() as servers:
        check.run(CalendarRig(graph_server, servers))


def test_the_kit_asks_enough_of_meetings():
    assert len(CHECKS) >= 35
