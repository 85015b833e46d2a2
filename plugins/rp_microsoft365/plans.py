"""A plan for each school and school year. A plan that is nearly full is followed by another of the same year.

Which plans are ours is told by their titles alone. Two processes that open the same year at once may make two
plans of one title: the older is used, both are read, so that nothing is written twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from threading import RLock
from typing import Any

from rp_connect.errors import AccessError, ConfigError, GoneError, RpConnectError
from rp_microsoft365.buckets import OpenPlan, ensure_buckets, ensure_labels, open_plan, reopen_plan
from rp_microsoft365.graph import Graph
from rp_microsoft365.judging import may_have_landed
from rp_microsoft365.limits import SEND_AGAIN, LimitError, PlanFullError
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Request, Service
from rp_microsoft365.school_year import first_year, place_of, plan_title

ACTIVE, IN_ALL = 2300, 8900
"""A plan is followed by another at so many tasks not done, or in all: Planner's own limits are 2,400 and
9,000 on the older of the two pages about them, 3,000 and 9,000 on the newer."""
NEARLY = 0.9
"""From this share of either on, `check` says that the plan is nearly full."""
FRESH_FOR_S = 600.0
"""For so long what we know of the current plan is not asked for again."""

OTHERS_TRIES, OTHERS_PAUSE_S = 8, 0.5
"""So often, and so far apart, we look whether another process has furnished the plan that it just made."""


@dataclass(frozen=True, slots=True)
class Container:
    """Where plans stand: the group by its id and by Graph's address of it, and what our plans are called.

    `name` may be the id of a plan: then its title is the name of those that follow it. `others` are the names
    (or ids) of plans that the trust's other schools have in this group.
    """

    group: str
    group_url: str
    name: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`place` is the school year's first year and the part; None for a plan of the group that is not ours."""

    id: str
    title: str
    created: str
    place: tuple[int, int] | None


