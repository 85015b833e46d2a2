"""Jobs that repeat, each in a thread of its own. A job that fails is one line, and is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from rp_connect.errors import BusyError, RpConnectError

PATIENCE = 30.0
"""For how many seconds jobs may finish what they are at, once they were told to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """`do` answers a line for the person who watches, or nothing; then the job rests for `rest` seconds."""

    name: str
    rest: float
    do: Callable[[], str | None]


class Schedule:
    """Starts its jobs on entering and stops them on leaving."""

    def __init__(self, jobs: Sequence[Job], tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._stop = Event()
        self._threads = [Thread(target=self._repeat, args=(job,), name=job.name, daemon=True) for job in jobs]

    def __enter__(self) -> Schedule:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        deadline = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def _repeat(self, job: Job) -> None:
        said: str | None = None
        while not self._stop.is_set():
            fault = self._attempt(job)
            if fault != said:
                self._tell(f"{job.name}: {fault or 'works again.'}")
            said = fault
            self._stop.wait(job.rest)

    def _attempt(self, job: Job) -> str | None:
        """Do it once; the answer is what went wrong, in one sentence."""
        try:
            line = job.do()
        except BusyError:
            return None  # another process is at it; the next turn finds it done
        except RpConnectError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - whatever one turn meets, the next one is due all the same
            return f"Something went wrong ({type(error).__name__}); it is tried again."
        if line:
            self._tell(f"{job.name}: {line}")
        return None
