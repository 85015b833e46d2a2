"""Several workers, each with its host's listener, at one store and one queue; some are killed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from tests.functions.azurite import Azurite
from tests.functions.listener import KilledError, Listener
from tests.functions.worker import PATIENCE_S, Worker

QUEUE = "rp-connect-work"
HEALTH = "https://rp.example/health"


class Fleet:
    """A `with` block of `count` workers. Who is killed counts among `deaths`, and is replaced."""

    def __init__(self, azurite: Azurite, settings: Mapping[str, str], count: int) -> None:
        self._azurite = azurite
        self._settings = settings
        self._over = threading.Event()
        self._at_work: dict[int, Worker] = {}
        self._places = [
            threading.Thread(target=self._fill, args=(place,), daemon=True) for place in range(count)
        ]
        self.deaths = 0
        self.failures: list[str] = []
        self.faults: list[BaseException] = []

    def __enter__(self) -> Self:
        for place in self._places:
            place.start()
        while len(self._at_work) < len(self._places) and not self.faults:
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for place in self._places:
            place.join(120)
        if self.faults and error is None:
            raise self.faults[0]

    def warm_up(self) -> None:
        """Each has answered once, and so has loaded what it needs."""
        asked = [
            worker.begin(name="pages", trigger="http", method="GET", url=HEALTH) for worker in self._workers
        ]
        assert [answer.result(PATIENCE_S)["status"] for answer in asked] == [200] * len(asked)

    def cpu(self) -> float:
        """Seconds of CPU that those who are at work now have used."""
        return sum(float(worker.itself()["cpu_s"]) for worker in self._workers)

    @property
    def _workers(self) -> list[Worker]:
        return list(self._at_work.values())

    def kill_one(self, dice: random.Random) -> None:
        """SIGKILL, whatever it is just doing."""
        if workers := self._workers:
            dice.choice(workers).kill()

    def until(self, is_over: Callable[[], bool], each: Callable[[], object], seconds: float) -> float:
        """`each` now and then until `is_over`; how many seconds that took."""
        begun = time.monotonic()
        while not is_over():
            assert not self.faults, self.faults
            assert time.monotonic() - begun < seconds, f"not over within {seconds:.0f} seconds"
            each()
            time.sleep(0.25)
        return time.monotonic() - begun

    def _fill(self, place: int) -> None:
        try:
            while not self._over.is_set():
                with Worker(self._settings) as worker:
                    self._at_work[place] = worker
                    self._listen(worker)
        except BaseException as fault:  # noqa: BLE001 - told to the test, which ends with it
            self.faults.append(fault)

    def _listen(self, worker: Worker) -> None:
        listener = Listener(self._azurite, QUEUE, worker)
        try:
            listener.until(self._over)
        except KilledError:
            self.deaths += 1
        self.failures += listener.failures
