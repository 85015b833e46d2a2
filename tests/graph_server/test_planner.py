"""Plans, buckets and tasks as Planner keeps them."""

from __future__ import annotations

import pytest

from tests.graph_server.client import ASSIGNED, Client
from tests.graph_server.planner_etags import forget_old_etags
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, HEAD, LEAD

pytestmark = pytest.mark.facts
WHOLE = "return=representation"
TASKS = "/planner/tasks"
ITEM = {"@odata.type": "#microsoft.graph.plannerChecklistItem", "title": "Ring home", "isChecked": False}


def change(client: Client, path: str, etag: str, **body: object):
    return client.ask("PATCH", path, body, if_match=etag)


def test_a_plan_a_bucket_and_a_task_are_found_again(client: Client, plan: str):
    bucket = client.post("/planner/buckets", {"name": "Preparing", "planId": plan})["id"]
    task = client.new_task(plan, bucketId=bucket, assignments={LEAD: ASSIGNED})

    assert [each["id"] for each in client.get(f"/groups/{GROUP}/planner/plans")["value"]] == [plan]
    assert [each["id"] for each in client.get(f"/planner/plans/{plan}/buckets")["value"]] == [bucket]
    assert [each["id"] for each in client.get(f"/planner/plans/{plan}/tasks")["value"]] == [task["id"]]
    assert [each["id"] for each in client.get(f"/planner/buckets/{bucket}/tasks")["value"]] == [task["id"]]
    assert client.get(f"{TASKS}/{task['id']}")["assignments"].keys() == {LEAD}


def test_a_change_is_answered_without_a_body_unless_the_caller_prefers_one(client: Client, plan: str):
    task = client.new_task(plan)
    path = f"{TASKS}/{task['id']}"

    silent = change(client, path, task["@odata.etag"], percentComplete=50)
    assert (silent.status_code, silent.content) == (204, b"")
    etag = client.get(path)["@odata.etag"]
    full = client.ask("PATCH", path, {"percentComplete": 100}, if_match=etag, prefer=WHOLE)
    assert (full.status_code, full.json()["percentComplete"]) == (200, 100)
    assert full.json()["completedDateTime"]
    assert full.json()["@odata.etag"] > etag > task["@odata.etag"]


def test_an_old_etag_is_good_while_nothing_conflicts(client: Client, plan: str):
    task = client.new_task(plan)
    path, old = f"{TASKS}/{task['id']}", task["@odata.etag"]

    assert change(client, path, old, percentComplete=50).status_code == 204
    assert change(client, path, old, title="RP-2").status_code == 204
    assert change(client, path, old, percentComplete=0).status_code == 409
    assert client.get(path)["percentComplete"] == 50


def test_two_people_assigned_from_the_same_etag_do_not_conflict(client: Client, plan: str):
    task = client.new_task(plan)
    path, old = f"{TASKS}/{task['id']}", task["@odata.etag"]

    assert change(client, path, old, assignments={LEAD: ASSIGNED}).status_code == 204
    assert change(client, path, old, assignments={HEAD: ASSIGNED}).status_code == 204
    assert client.get(path)["assignments"].keys() == {LEAD, HEAD}
    assert change(client, path, old, assignments={LEAD: None}).status_code == 409


@pytest.mark.parametrize("told", [False, True])
def test_a_change_tells_the_new_etag_in_a_header_only_where_the_tenant_does(
    client: Client, plan: str, graph_server: GraphServer, told: bool
):
    graph_server.configure(etag_header=told)
    path = f"{TASKS}/{client.new_task(plan)['id']}"
    answer = change(client, path, client.get(path)["@odata.etag"], title="RP-2")

    assert answer.headers.get("ETag") == (client.get(path)["@odata.etag"] if told else None)


def test_an_etag_that_is_no_longer_valid_is_refused(client: Client, plan: str, graph_server: GraphServer):
    task = client.new_task(plan)
    path, old = f"{TASKS}/{task['id']}", task["@odata.etag"]
    change(client, path, old, percentComplete=50)
    forget_old_etags(graph_server.state.tasks[task["id"]])

    assert change(client, path, old, title="RP-2").status_code == 412


def test_a_task_and_its_details_have_etags_of_their_own(client: Client, plan: str):
    task = client.new_task(plan)
    path = f"{TASKS}/{task['id']}/details"

    wrong = change(client, path, task["@odata.etag"], description="x")
    assert (wrong.status_code, "invalid value" in wrong.text) == (412, True)
    details = client.get(path)
    assert change(client, path, details["@odata.etag"], description="x").status_code == 204
    assert client.ask("DELETE", f"{TASKS}/{task['id']}", if_match=task["@odata.etag"]).status_code == 409
    now = client.get(f"{TASKS}/{task['id']}")
    assert now["hasDescription"] is True
    assert client.ask("DELETE", f"{TASKS}/{task['id']}", if_match=now["@odata.etag"]).status_code == 204
    assert client.ask("GET", path).status_code == 404


