"""Builds the office: settings, plugins, store, clock, and each school with what it is joined to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel

from rp_connect.domain.people import Role
from rp_connect.errors import ConfigError
from rp_connect.hooks.host import PluginHost
from rp_connect.ports.clock import Clock
from rp_connect.ports.doorbell import Doorbell, NoBell
from rp_connect.ports.hand_list import HandList
from rp_connect.ports.in_turn import InTurn
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec
from rp_connect.ports.register import Register
from rp_connect.ports.secrets import Secrets
from rp_connect.ports.workspace import WorkspaceSettings, WorkspaceSpec
from rp_connect.services.ask_in_turn import AskInTurn
from rp_connect.services.desk import OfficeDesk
from rp_connect.services.office import Office, School
from rp_connect.settings import EnvironmentSecrets, SchoolSettings, Settings, load_settings, validate_own
from rp_connect.storage.owners import this_process
from rp_connect.wiring.clock import MovedClock, RealClock, read_now
from rp_connect.wiring.entrance import build_entrance
from rp_connect.wiring.once import Once
from rp_connect.wiring.ringing import RingingStore
from rp_connect.wiring.storage_queue import build_bell

if TYPE_CHECKING:
    from rp_connect.ports.store import Store


@dataclass(frozen=True, slots=True)
class _Joined:
    """A school with the plugins that its settings name, their own tables checked. `neighbours` are the tables
    of the other schools that have its workspace."""

    settings: SchoolSettings
    mis: MisSpec
    mis_own: BaseModel
    workspace: WorkspaceSpec
    workspace_own: BaseModel
    neighbours: Sequence[BaseModel] = ()


def build_office(
    config: Path, now: str | datetime | None = None, *, port: int = 8080, ticking: bool = False
) -> Office:
    """Everything a service needs. Raises ConfigError before anything is opened, StoreError after."""
    settings = load_settings(config)
    desk = OfficeDesk()
    host = PluginHost().load(desk=desk)
    joined = _beside_each_other([_join(settings, school, host) for school in settings.schools])
    clock = _clock(settings, joined, now, ticking=ticking)
    secrets = EnvironmentSecrets()
    bell = build_bell(os.environ)
    entrance, routes = build_entrance(settings, host, secrets), host.routes()
    store = _open(settings, secrets, bell)
    in_turn = AskInTurn(store, this_process())
    office = Office(
        trust=settings.trust.name,
        store=store,
        clock=clock,
        schools={one.settings.id: _school(settings, one, host, secrets, in_turn) for one in joined},
        kinds=host.case_kinds(),
        plugins=host.plugins(),
        page=settings.web.public_url if settings.web else f"http://127.0.0.1:{port}",
        worker=this_process(),
        entrance=entrance,
        bell=bell,
        routes=routes,
        effects_kept=timedelta(days=settings.retention.effects_days),
    )
    desk.open(office, {one.settings.id: _mis_settings(settings, one, secrets) for one in joined})
    return office


def _join(settings: Settings, school: SchoolSettings, host: PluginHost) -> _Joined:
    mis, workspace = host.mis(school.mis), host.workspace(school.workspace)
    host.policy(school.policy)  # a name that nobody registered is an error before anything is opened
    return _Joined(
        settings=school,
        mis=mis,
        mis_own=validate_own(settings.file, school, mis.name, mis.settings),
        workspace=workspace,
        workspace_own=validate_own(settings.file, school, workspace.name, workspace.settings),
    )


def _beside_each_other(joined: Sequence[_Joined]) -> Sequence[_Joined]:
    return [
        replace(
            one,
            neighbours=[
                other.workspace_own
                for other in joined
                if other is not one and other.workspace.name == one.workspace.name
            ],
        )
        for one in joined
    ]


def _clock(
    settings: Settings, joined: Sequence[_Joined], now: str | datetime | None, *, ticking: bool
) -> Clock:
    if now is None:
        return RealClock()
    for one in joined:
        if not one.workspace.movable_clock(one.workspace_own):
            raise ConfigError(
                f"--now is refused: the workspace {one.workspace.name} of {one.settings.id} is a real one, "
                "where a moved clock would send real people the wrong dates."
            )
    moment = now if isinstance(now, datetime) else read_now(now, settings.schools[0].timezone)
    return MovedClock(moment, ticking=ticking)


def _open(settings: Settings, secrets: Secrets, bell: Doorbell) -> Store:
    from rp_connect.storage.store import open_store

    store: Store = open_store(settings.store_url(secrets))
    return store if isinstance(bell, NoBell) else cast("Store", RingingStore(store, bell))


def _school(settings: Settings, one: _Joined, host: PluginHost, secrets: Secrets, in_turn: InTurn) -> School:
    school = one.settings
    return School(
        settings=school,
        packs=host.policy(school.policy).packs,
        mis=Once(partial(_build_mis, one, host, _mis_settings(settings, one, secrets))),
        hand_list=Once(partial(_hand_list, settings, school.id)),
        workspace=Once(partial(one.workspace.build, _workspace_settings(settings, one, secrets, in_turn))),
        register=_register(settings, one, secrets),
    )


def _register(settings: Settings, one: _Joined, secrets: Secrets) -> Once[Register] | None:
    if one.mis.register is None:
        return None
    return Once(partial(one.mis.register, _mis_settings(settings, one, secrets)))


def _hand_list(settings: Settings, school: str) -> HandList:
    from rp_connect.storage.hand_list import CsvHandList

    return CsvHandList(settings.folder / "outcomes" / f"{school}.csv")


def _build_mis(one: _Joined, host: PluginHost, settings: MisSettings) -> MisAdapter:
    built = one.mis.build(settings)
    reader = host.calendar_file()
    if reader is None or reader.calendar_file is None or one.mis.calendar_file is not None:
        return built
    from rp_connect.wiring.calendar_file import WithCalendarFile

    return WithCalendarFile(built, reader.calendar_file(settings))


def _mis_settings(settings: Settings, one: _Joined, secrets: Secrets) -> MisSettings:
    return MisSettings(
        school=one.settings.id,
        site=one.settings.site,
        timezone=one.settings.timezone,
        calendar=one.settings.calendar_path,
        folder=settings.folder,
        own=one.mis_own,
        secrets=secrets,
    )


def _workspace_settings(
    settings: Settings, one: _Joined, secrets: Secrets, in_turn: InTurn
) -> WorkspaceSettings:
    return WorkspaceSettings(
        school=one.settings.id,
        school_name=one.settings.name,
        timezone=one.settings.timezone,
        folder=settings.folder,
        own=one.workspace_own,
        people=_people(one.settings),
        secrets=secrets,
        in_turn=in_turn,
        neighbours=one.neighbours,
    )


def _people(school: SchoolSettings) -> Mapping[str, Sequence[str]]:
    named = {role.value: school.people.of(role) for role in Role}
    return {**named, "cover": school.people.cover}
