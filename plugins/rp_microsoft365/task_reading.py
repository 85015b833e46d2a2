"""Tasks as they stand in Planner just before they are changed, and which of them are gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from rp_connect.errors import GoneError, RpConnectError, TryLaterError
from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.graph import Graph, ask_each
from rp_microsoft365.judging import SOON_S
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service

Changed = tuple[str, WorkspaceTask]
Read = Answer | RpConnectError
Standing = Callable[[], AbstractSet[str]]
"""The ids of all tasks in the plans."""


def read_standing(
    graph: Graph, changes: Sequence[Changed], found: Mapping[str, Mapping[str, Any]], standing: Standing
) -> list[Read]:
    """By (id, task), in their order. `found` are those that were just read, by their ids."""
    unread = [_get(id_) for id_, _ in changes if id_ not in found]
    asked = iter(graph.ask_all(unread) if unread else [])
    answers = [Answer(200, {}, found[id_]) if id_ in found else next(asked) for id_, _ in changes]
    lost = [place for place, answer in enumerate(answers) if isinstance(answer, GoneError)]
    again = _once_more(graph, [changes[place] for place in lost], standing) if lost else []
    for place, answer in zip(lost, again, strict=True):
        answers[place] = answer
    return answers


def _once_more(graph: Graph, lost: Sequence[Changed], standing: Standing) -> list[Read]:
    """Only what is in no list either, and stays away for a few seconds, is gone: a task that was made moments
    ago may not be known yet."""
    try:
        listed = standing()
    except RpConnectError as fault:
        return [fault] * len(lost)
    unlisted = [_get(id_, maybe_fresh=True) for id_, _ in lost if id_ not in listed]
    answers = iter(ask_each(graph, unlisted))
    return [_late(task) if id_ in listed else _confirmed(task, next(answers)) for id_, task in lost]


def _late(task: WorkspaceTask) -> RpConnectError:
    """What is listed and not there under its id was made moments ago."""
    return TryLaterError(f"Planner does not know {task.key} yet.", retry_after=SOON_S)


def _confirmed(task: WorkspaceTask, answer: Read) -> Read:
    return GoneError(f"{task.key} was deleted in Planner.") if isinstance(answer, GoneError) else answer


def _get(external_id: str, *, maybe_fresh: bool = False) -> Request:
    path = f"/planner/tasks/{external_id}"
    return Request(Service.PLANNER, "GET", path, Permission.TASKS, maybe_fresh=maybe_fresh)
