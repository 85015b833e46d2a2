"""Planner: tasks and their details."""

from __future__ import annotations

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.planner import (
    after_change,
    check_hint,
    computed_hint,
    found,
    limit,
    planner_key,
    rows,
    view,
)
from tests.graph_server.planner_etags import changed, judge, judge_deletion, parts, start
from tests.graph_server.tenant import Tenant, now

# The lower of the figures that Microsoft's pages give.
MAX_ASSIGNEES, MAX_CHECKLIST, MAX_REFERENCES = 20, 20, 10
OPEN_TYPES = {"assignments", "appliedCategories", "checklist", "references"}


def whole(tenant: Tenant, call: Call, row: Json) -> Json:
    """With what Planner counts, and the details where they were asked for."""
    details = tenant.task_details[row["id"]]
    checklist = details["checklist"]
    answer = view(row) | {
        "hasDescription": bool(details["description"]),
        "checklistItemCount": len(checklist),
        "activeChecklistItemCount": sum(not each.get("isChecked") for each in checklist.values()),
        "referenceCount": len(details["references"]),
    }
    if "details" in call.query.get("$expand", ""):
        answer["details"] = view(details)
    return answer


def merge(row: Json, body: Json, number: int) -> None:
    for name, value in body.items():
        if name in OPEN_TYPES:
            row[name] = merged(row.get(name) or {}, value or {}, number)
        elif name[0] != "@":
            row[name] = value


def merged(old: Json, new: Json, number: int) -> Json:
    """Null and false take out; what is put in gets an order of the service's own."""
    result = dict(old)
    for key, value in new.items():
        if key[0] == "@":
            continue
        if value is None or value is False:
            result.pop(key, None)
        elif isinstance(value, dict):
            check_hint(value.get("orderHint"))
            check_hint(value.get("previewPriority"))
            result[key] = {**result.get(key, {}), **value, **computed(value, number)}
        else:
            result[key] = value
    return result


def computed(value: Json, number: int) -> Json:
    return {
        name: computed_hint(number)
        for name in ("orderHint", "previewPriority")
        if name in value or (name == "orderHint" and "title" in value)
    }


def check_task(tenant: Tenant, row: Json) -> None:
    if row.get("startDateTime") and row.get("dueDateTime") and row["startDateTime"] > row["dueDateTime"]:
        raise Refused(400, "", "The start date is after the due date.")
    bucket = row.get("bucketId")
    if bucket and (bucket not in tenant.buckets or tenant.buckets[bucket]["planId"] != row["planId"]):
        raise Refused(400, "", "The bucket is not one of this plan's.")
    people = row["assignments"]
    if len(people) > MAX_ASSIGNEES:
        raise limit("MaximumAssigneesInTasks")
    for who in people:
        if who not in tenant.users:
            raise Refused(400, "", "An assignee is not in the directory.")


def check_room(tenant: Tenant, plan: str) -> None:
    if len(tenant.tasks) < min(tenant.options.max_tasks, tenant.options.max_active_tasks):
        return
    tasks = tenant.tasks.of_plan(plan).values()
    if len(tasks) >= tenant.options.max_tasks:
        raise limit("MaximumTasksInProject")
    if sum(row["percentComplete"] < 100 for row in tasks) >= tenant.options.max_active_tasks:
        raise limit("MaximumActiveTasksInProject")


def check_load(tenant: Tenant, row: Json, body: Json) -> None:
    if len(tenant.tasks) < tenant.options.max_assigned:
        return
    for who in body.get("assignments") or ():
        assigned = sum(who in each["assignments"] for each in tenant.tasks.values())
        if who in row["assignments"] and assigned >= tenant.options.max_assigned:
            raise limit("MaximumTasksAssignedToUser")


def note_completion(row: Json) -> None:
    done = row["percentComplete"] == 100
    row["completedDateTime"] = (row.get("completedDateTime") or now()) if done else None


