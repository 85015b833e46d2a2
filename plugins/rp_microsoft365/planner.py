"""Planner for one school: its plans, and the shelf of tasks that stand in them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from rp_connect.ports.workspace import WorkspaceSettings
from rp_microsoft365.clouds import graph_base
from rp_microsoft365.graph import Graph
from rp_microsoft365.people import People
from rp_microsoft365.planner_tasks import PlannerTasks
from rp_microsoft365.plans import Container, Plans
from rp_microsoft365.settings import Microsoft365Settings


def open_plans(graph: Graph, own: Microsoft365Settings, zone: ZoneInfo) -> Plans:
    """`ensure()` makes this school year's plan for `setup`; `ours()` is a ConfigError where none is."""

    def today() -> date:
        return datetime.now(zone).date()

    base = graph_base(own.cloud, own.graph_url)
    where = Container(own.group, f"{base}/groups/{own.group}", own.plan)
    return Plans(graph, where, today, active=own.plan_active_tasks, in_all=own.plan_tasks)


def open_tasks(graph: Graph, plans: Plans, settings: WorkspaceSettings) -> PlannerTasks:
    holders = [address for addresses in settings.people.values() for address in addresses]
    return PlannerTasks(graph, plans, People(graph, holders), settings.timezone)
