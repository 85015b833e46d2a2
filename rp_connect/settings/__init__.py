"""rp-connect.toml and the secrets that it refers to: found, read, checked and typed."""

from __future__ import annotations

from rp_connect.settings.file import SettingsFile, find_config
from rp_connect.settings.load import Settings, load_settings, validate_own, validate_own_web
from rp_connect.settings.school import PeopleSettings, ReviewSettings, SchoolSettings, WorkingSettings
from rp_connect.settings.secrets import EnvironmentSecrets
from rp_connect.settings.web import WebSettings

__all__ = [
    "EnvironmentSecrets",
    "PeopleSettings",
    "ReviewSettings",
    "SchoolSettings",
    "Settings",
    "SettingsFile",
    "WebSettings",
    "WorkingSettings",
    "find_config",
    "load_settings",
    "validate_own",
    "validate_own_web",
]
