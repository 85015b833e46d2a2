"""Put several items on one shelf of a workspace, so that each stands there once under our key.

A create is never repeated before `find`. How each item ended is a value, so that one does not end the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rp_connect.domain.effect import Effect
from rp_connect.errors import ConflictError, GoneError, RpConnectError, TryLaterError
from rp_connect.ports.workspace import Bulk, Outcome, WorkspaceTask, Written
from rp_connect.services.shelf_answers import OneByOne, Shelf, Shown, as_outcome, ask_all


@dataclass(frozen=True, slots=True)
class ToSend:
    """What an effect should make so. `external_id` is where it stands, as far as we know; `landed` the last
    revision that is known to stand there. `item` None: nothing is to be sent; `fault` says why it cannot be.
    `recreate`: what a person deleted there is made again without a word. `once`: what stands there is never
    changed, so it is always looked for. `needless`: where it does not stand there, nothing needs to."""

    effect: Effect
    item: Shown | None = None
    external_id: str | None = None
    landed: int = 0
    recreate: bool = False
    once: bool = False
    needless: bool = False
    fault: RpConnectError | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """An effect and how it ended. `outcome` None: nothing had to be sent; `kept` False: it was not tried, and
    goes back to the others. `at` is when the answer came (monotonic seconds): pauses count from there; `lot`
    the number of the batch in which it went."""

    effect: Effect
    item: Shown | None = None
    outcome: Outcome | None = None
    kept: bool = True
    at: float = 0.0
    lot: int = 0


MaySend = Callable[[Effect], bool | None]
"""Asked before each write: False where the run should end, None where the lease was lost to another."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a batch is sent: `may_send` is asked before each write, `ended` told after each `lot` of writes how
    those in it ended."""

    may_send: MaySend
    lot: int = 20
    ended: Callable[[Sequence[Sent]], None] = lambda batch: None


def put_all(shelf: Shelf, wanted: Sequence[ToSend], course: Course) -> list[Sent]:
    """In lots where the shelf takes several, else each by itself; what has to be looked for is,
    all of it, before the first. After a batch in which the service asked for patience nothing more is sent.
    What was lost to another is left out."""
    if isinstance(shelf, Bulk):
        return _Put(shelf, wanted, course).run()
    one_by_one, ended, halted = OneByOne(shelf), list[Sent](), False
    each = Course(course.may_send, 1)
    for number, some in enumerate(_lots(wanted, course.lot), start=1):
        if halted:
            ended += [Sent(one.effect, kept=False) for one in some]
            continue
        batch = [replace(s, lot=number) for one in some for s in _Put(one_by_one, [one], each).run()]
        ended += batch
        course.ended(batch)
        halted = asks_for_patience(batch)
    return ended


def _lots(some: Sequence[ToSend], size: int) -> Iterator[Sequence[ToSend]]:
    yield from (some[first : first + size] for first in range(0, len(some), size))


def asks_for_patience(batch: Sequence[Sent]) -> bool:
    """Where at least half of a batch was told to wait, it is the service that speaks, and not of one item."""
    told = sum(isinstance(one.outcome, TryLaterError) for one in batch)
    return told > 0 and 2 * told >= len(batch)


class _Put:
    """Batches on their way. What has ended is in `ended`, by the effect's id."""

    def __init__(self, shelf: Bulk[Any], wanted: Sequence[ToSend], course: Course) -> None:
        self._shelf = shelf
        self._wanted = wanted
        self._course = course
        self._lot = 0
        self._ended: dict[int, Sent] = {}
        self._lost: set[int] = set()

    def run(self) -> list[Sent]:
        found = self._found([one for one in self._wanted if self._is_wanted(one)])
        self._course.ended(list(self._ended.values()))
        self._write_in_lots(found)
        return [self._ended[id_] for one in self._wanted if (id_ := one.effect.id) not in self._lost]

    def _write_in_lots(self, some: Sequence[ToSend]) -> None:
        halted = False
        for lot in _lots(some, self._course.lot):
            if halted:
                self._ended |= {one.effect.id: Sent(one.effect, kept=False) for one in lot}
                continue
            self._lot += 1
            self._write(lot)
            batch = [self._ended[id_] for one in lot if (id_ := one.effect.id) in self._ended]
            self._course.ended(batch)
            halted = asks_for_patience(batch)

    def _is_wanted(self, one: ToSend) -> bool:
        if one.fault is not None or one.item is None:
            self._end(one, one.fault)
            return False
        return True

    def _found(self, some: Sequence[ToSend]) -> list[ToSend]:
        """With what stands there now, wherever an attempt of ours may have landed already."""
        found = self._look([one for one in some if _must_look(one)])
        held = [one for one in some if not _must_look(one)]
        for one in some:
            if one.effect.id in found and (known := self._known(one, found[one.effect.id])) is not None:
                held.append(known)
        return held

    def _look(self, some: Sequence[ToSend]) -> Mapping[int, Written | RpConnectError | None]:
        some = self._ours(some)
        found = ask_all(lambda: self._shelf.find_all([one.effect.key for one in some]), len(some))
        return {one.effect.id: there for one, there in zip(some, found, strict=True)}

    def _known(self, one: ToSend, found: Written | RpConnectError | None) -> ToSend | None:
        """None where it has ended: it cannot be read, or what is there (or not there) is as it should be."""
        if isinstance(found, RpConnectError):
            self._end(one, found)
            return None
        if found is None and one.needless:
            gone = GoneError(f"{one.effect.key} is no longer there.")
            self._end(one, None if one.external_id is None else gone)
            return None
        if found is None:
            return one  # what lost its key (somebody reworded a title) still stands under its id
        if one.once or found.revision == one.effect.revision:
            self._end(one, _landed_unseen(found))
            return None
        return replace(one, external_id=found.external_id, item=_as_seen(one.item, found, one.landed))

    def _write(self, some: Sequence[ToSend]) -> None:
        self._update([one for one in some if one.external_id is not None])
        clashed = self._create([one for one in some if one.external_id is None])
        self._after_clash(clashed)

    def _update(self, some: Sequence[ToSend]) -> None:
        """What a person deleted there is made again where that needs nobody's word."""
        some = self._ours(some)
        changes = [(str(one.external_id), one.item) for one in some]
        answers = ask_all(lambda: self._shelf.update_all(changes), len(some))
        gone = []
        for one, answer in zip(some, answers, strict=True):
            if isinstance(answer, GoneError) and one.recreate:
                gone.append(one)
            else:
                self._end(one, as_outcome(answer))
        for one, conflict in self._create(gone):
            self._end(one, conflict)

    def _create(self, some: Sequence[ToSend]) -> list[tuple[ToSend, ConflictError]]:
        """Answers those whose key is taken."""
        some = self._ours(some)
        answers = ask_all(lambda: self._shelf.create_all([one.item for one in some]), len(some))
        clashed = []
        for one, answer in zip(some, answers, strict=True):
            if isinstance(answer, ConflictError):
                clashed.append((one, answer))
            else:
                self._end(one, as_outcome(answer))
        return clashed

    def _after_clash(self, clashed: Sequence[tuple[ToSend, ConflictError]]) -> None:
        found = self._look([one for one, _ in clashed])
        there = []
        for one, conflict in clashed:
            if one.effect.id not in found:
                continue
            held = found[one.effect.id]
            if held is None:
                self._end(one, conflict)
            elif (known := self._known(one, held)) is not None:
                there.append(replace(known, item=one.item))
        self._update(there)

    def _ours(self, some: Sequence[ToSend]) -> list[ToSend]:
        ours = []
        for one in some:
            may = self._course.may_send(one.effect)
            if may:
                ours.append(one)
            elif may is None:
                self._lost.add(one.effect.id)
            else:
                self._ended[one.effect.id] = Sent(one.effect, kept=False)
        return ours

    def _end(self, one: ToSend, outcome: Outcome | None) -> None:
        self._ended[one.effect.id] = Sent(one.effect, one.item, outcome, at=time.monotonic(), lot=self._lot)


def _must_look(one: ToSend) -> bool:
    return one.once or one.effect.look_first or (one.external_id is None and one.effect.revision > 1)


def _landed_unseen(found: Written) -> Written:
    """Our write is there; but what a person did since is not read yet, so the next pull must look."""
    return replace(found, version="")


def _as_seen(item: Shown | None, found: Written, landed: int) -> Shown | None:
    """A newer revision than the last that landed is an attempt of ours whose end was lost, and taken as seen.
    Where the old one still stands, whatever else changed there was a person's doing. A workspace that cannot
    tell which one stands is told what we saw last, and tells ours from theirs itself."""
    if not isinstance(item, WorkspaceTask):
        return item
    if found.revision is None or found.revision <= landed:
        return item
    return replace(item, seen_version=found.version)
