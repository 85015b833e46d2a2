"""Registers Arbor as an MIS: checked against the vendor's schema, not yet against a live site."""

from __future__ import annotations

from rp_arbor.asked import FIELDS
from rp_arbor.settings import ArborSettings
from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec, RegisterMis


def build(settings: MisSettings) -> MisAdapter:
    from rp_arbor.adapter import ArborAdapter  # noqa: PLC0415 - requests loads for schools that need it

    return ArborAdapter(settings)


SPEC = MisSpec(name="arbor", settings=ArborSettings, build=build, fields=FIELDS)


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(SPEC)
