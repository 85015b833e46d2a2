"""Schools of a trust that share one group: none reads the plans of another, and each still finds its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from rp_connect.services.office import Office
from tests.faults.tenant_trust import SCHOOLS, SECRETS, TenantTrust
from tests.graph_server.own_process import OwnProcess
from tests.graph_server.people import edit_task
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.planner_school import PlannerSchool, numbered

pytestmark = pytest.mark.facts
READ_A_PLAN = "GET /planner/plans/{plannerPlan-id}/tasks"


def plan_id(server: GraphServer, title: str) -> str:
    return next(key for key, plan in server.state.plans.items() if plan["title"] == title)


def move(server: GraphServer, task: str, plan: str) -> None:
    """As a person does it in Planner."""
    edit_task(server.state, task, planId=plan)


@pytest.fixture
def south(school: PlannerSchool) -> PlannerSchool:
    """Another school of the trust, with a task in a plan of its own; `school` knows of it."""
    south = PlannerSchool(school.server, name="Practice at southgate").set_up()
    south.open().create(numbered(7))
    school.others = (south.name,)
    return south


def test_a_school_that_looks_for_its_tasks_reads_no_plan_of_another_school(
    school: PlannerSchool, south: PlannerSchool
):
    school.open().create(numbered(1))
    before = school.server.log.count(READ_A_PLAN)

    assert school.open().find("RP-2026-0099.set-work.1") is None
    assert {seen.key for seen in school.open().everything()} == {numbered(1).key}
    assert school.server.log.count(READ_A_PLAN) == before + 2


def test_a_school_whose_plan_is_named_by_its_id_is_known_to_the_others(
    school: PlannerSchool, south: PlannerSchool
):
    school.others = (plan_id(school.server, "Practice at southgate 2026-27"),)

    assert [plan.title for plan in school.plans().ours()] == ["Restorative practice 2026-27"]


def test_what_stands_in_a_plan_of_peoples_own_is_still_found(school: PlannerSchool, south: PlannerSchool):
    """Nobody's settings name it."""
    other = PlannerSchool(school.server, name="Year 9").set_up()
    school.open().create(numbered(1))
    (task,) = [row["id"] for row in school.rows if row["title"].startswith("RP-2026-0001")]
    move(school.server, task, plan_id(school.server, other.plan_titles()[-1]))

    assert school.open().find(numbered(1).key) is not None
    assert numbered(1).key in {seen.key for seen in school.open().everything()}


def test_a_task_that_a_person_moved_to_another_school_is_not_this_schools_any_more_and_is_still_changed_there(
    school: PlannerSchool, south: PlannerSchool
):
    made = school.open().create(numbered(1))
    move(school.server, made.external_id, plan_id(school.server, "Practice at southgate 2026-27"))

    assert school.open().find(numbered(1).key) is None
    assert list(school.open().everything()) == []
    school.open().update(made.external_id, replace(numbered(1), revision=2, details="Set on Monday"))
    assert "Set on Monday" in school.server.state.task_details[made.external_id]["description"]


def test_two_schools_of_one_name_read_one_plan_both(school: PlannerSchool):
    """They were not given plans of their own."""
    school.open().create(numbered(1))
    school.others = (school.name,)

    assert school.open().find(numbered(1).key) is not None


@pytest.fixture
def office(tmp_path: Path, graph_server: GraphServer, monkeypatch: pytest.MonkeyPatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    trust = TenantTrust(tmp_path, cast(OwnProcess, graph_server), f"sqlite:///{tmp_path / 'trust.db'}")
    trust.prepare(len(SCHOOLS))
    with trust.office() as office:
        yield office


def test_each_school_of_an_installation_reads_its_own_plan_alone(office: Office, graph_server: GraphServer):
    before = graph_server.log.count(READ_A_PLAN)
    for school in office.schools.values():
        assert list(school.workspace().tasks.everything()) == []

    assert len(graph_server.state.plans) == len(SCHOOLS)
    assert graph_server.log.count(READ_A_PLAN) == before + len(SCHOOLS)
