"""The way to Graph against the strict server of the tests: what is sent keeps the contract, come what may."""

from __future__ import annotations

import time

import pytest

from rp_connect.errors import AccessError, ConflictError, GoneError, TryLaterError, UnclearError
from rp_microsoft365.limits import PlanFullError
from rp_microsoft365.request import Answer, Request, Service
from tests.graph_server.fixtures import graph_server  # noqa: F401 - a fixture
from tests.graph_server.tenant import GROUP, LEAD, SITE
from tests.plugins.rp_microsoft365.loopback import graph_by_hand

pytestmark = pytest.mark.facts
PERMISSION = "Tasks.ReadWrite.All"


@pytest.fixture
def graph(graph_server):  # noqa: F811
    return graph_by_hand(graph_server.url, timeout_s=2.0)


@pytest.fixture
def plan(graph) -> str:
    container = {"url": f"https://graph.microsoft.com/v1.0/groups/{GROUP}"}
    body = {"container": container, "title": "Restorative practice"}
    found = graph.ask(Request(Service.PLANNER, "POST", "/planner/plans", PERMISSION, body=body, creates=True))
    made: str = found.body["id"]
    return made


def task(plan: str, title: str = "RP-1") -> Request:
    body = {"planId": plan, "title": title}
    return Request(Service.PLANNER, "POST", "/planner/tasks", PERMISSION, body=body, creates=True)


def done(held: dict[str, str]) -> Request:
    return Request(
        Service.PLANNER, "PATCH", f"/planner/tasks/{held['id']}", PERMISSION,
        headers={"If-Match": held["@odata.etag"], "Prefer": "return=representation"},
        body={"percentComplete": 100},
    )  # fmt: skip


def tasks(graph, plan: str) -> list[dict[str, object]]:
    return list(graph.pages(Request(Service.PLANNER, "GET", f"/planner/plans/{plan}/tasks", PERMISSION)))


def test_forty_five_tasks_are_made_changed_and_read_back(graph, plan):
    made = graph.ask_all([task(plan, f"RP-{n}") for n in range(45)])
    changed = graph.ask_all([done(answer.body) for answer in made])

    assert [answer.body["percentComplete"] for answer in changed] == [100] * 45
    assert {found["title"] for found in tasks(graph, plan)} == {f"RP-{n}" for n in range(45)}


def test_a_version_that_is_too_old_is_a_conflict_and_nothing_is_written(graph, plan):
    held = graph.ask(task(plan)).body
    graph.ask(done(held))
    body = {"title": "another"}
    late = Request(
        Service.PLANNER, "PATCH", f"/planner/tasks/{held['id']}", PERMISSION,
        headers={"If-Match": held["@odata.etag"][:-1] + '9"'}, body=body,
    )  # fmt: skip
    (found,) = graph.ask_all([late])

    assert isinstance(found, ConflictError)
    assert [one["title"] for one in tasks(graph, plan)] == ["RP-1"]


def test_a_refusal_names_what_is_missing_and_a_full_plan_does_not(graph, plan, graph_server):  # noqa: F811
    graph_server.faults.lack("Tasks.ReadWrite.All", times=1)
    with pytest.raises(AccessError, match=r"the permission Tasks\.ReadWrite\.All is missing"):
        graph.ask(task(plan))
    graph_server.faults.refuse(403, "MaximumTasksInProject", times=1)
    with pytest.raises(PlanFullError, match="plan full"):
        graph.ask(task(plan))


def test_items_that_were_throttled_can_be_sent_again_and_nothing_is_made_twice(graph, plan, graph_server):  # noqa: F811
    graph_server.faults.throttle(1.0, chance=0.3, method="POST", path="/planner/tasks")
    left = [f"RP-{n}" for n in range(40)]
    for _ in range(30):
        answers = graph.ask_all([task(plan, title) for title in left])
        assert all(isinstance(answer, Answer | TryLaterError) for answer in answers)
        left = [t for t, answer in zip(left, answers, strict=True) if not isinstance(answer, Answer)]
        if not left:
            break

    assert sorted(str(one["title"]) for one in tasks(graph, plan)) == sorted(f"RP-{n}" for n in range(40))


