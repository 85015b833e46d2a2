"""Registers the file drop as an MIS."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec, RegisterMis
from rp_file_drop.adapter import FileDrop
from rp_file_drop.asked import FIELDS
from rp_file_drop.settings import FileDropSettings


def calendar_file(settings: MisSettings) -> MisAdapter:
    """A drop that is asked for its calendar alone: it may stand anywhere."""
    return FileDrop(replace(settings, own=FileDropSettings(folder=settings.calendar.parent)))


SPEC = MisSpec(
    name="file_drop", settings=FileDropSettings, build=FileDrop, calendar_file=calendar_file, fields=FIELDS
)


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(SPEC)