@serves("planner", "POST /planner/tasks")
def create_task(tenant: Tenant, call: Call) -> Reply:
    plan = found(tenant, tenant.plans, call.body["planId"])["id"]
    number = tenant.number()
    row: Json = {
        "id": planner_key("task", number),
        "percentComplete": 0,
        "priority": 5,
        "assignments": {},
        "appliedCategories": {},
        "createdDateTime": now(),
        "orderHint": computed_hint(number),
        "dueDateTime": None,
        "startDateTime": None,
        "bucketId": None,
    }
    check_hint(call.body.get("orderHint"))
    merge(row, call.body, number)
    check_task(tenant, row)
    check_room(tenant, plan)
    check_load(tenant, row, call.body)
    note_completion(row)
    row = tenant.keep(tenant.tasks, start(tenant, row, "VGFzayAg"))
    details = {"id": row["id"], "description": "", "checklist": {}, "references": {}}
    tenant.task_details[row["id"]] = start(tenant, details, "VGFza0RldGFpbHMg")
    return Reply(201, whole(tenant, call, row))


@serves("planner", "GET /planner/plans/{plannerPlan-id}/tasks")
def list_tasks(tenant: Tenant, call: Call, plan: str) -> Reply:
    found(tenant, tenant.plans, plan)
    tasks = rows(call, tenant.tasks.of_plan(plan), planId=plan)
    return collection(tenant, call, tasks, lambda row: whole(tenant, call, row))


@serves("planner", "GET /planner/buckets/{plannerBucket-id}/tasks")
def list_bucket_tasks(tenant: Tenant, call: Call, bucket: str) -> Reply:
    found(tenant, tenant.buckets, bucket)
    tasks = rows(call, tenant.tasks, bucketId=bucket)
    return collection(tenant, call, tasks, lambda row: whole(tenant, call, row))


@serves("planner", "GET /planner/tasks/{plannerTask-id}")
def get_task(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, whole(tenant, call, found(tenant, tenant.tasks, key))))


@serves("planner", "PATCH /planner/tasks/{plannerTask-id}")
def change_task(tenant: Tenant, call: Call, key: str) -> Reply:
    row = found(tenant, tenant.tasks, key)
    names = parts(call.body)
    judge(call, row, names)
    check_hint(call.body.get("orderHint"))
    new = dict(row)
    merge(new, call.body, tenant.number())
    check_task(tenant, new)
    if new["planId"] != row["planId"] or (new["percentComplete"] < 100 <= row["percentComplete"]):
        check_room(tenant, new["planId"])
    row |= new
    tenant.tasks[key] = row
    note_completion(row)
    changed(tenant, row, names)
    return after_change(tenant, call, row, whole(tenant, call, row))


@serves("planner", "DELETE /planner/tasks/{plannerTask-id}")
def delete_task(tenant: Tenant, call: Call, key: str) -> Reply:
    judge_deletion(call, found(tenant, tenant.tasks, key))
    del tenant.tasks[key], tenant.task_details[key]
    return Reply(204)


@serves("planner", "GET /planner/tasks/{plannerTask-id}/details")
def get_details(tenant: Tenant, call: Call, key: str) -> Reply:
    found(tenant, tenant.tasks, key)
    return Reply(200, select(call, view(tenant.task_details[key])))


@serves("planner", "PATCH /planner/tasks/{plannerTask-id}/details")
def change_details(tenant: Tenant, call: Call, key: str) -> Reply:
    task = found(tenant, tenant.tasks, key)
    row = tenant.task_details[key]
    names = parts(call.body)
    judge(call, row, names)
    new = dict(row)
    merge(new, call.body, tenant.number())
    if len(new["checklist"]) > MAX_CHECKLIST:
        raise limit("MaximumChecklistItemsOnTask")
    if len(new["references"]) > MAX_REFERENCES:
        raise limit("MaximumReferencesOnTask")
    row |= new
    changed(tenant, row, names)
    # The task counts its details, so that it has changed as well: an old etag no longer deletes it.
    changed(tenant, task, ["details"])
    return after_change(tenant, call, row, view(row))
