"""One school whose tasks stand in Planner, with the Graph server behind it, and what its people do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.opening import open_graph
from rp_microsoft365.people import People
from rp_microsoft365.planner_tasks import PlannerTasks
from rp_microsoft365.plans import Container, Plans
from tests.graph_server.people import delete_task, edit_details, edit_task
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, HEAD, LEAD
from tests.plugins.rp_microsoft365.loopback import settings

LONDON = ZoneInfo("Europe/London")
LEAD_AT, HEAD_AT = "lead@northwick.example", "head@northwick.example"
TITLE = "RP-2026-0001 · Written notice to the parents"
BARE = WorkspaceTask(
    key="RP-2026-0001.written-notice.1",
    revision=1,
    title=TITLE,
    day=date(2026, 11, 12),
    state=TaskState.OPEN,
    role="head",
    assignees=(),
    details="",
    link="",
)
WHOLE = replace(
    BARE,
    assignees=(HEAD_AT,),
    details="Basis: SI 2007/1870 reg 6\nDue 12 November 2026, 15:15",
    link="https://rp.example:8443/cases/RP-2026-0001",
    stage="referred",
    steps=("How long it is for, and the reasons", "How the pupil may be involved in them"),
    labels=("legal duty", "late information"),
)


def numbered(n: int, task: WorkspaceTask = BARE) -> WorkspaceTask:
    return replace(
        task, key=f"RP-2026-{n:04}.set-work.{n}", title=f"RP-2026-{n:04} · Set and mark work, day {n}"
    )


@dataclass
class PlannerSchool:
    server: GraphServer
    zone: ZoneInfo = LONDON
    today: date = date(2026, 11, 12)
    active: int = 2300
    in_all: int = 8900
    name: str = "Restorative practice"
    others: tuple[str, ...] = ()

    def plans(self) -> Plans:
        base = "https://graph.microsoft.com/v1.0"
        where = Container(GROUP, f"{base}/groups/{GROUP}", self.name, self.others)
        return Plans(
            open_graph(settings(self.server.url)),
            where,
            lambda: self.today,
            active=self.active,
            in_all=self.in_all,
        )

    def open(self) -> PlannerTasks:
        """Another one each time, as after a restart."""
        graph = open_graph(settings(self.server.url))
        return PlannerTasks(graph, self.plans(), People(graph, (LEAD_AT, HEAD_AT)), self.zone)

    def set_up(self) -> PlannerSchool:
        self.plans().ensure()
        return self

    # ------------------------------------------------------------------ what stands in Planner

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.server.state.tasks.values())

    @property
    def row(self) -> dict[str, Any]:
        (row,) = self.rows
        return row

    @property
    def details(self) -> dict[str, Any]:
        return self.server.state.task_details[self.row["id"]]

    @property
    def titles(self) -> list[str]:
        return sorted(row["title"] for row in self.rows)

    def plan_titles(self) -> list[str]:
        return sorted(plan["title"] for plan in self.server.state.plans.values())

    def bucket_of(self, row: Mapping[str, Any]) -> str:
        return str(self.server.state.buckets[row["bucketId"]]["name"])

    # ------------------------------------------------------------------ what people do

    def edit(self, **values: Any) -> None:
        edit_task(self.server.state, self.row["id"], **values)

    def edit_notes(self, **values: Any) -> None:
        edit_details(self.server.state, self.row["id"], **values)

    def delete(self) -> None:
        delete_task(self.server.state, self.row["id"])

    def tick(self) -> None:
        self.edit(percentComplete=100)

    def give_to(self, *people: str) -> None:
        """To these (ids) and to nobody else."""
        now = {"assignedDateTime": "2026-11-13T09:00:00Z", "orderHint": " !"}
        self.edit(assignments={LEAD: None, HEAD: None} | {who: dict(now) for who in people})
