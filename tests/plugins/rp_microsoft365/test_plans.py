"""The plans of a school: one for each school year, the next before one is full, or a clear word."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from rp_connect.domain.case import Stage
from rp_connect.domain.task import TaskState
from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.workspace import Written
from rp_microsoft365.buckets import LABELS
from rp_microsoft365.limits import LimitError, PlanFullError
from rp_microsoft365.school_year import first_year, place_of, plan_title
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.planner_school import PlannerSchool, numbered

THIS_YEAR = "Restorative practice 2026-27"
facts = pytest.mark.facts


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 7, 31), 2025), (date(2026, 8, 1), 2026), (date(2027, 1, 4), 2026)]
)
def test_a_school_year_begins_after_july(day: date, year: int):
    assert first_year(day) == year


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Restorative practice 2026-27", (2026, 1)),
        ("restorative practice 2026-27 (3)", (2026, 3)),
        ("Restorative practice", (0, 0)),
        ("Restorative practice for staff", None),
        ("Year 9 trips 2026-27", None),
    ],
)
def test_which_plans_are_ours_is_told_by_their_titles(title: str, place: tuple[int, int] | None):
    assert place_of("Restorative practice", title) == place


def test_the_turn_of_a_century_is_a_school_year_like_any_other():
    assert plan_title("RP", 2099) == "RP 2099-00"
    assert place_of("RP", plan_title("RP", 2099, 2)) == (2099, 2)


@facts
def test_setting_up_makes_plan_buckets_and_labels_once(graph_server: GraphServer):
    school = PlannerSchool(graph_server)
    said = school.plans().ensure()
    assert said[0] == f"Made the plan “{THIS_YEAR}”."
    assert school.plans().ensure() == []

    assert school.plan_titles() == [THIS_YEAR]
    names = [bucket["name"] for bucket in graph_server.state.buckets.values()]
    assert names == [stage.value.capitalize() for stage in Stage]
    (details,) = graph_server.state.plan_details.values()
    assert sorted(details["categoryDescriptions"].values()) == [
        "Calendar missing",
        "Dates missing",
        "Late information",
        "Legal duty",
        "Notice date missing",
    ]


@facts
def test_setting_up_goes_on_where_it_was_interrupted(graph_server: GraphServer):
    school = PlannerSchool(graph_server)
    fault = graph_server.faults.refuse(403, "", service="planner", method="POST", path="buckets", nth=4)
    with pytest.raises(AccessError):
        school.plans().ensure()
    graph_server.faults.remove(fault)
    school.plans().ensure()

    names = Counter(bucket["name"] for bucket in graph_server.state.buckets.values())
    assert set(names.values()) == {1}
    assert len(names) == len(Stage)


@facts
def test_a_plan_that_takes_no_more_buckets_is_named_so_and_set_up_goes_on_once_there_is_room(
    graph_server: GraphServer,
):
    school = PlannerSchool(graph_server)
    graph_server.configure(max_buckets=3)
    with pytest.raises(LimitError, match="the plan cannot have another bucket"):
        school.plans().ensure()
    assert len(graph_server.state.buckets) == 3

    graph_server.configure(max_buckets=len(Stage))
    school.plans().ensure()
    assert school.plan_titles() == [THIS_YEAR]
    names = [bucket["name"] for bucket in graph_server.state.buckets.values()]
    assert names == [stage.value.capitalize() for stage in Stage]


@facts
def test_labels_that_the_school_named_itself_are_left_alone(school: PlannerSchool):
    (details,) = school.server.state.plan_details.values()
    details["categoryDescriptions"] = {"category1": "Urgent", "category3": "Legal duty"}
    school.plans().ensure()

    named = details["categoryDescriptions"]
    assert (named["category1"], named["category3"]) == ("Urgent", "Legal duty")
    assert len(named) == 6


@facts
def test_a_plan_whose_making_was_never_confirmed_is_found_and_used(graph_server: GraphServer):
    school = PlannerSchool(graph_server)
    graph_server.faults.lose_answers("504", service="planner", method="POST", path="^/planner/plans$")
    school.plans().ensure()

    assert school.plan_titles() == [THIS_YEAR]


@facts
def test_a_bucket_whose_making_was_never_confirmed_is_found_in_the_same_run(graph_server: GraphServer):
    fault = graph_server.faults.lose_answers("504", method="POST", path="^/planner/buckets$", nth=2, times=1)
    said = PlannerSchool(graph_server).plans().ensure()

    names = [bucket["name"] for bucket in graph_server.state.buckets.values()]
    assert (fault.struck, names) == (1, [stage.value.capitalize() for stage in Stage])
    assert [f"Made the bucket “{name}” in “{THIS_YEAR}”." for name in names] == said[1 : len(names) + 1]


@facts
def test_a_bucket_that_was_never_made_is_made_by_the_next_run(graph_server: GraphServer):
    graph_server.faults.busy(None, method="POST", path="^/planner/buckets$", times=1)
    school = PlannerSchool(graph_server)
    with pytest.raises(TryLaterError):
        school.plans().ensure()
    assert graph_server.state.buckets == {}

    school.plans().ensure()
    names = [bucket["name"] for bucket in graph_server.state.buckets.values()]
    assert names == [stage.value.capitalize() for stage in Stage]


@facts
@pytest.mark.parametrize("how", ["done", "not done"])
def test_labels_of_which_it_is_not_known_whether_they_were_named_are_there_after_the_same_run(
    graph_server: GraphServer, how: str
):
    when = {"method": "PATCH", "path": "^/planner/plans/[^/]*/details$", "times": 1}
    faults = graph_server.faults
    fault = faults.lose_answers("504", **when) if how == "done" else faults.busy(None, **when)
    PlannerSchool(graph_server).plans().ensure()

    (details,) = graph_server.state.plan_details.values()
    assert fault.struck == 1
    assert sorted(filter(None, details["categoryDescriptions"].values())) == sorted(LABELS)


@facts
def test_a_new_school_year_begins_with_a_new_plan_and_the_old_one_is_still_read(school: PlannerSchool):
    school.open().create(numbered(1))
    school.today = date(2027, 9, 1)
    school.open().create(numbered(2))

    assert school.plan_titles() == [THIS_YEAR, "Restorative practice 2027-28"]
    assert {seen.key for seen in school.open().everything()} == {numbered(1).key, numbered(2).key}
    assert None not in school.open().find_all([numbered(1).key, numbered(2).key])


@facts
def test_a_task_of_last_year_is_changed_where_it_stands(school: PlannerSchool):
    written = school.open().create(replace(numbered(1), stage="referred"))
    school.today = date(2027, 9, 1)
    school.open().create(numbered(2))
    school.open().update(written.external_id, replace(numbered(1), revision=2, stage="preparing"))

    row = school.server.state.tasks[written.external_id]
    assert school.server.state.plans[row["planId"]]["title"] == THIS_YEAR
    assert school.bucket_of(row) == "Preparing"


@facts
def test_a_plan_that_is_nearly_full_is_followed_by_another_of_the_same_year(school: PlannerSchool):
    school.active = 5
    shelf = school.open()
    for n in range(1, 8):
        shelf.create(numbered(n))

    assert school.plan_titles() == [THIS_YEAR, f"{THIS_YEAR} (2)"]
    per_plan = Counter(row["planId"] for row in school.rows)
    assert sorted(per_plan.values()) == [2, 5]


@facts
def test_done_tasks_make_room_for_new_ones(school: PlannerSchool):
    school.active = 3
    for n in range(1, 7):
        school.open().create(replace(numbered(n), state=TaskState.DONE))

    assert school.plan_titles() == [THIS_YEAR]


@facts
def test_a_plan_fills_up_by_done_tasks_too(school: PlannerSchool):
    school.in_all = 4
    for n in range(1, 7):
        school.open().create(replace(numbered(n), state=TaskState.DONE))

    assert school.plan_titles() == [THIS_YEAR, f"{THIS_YEAR} (2)"]


@facts
def test_a_plan_that_planner_finds_full_sooner_than_we_is_followed_by_another(school: PlannerSchool):
    school.server.configure(max_active_tasks=12)
    outcomes = school.open().create_all([numbered(n) for n in range(1, 21)])

    assert [type(one) for one in outcomes] == [Written] * 20
    assert school.plan_titles() == [THIS_YEAR, f"{THIS_YEAR} (2)"]
    assert len(set(school.titles)) == 20


@facts
def test_where_no_plan_can_be_made_the_full_one_is_named_and_nothing_is_lost(school: PlannerSchool):
    school.server.configure(max_active_tasks=3, max_plans=1)
    outcomes = school.open().create_all([numbered(n) for n in range(1, 6)])

    assert [type(one) for one in outcomes] == [Written] * 3 + [PlanFullError] * 2
    assert "Plan full" in str(outcomes[3])
    assert str(outcomes[3]).count("effect retry ID") == 1
    assert len(school.rows) == 3

    school.server.configure(max_active_tasks=5)
    assert isinstance(school.open().create(numbered(4)), Written)


@facts
def test_where_plans_may_not_be_made_last_years_is_used_while_it_has_room(school: PlannerSchool):
    school.today = date(2027, 9, 1)
    school.server.faults.refuse(403, "", service="planner", method="POST", path="^/planner/plans$")
    school.open().create(numbered(1))

    assert school.plan_titles() == [THIS_YEAR]
    assert len(school.rows) == 1


@facts
def test_a_look_says_whether_the_plan_is_missing_or_full(graph_server: GraphServer):
    school = PlannerSchool(graph_server)
    with pytest.raises(Exception, match="setup microsoft365"):
        school.plans().look()
    school.set_up()
    assert school.plans().look() == []

    school.active = 1
    school.open().create(numbered(1))
    assert "Plan full" in school.plans().look()[0]
    assert school.plans().ensure()[0] == f"Made the plan “{THIS_YEAR} (2)”."
    assert school.plans().look() == []


@facts
def test_two_threads_that_open_a_year_make_one_plan(school: PlannerSchool):
    school.today = date(2027, 9, 1)
    shelf = school.open()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: shelf.create(numbered(n)), range(1, 9)))

    assert school.plan_titles() == [THIS_YEAR, "Restorative practice 2027-28"]
    assert len(school.rows) == 8


@facts
def test_of_two_plans_with_one_title_both_are_read_and_the_older_is_used(school: PlannerSchool):
    school.open().create(numbered(1))
    (plan,) = list(school.server.state.plans.values())
    twin = {**plan, "id": "twin".ljust(28, "0"), "createdDateTime": "2099-01-01T00:00:00Z"}
    school.server.state.plans[twin["id"]] = twin
    school.server.state.plan_details[twin["id"]] = {
        **school.server.state.plan_details[plan["id"]],
        "id": twin["id"],
    }
    school.server.state.tasks["t2".ljust(28, "0")] = {
        **school.rows[0],
        "id": "t2".ljust(28, "0"),
        "planId": twin["id"],
        "title": "RP-2026-0009 · Review [review.1]",
    }
    school.server.state.task_details["t2".ljust(28, "0")] = {
        **next(iter(school.server.state.task_details.values()))
    }
    school.open().create(numbered(2))

    assert school.open().find("RP-2026-0009.review.1") is not None
    assert Counter(row["planId"] for row in school.rows) == {plan["id"]: 2, twin["id"]: 1}


@facts
def test_a_plan_may_be_named_by_its_id(school: PlannerSchool):
    (plan,) = school.server.state.plans
    school.server.state.plans[plan]["title"] = "Belonging"
    school.name = plan
    school.open().create(numbered(1))

    assert school.plan_titles() == ["Belonging", "Belonging 2026-27"]


@facts
def test_a_task_in_a_plan_that_people_renamed_is_still_read_and_found(school: PlannerSchool):
    school.open().create(numbered(1))
    school.today = date(2027, 9, 1)
    school.open().create(numbered(2))
    old = next(plan for plan in school.server.state.plans.values() if plan["title"] == THIS_YEAR)
    old["title"] = "Archive"

    assert {seen.key for seen in school.open().everything()} == {numbered(1).key, numbered(2).key}
    assert school.open().find(numbered(1).key) is not None


@facts
def test_two_processes_that_open_a_year_at_once_make_one_plan_with_each_bucket_once(school: PlannerSchool):
    school.today = date(2027, 9, 1)
    school.server.faults.slow(0.05, service="planner", method="POST")
    # So long that each of them has looked before the first of them has made it.
    school.server.faults.slow(1.0, method="POST", path="^/planner/plans$")
    before = school.server.log.count("POST /planner/plans")
    shelves = [school.open() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda n: shelves[n].create(numbered(n + 1)), range(3)))

    surplus = school.server.log.count("POST /planner/plans") - before - 1
    assert surplus > 0
    assert school.server.log.count("DELETE /planner/plans/{plannerPlan-id}") == surplus
    assert school.plan_titles() == [THIS_YEAR, "Restorative practice 2027-28"]
    assert len(school.server.state.buckets) == 2 * len(Stage)
    assert len(school.rows) == 3
