"""Registers RosarioSIS as an MIS."""

from __future__ import annotations

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec, RegisterMis
from rp_rosariosis.asked import FIELDS
from rp_rosariosis.settings import RosarioSettings


def build(settings: MisSettings) -> MisAdapter:
    from rp_rosariosis.adapter import RosarioAdapter  # noqa: PLC0415 - requests loads for schools that need it

    return RosarioAdapter(settings)


SPEC = MisSpec(name="rosariosis", settings=RosarioSettings, build=build, fields=FIELDS)


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(SPEC)
