"""The shelf of tasks in Planner: find, make, change and read them, one at a time or in batches.

Planner has no key of ours and does a repeated create again, so the title bears the key, and the core looks
for it before it repeats. Notes, checklist and link are a second request: where it fails the task is there
without them, which is an unclear end, and the next try finds the task and completes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Outcome, SeenTask, WorkspaceTask, Written
from rp_microsoft365.found import Found
from rp_microsoft365.graph import Graph
from rp_microsoft365.people import People
from rp_microsoft365.permissions import Permission
from rp_microsoft365.plans import Plan, Plans
from rp_microsoft365.request import Request, Service
from rp_microsoft365.task_changing import Changing
from rp_microsoft365.task_making import Making
from rp_microsoft365.task_state import newest_first, people_of, stand_of
from rp_microsoft365.task_title import key_of, speaks_of_a_case


class PlannerTasks:
    """`zone` is the school's: a task's day is what stands on the wall there."""

    def __init__(self, graph: Graph, plans: Plans, people: People, zone: ZoneInfo) -> None:
        self._graph, self._plans, self._people, self._zone = graph, plans, people, zone
        self._found = Found()

    def find(self, key: str) -> Written | None:
        found = self.find_all([key])[0]
        if isinstance(found, RpConnectError):
            raise found
        return found

    def create(self, task: WorkspaceTask) -> Written:
        return _one(self.create_all([task]))

    def update(self, external_id: str, task: WorkspaceTask) -> Written:
        return _one(self.update_all([(external_id, task)]))

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        """Reads the plans, newest first, until all are found; of copies that people made the oldest."""
        wanted, found = set(keys), dict[str, Written]()
        for plan in self._plans.ours() if keys else ():
            if wanted <= found.keys():
                break
            for body in sorted(self._tasks(plan), key=_age):
                key = key_of(_title(body))
                if key in wanted and key not in found:
                    found[key] = Written(str(body["id"]), stand_of(body, self._zone).version)
                    self._found.keep(body)
        return [found.get(key) for key in keys]

    def create_all(self, items: Sequence[WorkspaceTask]) -> Sequence[Outcome]:
        return Making(self._graph, self._plans, self._people, self._zone).make(items) if items else []

    def update_all(self, changes: Sequence[tuple[str, WorkspaceTask]]) -> Sequence[Outcome]:
        changing = Changing(self._graph, self._plans, self._people, self._zone, self._standing)
        return changing.change(changes, self._found.take(held for held, _ in changes)) if changes else []

    def everything(self) -> Iterator[SeenTask]:
        """A task whose title lost its key has an empty one; of others' plans only what bears one of ours."""
        bodies = [body for plan in self._plans.ours() for body in self._tasks(plan) if _is_ours(plan, body)]
        ids = {who for body in bodies for who in people_of(body)}
        addresses = self._people.addresses_of(sorted(ids))
        for body in bodies:
            yield self._seen(body, [addresses.get(who) for who in newest_first(body)])

    def _seen(self, body: dict[str, Any], people: Sequence[str | None]) -> SeenTask:
        """Whoever is not in the directory any more is left out; where that is all of them: not shown."""
        known = tuple(address for address in people if address)
        stand = stand_of(body, self._zone)
        return SeenTask(
            key=key_of(stand.title),
            external_id=str(body["id"]),
            version=stand.version,
            done=stand.done,
            day=stand.day,
            assignees=known if known or not people else None,
        )

    def _standing(self) -> set[str]:
        """The ids of all tasks in the plans."""
        return {str(body["id"]) for plan in self._plans.ours() for body in self._tasks(plan)}

    def _tasks(self, plan: Plan) -> Iterator[Any]:
        path = f"/planner/plans/{plan.id}/tasks"
        return self._graph.pages(Request(Service.PLANNER, "GET", path, Permission.TASKS, fresh=True))


def _one(outcomes: Sequence[Outcome]) -> Written:
    (outcome,) = outcomes
    if isinstance(outcome, RpConnectError):
        raise outcome
    return outcome


def _is_ours(plan: Plan, body: dict[str, Any]) -> bool:
    title = _title(body)
    return bool(key_of(title)) or (plan.place is not None and (speaks_of_a_case(title) or _by_an_app(body)))


def _by_an_app(body: dict[str, Any]) -> bool:
    by = body.get("createdBy") or {}
    return bool(by.get("application")) and not (by.get("user") or {}).get("id")


def _title(body: dict[str, Any]) -> str:
    return str(body.get("title") or "")


def _age(body: dict[str, Any]) -> tuple[str, str]:
    return str(body.get("createdDateTime") or ""), str(body["id"])
