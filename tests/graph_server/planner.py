"""Planner: plans, their categories, and buckets."""

from __future__ import annotations

from typing import Any

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.planner_etags import changed, etag, judge, judge_deletion, parts, start
from tests.graph_server.tenant import Tenant, hidden, now, shown

GONE = "The requested item is not found."
NO_FILTER = "The query specified in the URI is not valid: $filter is not supported for this resource."


def found(tenant: Tenant, table: dict[str, Json], key: str) -> Json:
    row = tenant.get(table, key)
    if row is None:
        raise Refused(404, "", GONE)
    return row


def limit(code: str) -> Refused:
    """A limit, not a missing permission, although the status is the same."""
    return Refused(403, code, f"The limit {code} was reached.")


def view(row: Json) -> Json:
    return {"@odata.etag": etag(row), **shown(row)}


def after_change(tenant: Tenant, call: Call, row: Json, body: Json) -> Reply:
    """Nothing, unless the caller prefers the representation."""
    headers = {"ETag": etag(row)} if tenant.options.etag_header else {}
    if call.prefers("return=representation"):
        return Reply(200, body, headers)
    return Reply(204, None, headers)


def planner_key(prefix: str, number: int) -> str:
    """28 characters, as Planner's are."""
    return f"{prefix}{number:0{28 - len(prefix)}d}"


def rows(call: Call, table: dict[str, Json], **where: Any) -> list[Json]:
    if "$filter" in call.query:
        raise Refused(400, "", NO_FILTER)
    (name, value), *_ = where.items()
    return [row for row in table.values() if row.get(name) == value and not hidden(row)]


@serves("planner", "POST /planner/plans")
def create_plan(tenant: Tenant, call: Call) -> Reply:
    container = call.body["container"]
    group = (container.get("url") or container.get("containerId") or "").rsplit("/", 1)[-1]
    if tenant.get(tenant.groups, group) is None:
        raise Refused(404, "", GONE)
    if sum(plan["_group"] == group for plan in tenant.plans.values()) >= tenant.options.max_plans:
        raise limit("MaximumPlannerPlans")
    key = planner_key("plan", tenant.number())
    kept = {
        "containerId": group,
        "type": "group",
        "url": f"https://graph.microsoft.com/v1.0/groups/{group}",
    }
    plan = {"id": key, "title": call.body["title"], "createdDateTime": now(), "container": kept}
    row = tenant.keep(tenant.plans, start(tenant, plan | {"_group": group}, "UGxhbiAg"))
    tenant.plan_details[key] = start(
        tenant, {"id": key, "categoryDescriptions": {}, "sharedWith": {}}, "UGxhbkRldGFpbHMg"
    )
    return Reply(201, view(row))


@serves("planner", "GET /groups/{group-id}/planner/plans")
def list_plans(tenant: Tenant, call: Call, group: str) -> Reply:
    found(tenant, tenant.groups, group)
    return collection(tenant, call, [view(row) for row in rows(call, tenant.plans, _group=group)])


@serves("planner", "GET /planner/plans/{plannerPlan-id}")
def get_plan(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, view(found(tenant, tenant.plans, key))))


@serves("planner", "PATCH /planner/plans/{plannerPlan-id}")
def change_plan(tenant: Tenant, call: Call, key: str) -> Reply:
    return change(tenant, call, found(tenant, tenant.plans, key))


@serves("planner", "DELETE /planner/plans/{plannerPlan-id}")
def delete_plan(tenant: Tenant, call: Call, key: str) -> Reply:
    """Its buckets and tasks go with it."""
    judge_deletion(call, found(tenant, tenant.plans, key))
    del tenant.plans[key], tenant.plan_details[key]
    for table in (tenant.buckets, tenant.tasks):
        for row in [row for row in table.values() if row["planId"] == key]:
            del table[row["id"]]
            tenant.task_details.pop(row["id"], None)
    return Reply(204)


@serves("planner", "GET /planner/plans/{plannerPlan-id}/details")
def get_plan_details(tenant: Tenant, call: Call, key: str) -> Reply:
    found(tenant, tenant.plans, key)
    return Reply(200, view(tenant.plan_details[key]))


@serves("planner", "PATCH /planner/plans/{plannerPlan-id}/details")
def change_plan_details(tenant: Tenant, call: Call, key: str) -> Reply:
    found(tenant, tenant.plans, key)
    return change(tenant, call, tenant.plan_details[key])


@serves("planner", "POST /planner/buckets")
def create_bucket(tenant: Tenant, call: Call) -> Reply:
    plan = found(tenant, tenant.plans, call.body["planId"])
    if len(rows(call, tenant.buckets, planId=plan["id"])) >= tenant.options.max_buckets:
        raise limit("MaximumBucketsInProject")
    number = tenant.number()
    bucket = {
        "id": planner_key("bucket", number),
        "name": call.body["name"],
        "planId": plan["id"],
        "orderHint": computed_hint(number),
    }
    return Reply(201, view(tenant.keep(tenant.buckets, start(tenant, bucket, "QnVja2V0"))))


@serves("planner", "GET /planner/plans/{plannerPlan-id}/buckets")
def list_buckets(tenant: Tenant, call: Call, plan: str) -> Reply:
    found(tenant, tenant.plans, plan)
    return collection(tenant, call, [view(row) for row in rows(call, tenant.buckets, planId=plan)])


@serves("planner", "GET /planner/buckets/{plannerBucket-id}")
def get_bucket(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, view(found(tenant, tenant.buckets, key))))


@serves("planner", "PATCH /planner/buckets/{plannerBucket-id}")
def change_bucket(tenant: Tenant, call: Call, key: str) -> Reply:
    return change(tenant, call, found(tenant, tenant.buckets, key))


@serves("planner", "DELETE /planner/buckets/{plannerBucket-id}")
def delete_bucket(tenant: Tenant, call: Call, key: str) -> Reply:
    judge_deletion(call, found(tenant, tenant.buckets, key))
    del tenant.buckets[key]
    return Reply(204)


def computed_hint(number: int) -> str:
    """What the service makes of a hint; sent back unchanged it is refused."""
    return f"85{number:010d}P%"


def check_hint(hint: str | None) -> None:
    if hint is not None and not hint.endswith("!"):
        raise Refused(400, "", f"Schema validation has failed. Order hint is not valid: {hint}")


def change(tenant: Tenant, call: Call, row: Json) -> Reply:
    """A row whose values are replaced, except those of open types, which are merged."""
    judge(call, row, parts(call.body))
    check_hint(call.body.get("orderHint"))
    for name, value in call.body.items():
        if isinstance(value, dict):
            row[name] = {**(row.get(name) or {}), **value}
        elif name[0] != "@":
            row[name] = value
    changed(tenant, row, parts(call.body))
    return after_change(tenant, call, row, view(row))
