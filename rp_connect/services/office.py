"""The installation as its services see it: the store, the clock, and each school with what it is tied to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.case import CaseKind
from rp_connect.errors import NotFoundError
from rp_connect.ports.clock import Clock
from rp_connect.ports.doorbell import Doorbell, NoBell
from rp_connect.ports.hand_list import HandList
from rp_connect.ports.mis import MisAdapter
from rp_connect.ports.plugins import PluginInfo
from rp_connect.ports.policy import PolicyPack
from rp_connect.ports.register import Register
from rp_connect.ports.routes import RouteSpec
from rp_connect.ports.sign_in import Entrance
from rp_connect.ports.store import Store, UnitOfWork
from rp_connect.ports.workspace import Workspace
from rp_connect.settings import SchoolSettings


@dataclass(frozen=True, kw_only=True)
class School:
    """One school: its settings, its rules, and how to reach its MIS and its workspace (built when asked).

    `register` is None where the MIS takes no attendance marks."""

    settings: SchoolSettings
    packs: Sequence[PolicyPack]
    mis: Callable[[], MisAdapter]
    hand_list: Callable[[], HandList]
    workspace: Callable[[], Workspace]
    register: Callable[[], Register] | None = None

    @property
    def id(self) -> str:
        return self.settings.id

    @property
    def timezone(self) -> ZoneInfo:
        return self.settings.timezone

    def day_of(self, moment: datetime) -> date:
        """The local date of `moment` at this school."""
        return moment.astimezone(self.timezone).date()


@dataclass(frozen=True, kw_only=True)
class Office:
    """Everything a service may need. `page` is where people open the web pages, for links in tasks; `worker`
    names this process as the holder of leases (host, process id and start time); `bell` calls others.
    `entrance` is None where the pages are for this computer alone; `routes` are addresses of plugins;
    `effects_kept` is for how long what was done stays in the outbox."""

    trust: str
    store: Store
    clock: Clock
    schools: Mapping[str, School]
    kinds: Sequence[CaseKind] = ()
    plugins: Sequence[PluginInfo] = field(default=())
    page: str = "http://127.0.0.1:8080"
    worker: str = "worker"
    entrance: Entrance | None = None
    routes: Sequence[RouteSpec] = ()
    bell: Doorbell = field(default_factory=NoBell)
    effects_kept: timedelta = timedelta(days=30)

    def school(self, school: str) -> School:
        """Raises NotFoundError, naming the school that the configuration does not have."""
        if school not in self.schools:
            raise NotFoundError(f"There is no school “{school}” in the configuration.")
        return self.schools[school]

    def chosen(self, school: str | None) -> Sequence[School]:
        """The one school that was named, or all of them in the configured order."""
        return [self.school(school)] if school else list(self.schools.values())

    def today(self, school: School) -> date:
        return school.day_of(self.clock.now())

    def calendar(self, work: UnitOfWork, school: School) -> SchoolCalendar:
        """The school's calendar as the last sync stored it; empty before the first."""
        return SchoolCalendar(work.schools.calendar(school.id), school.settings.day, school.timezone)
