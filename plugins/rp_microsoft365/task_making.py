"""New tasks, in batches: the tasks first, then the notes of those that have something to say."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rp_connect.errors import ConfigError, RpConnectError, UnclearError
from rp_connect.ports.workspace import Outcome, WorkspaceTask
from rp_microsoft365.aims import Aim, aims_at
from rp_microsoft365.graph import Graph
from rp_microsoft365.judging import half_done
from rp_microsoft365.limits import LimitError, PlanFullError
from rp_microsoft365.outdated import Refused, may_be_outdated, outdated
from rp_microsoft365.people import People
from rp_microsoft365.plans import Plans
from rp_microsoft365.request import Answer
from rp_microsoft365.task_body import create_request
from rp_microsoft365.task_details import says_something
from rp_microsoft365.task_notes import write_notes

TRIES = 3
"""As often as it is tried at once: a full plan, then a person with too many tasks."""


class Making:
    def __init__(self, graph: Graph, plans: Plans, people: People, zone: ZoneInfo) -> None:
        self._graph, self._plans, self._people, self._zone = graph, plans, people, zone
        self._full: set[str] = set()

    def make(self, items: Sequence[WorkspaceTask]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        aims: dict[int, Aim] = {}
        for place, aim in enumerate(aims_at(items, self._people)):
            if isinstance(aim, Aim):
                aims[place] = aim
            else:
                outcomes[place] = aim
        open_ = self._try(aims, outcomes) if aims else {}
        for _ in range(TRIES - 1):
            open_ = self._try_again(open_, outcomes) if open_ else {}
        self._add_notes(items, outcomes)
        return [outcomes[place] for place in range(len(items))]

    def _try(self, aims: dict[int, Aim], outcomes: dict[int, Outcome]) -> dict[int, Aim]:
        """Fills in how each ended; gives those that were surely not made and may be tried in another way."""
        try:
            plan = self._plans.current(len(aims), self._full)
        except (LimitError, ConfigError) as fault:
            outcomes.update(dict.fromkeys(aims, fault))
            return {}
        again: dict[int, Aim] = {}
        refused: dict[int, Refused] = {}
        requests = [create_request(aim, plan, self._zone) for aim in aims.values()]
        answers = self._graph.ask_all(requests)
        for (place, aim), request, answer in zip(aims.items(), requests, answers, strict=True):
            outcomes[place] = _outcome(aim, answer)
            if may_be_outdated(answer):
                refused[place] = Refused(plan.id, request, aim.to.people)
            elif (other := self._otherwise(aim, answer, plan.id)) is not None:
                again[place] = other
        return again | self._looked_again(refused, aims, outcomes)

    def _try_again(self, aims: dict[int, Aim], outcomes: dict[int, Outcome]) -> dict[int, Aim]:
        """Others of this batch stand in Planner by now: what fails here is said of these alone."""
        try:
            return self._try(aims, outcomes)
        except RpConnectError as fault:
            outcomes.update(dict.fromkeys(aims, fault))
            return {}

    def _otherwise(self, aim: Aim, answer: Answer | RpConnectError, plan: str) -> Aim | None:
        """What may be tried where Planner said that it did not make it; None where there is nothing."""
        if isinstance(answer, PlanFullError):
            self._full.add(plan)
            return aim
        if isinstance(answer, LimitError) and aim.to.people:
            return aim.with_only(frozenset())
        return None

    def _looked_again(
        self, refused: dict[int, Refused], aims: dict[int, Aim], outcomes: dict[int, Outcome]
    ) -> dict[int, Aim]:
        """Those that named a bucket or a person that is gone, and those whose plan may be. Nothing of what
        was refused was made."""
        try:
            stale = outdated(self._plans, self._people, refused)
            again = {place: self._anew(aims[place]) for place in stale}
        except RpConnectError as fault:
            outcomes.update(dict.fromkeys(refused, fault))
            return {}
        homeless = [n for n in refused if n not in stale and isinstance(outcomes[n], ConfigError)]
        if homeless:
            self._plans.forget()
        return again | {place: aims[place] for place in homeless}

    def _anew(self, aim: Aim) -> Aim:
        """With whom the directory knows now; what was already to be nobody's stays so."""
        (anew,) = aims_at([aim.task], self._people)
        return anew if isinstance(anew, Aim) and aim.to.people else aim

    def _add_notes(self, items: Sequence[WorkspaceTask], outcomes: dict[int, Outcome]) -> None:
        made = {
            place: (outcome.external_id, items[place])
            for place, outcome in outcomes.items()
            if not isinstance(outcome, RpConnectError) and says_something(items[place])
        }
        for place, fault in zip(made, write_notes(self._graph, list(made.values()), fresh=True), strict=True):
            if fault is not None:
                outcomes[place] = half_done(fault, f"{items[place].key} is in Planner, its notes are not")


def _outcome(aim: Aim, answer: Answer | RpConnectError) -> Outcome:
    if isinstance(answer, RpConnectError):
        return answer
    if not isinstance(answer.body, dict) or not answer.body.get("id"):
        return UnclearError(f"Planner did not say under which id {aim.task.key} stands.")
    return aim.written(str(answer.body["id"]))