def test_details_come_along_when_they_are_asked_for(client: Client, plan: str):
    task = client.new_task(plan)
    etag = client.get(f"{TASKS}/{task['id']}/details")["@odata.etag"]
    link = {"@odata.type": "#microsoft.graph.plannerExternalReference", "alias": "Case"}
    body = {"checklist": {"step-1": ITEM}, "references": {"https%3A//rp%2Eexample/1": link}}
    change(client, f"{TASKS}/{task['id']}/details", etag, **body)

    (listed,) = client.get(f"/planner/plans/{plan}/tasks?$expand=details")["value"]
    assert (listed["checklistItemCount"], listed["referenceCount"]) == (1, 1)
    assert listed["details"]["checklist"]["step-1"]["title"] == "Ring home"


def test_a_star_is_no_etag(client: Client, plan: str, graph_server: GraphServer):
    task = client.new_task(plan)

    assert change(client, f"{TASKS}/{task['id']}", "*", title="x").status_code == 400
    assert graph_server.log.take_violations()


def test_what_was_computed_is_not_sent_back(client: Client, plan: str):
    task = client.new_task(plan, assignments={LEAD: ASSIGNED})
    computed = {LEAD: {**ASSIGNED, "orderHint": task["assignments"][LEAD]["orderHint"]}}

    refused = change(client, f"{TASKS}/{task['id']}", task["@odata.etag"], assignments=computed)
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("option", "code"),
    [("max_tasks", "MaximumTasksInProject"), ("max_active_tasks", "MaximumActiveTasksInProject")],
)
def test_a_full_plan_names_its_limit(
    client: Client, plan: str, graph_server: GraphServer, option: str, code: str
):
    graph_server.configure(**{option: 2})
    tasks = [client.new_task(plan) for _ in range(2)]

    full = client.ask("POST", TASKS, {"planId": plan, "title": "RP-3"})
    assert (full.status_code, full.json()["error"]["code"]) == (403, code)
    etag = client.get(f"{TASKS}/{tasks[0]['id']}")["@odata.etag"]
    client.ask("DELETE", f"{TASKS}/{tasks[0]['id']}", if_match=etag)
    assert client.ask("POST", TASKS, {"planId": plan, "title": "RP-3"}).status_code == 201


def test_a_group_and_a_plan_have_limits_of_their_own(client: Client, plan: str, graph_server: GraphServer):
    graph_server.configure(max_plans=1, max_buckets=0)
    container = {"url": f"https://graph.microsoft.com/v1.0/groups/{GROUP}"}

    second = client.ask("POST", "/planner/plans", {"container": container, "title": "Next year"})
    bucket = client.ask("POST", "/planner/buckets", {"name": "Ready", "planId": plan})
    assert second.json()["error"]["code"] == "MaximumPlannerPlans"
    assert bucket.json()["error"]["code"] == "MaximumBucketsInProject"


def test_tasks_come_in_pages(client: Client, plan: str, graph_server: GraphServer):
    graph_server.configure(page_size=3)
    titles = [client.new_task(plan, f"RP-{number}")["title"] for number in range(7)]
    seen, sizes, path = [], [], f"/planner/plans/{plan}/tasks?$select=title"
    while path:
        page = client.get(path)
        sizes.append(len(page["value"]))
        seen += [task["title"] for task in page["value"]]
        path = page.get("@odata.nextLink", "").removeprefix(client.url)

    assert (seen, sizes) == (titles, [3, 3, 1])


def test_a_plan_has_words_for_its_labels(client: Client, plan: str):
    path = f"/planner/plans/{plan}/details"
    etag = client.get(path)["@odata.etag"]

    words = {"category1": "Legal duty"}
    assert change(client, path, etag, categoryDescriptions=words).status_code == 204
    assert client.get(path)["categoryDescriptions"] == words
    task = client.new_task(client.get(path)["id"], appliedCategories={"category1": True})
    assert task["appliedCategories"] == {"category1": True}


@pytest.mark.parametrize(
    "wrong",
    [
        {"startDateTime": "2026-02-02T00:00:00Z", "dueDateTime": "2026-01-01T00:00:00Z"},
        {"bucketId": "bucket-of-another-plan"},
        {"assignments": {GROUP: ASSIGNED}},
    ],
)
def test_planner_refuses_what_does_not_fit(client: Client, plan: str, wrong: dict[str, object]):
    assert client.ask("POST", TASKS, {"planId": plan, "title": "RP-1", **wrong}).status_code == 400


def test_planner_takes_no_filter(client: Client, plan: str):
    asked = client.ask("GET", f"/planner/plans/{plan}/tasks?$filter=title eq 'RP-1'")

    assert asked.status_code == 400
