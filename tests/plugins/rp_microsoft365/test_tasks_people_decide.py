"""Who has a task, and when it begins, is decided by people in Planner; our own writes leave it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.graph_server.people import delete_task, edit_task
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import HEAD, LEAD, add_person
from tests.plugins.rp_microsoft365.test_tasks_come_home import NOTICE, REF, Trust

pytestmark = pytest.mark.facts
NEW_LEAD = "1ead0000-0000-4000-8000-000000000003"
SINCE = {"assignedDateTime": "2026-11-12T09:00:00Z", "orderHint": " !"}
BESIDE, INSTEAD, NOBODY = {HEAD: SINCE}, {LEAD: None, HEAD: SINCE}, {LEAD: None}


class Planner(Trust):
    """A trust whose people give tasks to each other."""

    def give(self, assignments: object) -> None:
        edit_task(self.server.state, self.row()["id"], assignments=assignments)

    def begin(self, start: str, due: str | None) -> None:
        edit_task(self.server.state, self.row()["id"], startDateTime=start, dueDateTime=due)

    def write_something_else(self, stage: str = "triage") -> None:
        """The case moves on: each of its tasks is sent again."""
        assert self.run("case", "stage", REF, stage).code == 0
        assert self.run("deliver").code == 0

    def settle(self, old: str, new: str) -> None:
        """The administrator edits the configuration."""
        text = self._installation.config.read_text(encoding="utf-8")
        assert old in text
        self._installation.config.write_text(text.replace(old, new), encoding="utf-8")

    def make_somebody_else_lead(self) -> None:
        add_person(self.server.state, NEW_LEAD, "New Lead", "new@northwick.example")
        self.settle('lead = ["lead@northwick.example"]', 'lead = ["new@northwick.example"]')

    @property
    def holders(self) -> set[str]:
        return set(self.row()["assignments"])


@pytest.fixture
def planner(graph_server: GraphServer, tmp_path: Path) -> Planner:
    return Planner(tmp_path, graph_server)


@pytest.mark.parametrize(
    ("given", "left"),
    [(BESIDE, {LEAD, HEAD}), (INSTEAD, {HEAD}), (NOBODY, set())],
    ids=["a helper beside the lead", "somebody instead of the lead", "nobody"],
)
def test_whom_people_gave_a_task_to_is_left_so_by_our_next_writes(
    planner: Planner, given: object, left: set[str]
):
    planner.give(given)
    assert planner.pull() == {"reassigned": 1}
    for stage in ("triage", "preparing"):
        planner.write_something_else(stage)
        assert planner.holders == left
        assert planner.pull() == {}
    assert planner.waiting() == 0


def test_a_helper_whom_nobody_had_read_yet_is_left_when_we_write(planner: Planner):
    planner.give(BESIDE)
    planner.write_something_else()

    assert planner.holders == {LEAD, HEAD}
    assert planner.pull() == {}
    assert planner.waiting() == 0


@pytest.mark.parametrize("given", [BESIDE, INSTEAD, NOBODY], ids=["a helper", "somebody instead", "nobody"])
def test_a_new_lead_in_the_configuration_is_given_the_task_whatever_was_decided_before(
    planner: Planner, given: object
):
    planner.give(given)
    assert planner.pull() == {"reassigned": 1}
    planner.make_somebody_else_lead()
    planner.write_something_else()

    assert planner.holders == {NEW_LEAD}
    assert planner.pull() == {}


def test_people_may_decide_again_after_a_new_lead_was_given_the_task(planner: Planner):
    planner.give(BESIDE)
    planner.pull()
    planner.make_somebody_else_lead()
    planner.write_something_else()
    planner.give(BESIDE)
    assert planner.pull() == {"reassigned": 1}
    planner.write_something_else("preparing")

    assert planner.holders == {NEW_LEAD, HEAD}


def test_a_task_that_people_give_back_to_its_role_follows_the_role_again(planner: Planner):
    planner.give(INSTEAD)
    assert planner.pull() == {"reassigned": 1}
    planner.give({HEAD: None, LEAD: SINCE})
    assert planner.pull() == {"reassigned": 1}
    planner.make_somebody_else_lead()
    planner.write_something_else()

    assert planner.holders == {NEW_LEAD}


def test_a_task_dragged_into_the_leads_absence_stays_with_whom_it_was_given_to(planner: Planner):
    add_person(planner.server.state, NEW_LEAD, "Cover", "cover@northwick.example")
    planner.settle(
        'lead = ["lead@northwick.example"]',
        'lead = ["lead@northwick.example"]\ncover = ["cover@northwick.example"]\n'
        'away = [["2026-11-20", "2026-11-20"]]',
    )
    planner.give(INSTEAD)
    assert planner.pull() == {"reassigned": 1}
    edit_task(planner.server.state, planner.row()["id"], dueDateTime="2026-11-20T10:00:00Z")
    assert planner.pull() == {"replanned": 1}
    planner.write_something_else()

    assert planner.holders == {HEAD}


def test_a_task_that_is_made_again_goes_to_all_those_who_had_it(planner: Planner):
    planner.give(BESIDE)
    assert planner.pull() == {"reassigned": 1}
    planner.time_passes()
    delete_task(planner.server.state, planner.row()["id"])
    assert planner.pull() == {"recreated": 1}
    assert planner.run("deliver").code == 0

    assert planner.holders == {LEAD, HEAD}


def test_a_start_after_the_due_day_goes_where_our_date_comes_back(planner: Planner):
    """A person took the due day away and set a start after it: Planner refuses a start after the due."""
    due = planner.row()["dueDateTime"]
    planner.begin("2026-11-20T08:00:00Z", None)
    planner.pull()
    planner.write_something_else()

    assert (planner.row()["startDateTime"], planner.row()["dueDateTime"]) == (None, due)
    assert planner.waiting() == 0
    assert planner.task(NOTICE)["state"] == "open"


def test_a_start_before_the_due_day_is_a_persons_and_stays(planner: Planner):
    due = planner.row()["dueDateTime"]
    planner.begin("2026-11-09T08:00:00Z", None)
    planner.pull()
    planner.write_something_else()

    assert (planner.row()["startDateTime"], planner.row()["dueDateTime"]) == ("2026-11-09T08:00:00Z", due)


def test_a_start_stays_where_the_date_is_none_of_what_we_change(planner: Planner):
    planner.begin("2026-11-18T08:00:00Z", "2026-11-20T10:00:00Z")
    assert planner.pull() == {"replanned": 1}
    planner.write_something_else()

    assert planner.row()["startDateTime"] == "2026-11-18T08:00:00Z"
    assert planner.waiting() == 0


def test_whom_people_gave_it_to_stays_while_we_may_look_nobody_up(planner: Planner):
    """Nobody can be assigned by us then, so people do it by hand; what they did cannot be read either."""
    planner.server.faults.lack("User.ReadBasic.All")
    planner.give(BESIDE)
    assert planner.pull() == {}
    planner.write_something_else()

    assert planner.holders == {LEAD, HEAD}
    assert planner.pull() == {}
