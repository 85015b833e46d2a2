"""What the functions of one instance share: the office, built when a function first needs it.

Importing this loads next to nothing, and runs nothing: a cold start waits for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rp_connect.wiring.once import Once

if TYPE_CHECKING:
    from rp_connect.services.office import Office
    from rp_connect.wiring.telemetry import Telemetry


class Cloud:
    """One instance of the app. Each method is a trigger's; what it raises, the host counts as a failure, and
    keeps the words of it: they are ours (RpConnectError), whatever went wrong."""

    def __init__(self) -> None:
        self.office = Once(self._open)
        self._telemetry: Telemetry | None = None

    def work(self, message: str) -> None:
        """The bell rang. Raises where the message should come back."""
        from rp_connect.ports.doorbell import Ring

        ring = Ring.from_text(message)
        from rp_connect.wiring.errands import run_errand

        self._do(ring.errand.value, lambda office: run_errand(office, ring))

    def start_syncs(self) -> None:
        from rp_connect.wiring.rounds import ring_for_syncs

        self._do("syncs", ring_for_syncs)

    def start_pulls(self) -> None:
        from rp_connect.wiring.rounds import ring_for_pulls

        self._do("pulls", ring_for_pulls)

    def start_reminders(self) -> None:
        from rp_connect.wiring.rounds import ring_for_reminders

        self._do("reminders", ring_for_reminders)

    def sweep(self) -> None:
        from rp_connect.wiring.rounds import ring_for_missed

        self._do("missed", ring_for_missed)

    def look_aside(self) -> None:
        from rp_connect.wiring.rounds import look_aside

        self._do("aside", look_aside)

    def retire(self) -> None:
        from rp_connect.wiring.rounds import retire

        self._do("retention", retire)

    def close(self) -> None:
        """Sends the figures that are left. A second time there are none."""
        telemetry, self._telemetry = self._telemetry, None
        if telemetry is not None:
            telemetry.close()

    def _do(self, name: str, job: Callable[[Office], object]) -> None:
        from rp_connect.wiring.plain_faults import told_plainly

        with told_plainly():
            office = self.office()
            telemetry = self._telemetry  # it may be closed meanwhile
            with telemetry.job(name) if telemetry else nullcontext():
                job(office)

    def _open(self) -> Office:
        from rp_connect.wiring.quiet_logs import keep_logs_to_ourselves

        keep_logs_to_ourselves()
        office = _build_office()
        self._telemetry = _start_telemetry(office)
        if self._telemetry is not None:
            import atexit

            atexit.register(self.close)
        return office


def _build_office() -> Office:
    from rp_connect.settings import find_config
    from rp_connect.wiring.office import build_office

    return build_office(find_config(None, os.environ, Path.cwd()))


def _start_telemetry(office: Office) -> Telemetry | None:
    """Loads nothing where the environment names no place for figures. A wrong one stops nobody's work."""
    places = ("APPLICATIONINSIGHTS_CONNECTION_STRING", "OTEL_EXPORTER_OTLP_ENDPOINT")
    if not any(os.environ.get(place) for place in places):
        return None
    import logging

    from rp_connect.errors import RpConnectError
    from rp_connect.wiring.exporters import start_telemetry
    from rp_connect.wiring.plain_faults import told_plainly

    try:
        with told_plainly():
            return start_telemetry(office, os.environ)
    except RpConnectError as fault:
        logging.getLogger(__name__).warning("there will be no figures: %s", fault)
        return None
