"""Changes to tasks that stand in Planner: read how they stand, send only what differs, then their notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.errors import ConflictError, RpConnectError
from rp_connect.ports.workspace import Outcome, WorkspaceTask
from rp_microsoft365.aims import Aim, aims_at
from rp_microsoft365.buckets import OpenPlan
from rp_microsoft365.graph import Graph, ask_each
from rp_microsoft365.judging import unconfirmed
from rp_microsoft365.limits import LimitError
from rp_microsoft365.outdated import Refused, may_be_outdated, put_off
from rp_microsoft365.people import People
from rp_microsoft365.plans import Plans
from rp_microsoft365.request import Answer, Request
from rp_microsoft365.task_body import change_request
from rp_microsoft365.task_details import says_something
from rp_microsoft365.task_notes import write_notes
from rp_microsoft365.task_reading import read_standing
from rp_microsoft365.task_state import Stand, changed_by_people, parts_of, stand_of
from rp_microsoft365.task_title import key_of


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One task as it stands (`held`, `now`) and as it should; `unread`: a person's tick stays there."""

    held: Mapping[str, Any]
    now: Stand
    aim: Aim
    unread: bool = False

    @property
    def plan(self) -> str:
        return str(self.held.get("planId"))


class Changing:
    """`standing` gives the ids of all tasks in the plans."""

    def __init__(
        self,
        graph: Graph,
        plans: Plans,
        people: People,
        zone: ZoneInfo,
        standing: Callable[[], AbstractSet[str]],
    ) -> None:
        self._graph, self._plans, self._people, self._zone = graph, plans, people, zone
        self._standing = standing

    def change(
        self, changes: Sequence[tuple[str, WorkspaceTask]], found: Mapping[str, Mapping[str, Any]]
    ) -> list[Outcome]:
        """`found` are those that were just read, by their ids: they are not asked for again."""
        outcomes: dict[int, Outcome] = {}
        todo: dict[int, Change] = {}
        aims = aims_at([task for _, task in changes], self._people)
        answers = read_standing(self._graph, changes, found, self._standing)
        for place, (aim, answer) in enumerate(zip(aims, answers, strict=True)):
            planned = self._plan(aim, answer)
            if isinstance(planned, Change):
                todo[place] = planned
            else:
                outcomes[place] = planned
        refused = self._send(todo, outcomes)
        self._send({n: _without_people(todo[n]) for n in refused}, outcomes)
        self._add_notes(todo, outcomes)
        return [outcomes[place] for place in range(len(changes))]

    def _plan(self, aim: Aim | RpConnectError, answer: Answer | RpConnectError) -> Change | RpConnectError:
        if isinstance(aim, RpConnectError):
            return aim
        if isinstance(answer, RpConnectError):
            return answer
        held = answer.body
        now = stand_of(held, self._zone)
        if self._people.refused and aim.task.assignees and not aim.known:
            aim = _with_those_who_have_it(aim, now)
        last = parts_of(aim.task.seen_version)
        if last is not None and changed_by_people(last, now, aim.to):
            return ConflictError(f"{aim.task.key} was changed in Planner by somebody: read it first.")
        if now.title != aim.to.title and last is not None and last[3] != now.parts[3]:
            aim = _with_their_title(aim, now)
        # Where we wrote last is not read yet, or nothing but our first write can stand: a tick is a person's.
        unread = aim.task.seen_version == "" or (aim.task.seen_version is None and aim.task.revision <= 1)
        if unread and now.done and not aim.to.done:
            return Change(held, now, replace(aim, to=replace(aim.to, done=True)), unread=True)
        return Change(held, now, aim)

    def _send(self, todo: Mapping[int, Change], outcomes: dict[int, Outcome]) -> list[int]:
        """Fills in how each ended; gives the places of those that failed because of whom they were given."""
        requests: dict[int, Request] = {}
        plans = {plan: self._opened(plan) for plan in {change.plan for change in todo.values()}}
        for place, change in todo.items():
            plan = plans[change.plan]
            if isinstance(plan, RpConnectError):
                outcomes[place] = plan
                continue
            outcomes[place] = self._written(change)
            request = change_request(change.held, change.now, change.aim, plan, self._zone)
            if request is not None:
                requests[place] = request
        answers = ask_each(self._graph, list(requests.values()))
        over: list[int] = []
        for place, answer in zip(requests, answers, strict=True):
            if isinstance(answer, RpConnectError):
                outcomes[place] = unconfirmed(answer)
                added = todo[place].aim.to.people - todo[place].now.people
                over += [place] if isinstance(answer, LimitError) and added else []
        refused = {
            place: Refused(todo[place].plan, requests[place], todo[place].aim.to.people)
            for place, answer in zip(requests, answers, strict=True)
            if may_be_outdated(answer)
        }
        outcomes.update(put_off(self._plans, self._people, refused))
        return over

    def _opened(self, plan: str) -> OpenPlan | RpConnectError:
        """A plan that cannot be opened concerns its own tasks alone."""
        try:
            return self._plans.opened(plan)
        except RpConnectError as fault:
            return unconfirmed(fault)

    def _written(self, change: Change) -> Outcome:
        """The version is of what we know to stand there: what a person does meanwhile has another one."""
        written = change.aim.written(str(change.held["id"]))
        return replace(written, version="") if change.unread else written

    def _add_notes(self, todo: Mapping[int, Change], outcomes: dict[int, Outcome]) -> None:
        noted = {
            place: (str(change.held["id"]), change.aim.task)
            for place, change in todo.items()
            if not isinstance(outcomes[place], RpConnectError)
            and (says_something(change.aim.task) or change.held.get("hasDescription"))
        }
        for place, fault in zip(noted, write_notes(self._graph, list(noted.values())), strict=True):
            if fault is not None:
                outcomes[place] = unconfirmed(fault)


def _with_their_title(aim: Aim, now: Stand) -> Aim:
    """A title that people reworded stays theirs, as long as it still bears our key."""
    if key_of(now.title) != aim.task.key:
        return aim
    return replace(aim, to=replace(aim.to, title=now.title))


def _with_those_who_have_it(aim: Aim, now: Stand) -> Aim:
    """While we may look nobody up we can give it to nobody, so those who have it keep it."""
    warning = "" if now.people else aim.warning
    return replace(aim, to=replace(aim.to, people=now.people), warning=warning)


def _without_people(change: Change) -> Change:
    """Those who have it already keep it."""
    return replace(change, aim=change.aim.with_only(change.now.people))
