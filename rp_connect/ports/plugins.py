"""What is known of an installed plugin; the hooks room finds it out, `check` and `plugins` show it."""

from __future__ import annotations

from dataclasses import dataclass

from rp_connect.ports.mis import AskedField


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """`fault` is one sentence where the plugin was parked, and None where it works. `fields` are those that
    its MIS adapters ask for, each with the name of its MIS."""

    name: str
    version: str
    hooks: tuple[str, ...]
    fault: str | None = None
    fields: tuple[tuple[str, AskedField], ...] = ()
