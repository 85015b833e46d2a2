"""The version of a task that a change bears: told in a header or not, and no longer good when it is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rp_connect.errors import ConflictError
from rp_connect.ports.workspace import Written
from tests.graph_server.people import edit_task
from tests.graph_server.planner_etags import forget_old_etags
from tests.plugins.rp_microsoft365.planner_school import BARE, WHOLE, PlannerSchool

pytestmark = pytest.mark.facts


@pytest.mark.parametrize("told", [False, True])
def test_a_task_and_its_notes_are_changed_again_and_again_whether_or_not_a_change_tells_the_new_version(
    school: PlannerSchool, told: bool
):
    school.server.configure(etag_header=told)
    shelf = school.open()
    written = shelf.create(WHOLE)
    for day in (16, 17, 18):
        later = replace(WHOLE, revision=day, day=date(2026, 11, day), details=f"Basis: of the {day}th")
        written = shelf.update(written.external_id, replace(later, seen_version=written.version))

    assert school.row["dueDateTime"] == "2026-11-18T12:00:00Z"
    assert "Basis: of the 18th" in school.details["description"]
    assert {said for said in school.server.log.statuses if said.startswith("planner 4")} == set()
    assert [seen.version for seen in shelf.everything()] == [written.version]


def test_a_version_that_planner_takes_no_more_is_a_conflict_and_the_next_try_reads_the_task_anew(
    school: PlannerSchool,
):
    """What the look saw would still do, since nothing that we change was changed, but Planner forgot it."""
    school.open().create(BARE)
    shelf = school.open()
    found = shelf.find(BARE.key)
    assert isinstance(found, Written)
    edit_task(school.server.state, found.external_id, priority=1)
    forget_old_etags(school.row)
    later = replace(BARE, revision=2, day=date(2026, 11, 19), seen_version=found.version)

    with pytest.raises(ConflictError, match="412"):
        shelf.update(found.external_id, later)
    assert school.row["dueDateTime"] == "2026-11-12T12:00:00Z"

    shelf.update(found.external_id, later)
    assert (school.row["dueDateTime"], school.row["priority"]) == ("2026-11-19T12:00:00Z", 1)
