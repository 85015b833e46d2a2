"""What the functions are given: the office, the bell and the web pages, each built once per instance and only
when a function needs it. Nothing runs at import."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rp_connect.ports.doorbell import Doorbell, Errand, Ring

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rp_connect.services.office import Office


@dataclass
class Cloud:
    """One instance of the app. `config` None: as RP_CONNECT_CONFIG says."""

    config: Path | None = None

    @cached_property
    def bell(self) -> Doorbell:
        from rp_connect.wiring.storage_queue import StorageQueueBell

        return StorageQueueBell()

    @cached_property
    def office(self) -> Office:
        from rp_connect.settings import find_config
        from rp_connect.wiring.office import build_office
        from rp_connect.wiring.ringing import RingingStore

        built = build_office(self.config or find_config(None, os.environ, Path.cwd()))
        return replace(built, store=RingingStore(built.store, self.bell))

    def work(self, message: str) -> None:
        """The bell rang. Raises RpConnectError where the message should come back."""
        from rp_connect.wiring.errands import run_errand

        run_errand(self.office, self.bell, Ring.from_text(message))

    def start_syncs(self) -> None:
        from rp_connect.wiring.errands import ring_for, schools_to_sync

        ring_for(self.office, self.bell, Errand.SYNC, schools_to_sync(self.office))

    def start_pulls(self) -> None:
        from rp_connect.wiring.errands import ring_for

        ring_for(self.office, self.bell, Errand.PULL)

    def start_reminders(self) -> None:
        from rp_connect.wiring.errands import reminders_due, ring_for

        ring_for(self.office, self.bell, Errand.REMIND, reminders_due(self.office))

    def sweep(self) -> None:
        from rp_connect.wiring.errands import sweep

        sweep(self.office, self.bell)


class Pages:
    """The web pages as an ASGI app that is built at the first request."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    @cached_property
    def _app(self) -> ASGIApp:
        from rp_connect.web import make_app

        return make_app(self._cloud.office, port=80)
