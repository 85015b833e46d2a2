"""List and library keep every promise that the contract kit asks of records and summaries."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.testing.workspace_kit.checks import Check, all_checks
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.site_rig import SiteRig

pytestmark = pytest.mark.facts
KINDS = (EffectKind.RECORD, EffectKind.SUMMARY)


def is_about_sheets(check: Check) -> bool:
    of_sheets = check.room is not None and check.room.kind in KINDS
    return of_sheets or check.id == "a_record_and_a_summary_under_one_key_are_two_things"


CHECKS = [check for check in all_checks() if is_about_sheets(check) and not check.stands_aside(SiteRig.can)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_records_and_summaries_keep_their_promises(graph_server: GraphServer, check: Check):
    with ExitStack() as servers:
        check.run(SiteRig(graph_server, servers))


def test_the_kit_asks_enough_of_records_and_summaries():
    assert len(CHECKS) >= 35
