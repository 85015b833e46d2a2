"""Registers the file drop as an MIS."""

from __future__ import annotations

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisSpec, RegisterMis
from rp_file_drop.adapter import FileDrop
from rp_file_drop.settings import FileDropSettings


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(MisSpec(name="file_drop", settings=FileDropSettings, build=FileDrop))
