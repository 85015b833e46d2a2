"""Registers the workspace "microsoft365". Nothing heavy is imported before a school's workspace is built."""

from __future__ import annotations

from pydantic import BaseModel

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.workspace import RegisterWorkspace, Workspace, WorkspaceSettings, WorkspaceSpec
from rp_microsoft365 import clouds
from rp_microsoft365.settings import Microsoft365Settings


def build(settings: WorkspaceSettings) -> Workspace:
    from rp_microsoft365.workspace import build_workspace  # noqa: PLC0415 - loaded for schools that use it

    return build_workspace(settings)


def on_loopback(own: BaseModel) -> bool:
    """`--now` may be used only where no real people stand behind the service."""
    return clouds.on_loopback(str(getattr(own, "graph_url", "")))


@hookimpl
def register_workspace(register: RegisterWorkspace) -> None:
    register(
        WorkspaceSpec(
            name="microsoft365", settings=Microsoft365Settings, build=build, movable_clock=on_loopback
        )
    )
