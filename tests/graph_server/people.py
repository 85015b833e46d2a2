"""What people do in Planner and Outlook behind our back; etags and change keys move as they would."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.graph_server.calendar import touch
from tests.graph_server.planner_etags import changed, parts
from tests.graph_server.planner_tasks import merge, note_completion
from tests.graph_server.tenant import Tenant


def edit_task(tenant: Tenant, key: str, **values: Any) -> None:
    """`edit_task(state, key, percentComplete=100)`, `dueDateTime=...`, `assignments={...: None}`."""
    row = tenant.tasks[key]
    merge(row, values, tenant.number())
    tenant.tasks[key] = row
    note_completion(row)
    changed(tenant, row, parts(values))


def edit_details(tenant: Tenant, key: str, **values: Any) -> None:
    row = tenant.task_details[key]
    merge(row, values, tenant.number())
    changed(tenant, row, parts(values))
    changed(tenant, tenant.tasks[key], ["details"])


def delete_task(tenant: Tenant, key: str) -> None:
    del tenant.tasks[key], tenant.task_details[key]


def move_event(tenant: Tenant, key: str, begins: datetime, ends: datetime) -> None:
    """Aware times."""
    row = tenant.events[key]
    row["_start"], row["_end"] = begins.isoformat(), ends.isoformat()
    touch(tenant, row)


def delete_event(tenant: Tenant, key: str) -> None:
    tenant.deleted_events[key] = tenant.events.pop(key)
