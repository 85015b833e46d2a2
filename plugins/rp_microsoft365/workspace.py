"""Composes the workspace of one school from its settings; nothing is asked and nothing heavy imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from rp_connect.errors import PartlySetUpError, RpConnectError
from rp_connect.ports.workspace import (
    Busy,
    LaneLimits,
    Meetings,
    Notices,
    Records,
    Tasks,
    Workspace,
    WorkspaceSettings,
)
from rp_microsoft365.columns import case_columns
from rp_microsoft365.meetings import CalendarMeetings
from rp_microsoft365.online_room import TeamsRooms
from rp_microsoft365.opening import open_graph
from rp_microsoft365.planner import look_at_holders, open_plans, open_tasks
from rp_microsoft365.probe import Area, Mailbox, look_around, look_at_group, look_at_site, told
from rp_microsoft365.records import SharePointRecords
from rp_microsoft365.schedule import BusyTimes
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.site import Site
from rp_microsoft365.site_setup import columns_maker, set_up_shelf, shelves, who_may_open
from rp_microsoft365.summaries import SharePointSummaries
from rp_microsoft365.time_zones import look_at_timezone

PATIENCE_S = 20.0
"""For so long `setup` and `check` wait for Graph by themselves: a person is watching."""
READS_WAIT_S = 4.0
"""For so long the worker waits for what all tasks of a batch need to know (the plan, who is who), and between
the steps of a summary: nothing could be sent there meanwhile, and begun anew it would all be asked again."""
PAGE_WAITS_S = 8.0
"""For so long a page waits for its turn at Outlook, and then for other people's diaries."""
MAILBOX_TURN_S = 60.0
"""For so long `check` waits for its turn at Outlook: ten schools ask at once, one between two batches."""
ALL_THERE = "The plan of this school year has all it needs; nothing was changed."
LANES: Mapping[str, LaneLimits] = {
    # Outlook takes 4 requests at a time of one application, and works on 4 of a batch at once: one batch, and
    # one process.
    "calendar": LaneLimits(batch=20, at_once=1, alone=True),
    "lists": LaneLimits(batch=20, at_once=2),
    "files": LaneLimits(batch=20, at_once=1),
    "planner": LaneLimits(batch=20, at_once=2),
}


class Microsoft365Workspace:
    """`graph` writes and reads for the worker, `patient` for an administrator who waits `patience_s`."""

    online_meetings = True
    lanes = LANES
    notices: Notices | None = None
    """A tenant tells people things through a bot, which comes with a later release."""

    def __init__(
        self, settings: WorkspaceSettings, own: Microsoft365Settings, patience_s: float = PATIENCE_S
    ) -> None:
        self._own = own
        self.scope = f"microsoft365 {own.cloud} {own.tenant} {own.client_id}"
        self.settles_after = own.timeout_s + own.lands_within_s
        graph = open_graph(settings)
        self._patient = open_graph(settings, patience_s=patience_s)
        reading = graph.patient(READS_WAIT_S, while_it_answers=True)
        self._traffic = graph.sender.traffic
        self._base = graph.sender.base
        site = Site(graph, own.site, self._base)
        self.meetings: Meetings = CalendarMeetings(graph, own.organizer, lobby=own.lobby)
        in_turn = partial(settings.in_turn, self.scope, "calendar", self.settles_after)
        hurrying = open_graph(hurried(settings, own))
        self._schedules = BusyTimes(hurrying, own.organizer, partial(in_turn, PAGE_WAITS_S))
        self._mailbox = Mailbox(hurrying, own.organizer, partial(in_turn, MAILBOX_TURN_S), patience_s)
        self._timezone = settings.timezone
        self.tasks: Tasks = open_tasks(graph, reading, own, settings)
        self._people = settings.people
        self._plans = open_plans(self._patient, own, settings.timezone, settings.neighbours)
        self.records: Records = SharePointRecords(site, own.list, case_columns(names=own.record_names))
        self.summaries: Records = SharePointSummaries(
            Site(reading, own.site, self._base), own.library, names=own.record_names
        )

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        return self._schedules.busy(people, begins, ends)

    def traffic(self) -> Mapping[str, tuple[int, int, float]]:
        """By service: calls, answers that asked for patience, and seconds waited by ourselves. It counts what
        all schools of one `scope` did in this process, so that it is to be taken once for each scope."""
        return {
            service: (int(counted["calls"]), int(counted["throttled"]), counted["waited_s"])
            for service, counted in self._traffic.snapshot().items()
        }

    def probe(self) -> Sequence[str]:
        own, graph = self._own, self._patient
        site = Site(graph, own.site, self._base)
        areas: list[Area] = [
            lambda: look_at_site(site, own),
            self._mailbox.look,
            lambda: look_at_timezone(self._timezone),
            TeamsRooms(graph, own.organizer, lobby=own.lobby).look,
            lambda: look_at_group(graph, own),
            self._plans.look,
            lambda: look_at_holders(graph, self._people),
        ]
        return look_around(areas, own)

    def setup(self) -> Sequence[str]:
        """Each part on its own, whatever became of those before it. What was done stays, and the next run
        goes on from there. Raises PartlySetUpError."""
        own, site = self._own, Site(self._patient, self._own.site, self._base)
        make_column = columns_maker(self._patient, own)
        parts: list[Area] = [
            *(partial(set_up_shelf, site, shelf, make_column) for shelf in shelves(own)),
            lambda: [who_may_open(site)],
            lambda: self._plans.ensure() or [ALL_THERE],
        ]
        done: list[str] = []
        refused: list[RpConnectError] = []
        for part in parts:
            try:
                done += part()
            except RpConnectError as fault:
                refused.append(fault)
        if refused:
            raise PartlySetUpError(done, told(refused, own))
        return done


def hurried(settings: WorkspaceSettings, own: Microsoft365Settings) -> WorkspaceSettings:
    """For what a page waits for: better no answer than one that comes after everybody has left."""
    return replace(settings, own=own.model_copy(update={"timeout_s": min(own.timeout_s, PAGE_WAITS_S)}))


def build_workspace(settings: WorkspaceSettings, patience_s: float = PATIENCE_S) -> Workspace:
    own = Microsoft365Settings.model_validate(settings.own.model_dump())
    return Microsoft365Workspace(settings, own, patience_s)
