"""rp-connect.toml and the secrets that it refers to: found, read, checked and typed."""

from __future__ import annotations

from rp_connect.settings.file import SettingsFile, find_config
from rp_connect.settings.load import Settings, load_settings, validate_own
from rp_connect.settings.school import PeopleSettings, ReviewSettings, SchoolSettings, WorkingSettings
from rp_connect.settings.secrets import EnvironmentSecrets

__all__ = [
    "EnvironmentSecrets",
    "PeopleSettings",
    "ReviewSettings",
    "SchoolSettings",
    "Settings",
    "SettingsFile",
    "WorkingSettings",
    "find_config",
    "load_settings",
    "validate_own",
]
