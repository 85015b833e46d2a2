"""Registers Wonde as an MIS, and the address of its webhooks."""

from __future__ import annotations

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.desk import Desk
from rp_connect.ports.mis import MisAdapter, MisSettings, MisSpec, RegisterMis
from rp_connect.ports.register import Register
from rp_connect.ports.routes import PluginAnswer, PluginRequest, PluginRoute, RegisterRoutes, RouteSpec
from rp_wonde.asked import FIELDS
from rp_wonde.settings import WondeSettings


def build(settings: MisSettings) -> MisAdapter:
    from rp_wonde.adapter import WondeAdapter  # noqa: PLC0415 - requests loads for schools that need it

    return WondeAdapter(settings)


def build_register(settings: MisSettings) -> Register:
    from rp_wonde.mark_writing import WondeRegister  # noqa: PLC0415 - as above

    return WondeRegister(settings)


@hookimpl
def register_mis(register: RegisterMis) -> None:
    register(
        MisSpec(name="wonde", settings=WondeSettings, build=build, fields=FIELDS, register=build_register)
    )


@hookimpl
def register_routes(register: RegisterRoutes, desk: Desk) -> None:
    def wonde_webhook(request: PluginRequest) -> PluginAnswer:
        from rp_wonde.webhooks import Webhooks  # noqa: PLC0415 - as above

        return Webhooks(desk).answer(request)

    route = PluginRoute("POST", "/webhook/{secret}", wonde_webhook, own_proof=True)
    register(RouteSpec(name="rp_wonde", routes=(route,)))
