"""Registers the workspace "local", which owns one folder and needs no account and no network."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.workspace import RegisterWorkspace, Workspace, WorkspaceSettings, WorkspaceSpec
from rp_local.workspace import LocalWorkspace


class LocalSettings(BaseModel):
    """The table `[school.local]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = Field(min_length=1)


def build(settings: WorkspaceSettings) -> Workspace:
    """Makes the folder where there is none; what stands in the way of that, `probe` says."""
    own = LocalSettings.model_validate(settings.own.model_dump())
    leads = settings.people.get("lead", ())
    workspace = LocalWorkspace(
        settings.folder / own.folder, own.folder, settings.timezone, organiser=leads[0] if leads else None
    )
    workspace.prepare()
    return workspace


def always(_own: BaseModel) -> bool:
    """No real account stands behind a folder, so its clock may be moved."""
    return True


@hookimpl
def register_workspace(register: RegisterWorkspace) -> None:
    register(WorkspaceSpec(name="local", settings=LocalSettings, build=build, movable_clock=always))
