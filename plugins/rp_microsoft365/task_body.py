"""What is sent to Planner to make a task, and to change one: only what differs from what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.aims import Aim
from rp_microsoft365.buckets import OpenPlan
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Request, Service
from rp_microsoft365.task_state import Stand, due_at

_ASSIGNMENT = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}


def create_request(aim: Aim, plan: OpenPlan, zone: ZoneInfo) -> Request:
    body: dict[str, Any] = {"planId": plan.id, "title": aim.to.title}
    if bucket := plan.bucket(aim.task.stage):
        body["bucketId"] = bucket
    if aim.to.day:
        body["dueDateTime"] = due_at(aim.to.day, zone)
    if aim.to.done:
        body["percentComplete"] = 100
    if aim.to.people:
        body["assignments"] = {who: dict(_ASSIGNMENT) for who in sorted(aim.to.people)}
    if labels := plan.categories(aim.task.labels):
        body["appliedCategories"] = dict.fromkeys(sorted(labels), True)
    return Request(Service.PLANNER, "POST", "/planner/tasks", Permission.TASKS, body=body, creates=True)


def change_request(
    held: Mapping[str, Any], now: Stand, aim: Aim, plan: OpenPlan, zone: ZoneInfo
) -> Request | None:
    """The PATCH that takes the task from how it stands to the aim; None where it stands so already."""
    body = _changes(now, aim.to, zone) | _placing(held, aim.task, plan)
    if _is_before(body.get("dueDateTime"), held.get("startDateTime")):
        body["startDateTime"] = None
    if not body:
        return None
    headers = {"If-Match": str(held["@odata.etag"])}
    path = f"/planner/tasks/{held['id']}"
    return Request(Service.PLANNER, "PATCH", path, Permission.TASKS, headers=headers, body=body)


def _changes(now: Stand, to: Stand, zone: ZoneInfo) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if now.title != to.title:
        body["title"] = to.title
    if now.done != to.done:
        body["percentComplete"] = 100 if to.done else 0
    if now.day != to.day:
        body["dueDateTime"] = due_at(to.day, zone) if to.day else None
    if now.people != to.people:
        added = {who: dict(_ASSIGNMENT) for who in sorted(to.people - now.people)}
        body["assignments"] = added | dict.fromkeys(sorted(now.people - to.people))
    return body


def _is_before(due: str | None, start: str | None) -> bool:
    """The start is people's, and goes only where Planner would refuse our due day because of it."""
    if not due or not start:
        return False
    return datetime.fromisoformat(due) < datetime.fromisoformat(start)


def _placing(held: Mapping[str, Any], task: WorkspaceTask, plan: OpenPlan) -> dict[str, Any]:
    """Bucket and labels. A task that people put into a bucket of their own stays; so do their labels."""
    body: dict[str, Any] = {}
    bucket, stands = plan.bucket(task.stage), held.get("bucketId")
    if bucket and stands != bucket and (not stands or stands in plan.buckets.values()):
        body["bucketId"] = bucket
    want = plan.categories(task.labels)
    have = {name for name, on in (held.get("appliedCategories") or {}).items() if on is True}
    ours = set(plan.labels.values())
    changed = dict.fromkeys(sorted(want - have), True) | dict.fromkeys(sorted((have & ours) - want), False)
    if changed:
        body["appliedCategories"] = changed
    return body