class Plans:
    """`today` gives the school's date; `active` and `in_all` are counts of tasks. Several threads may ask."""

    def __init__(
        self,
        graph: Graph,
        where: Container,
        today: Callable[[], date],
        *,
        active: int = ACTIVE,
        in_all: int = IN_ALL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._graph, self._where, self._today, self._clock = graph, where, today, clock
        self._active, self._in_all = active, in_all
        self._current: OpenPlan | None = None
        self._room, self._year, self._until = 0, 0, 0.0
        self._opened: dict[str, OpenPlan] = {}
        self._name = where.name
        self._lock = RLock()

    def every(self) -> list[Plan]:
        """The group's plans: ours, newest first, then people's own; none of another school of the trust, for
        a hundred of them that each read all the plans would never be done. Raises ConfigError without the
        group."""
        path = f"/groups/{self._where.group}/planner/plans"
        request = Request(Service.PLANNER, "GET", path, Permission.TASKS)
        try:
            bodies = list(self._graph.pages(request))
        except GoneError:
            raise ConfigError("The Microsoft 365 group in [school.microsoft365] is not there.") from None
        titles = {str(body["id"]): _title(body) for body in bodies}
        self._name = titles.get(self._where.name, self._where.name)
        others = [titles.get(other, other) for other in self._where.others]
        plans = [plan for plan in map(self._plan, bodies) if plan.place or not _is_of(others, plan.title)]
        plans.sort(key=lambda plan: (plan.created, plan.id))
        return sorted(plans, key=lambda plan: plan.place or (-1, 0), reverse=True)

    def _plan(self, body: dict[str, Any]) -> Plan:
        title = _title(body)
        return Plan(
            str(body["id"]), title, str(body.get("createdDateTime") or ""), place_of(self._name, title)
        )

    def ours(self) -> list[Plan]:
        """`every`, where at least one is ours. Raises ConfigError: a plan that vanished is no empty plan."""
        plans = self.every()
        if not any(plan.place for plan in plans):
            raise ConfigError(
                f"There is no plan called “{self._name}” in the Microsoft 365 group: was it renamed? "
                "`rp-connect setup microsoft365` makes one."
            )
        return plans

    def current(self, wanted: int = 1, without: Collection[str] = ()) -> OpenPlan:
        """The plan for `wanted` new tasks that is none of `without`; the next one is made where the last is
        full or last year's. Raises PlanFullError; ConfigError where there never was one."""
        year = first_year(self._today())
        with self._lock:
            stale = year != self._year or self._clock() >= self._until
            if self._current is None or stale or self._room < wanted or self._current.id in without:
                self._current = None
                self._current, self._room = self._choose(year, wanted, without)
                self._year, self._until = year, self._clock() + FRESH_FOR_S
            self._room -= wanted
            return self._current

    def opened(self, plan_id: str) -> OpenPlan:
        """Any plan with its buckets and labels, for a task that stands in it."""
        with self._lock:
            if plan_id not in self._opened:
                self._opened[plan_id] = open_plan(self._graph, plan_id)
            return self._opened[plan_id]

    def gone(self, plan_id: str, buckets: AbstractSet[str]) -> set[str]:
        """Those that are not in that plan any more; asked where Planner refused what names them."""
        with self._lock:
            if buckets <= set(self.opened(plan_id).buckets.values()):
                ours = {plan.id: plan.place is not None for plan in self.every()}
                if plan_id in ours:
                    again = reopen_plan(self._graph, plan_id, buckets, ours=ours[plan_id])
                    self._opened[plan_id] = again
                    self._current = again if self._current and self._current.id == plan_id else self._current
            return set(buckets) - set(self.opened(plan_id).buckets.values())

    def forget(self) -> None:
        """Look anew at the next question: a plan was full, or is gone."""
        with self._lock:
            self._current = None
            self._opened.clear()

    def ensure(self) -> list[str]:
        """This school year's plan with buckets and labels, made where it is missing or full; what it did."""
        year = first_year(self._today())
        held = _of_year(self.every(), year)
        if held and self._room_in(held[0].id) > 0:
            return self._furnish(held[0].id, held[0].title)
        title = self._next_title(held, year)
        made = self._make(title)
        return [f"Made the plan “{title}”.", *self._furnish(made, title)]

    def look(self) -> list[str]:
        """What stands in the way of the next task, one sentence each. It changes nothing."""
        newest = next(plan for plan in self.ours() if plan.place)
        active, in_all = self._counted(newest.id)
        if active < self._active and in_all < self._in_all:
            return self._nearly_full(newest, active, in_all)
        return [
            f"Plan full: “{newest.title}” takes no more tasks. The next is made with the next task, where "
            "Planner allows it; `rp-connect setup microsoft365` makes it now."
        ]

    def _nearly_full(self, plan: Plan, active: int, in_all: int) -> list[str]:
        if active < NEARLY * self._active and in_all < NEARLY * self._in_all:
            return []
        return [
            f"Plan nearly full: “{plan.title}” has {active:,} tasks that are not done, of {self._active:,}, "
            f"and {in_all:,} in all, of {self._in_all:,}. Delete old tasks, or let rp-connect make "
            "the next plan once this one is full, where Planner allows it."
        ]

    def _choose(self, year: int, wanted: int, without: Collection[str]) -> tuple[OpenPlan, int]:
        ours = [plan for plan in self.ours() if plan.place]
        held = _of_year(ours, year)
        if held and (room := self._room_for(held[0], wanted, without)):
            return self._furnished(held[0]), room
        title = self._next_title(held, year)
        try:
            made = self._make(title)
            self._furnish(made, title)
        except (AccessError, LimitError) as refused:
            return self._last_resort(ours, wanted, without, refused)
        return self.opened(made), min(self._active, self._in_all)

    def _furnished(self, plan: Plan) -> OpenPlan:
        """Labels are put in last: a plan without them was left half made."""
        if not self.opened(plan.id).labels:
            self._wait_until_furnished(plan.id)
            self._furnish(plan.id, plan.title)
        return self.opened(plan.id)

    def _next_title(self, held: Sequence[Plan], year: int) -> str:
        return plan_title(self._name, year, 1 + max((p.place[1] for p in held if p.place), default=0))

    def _last_resort(
        self, ours: list[Plan], wanted: int, without: Collection[str], refused: RpConnectError
    ) -> tuple[OpenPlan, int]:
        """Where we may not make a plan, the newest of ours that has room."""
        for plan in ours:
            if room := self._room_for(plan, wanted, without):
                return self.opened(plan.id), room
        then = "" if isinstance(refused, LimitError) else f" Then {SEND_AGAIN}."  # a limit says it already
        raise PlanFullError(
            f"Plan full: no plan called “{self._name}” takes another task, and the next one cannot be made. "
            f"Make room, or see that it can be made. {refused}{then}"
        ) from None

    def _room_for(self, plan: Plan, wanted: int, without: Collection[str]) -> int:
        """How many tasks it takes; 0 where those are fewer than are wanted."""
        if plan.id in without:
            return 0
        room = self._room_in(plan.id)
        return room if room >= wanted else 0

    def _room_in(self, plan_id: str) -> int:
        active, in_all = self._counted(plan_id)
        return min(self._active - active, self._in_all - in_all)

    def _counted(self, plan_id: str) -> tuple[int, int]:
        """Its tasks that are not done, and all of them."""
        path = f"/planner/plans/{plan_id}/tasks"
        done = [t.get("percentComplete") == 100 for t in self._graph.pages(_get(path))]
        return done.count(False), len(done)

    def _make(self, title: str) -> str:
        """The plan of that title. Planner may say 403 and have made it, so what is there counts."""
        body = {"container": {"url": self._where.group_url}, "title": title}
        request = Request(
            Service.PLANNER, "POST", "/planner/plans", Permission.TASKS, body=body, creates=True
        )
        fault: RpConnectError | None = None
        own: dict[str, Any] = {}
        try:
            own = self._graph.ask(request).body
        except RpConnectError as refused:
            if not (isinstance(refused, (AccessError, LimitError)) or may_have_landed(refused)):
                raise
            fault = refused
        there = [plan for plan in self.every() if plan.title == title]
        if not there and fault is not None:
            raise fault
        if not there or there[0].id == own.get("id"):
            return str(own["id"] if not there else there[0].id)
        if own:
            self._take_back(own)
        self._wait_until_furnished(there[0].id)
        return there[0].id

    def _take_back(self, own: dict[str, Any]) -> None:
        """Somebody made the same plan a moment before: ours goes, as long as nothing stands in it."""
        with suppress(RpConnectError):  # what cannot be taken back stays, empty
            if not any(True for _ in self._graph.pages(_get(f"/planner/plans/{own['id']}/tasks"))):
                etag = {"If-Match": str(own["@odata.etag"])}
                path = f"/planner/plans/{own['id']}"
                self._graph.ask(Request(Service.PLANNER, "DELETE", path, Permission.TASKS, headers=etag))

    def _wait_until_furnished(self, plan_id: str) -> None:
        """Whoever made it is about to make its buckets; the labels come last. After that it is ours to do."""
        for _ in range(OTHERS_TRIES):
            if open_plan(self._graph, plan_id).labels:
                return
            time.sleep(OTHERS_PAUSE_S)

    def _furnish(self, plan_id: str, title: str) -> list[str]:
        said = [f"Made the bucket “{name}” in “{title}”." for name in ensure_buckets(self._graph, plan_id)]
        labels = ensure_labels(self._graph, plan_id)
        self._opened.pop(plan_id, None)
        return said + [f"Named the label “{label}” in “{title}”." for label in labels]


def _is_of(names: Sequence[str], title: str) -> bool:
    return any(place_of(name, title) for name in names)


def _of_year(plans: Sequence[Plan], year: int) -> list[Plan]:
    """That year's plans, the last part first; of two with one title the older first."""
    return [plan for plan in plans if plan.place and plan.place[0] == year]


def _title(body: dict[str, Any]) -> str:
    return str(body.get("title") or "")


def _get(path: str) -> Request:
    return Request(Service.PLANNER, "GET", path, Permission.TASKS, fresh=True)
