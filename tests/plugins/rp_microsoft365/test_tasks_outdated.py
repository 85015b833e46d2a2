"""What people delete in Planner or the directory while we run: tasks go on without a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rp_connect.errors import RpConnectError, TryLaterError
from rp_connect.ports.workspace import Outcome, WorkspaceTask, Written
from rp_microsoft365.planner_tasks import PlannerTasks
from tests.graph_server.tenant import HEAD, LEAD
from tests.plugins.rp_microsoft365.planner_school import (
    HEAD_AT,
    LEAD_AT,
    PlannerSchool,
    numbered,
)

pytestmark = pytest.mark.facts
TASK = r"^/planner/tasks$"
ONE_TASK = r"^/planner/tasks/[^/]+$"
REPORT = "Please report this"


def placed(n: int, stage: str = "referred") -> WorkspaceTask:
    return replace(numbered(n), stage=stage)


def given(n: int, *people: str) -> WorkspaceTask:
    return replace(numbered(n), assignees=people)


def delete_bucket(school: PlannerSchool, name: str) -> None:
    """As somebody does in Planner, with the tasks that stand in it."""
    state = school.server.state
    gone = {key for key, row in state.buckets.items() if row["name"].lower() == name}
    assert gone
    for key in gone:
        del state.buckets[key]
    for key in [key for key, row in state.tasks.items() if row["bucketId"] in gone]:
        del state.tasks[key], state.task_details[key]


def buckets(school: PlannerSchool) -> list[str]:
    return sorted(row["name"].lower() for row in school.server.state.buckets.values())


def in_the_end(shelf: PlannerTasks, external_id: str, task: WorkspaceTask) -> Outcome:
    """What the core does with a change that has to wait: the same again, and not for ever."""
    (outcome,) = shelf.update_all([(external_id, task)])
    return shelf.update_all([(external_id, task)])[0] if isinstance(outcome, TryLaterError) else outcome


def row_of(school: PlannerSchool, outcome: Outcome) -> dict[str, object]:
    assert isinstance(outcome, Written), outcome
    return dict(school.server.state.tasks[outcome.external_id])


# ---------------------------------------------------------------------- buckets


@pytest.mark.parametrize("status", [400, 404])
def test_a_new_task_makes_the_bucket_anew_that_somebody_deleted(school: PlannerSchool, status: int):
    shelf = school.open()
    shelf.create(placed(1))
    before = buckets(school)
    delete_bucket(school, "referred")
    if status == 404:
        school.server.faults.refuse(404, "", method="POST", path=TASK, times=1)

    (outcome,) = shelf.create_all([placed(2)])

    assert school.bucket_of(row_of(school, outcome)) == "Referred"
    assert buckets(school) == before


def test_twenty_tasks_of_a_deleted_bucket_are_one_look_and_those_of_other_buckets_are_made_at_once(
    school: PlannerSchool,
):
    shelf = school.open()
    shelf.create(placed(1))
    delete_bucket(school, "referred")
    before = school.server.log.requests

    outcomes = shelf.create_all([*(placed(n) for n in range(2, 12)), *(placed(n, "") for n in range(12, 22))])

    assert [type(one) for one in outcomes] == [Written] * 20
    assert school.server.log.requests - before <= 8
    assert len(school.titles) == len(set(school.titles)) == 20


@pytest.mark.parametrize("status", [400, 404])
def test_a_task_moves_to_a_stage_whose_bucket_somebody_deleted(school: PlannerSchool, status: int):
    shelf = school.open()
    written = shelf.create(placed(1, "triage"))
    delete_bucket(school, "referred")
    if status == 404:
        school.server.faults.refuse(404, "", method="PATCH", path=ONE_TASK, times=1)

    outcome = in_the_end(shelf, written.external_id, replace(placed(1), revision=2))

    assert school.bucket_of(row_of(school, outcome)) == "Referred"


def test_a_bucket_that_cannot_be_made_anew_keeps_no_duty_from_being_shown(school: PlannerSchool):
    shelf = school.open()
    shelf.create(placed(1))
    delete_bucket(school, "referred")
    school.server.faults.limit("MaximumBucketsInProject", path=r"^/planner/buckets$")

    (outcome,) = shelf.create_all([placed(2)])

    assert not row_of(school, outcome)["bucketId"]


def test_a_plan_of_peoples_own_gets_no_buckets_of_ours(school: PlannerSchool):
    """Somebody moved a task into it, and took away a bucket that happened to be called as ours is."""
    state, shelf = school.server.state, school.open()
    written = shelf.create(placed(1, "triage"))
    next(iter(state.plans.values()))["title"] = "Sports day"
    shelf.update(written.external_id, replace(placed(1, "triage"), revision=2, day=None))
    delete_bucket(school, "referred")

    outcome = in_the_end(shelf, written.external_id, replace(placed(1), revision=3))

    assert isinstance(outcome, Written)
    assert "referred" not in buckets(school)


def test_a_bucket_that_somebody_made_again_by_that_name_is_used(school: PlannerSchool):
    shelf, state = school.open(), school.server.state
    shelf.create(placed(1))
    row = next(row for row in state.buckets.values() if row["name"].lower() == "referred")
    delete_bucket(school, "referred")
    state.buckets["made-by-hand".ljust(28, "0")] = {**row, "id": "made-by-hand".ljust(28, "0")}

    (outcome,) = shelf.create_all([placed(2)])

    assert row_of(school, outcome)["bucketId"] == "made-by-hand".ljust(28, "0")


def test_a_look_that_has_to_wait_puts_the_task_off_and_parks_nothing(school: PlannerSchool):
    shelf = school.open()
    shelf.create(placed(1))
    delete_bucket(school, "referred")
    school.server.faults.throttle(30.0, method="GET", path="^/groups/.*/planner/plans", times=1)

    (outcome,) = shelf.create_all([placed(2)])

    assert isinstance(outcome, TryLaterError)
    assert outcome.retry_after == 30.0
    assert school.titles == []


# ---------------------------------------------------------------------- another refusal


def test_a_new_task_that_planner_does_not_take_for_another_reason_is_told_at_once(school: PlannerSchool):
    shelf = school.open()
    shelf.create(replace(placed(1), assignees=(HEAD_AT,)))
    school.server.faults.refuse(400, "", method="POST", path=TASK)
    before = school.server.log.requests

    (outcome,) = shelf.create_all([replace(placed(2), assignees=(HEAD_AT,))])

    assert type(outcome) is RpConnectError
    assert REPORT in str(outcome)
    assert school.server.log.requests - before <= 5
    sent = [entry for entry in school.server.log.entries if entry.operation == "POST /planner/tasks"]
    assert len(sent) == 2


def test_a_change_that_planner_does_not_take_for_another_reason_is_told_at_once(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(placed(1, "triage"))
    school.server.faults.refuse(400, "", method="PATCH", path=ONE_TASK)
    moved = replace(placed(1), revision=2, assignees=(HEAD_AT,))

    (outcome,) = shelf.update_all([(written.external_id, moved)])

    assert type(outcome) is RpConnectError
    assert REPORT in str(outcome)


@pytest.mark.parametrize("begun", ["before", "since"])
def test_where_nobody_may_be_looked_up_another_refusal_is_told_and_not_repeated_for_ever(
    school: PlannerSchool, begun: str
):
    shelf = school.open()
    written = shelf.create(given(1, HEAD_AT))
    school.server.faults.refuse(403, "Authorization_RequestDenied", path="^/users")
    school.server.faults.refuse(400, "", method="PATCH", path=ONE_TASK)
    shelf = shelf if begun == "before" else school.open()

    outcome = in_the_end(shelf, written.external_id, replace(given(1, HEAD_AT), revision=2, day=None))

    assert REPORT in str(outcome)


def test_what_names_neither_bucket_nor_person_is_looked_for_nowhere(school: PlannerSchool):
    shelf = school.open()
    shelf.create(numbered(1))
    school.server.faults.refuse(400, "", method="POST", path=TASK)
    before = school.server.log.requests

    (outcome,) = shelf.create_all([numbered(2)])

    assert REPORT in str(outcome)
    assert school.server.log.requests - before == 1


# ---------------------------------------------------------------------- people


def test_a_task_of_somebody_who_left_the_directory_is_made_for_nobody_and_says_so(school: PlannerSchool):
    shelf = school.open()
    shelf.create(given(1, HEAD_AT))
    del school.server.state.users[HEAD]

    (outcome,) = shelf.create_all([given(2, HEAD_AT)])

    assert row_of(school, outcome)["assignments"] == {}
    assert isinstance(outcome, Written)
    assert "no address of the role “head” is known" in outcome.warning
    assert outcome.assignees == ()
    assert "@" not in outcome.warning


def test_the_others_who_hold_the_role_still_get_the_task(school: PlannerSchool):
    shelf = school.open()
    shelf.create(given(1, HEAD_AT, LEAD_AT))
    del school.server.state.users[HEAD]

    (outcome,) = shelf.create_all([given(2, HEAD_AT, LEAD_AT)])

    assert list(row_of(school, outcome)["assignments"]) == [LEAD]  # type: ignore[call-overload]


def test_a_task_given_to_somebody_who_left_the_directory_is_changed_all_the_same(school: PlannerSchool):
    shelf = school.open()
    shelf.create(given(1, HEAD_AT))
    written = shelf.create(numbered(2))
    del school.server.state.users[HEAD]

    outcome = in_the_end(shelf, written.external_id, replace(given(2, HEAD_AT), revision=2, day=None))

    assert row_of(school, outcome)["dueDateTime"] is None
    assert isinstance(outcome, Written)
    assert "is known in Microsoft 365" in outcome.warning


def test_a_task_that_somebody_had_who_left_the_directory_is_still_changed(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(given(1, HEAD_AT))
    del school.server.state.users[HEAD]

    outcome = in_the_end(shelf, written.external_id, replace(given(1, HEAD_AT), revision=2, day=None))

    assert row_of(school, outcome)["dueDateTime"] is None


def test_somebody_who_left_is_looked_up_once_and_then_known_to_be_gone(school: PlannerSchool):
    shelf = school.open()
    shelf.create(given(1, HEAD_AT))
    del school.server.state.users[HEAD]
    shelf.create(given(2, HEAD_AT))
    before = school.server.log.requests

    shelf.create(given(3, HEAD_AT))

    assert school.server.log.requests - before == 1


def test_a_directory_that_asks_for_patience_then_puts_the_task_off(school: PlannerSchool):
    shelf = school.open()
    shelf.create(given(1, HEAD_AT))
    del school.server.state.users[HEAD]
    fault = school.server.faults.throttle(0.0, service="directory")
    (outcome,) = shelf.create_all([given(2, HEAD_AT)])
    assert isinstance(outcome, TryLaterError)
    assert len(school.rows) == 1
    school.server.faults.remove(fault)

    assert row_of(school, shelf.create_all([given(2, HEAD_AT)])[0])["assignments"] == {}
