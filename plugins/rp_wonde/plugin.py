"""Registers Wonde as an MIS."""

from __future__ import annotations

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec, RegisterMis
from rp_wonde.asked import FIELDS
from rp_wonde.settings import WondeSettings


def build(settings: MisSettings) -> MisAdapter:
    from rp_wonde.adapter import WondeAdapter  # noqa: PLC0415 - requests loads for schools that need it

    return WondeAdapter(settings)


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(MisSpec(name="wonde", settings=WondeSettings, build=build, fields=FIELDS))
