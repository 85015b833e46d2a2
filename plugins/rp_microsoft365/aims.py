"""How a task of ours should stand in Planner: its title, its state, and who of its people can have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rp_connect.domain.task import TaskState
from rp_connect.errors import BadRecordError
from rp_connect.ports.workspace import WorkspaceTask, Written
from rp_microsoft365.people import People
from rp_microsoft365.task_state import Stand, wanted
from rp_microsoft365.task_title import can_bear, title_of

MOST_PEOPLE = 20
"""Planner's limit of assignees for one task."""
TOO_MANY = "whoever holds the role has as many tasks as Planner allows, so nobody was added to this one."
NOBODY = "Nobody is assigned to it in Planner: "


@dataclass(frozen=True, slots=True, repr=False)
class Aim:
    """`known` are the ids of its people by address; `warning` says what could not be had."""

    task: WorkspaceTask
    to: Stand
    known: Mapping[str, str]
    warning: str = ""

    def __repr__(self) -> str:
        return f"<Aim {self.task.key}>"

    def written(self, external_id: str) -> Written:
        shown = tuple(address for address, who in self.known.items() if who in self.to.people)
        return Written(external_id, self.to.version, warning=self.warning, assignees=shown)

    def with_only(self, people: frozenset[str]) -> Aim:
        """Where a person has as many tasks as Planner allows, a task of nobody is better than none."""
        to = replace(self.to, people=self.to.people & people)
        return replace(self, to=to, warning=f"“{self.task.role}”: {TOO_MANY}")


def aims_at(tasks: Sequence[WorkspaceTask], people: People) -> list[Aim | BadRecordError]:
    """One lookup for all of them. Raises TryLaterError where the directory asks for patience."""
    ids = people.ids_of(address for task in tasks for address in task.assignees)
    return [_aim(task, ids, people) if can_bear(task.key) else _unbearable(task.key) for task in tasks]


def _aim(task: WorkspaceTask, ids: Mapping[str, str], people: People) -> Aim:
    known = {address: ids[address.lower()] for address in task.assignees if address.lower() in ids}
    shown = dict(list(known.items())[:MOST_PEOPLE])
    to = wanted(task, title_of(task), frozenset(shown.values()))
    return Aim(task, to, shown, _warning(task, known, people))


def _warning(task: WorkspaceTask, known: Mapping[str, str], people: People) -> str:
    if task.state is not TaskState.OPEN or not task.assignees:
        return ""
    if people.refused and not known:
        return f"{NOBODY}we may not look anybody up (User.ReadBasic.All)."
    if not known:
        return f"{NOBODY}no address of the role “{task.role}” is known in Microsoft 365."
    if len(known) > MOST_PEOPLE:
        return f"Only {MOST_PEOPLE} of its people are assigned to it in Planner, which takes no more."
    return ""


def _unbearable(key: str) -> BadRecordError:
    return BadRecordError(ascii(key[:40]), "a Planner task cannot bear this key.")
