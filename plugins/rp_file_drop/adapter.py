"""The MIS adapter over a folder of CSV files: a file whose bytes did not change gives nothing new."""

from __future__ import annotations

import logging
import time
from functools import partial

from rp_connect.errors import AccessError, ConfigError, UnsupportedError
from rp_connect.ports.mis import Cursor, Kind, MisSettings, OutcomeNote, Probe, Reading
from rp_file_drop.drop import Drop
from rp_file_drop.layout import ATTENDANCE, CALENDAR, DROP, INCIDENTS, PUPILS, STAFF, SUSPENSIONS
from rp_file_drop.neighbours import layout_for, neighbours_of
from rp_file_drop.probing import problems_of
from rp_file_drop.readings import no_pages, read
from rp_file_drop.snapshot import Pause, UnsettledError

_LAYOUTS = {
    Kind.CALENDAR: CALENDAR,
    Kind.PUPIL: PUPILS,
    Kind.STAFF: STAFF,
    Kind.INCIDENT: INCIDENTS,
    Kind.SUSPENSION: SUSPENSIONS,
    Kind.ATTENDANCE: ATTENDANCE,
}
READ_ONLY = "A file drop cannot be written to: outcomes are entered in the MIS by hand."
_log = logging.getLogger(__name__)


class FileDrop:
    """One school's drop. `pause` waits between two looks at a file that is being written."""

    def __init__(self, settings: MisSettings, pause: Pause = time.sleep) -> None:
        self._drop = Drop.of(settings, pause)
        self._site = settings.site

    def probe(self) -> Probe:
        """Which files are there, and whether their headers will do."""
        try:
            self._drop.ensure()
            given = [layout for layout in DROP if self._drop.holds(layout)]
        except (AccessError, ConfigError) as error:
            return Probe(problems=(str(error),))
        missing = [self._drop.path(layout).name for layout in DROP if layout not in given]
        layouts = [layout_for(layout, self._site) for layout in given]
        problems = [problem for layout in layouts for problem in problems_of(self._drop, layout)]
        return Probe(tuple(layout.stem for layout in given), tuple(missing), tuple(problems))

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        """Everything in the file, unless nothing in it changed; which rows changed is for the core to see."""
        layout = layout_for(_LAYOUTS[kind], self._site)
        label = self._drop.path(layout).name
        try:
            self._drop.ensure()
            near = neighbours_of(layout, self._drop, self._site)
            reading = self._drop.take(layout, partial(read, kind, layout=layout, near=near, cursor=cursor))
        except FileNotFoundError:
            return Reading(label, no_pages, given=False)
        except UnsettledError as error:
            return Reading(label, no_pages, left=str(error))
        if not reading.unchanged:
            _log.info("%s: read, %s keys", label, "no" if reading.keys is None else reading.keys)
        return reading

    def everything(self, kind: Kind) -> Reading:
        return self.changes(kind, None)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        raise UnsupportedError(READ_ONLY)

    def write_outcome(self, note: OutcomeNote) -> str:
        raise UnsupportedError(READ_ONLY)
