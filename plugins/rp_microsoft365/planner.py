"""Planner for one school: its plans, and the shelf of tasks that stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rp_connect.ports.workspace import WorkspaceSettings
from rp_microsoft365.clouds import graph_base
from rp_microsoft365.graph import Graph
from rp_microsoft365.people import People
from rp_microsoft365.permissions import NotGrantedError, Permission
from rp_microsoft365.planner_tasks import PlannerTasks
from rp_microsoft365.plans import Container, Plans
from rp_microsoft365.settings import Microsoft365Settings


def open_plans(
    graph: Graph, own: Microsoft365Settings, zone: ZoneInfo, neighbours: Sequence[BaseModel] = ()
) -> Plans:
    """`ensure()` makes this school year's plan for `setup`; `ours()` is a ConfigError where none is."""

    def today() -> date:
        return datetime.now(zone).date()

    base = graph_base(own.cloud, own.graph_url)
    where = Container(own.group, f"{base}/groups/{own.group}", own.plan, _plans_of(neighbours, own))
    return Plans(graph, where, today, active=own.plan_active_tasks, in_all=own.plan_tasks)


def _plans_of(neighbours: Sequence[BaseModel], own: Microsoft365Settings) -> tuple[str, ...]:
    """Of those in the same group, whose id no other tenant has."""
    others = (one for one in neighbours if isinstance(one, Microsoft365Settings))
    return tuple(other.plan for other in others if other.group.casefold() == own.group.casefold())


def open_tasks(
    graph: Graph, reading: Graph, own: Microsoft365Settings, settings: WorkspaceSettings
) -> PlannerTasks:
    """`reading` is the same Graph, with more patience: for what every task of a batch needs to know."""
    holders = [address for addresses in settings.people.values() for address in addresses]
    plans = open_plans(reading, own, settings.timezone, settings.neighbours)
    return PlannerTasks(graph, plans, People(reading, holders), settings.timezone)


def look_at_holders(graph: Graph, people: Mapping[str, Sequence[str]]) -> list[str]:
    """For `check`: roles that tasks cannot be assigned to, by role and count, never by address."""
    directory = People(graph)
    known = directory.ids_of(address for addresses in people.values() for address in addresses)
    if directory.refused:
        raise NotGrantedError("Tasks are assigned to nobody in Planner", Permission.PEOPLE)
    absent = {role: [a for a in addresses if a.lower() not in known] for role, addresses in people.items()}
    return [
        f"people.{role}: {len(missing)} of {len(people[role])} addresses are not known in Microsoft 365, so"
        " tasks in Planner are not assigned to them."
        for role, missing in absent.items()
        if missing
    ]
