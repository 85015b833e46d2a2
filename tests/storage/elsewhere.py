"""Another process at the same store: it does one thing, says so on a line, and waits until it may end."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.errors import BusyError
from rp_connect.ports.lanes import Opened
from rp_connect.storage.owners import this_process
from rp_connect.storage.store import SqlStore, open_store

ROOT = Path(__file__).parents[2]


class Elsewhere:
    """The process as a test sees it."""

    def __init__(self, command: str, url: str, *words: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.elsewhere", command, url, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def says(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def kill(self) -> None:
        """SIGKILL, and nobody asks for its exit code: it stays a zombie, as under a careless parent."""
        self.process.kill()
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)

    def tell_to_end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()


@contextmanager
def elsewhere(command: str, url: str, *words: object) -> Iterator[Elsewhere]:
    other = Elsewhere(command, url, *words)
    try:
        yield other
    finally:
        other.process.kill()
        other.process.wait()
        other.process.stdout.close()  # type: ignore[union-attr]
        other.process.stdin.close()  # type: ignore[union-attr]


def tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def hold_lock(store: SqlStore, name: str) -> None:
    try:
        with store.lock(name):
            tell("held")
            sys.stdin.read()
    except BusyError:
        tell("busy")


def hold_writing(store: SqlStore) -> None:
    with store.begin() as work:
        work.cases.next_ref(2026)
        tell("writing")
        sys.stdin.read()


def lease(store: SqlStore, limit: str) -> None:
    with store.begin() as work:
        taken = work.effects.lease(this_process(), int(limit))
        work.commit()
    tell([effect.id for effect in taken])
    sys.stdin.read()


def hold_lane(store: SqlStore, scope: str) -> None:
    with store.begin() as work:
        entry = work.lanes.enter(scope, "calendar", f"{this_process()}#1", 20, alone=True)
        work.commit()
    tell("held" if isinstance(entry, Opened) else "not held")
    sys.stdin.read()


def probe(store: SqlStore, scope: str) -> None:
    """Tries until somebody, here or in another process, was let in to a lane that is shut."""
    tell("ready")
    sys.stdin.read()
    got: list[str] = []
    until = time.monotonic() + 3
    while time.monotonic() < until:
        with store.begin() as work:
            entry = work.lanes.enter(scope, "calendar", this_process(), 20)
            work.commit()
        if isinstance(entry, Opened):
            got.append("probe" if entry.probe else "open")
    tell(got)


def give_refs(store: SqlStore, count: str, seed: str) -> None:
    """Some of them are rolled back."""
    chance = random.Random(seed)
    kept: list[str] = []
    while len(kept) < int(count):
        with store.begin() as work:
            ref = work.cases.next_ref(2026)
            if chance.random() < 0.7:
                work.commit()
                kept.append(ref)
    tell(kept)


def want(store: SqlStore, keys: str, times: str) -> None:
    for _ in range(int(times)):
        for key in range(int(keys)):
            with store.begin() as work:
                work.effects.want(EffectKind.TASK, str(key), school="northwick", case=None)
                work.commit()
    tell("wanted")


def deliver(store: SqlStore, seed: str) -> None:
    """Lease, and let each effect end in one way or another; until told to end and nothing is left."""
    chance = random.Random(seed)
    sent: list[tuple[str, int]] = []
    told = threading.Thread(target=sys.stdin.read, daemon=True)
    told.start()
    while True:
        with store.begin() as work:
            taken = work.effects.lease(this_process(), 3)
            work.commit()
        for effect in taken:
            if _send(store, effect, again=chance.random() < 0.3):
                sent.append((effect.key, effect.revision))
        if taken:
            continue
        if not told.is_alive():
            return tell(sent)
        time.sleep(0.02)


def _send(store: SqlStore, effect: Effect, *, again: bool) -> bool:
    with store.begin() as work:
        kept = work.effects.wait(effect, 0, "busy") if again else work.effects.done(effect)
        work.commit()
    assert kept, "a lease was taken from a living worker"
    return not again


def opened(store: SqlStore) -> None:
    with store.begin() as work:
        work.cases.next_ref(2026)
        work.commit()
    tell("opened")


if __name__ == "__main__":
    command, url, *words = sys.argv[1:]
    here = open_store(url)
    globals()[command](here, *words)
    here.close()
