"""The two markers of the plugin system. Plugins import `hookimpl` from here; nothing else is imported."""

from __future__ import annotations

import pluggy

PROJECT = "rp_connect"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
