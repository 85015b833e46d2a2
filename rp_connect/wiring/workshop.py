"""What the command line is given: it asks here for everything that only this room can build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from rp_connect.cli.session import Moved, Trust
    from rp_connect.ports.plugins import PluginInfo
    from rp_connect.services.office import Office
    from rp_connect.services.sync_report import Progress


LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class _Invented:
    config: Path
    clock: datetime


class Workshop:
    """`rp_connect.cli.session.Workshop`, with nothing imported before it is needed."""

    @contextmanager
    def office(
        self,
        config: str | Path | None,
        now: str | datetime | None,
        *,
        port: int = 8080,
        ticking: bool = False,
    ) -> Iterator[Office]:
        from rp_connect.settings import find_config
        from rp_connect.wiring.office import build_office

        path = config if isinstance(config, Path) else find_config(config, os.environ, Path.cwd())
        office = build_office(path, now, port=port, ticking=ticking)
        try:
            yield office
        finally:
            office.store.close()

    def plugins(self) -> Sequence[PluginInfo]:
        from rp_connect.hooks.host import PluginHost

        return PluginHost().load().plugins()

    def serve(self, office: Office, port: int, tell: Callable[[str], None], notice: str = "") -> None:
        from rp_connect.wiring.serve import serve

        serve(office, port, tell, notice)

    def run(self, office: Office, port: int, tell: Callable[[str], None]) -> None:
        from rp_connect.wiring.run import run

        run(office, port, tell)

    def copy_store(
        self, config: str | None, source: str | None, target: str, progress: Progress
    ) -> Sequence[Moved]:
        from rp_connect.settings import find_config
        from rp_connect.wiring.store_copy import copy_store

        return copy_store(find_config(config, os.environ, Path.cwd()), source, target, progress)

    def invent(self, folder: Path, now: datetime) -> Trust:
        from rp_connect.testing.invented_trust import demo_clock, write_trust

        trust = write_trust(folder, now.astimezone(LONDON).date())
        return _Invented(trust.config, demo_clock(trust.calendars[trust.schools[0]], now))
