"""Composes the workspace of one school from its settings."""

from __future__ import annotations

from rp_connect.errors import ConfigError
from rp_connect.ports.workspace import Workspace, WorkspaceSettings


def build_workspace(settings: WorkspaceSettings) -> Workspace:
    """Raises ConfigError until the rooms of this workspace are in place."""
    raise ConfigError(f"{settings.school}: the workspace microsoft365 is being built; use “local” for now.")
