"""`setup microsoft365`: what it makes, once, however often it is run and wherever it is killed."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from rp_connect.domain.case import Stage
from rp_connect.errors import PartlySetUpError, RpConnectError
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_school import open_workspace

pytestmark = pytest.mark.facts
COLUMNS = [
    *("CaseReference", "Revision", "School", "CaseKind", "Stage", "Opened", "Pupils"),
    *("AwayFrom", "AwayTo", "HalfDays", "Meeting", "TasksOpen", "TasksDone"),
]


def made(server: GraphServer) -> Counter[tuple[str, str]]:
    """Each list, library, column, plan and bucket of the tenant, and how often it is there."""
    state = server.state
    titles = {key: row["displayName"] for key, row in state.lists.items()}
    return Counter(
        [
            *(("list", title) for title in titles.values()),
            *(("library", row["name"]) for row in state.drives.values()),
            *((titles[row["_list"]], row["name"]) for row in state.columns.values()),
            *(("plan", row["title"]) for row in state.plans.values()),
            *(("bucket", row["name"]) for row in state.buckets.values()),
        ]
    )


def columns(server: GraphServer, title: str) -> dict[str, dict[str, Any]]:
    owner = next(key for key, row in server.state.lists.items() if row["displayName"] == title)
    return {row["name"]: row for row in server.state.columns.values() if row["_list"] == owner}


def test_setup_makes_the_list_and_the_library_and_says_so(graph_server: GraphServer):
    said = open_workspace(graph_server).setup()

    assert list(columns(graph_server, "Restorative cases")) == ["Title", *COLUMNS]
    assert list(columns(graph_server, "Restorative meetings")) == ["Title", "Revision"]
    assert said[:4] == [
        "Created the list “Restorative cases”.",
        "Added to the list “Restorative cases”: Case reference, Revision, School, Kind, Stage, Opened, "
        "Pupils (MIS ids), Away from, Away to, Half days, Meeting, Open tasks, Done tasks.",
        "Created the library “Restorative meetings”.",
        "Added to the library “Restorative meetings”: Revision.",
    ]
    assert "for a person to set" in said[4]
    assert said[5].startswith("Made the plan “Restorative practice")
    assert len(graph_server.state.plans) == 1
    assert len(graph_server.state.buckets) == len(Stage)


def test_the_case_reference_is_unique_and_what_is_filtered_has_an_index(graph_server: GraphServer):
    open_workspace(graph_server).setup()

    held = columns(graph_server, "Restorative cases")
    assert [name for name, row in held.items() if row["enforceUniqueValues"]] == ["CaseReference"]
    assert [name for name, row in held.items() if row["indexed"]] == [
        *("CaseReference", "School", "CaseKind", "Stage", "Opened", "Meeting"),
    ]


def test_names_of_pupils_have_a_column_only_where_the_school_says_so(graph_server: GraphServer):
    open_workspace(graph_server).setup()
    assert "PupilNames" not in columns(graph_server, "Restorative cases")

    said = open_workspace(graph_server, record_names=True).setup()

    assert "PupilNames" in columns(graph_server, "Restorative cases")
    assert "Added to the list “Restorative cases”: Pupils." in said


def test_setup_run_again_changes_nothing(graph_server: GraphServer):
    open_workspace(graph_server).setup()
    before, writes = graph_server.state.snapshot(), graph_server.log.writes.total()

    said = open_workspace(graph_server).setup()

    assert graph_server.state.snapshot() == before
    assert graph_server.log.writes.total() == writes
    assert said[:2] == [
        "The list “Restorative cases” has all it needs; nothing was changed.",
        "The library “Restorative meetings” has all it needs; nothing was changed.",
    ]
    assert said[3:] == ["The plan of this school year has all it needs; nothing was changed."]


def test_lists_by_other_names_are_made_and_used(graph_server: GraphServer):
    open_workspace(graph_server, list="Cases of ours", library="Summaries of ours").setup()

    assert {row["displayName"] for row in graph_server.state.lists.values()} == {
        "Cases of ours",
        "Summaries of ours",
    }


@pytest.mark.parametrize("how", ["cut", "refuse"])
def test_setup_stopped_at_any_request_and_run_again_ends_in_the_same_state(how: str):
    """Each request in turn is the one that Graph did and never answered, or never did."""
    with GraphServer() as server:
        open_workspace(server).setup()
        wanted, requests = made(server), server.log.requests
        assert server.log.violations == []
    assert set(wanted.values()) == {1}
    for nth in range(1, requests + 1):
        with GraphServer() as server:
            if how == "cut":
                server.faults.lose_answers(nth=nth, times=1)
            else:
                server.faults.refuse(403, "accessDenied", nth=nth, times=1)
            with suppress(RpConnectError):
                open_workspace(server).setup()
            server.faults.clear()
            open_workspace(server).setup()

            assert made(server) == wanted, nth
            assert server.log.violations == []


def test_a_list_and_a_library_that_are_not_shown_at_once_get_their_columns_all_the_same(
    graph_server: GraphServer,
):
    graph_server.configure(visible_after=0.7)

    said = open_workspace(graph_server).setup()

    assert list(columns(graph_server, "Restorative cases")) == ["Title", *COLUMNS]
    assert list(columns(graph_server, "Restorative meetings")) == ["Title", "Revision"]
    assert "Created the list “Restorative cases”." in said


def test_two_administrators_at_once_end_in_one_list(graph_server: GraphServer):
    graph_server.faults.slow(0.05, service="lists", method="POST")

    with ThreadPoolExecutor() as both:
        runs = [both.submit(open_workspace(graph_server).setup) for _ in range(2)]

    assert {type(run.exception()) for run in runs} <= {type(None), PartlySetUpError}
    twice = {what for (what, _), times in made(graph_server).items() if times > 1}
    assert twice <= {"plan", "bucket"}  # Planner takes two of one name: the command has a lock


def test_a_site_that_may_not_be_changed_is_told_with_what_grants_it(graph_server: GraphServer):
    graph_server.faults.refuse(403, "accessDenied", method="POST", path="/lists")

    with pytest.raises(PartlySetUpError, match=r"Sites\.Selected"):
        open_workspace(graph_server).setup()


def test_a_site_that_is_refused_does_not_keep_the_plan_from_being_made(graph_server: GraphServer):
    graph_server.faults.lack("Sites.Selected")

    with pytest.raises(PartlySetUpError) as parts:
        open_workspace(graph_server).setup()

    assert [plan["title"] for plan in graph_server.state.plans.values()] == ["Restorative practice 2026-27"]
    assert any("Made the plan" in sentence for sentence in parts.value.done)
    (missing,) = parts.value.refused
    assert "Sites.Selected" in missing


def test_a_plan_that_is_refused_does_not_undo_what_was_made_in_the_site(graph_server: GraphServer):
    graph_server.faults.lack("Tasks.ReadWrite.All")

    with pytest.raises(PartlySetUpError) as parts:
        open_workspace(graph_server).setup()

    assert [sentence[:7] for sentence in parts.value.done][:1] == ["Created"]
    (missing,) = parts.value.refused
    assert "Tasks.ReadWrite.All" in missing


def test_every_part_that_is_refused_says_which_consent_is_missing(graph_server: GraphServer):
    graph_server.faults.lack("Sites.Selected")
    graph_server.faults.lack("Tasks.ReadWrite.All")

    with pytest.raises(PartlySetUpError) as parts:
        open_workspace(graph_server).setup()

    assert parts.value.done == []
    assert [name in " ".join(parts.value.refused) for name in ("Sites.Selected", "Tasks.ReadWrite.All")] == [
        True,
        True,
    ]
