"""Pages that look for free times while others send: what an instance does that answers them."""

from __future__ import annotations

import itertools
import random
import threading
import time
from datetime import date, timedelta
from types import TracebackType
from typing import Self

from rp_connect.services.office import Office
from rp_connect.services.read_diaries import read_diaries

FIRST = date(2026, 11, 16)
PAUSE_S = 0.5


class AskingPages:
    """A `with` block in which `count` of them ask, each for another day every time, so that none is answered
    from memory. `answered` and `unread` say how often the diaries were had, and how often not."""

    def __init__(self, office: Office, count: int = 3) -> None:
        self._office = office
        self._days = itertools.count()
        self._over = threading.Event()
        self._pages = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(count)]
        self.answered = self.unread = 0
        self.longest_s = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        for page in self._pages:
            page.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for page in self._pages:
            page.join(60)
            assert not page.is_alive(), "a page waits for good"

    def __str__(self) -> str:
        return f"pages: {self.answered} answered, {self.unread} not, the longest {self.longest_s:.1f} s"

    def _ask(self, seed: int) -> None:
        dice = random.Random(seed)
        while not self._over.wait(PAUSE_S):
            school = dice.choice(list(self._office.schools.values()))
            began = time.monotonic()
            found = read_diaries(self._office, school, [FIRST + timedelta(days=next(self._days))])
            with self._lock:
                self.unread += bool(found.note)
                self.answered += not found.note
                self.longest_s = max(self.longest_s, time.monotonic() - began)
