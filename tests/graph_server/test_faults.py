"""Each fault strikes whom and when it should, and what was done stays done."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.graph_server.client import TOKEN, Client, event, question
from tests.graph_server.faults import LACKING
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, LEAD, SITE

pytestmark = pytest.mark.facts
EVENTS = f"/users/{LEAD}/events"
TASKS = "/planner/tasks"


def task(plan: str) -> dict[str, str]:
    return {"planId": plan, "title": "RP-1"}


def twenty(plan: str, number: int = 20):
    return [question(each, "POST", TASKS, task(plan)) for each in range(number)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_names_the_seconds_to_wait(
    client: Client, plan: str, graph_server: GraphServer, status: int
):
    menu = graph_server.faults
    (menu.throttle if status == 429 else menu.busy)(2.0, times=1)

    refused = client.ask("POST", TASKS, task(plan))
    assert (refused.status_code, refused.headers["Retry-After"]) == (status, "2")
    assert graph_server.state.tasks == {}
    assert client.ask("POST", TASKS, task(plan)).status_code == 201


def test_a_refusal_names_a_date_that_is_never_too_soon(client: Client, graph_server: GraphServer):
    graph_server.faults.throttle(2.0, as_date=True)
    begun = time.time()

    until = parsedate_to_datetime(client.ask("GET", f"/users/{LEAD}").headers["Retry-After"])
    assert begun + 2 <= until.timestamp() <= time.time() + 3


def test_a_refusal_may_say_nothing_of_waiting(client: Client, graph_server: GraphServer):
    graph_server.faults.throttle(None, times=1)
    graph_server.faults.busy(times=1)

    for _ in range(2):
        assert "Retry-After" not in client.ask("GET", f"/users/{LEAD}").headers


def test_one_of_a_batch_is_throttled_inside_a_200(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.throttle(3, nth=5, service="planner", method="POST")

    answers = client.batch(*twenty(plan))
    assert [key for key, each in answers.items() if each["status"] == 429] == ["4"]
    assert answers["4"]["headers"]["Retry-After"] == "3"
    assert len(graph_server.state.tasks) == 19


def test_a_whole_batch_is_throttled_at_once(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.throttle(3, whole=True, service="planner", times=1)

    refused = client.ask("POST", "/$batch", {"requests": twenty(plan)})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert graph_server.state.tasks == {}


def test_a_fault_strikes_one_service_and_method_and_path(
    client: Client, plan: str, graph_server: GraphServer
):
    graph_server.faults.refuse(500, "x", service="planner", method="GET", path=r"/tasks$")

    assert client.ask("GET", f"/planner/plans/{plan}/tasks").status_code == 500
    assert client.ask("GET", f"/planner/plans/{plan}").status_code == 200
    assert client.ask("POST", TASKS, task(plan)).status_code == 201
    assert client.ask("GET", f"/users/{LEAD}").status_code == 200


def test_a_chance_strikes_about_as_often_as_it_says_and_the_same_each_time():
    def struck() -> list[int]:
        with GraphServer(seed=7, check_every=0) as server, requests.Session() as session:
            fault = server.faults.throttle(chance=0.2, service="planner")
            plan = "plan"
            server.faults.remove(fault)
            client = Client(server.url, session)
            plan = client.new_plan()
            server.faults.add(fault)
            answers = [client.batch(*twenty(plan)) for _ in range(20)]
            return [int(key) for each in answers for key in each if each[key]["status"] == 429]

    first = struck()
    assert 50 <= len(first) <= 110
    assert first == struck()


def test_an_answer_is_lost_after_the_task_was_written(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.lose_answers("cut", times=1, method="POST")

    with pytest.raises(requests.ConnectionError):
        client.ask("POST", TASKS, task(plan))
    assert len(graph_server.state.tasks) == 1


def test_a_plan_is_made_and_403_said(client: Client, graph_server: GraphServer):
    graph_server.faults.lose_answers("403", path="^/planner/plans$", times=1)
    container = {"url": f"https://graph.microsoft.com/v1.0/groups/{GROUP}"}

    said = client.ask("POST", "/planner/plans", {"container": container, "title": "RP"})
    assert said.status_code == 403
    assert len(client.get(f"/groups/{GROUP}/planner/plans")["value"]) == 1


def test_504_is_said_after_the_task_was_written(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.lose_answers("504", nth=2, service="planner", method="POST")

    answers = client.batch(*twenty(plan, 3))
    assert [answers[key]["status"] for key in "012"] == [201, 504, 201]
    assert len(graph_server.state.tasks) == 3


def test_one_lost_answer_of_a_batch_hides_all_twenty(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.lose_answers("cut", nth=3, service="planner", method="POST")

    with pytest.raises(requests.ConnectionError):
        client.batch(*twenty(plan))
    assert len(graph_server.state.tasks) == 20


def test_a_whole_batch_is_written_and_504_said(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.lose_answers("504", whole=True, service="planner", times=1)

    assert client.ask("POST", "/$batch", {"requests": twenty(plan)}).status_code == 504
    assert len(graph_server.state.tasks) == 20


def test_a_limit_is_told_apart_from_a_missing_permission(
    client: Client, plan: str, graph_server: GraphServer
):
    graph_server.faults.limit("MaximumTasksAssignedToUser", times=1)
    full = client.ask("POST", TASKS, task(plan))
    graph_server.faults.lack("Tasks.ReadWrite.All")
    denied = client.ask("POST", TASKS, task(plan))

    assert (full.status_code, full.json()["error"]["code"]) == (403, "MaximumTasksAssignedToUser")
    assert (denied.status_code, denied.json()["error"]["code"]) == (403, "")
    assert "required permissions" in denied.json()["error"]["message"]


PATHS = {
    "Tasks.ReadWrite.All": f"/groups/{GROUP}/planner/plans",
    "Calendars.ReadWrite": EVENTS,
    "OnlineMeetings.ReadWrite.All": f"/users/{LEAD}/onlineMeetings?$filter=JoinWebUrl eq 'x'",
    "Sites.Selected": f"/sites/{SITE}/lists",
    "User.ReadBasic.All": f"/users/{LEAD}?$select=id",
    "GroupMember.Read.All": f"/groups/{GROUP}/members",
}


@pytest.mark.parametrize("permission", LACKING)
def test_a_lacking_permission_closes_its_own_paths_and_no_other(
    client: Client, graph_server: GraphServer, permission: str
):
    graph_server.faults.lack(permission)

    refused = {name for name, path in PATHS.items() if client.ask("GET", path).status_code == 403}
    assert refused == {permission}


def test_a_token_that_is_no_longer_good_is_401(client: Client, graph_server: GraphServer):
    graph_server.faults.sign_out(times=1)

    assert client.ask("GET", f"/users/{LEAD}").status_code == 401
    assert client.ask("GET", f"/users/{LEAD}").status_code == 200


def test_what_was_just_made_is_not_there_for_a_while(client: Client, graph_server: GraphServer):
    graph_server.configure(visible_after=3600)
    made = client.new_event(transactionId="key-1")
    again = client.ask("POST", EVENTS, event(transactionId="key-1"))

    assert client.ask("GET", f"{EVENTS}/{made['id']}").status_code == 404
    assert client.get(EVENTS)["value"] == []
    assert again.json()["id"] == made["id"]
    graph_server.state.reveal()
    assert client.get(f"{EVENTS}/{made['id']}")["id"] == made["id"]
    assert len(client.get(EVENTS)["value"]) == 1


def test_an_answer_is_slow(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.slow(0.5, service="planner")
    begun = time.perf_counter()
    client.batch(*twenty(plan))

    # All of a batch that is not Outlook's runs side by side.
    assert 0.5 <= time.perf_counter() - begun < 5


def test_a_slow_request_still_lands_when_its_client_has_given_up(
    client: Client, plan: str, graph_server: GraphServer
):
    graph_server.faults.slow(1.0, service="planner", method="POST", times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(graph_server.url + TASKS, json=task(plan), headers=TOKEN, timeout=(30, 0.2))

    assert graph_server.state.tasks == {}
    while not graph_server.state.tasks:
        time.sleep(0.02)
    assert len(graph_server.state.tasks) == 1


def test_a_hanging_request_is_never_done(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.hang(service="planner", times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(graph_server.url + TASKS, json=task(plan), headers=TOKEN, timeout=(30, 0.2))
    graph_server.go_away()
    graph_server.come_back()

    assert graph_server.state.tasks == {}
    assert client.ask("POST", TASKS, task(plan)).status_code == 201


def test_a_page_for_signing_in_comes_with_200(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.malform("html", times=1)
    page = client.ask("POST", TASKS, task(plan))

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
    assert len(graph_server.state.tasks) == 1


def test_half_of_an_answer_comes(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.malform("truncated", times=1)

    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.ask("POST", "/$batch", {"requests": twenty(plan)}).json()
    assert len(graph_server.state.tasks) == 20


@pytest.mark.parametrize(
    ("how", "left"), [("no_body", {"id", "status", "headers"}), ("no_headers", {"id", "status", "body"})]
)
def test_an_item_lacks_a_part(client: Client, plan: str, graph_server: GraphServer, how: str, left: set[str]):
    graph_server.faults.malform(how, service="planner", nth=2)

    answers = client.batch(*twenty(plan, 3))
    assert answers["1"].keys() == left
    assert answers["0"].keys() == {"id", "status", "headers", "body"}


def test_an_item_lacks_its_id_or_is_not_there(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.malform("no_id", service="planner", nth=1)
    graph_server.faults.malform("absent", service="planner", nth=2)

    answers = client.ask("POST", "/$batch", {"requests": twenty(plan, 3)}).json()["responses"]
    assert [each.get("id") for each in answers] == [None, "2"]
    assert len(graph_server.state.tasks) == 3


def test_answers_come_in_another_order(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.malform("reordered", times=1)

    answers = client.ask("POST", "/$batch", {"requests": twenty(plan, 3)}).json()["responses"]
    assert [each["id"] for each in answers] == ["2", "1", "0"]


def test_a_server_that_is_gone_refuses_and_comes_back_with_all_it_held(
    client: Client, plan: str, graph_server: GraphServer
):
    url = graph_server.url
    graph_server.go_away()
    with pytest.raises(requests.ConnectionError):
        client.ask("GET", f"/planner/plans/{plan}")
    graph_server.come_back()

    assert graph_server.url == url
    assert client.get(f"/planner/plans/{plan}")["id"] == plan