def test_an_answer_lost_after_the_write_is_unclear_and_the_write_is_there(graph, plan, graph_server):  # noqa: F811
    for how in ("cut", "504"):
        graph_server.faults.lose_answers(how, times=1, method="POST", path="/planner/tasks")
        with pytest.raises(UnclearError):
            graph.ask(task(plan))

    assert [one["title"] for one in tasks(graph, plan)] == ["RP-1", "RP-1"]


@pytest.mark.parametrize("how", ["html", "truncated", "no_body", "no_id", "absent"])
def test_an_answer_said_badly_leaves_a_create_unclear_and_nothing_else(graph, plan, graph_server, how):  # noqa: F811
    graph_server.faults.malform(how, times=1)
    answers = graph.ask_all([task(plan), task(plan, "RP-2")])

    unclear = sum(isinstance(answer, UnclearError) for answer in answers)
    assert unclear == (2 if how in ("html", "truncated") else 1)
    assert all(isinstance(answer, Answer | UnclearError) for answer in answers)
    assert len(tasks(graph, plan)) == 2


@pytest.mark.parametrize("how", ["reordered", "no_headers"])
def test_an_answer_said_oddly_is_read_all_the_same(graph, plan, graph_server, how):  # noqa: F811
    graph_server.faults.malform(how)
    answers = graph.ask_all([task(plan, f"RP-{n}") for n in range(20)])

    assert [answer.body["title"] for answer in answers] == [f"RP-{n}" for n in range(20)]


def test_one_of_a_batch_that_failed_with_another_waits_alone(graph, plan, graph_server):  # noqa: F811
    graph_server.faults.refuse(424, "FailedDependency", method="POST", path="/planner/tasks", nth=2)
    answers = graph.ask_all([task(plan, f"RP-{n}") for n in range(3)])

    assert [type(answer) for answer in answers] == [Answer, TryLaterError, Answer]
    assert {str(found["title"]) for found in tasks(graph, plan)} == {"RP-0", "RP-2"}


def test_events_schedules_lists_and_people_are_asked_for_as_the_contract_says(graph):
    zone = "Europe/London"
    times = {
        "schedules": [LEAD],
        "startTime": {"dateTime": "2026-11-12T08:00:00", "timeZone": zone},
        "endTime": {"dateTime": "2026-11-12T16:00:00", "timeZone": zone},
    }
    busy = Request(
        Service.CALENDAR, "POST", f"/users/{LEAD}/calendar/getSchedule", "Calendars.ReadWrite", body=times
    )
    event = Request(
        Service.CALENDAR, "POST", f"/users/{LEAD}/events", "Calendars.ReadWrite", creates=True,
        body={"subject": "RP-1", "start": times["startTime"], "end": times["endTime"]},
    )  # fmt: skip
    site = Request(Service.LISTS, "GET", f"/sites/{SITE}", "Sites.Selected")
    person = Request(Service.DIRECTORY, "GET", f"/users/{LEAD}?$select=id", "User.ReadBasic.All")
    gone = Request(Service.PLANNER, "GET", "/planner/tasks/none", PERMISSION)

    answers = graph.ask_all([busy, event, site, person, gone])

    assert [type(answer) for answer in answers] == [Answer, Answer, Answer, Answer, GoneError]


def test_no_request_of_a_service_reaches_the_server_before_its_time(graph, plan, graph_server):  # noqa: F811
    graph_server.faults.throttle(1.0, times=1, whole=True, as_date=True)
    began = time.monotonic()
    with pytest.raises(TryLaterError) as told:
        graph.ask(task(plan))
    asked = 0
    while True:
        asked += 1
        try:
            graph.ask(task(plan))
            break
        except TryLaterError:
            time.sleep(0.02)

    assert told.value.retry_after is not None
    assert time.monotonic() - began >= told.value.retry_after
    assert asked > 3
    assert len(tasks(graph, plan)) == 1
