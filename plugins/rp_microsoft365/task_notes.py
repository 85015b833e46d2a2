"""Write the notes of several tasks: read what stands there for its etag, send what differs."""

from __future__ import annotations

from collections.abc import Sequence

from rp_connect.errors import ConflictError, RpConnectError
from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.graph import Graph, ask_each
from rp_microsoft365.request import Answer, Request
from rp_microsoft365.task_details import change_request, read_request

Pair = tuple[str, WorkspaceTask]
TRIES = 2
"""Somebody may write there as we do: then it is read again, once."""


def write_notes(graph: Graph, tasks: Sequence[Pair], *, fresh: bool = False) -> list[RpConnectError | None]:
    """`tasks` are (id, task); None for each that is up to date now. `fresh`: they were made moments ago.

    Nothing is raised: the tasks themselves have landed, and whatever fails is said of the notes of each."""
    faults = _write(graph, tasks, fresh=fresh) if tasks else []
    for _ in range(TRIES - 1):
        places = [n for n, fault in enumerate(faults) if isinstance(fault, ConflictError)]
        again = _write(graph, [tasks[n] for n in places], fresh=fresh) if places else []
        for place, fault in zip(places, again, strict=True):
            faults[place] = fault
    return faults


def _write(graph: Graph, tasks: Sequence[Pair], *, fresh: bool) -> list[RpConnectError | None]:
    faults: list[RpConnectError | None] = []
    changes: dict[int, Request] = {}
    answers = ask_each(graph, [read_request(task_id, fresh=fresh) for task_id, _ in tasks])
    for place, ((task_id, task), answer) in enumerate(zip(tasks, answers, strict=True)):
        fault = answer if isinstance(answer, RpConnectError) else _unreadable(answer)
        faults.append(fault)
        request = (
            change_request(task_id, answer.body, task) if isinstance(answer, Answer) and not fault else None
        )
        if request is not None:
            changes[place] = request
    ends = ask_each(graph, list(changes.values()))
    for place, end in zip(changes, ends, strict=True):
        faults[place] = end if isinstance(end, RpConnectError) else None
    return faults


def _unreadable(answer: Answer) -> RpConnectError | None:
    if isinstance(answer.body, dict) and answer.body.get("@odata.etag"):
        return None
    return RpConnectError("Planner gave no notes that could be changed. Please report this.")
