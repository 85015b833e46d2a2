"""The notes, the checklist and the link of a Planner task: a resource of their own, with its own etag.

Our lines stand between two lines that tell them apart; what people write before and after stays. Steps and
link are put there once, with the lines: what people do to them afterwards is theirs. Steps bear ids made from
our key, so that none is ever there twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.permissions import Permission
from rp_microsoft365.plain_text import one_line, plain
from rp_microsoft365.request import Request, Service

FIRST_LINE = "Kept up to date by rp-connect:"
MOST_STEPS = 20
"""Planner's limit of checklist items."""
LONGEST_STEP = 100
"""Characters that Planner takes in a checklist item (the Graph contract)."""
_STEPS = UUID("5c0b7d9e-6a1f-4b27-9d3c-8e2f1a7b4c60")
_STEP = {"@odata.type": "#microsoft.graph.plannerChecklistItem", "isChecked": False}
_CASE_LINK = {
    "@odata.type": "#microsoft.graph.plannerExternalReference",
    "alias": "The case",
    "type": "Other",
}
_ENCODED = {ord(c): f"%{ord(c):02X}" for c in "%.:@#"}
"""[D:plannerexternalreferences.md]: these characters of a reference's URL are percent-encoded in its name."""


def says_something(task: WorkspaceTask) -> bool:
    return bool(task.details.strip() or task.steps or task.link or task.state is TaskState.CANCELLED)


def read_request(task_id: str, *, fresh: bool) -> Request:
    path = f"/planner/tasks/{task_id}/details"
    return Request(Service.PLANNER, "GET", path, Permission.TASKS, fresh=fresh)


def change_request(task_id: str, held: Mapping[str, Any], task: WorkspaceTask) -> Request | None:
    """The PATCH that brings the details up to date; None where they are."""
    body = changes(held, task)
    if not body:
        return None
    headers = {"If-Match": str(held["@odata.etag"])}
    path = f"/planner/tasks/{task_id}/details"
    return Request(Service.PLANNER, "PATCH", path, Permission.TASKS, headers=headers, body=body)


def changes(held: Mapping[str, Any], task: WorkspaceTask) -> dict[str, Any]:
    """The notes, and what is put beside them the first time. Equal input gives nothing."""
    body: dict[str, Any] = {}
    shown = str(held.get("description") or "").replace("\r\n", "\n")
    words = _with_ours(shown, task)
    if words != shown:
        body["description"] = words
    if FIRST_LINE not in shown:
        if steps := _steps(held.get("checklist") or {}, task):
            body["checklist"] = steps
        if _is_web_link(task.link) and reference_name(task.link) not in (held.get("references") or {}):
            body["references"] = {reference_name(task.link): dict(_CASE_LINK)}
    return body


def reference_name(url: str) -> str:
    return url.translate(_ENCODED)


def _with_ours(shown: str, task: WorkspaceTask) -> str:
    last = f"[{task.key}]"
    ours = (
        "\n".join(part for part in (FIRST_LINE, _words(task), last) if part) if says_something(task) else ""
    )
    block = re.compile(re.escape(FIRST_LINE) + ".*?" + re.escape(last), re.DOTALL)
    if block.search(shown):
        return block.sub(lambda _: ours, shown, count=1).strip()
    return f"{ours}\n\n{shown}".strip() if ours else shown


def _words(task: WorkspaceTask) -> str:
    words = plain(task.details).strip()
    if task.state is TaskState.CANCELLED and "cancelled" not in words.casefold():
        words = f"Cancelled.\n{words}".strip()
    return words


def _steps(held: Mapping[str, Any], task: WorkspaceTask) -> dict[str, Any]:
    body: dict[str, Any] = {}
    hint = ""
    for n, step in enumerate(task.steps[:MOST_STEPS]):
        name, hint = str(uuid5(_STEPS, f"{task.key}/{n}")), f"{hint} !"
        if name not in held:
            body[name] = dict(_STEP) | {"title": _step(step), "orderHint": hint}
    return body


def _step(step: str) -> str:
    words = one_line(step)
    return words if len(words) <= LONGEST_STEP else f"{words[: LONGEST_STEP - 1]}…"


def _is_web_link(link: str) -> bool:
    return urlsplit(link).scheme in ("http", "https")
