"""A write that cannot be carried out holds back no other; what a busy service may have done is looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import Effect, EffectKind, EffectState
from rp_connect.errors import RpConnectError, TryLaterError
from rp_connect.services.change_suspension import cancel_suspension
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.storage.store import open_store
from tests.drop_school import DropSchool, suspension
from tests.services.receiver import Fault, Receiver, joined, synced

AWAY = "The service is not available."
OPEN = "Somebody has the file open."
LONDON = ZoneInfo("Europe/London")


@dataclass
class MovedClock:
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Played:
    """A school with a receiver for its workspace, on a store whose clock a test moves on."""

    office: Office
    receiver: Receiver
    clock: MovedClock

    def deliver(self, seconds: float = 10.0) -> int:
        """So much later; how many calls reached the workspace."""
        self.clock.at += timedelta(seconds=seconds)
        before = len(self.receiver.calls)
        deliver_effects(self.office)
        return len(self.receiver.calls) - before

    def until(self, done: Callable[[], bool], most: timedelta) -> timedelta:
        """How long it took, looking every ten seconds."""
        begun = self.clock.at
        while not done() and self.clock.at - begun < most:
            self.deliver()
        return self.clock.at - begun

    def effects(self, kind: EffectKind) -> list[Effect]:
        with self.office.store.read() as work:
            return [effect for effect in work.effects.every() if effect.kind is kind]

    def meet(self, case: int, hour: int = 9) -> str:
        at = datetime.combine(date(2026, 11, 16), datetime.min.time(), LONDON) + timedelta(hours=hour)
        ref = f"RP-2026-{case:04}"
        return set_meeting(self.office, ref, at, 30, "Hall", False, ["lead@northwick.example"], "the lead").id


@contextmanager
def played(school: DropSchool, fault: Fault, settles_after: float = 0.0) -> Iterator[Played]:
    receiver, clock = Receiver(fault), MovedClock()
    office = joined(school, receiver)
    office.store.close()
    store = open_store(f"sqlite:///{school.folder / 'rp-connect.db'}", clock)
    workspace: Any = office.school("northwick").workspace()
    workspace.settles_after = settles_after
    yield Played(replace(office, store=store), receiver, clock)
    store.close()


def test_a_summary_that_somebody_has_open_in_word_does_not_stop_those_of_other_cases(tmp_path: Path) -> None:
    opened: set[str] = set()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(OPEN) if shelf == "summaries" and key in opened else None

    with played(synced(tmp_path), fault) as at:
        opened |= {at.meet(1), at.meet(2), at.meet(3)}
        at.until(lambda: False, timedelta(minutes=15))  # the pauses have grown to their longest
        other = at.meet(4)
        took = at.until(lambda: other in at.receiver.keys("summaries"), timedelta(minutes=15))

        assert took <= timedelta(minutes=2)
        assert {effect.key for effect in at.effects(EffectKind.SUMMARY) if effect.reason == OPEN} == opened
        opened.clear()
        at.until(lambda: len(at.receiver.keys("summaries")) == 4, timedelta(minutes=15))
        assert len(at.receiver.keys("summaries")) == 4


def test_nor_does_one_that_was_in_doubt_once(tmp_path: Path) -> None:
    opened: set[str] = set()
    doubted: set[str] = set()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf != "summaries" or key not in opened:
            return None
        first = key not in doubted
        doubted.add(key)
        return TryLaterError(AWAY, look_first=True) if first else TryLaterError(OPEN)

    with played(synced(tmp_path), fault) as at:
        opened |= {at.meet(1), at.meet(2), at.meet(3)}
        at.until(lambda: False, timedelta(minutes=3))
        assert doubted == opened
        other = at.meet(4)
        took = at.until(lambda: other in at.receiver.keys("summaries"), timedelta(hours=1))

        assert took <= timedelta(minutes=2)


def test_a_summary_that_was_open_is_written_soon_after_it_was_closed(tmp_path: Path) -> None:
    opened = True

    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(OPEN) if shelf == "summaries" and opened else None

    with played(synced(tmp_path), fault) as at:
        at.meet(1)
        at.until(lambda: False, timedelta(hours=1))
        opened = False
        took = at.until(lambda: bool(at.receiver.keys("summaries")), timedelta(hours=1))

    assert took <= timedelta(minutes=3)


def test_a_probe_that_is_told_to_wait_long_waits_so_long(tmp_path: Path) -> None:
    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(AWAY, retry_after=600.0 if at.clock.at > begun else 1.0)

    with played(synced(tmp_path, cases=1), fault) as at:
        begun = at.clock.at
        deliver_effects(at.office)
        at.deliver(10)
        [record] = at.effects(EffectKind.RECORD)

    assert record.attempt == 2
    assert record.not_before is not None
    assert record.not_before >= begun + timedelta(seconds=609)


def test_what_a_busy_service_may_have_carried_out_is_looked_for_before_it_is_sent_again(
    tmp_path: Path,
) -> None:
    sent: Counter[tuple[str, str]] = Counter()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        sent[shelf, key] += 1
        if sent[shelf, key] > 1 or shelf != "tasks":
            return None
        if len(sent) % 2:
            at.receiver.things[shelf, key] = (f"id of {key}", 1)  # it was written all the same
        return TryLaterError(AWAY, look_first=True)

    with played(synced(tmp_path), fault, settles_after=45.0) as at:
        deliver_effects(at.office)
        doubtful = [effect for effect in at.effects(EffectKind.TASK) if effect.attempt]
        assert {(effect.state, effect.look_first) for effect in doubtful} == {(EffectState.UNCLEAR, True)}
        with at.office.store.read() as work:
            assert work.lanes.shut_until("one account", "planner") is not None
        landed = at.receiver.keys("tasks")
        assert 5 < len(landed) < len(doubtful)
        at.until(lambda: not waiting(at), timedelta(minutes=30))

    assert not waiting(at)
    assert {sent["tasks", key] for key in landed} == {1}
    assert {sent["tasks", effect.key] for effect in doubtful if effect.key not in landed} == {2}


def waiting(at: Played) -> list[Effect]:
    return [effect for effect in at.effects(EffectKind.TASK) if effect.state is not EffectState.DONE]


def test_what_a_busy_service_may_be_carrying_out_still_is_not_looked_for_too_soon(tmp_path: Path) -> None:
    with played(
        synced(tmp_path, cases=1), lambda shelf, key: TryLaterError(AWAY, look_first=True), settles_after=45.0
    ) as at:
        deliver_effects(at.office)
        [record] = at.effects(EffectKind.RECORD)
        with at.office.store.read() as work:
            shut = work.lanes.shut_until("one account", "lists")

    assert shut is not None
    assert shut.until <= at.clock.at + timedelta(seconds=2)
    assert record.not_before is not None
    assert record.not_before >= at.clock.at + timedelta(seconds=45)


def test_a_service_that_may_have_carried_out_everything_is_asked_once_a_minute_all_the_same(
    tmp_path: Path,
) -> None:
    asked: list[datetime] = []

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "records":
            asked.append(at.clock.at)
        return TryLaterError(AWAY, look_first=True)

    with played(synced(tmp_path), fault, settles_after=45.0) as at:
        at.until(lambda: False, timedelta(hours=2))
        late = [moment for moment in asked if moment > asked[0] + timedelta(minutes=5)]

    assert len(late) > 50
    assert all(later - earlier >= timedelta(seconds=55) for earlier, later in pairwise(late))


def test_what_was_cancelled_before_it_ever_stood_there_is_not_made_to_be_finished(tmp_path: Path) -> None:
    """Tasks and a meeting in doubt, of which one task had landed: that one is completed."""
    tried: set[tuple[str, str]] = set()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if (shelf, key) in tried:
            return None
        tried.add((shelf, key))
        if key.endswith("written-notice.1"):
            at.receiver.things[shelf, key] = (f"id of {key}", 1)
        return TryLaterError(AWAY, look_first=True)

    with played(synced(tmp_path, cases=1), fault) as at:
        at.meet(1)
        deliver_effects(at.office)
        cancel_meeting(at.office, "RP-2026-0001", "the lead")
        cancel_suspension(at.office, "RP-2026-0001", "the lead")
        at.until(lambda: not waiting(at), timedelta(minutes=15))
        with at.office.store.read() as work:
            tasks = {task.id: task for task in work.tasks.every()}
        cancelled = {key for key, task in tasks.items() if task.state == "cancelled"}
        notice = "RP-2026-0001.written-notice.1"

        assert notice in cancelled
        assert len(cancelled) > 5
        assert cancelled & at.receiver.keys("tasks") == {notice}
        assert at.receiver.things["tasks", notice][1] == 2
        assert tasks[notice].external_id is not None
        assert at.receiver.keys("meetings") == set()
        assert {effect.state for effect in at.effects(EffectKind.MEETING)} == {EffectState.DONE}


def test_a_cancelled_task_that_a_person_had_deleted_is_not_made_again(tmp_path: Path) -> None:
    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(AWAY, look_first=True) if shelf == "tasks" and cancelled else None

    cancelled = False
    with played(synced(tmp_path, cases=1), fault) as at:
        deliver_effects(at.office)
        cancelled = True
        cancel_suspension(at.office, "RP-2026-0001", "the lead")
        at.deliver(10)
        ours = {effect.key for effect in at.effects(EffectKind.TASK) if effect.state is EffectState.UNCLEAR}
        for key in ours:
            at.receiver.things.pop(("tasks", key), None)
        cancelled = False
        at.until(lambda: not waiting(at), timedelta(minutes=15))
        with at.office.store.read() as work:
            held = {task.id: task for task in work.tasks.every() if task.id in ours}

    assert not waiting(at)
    gone = {key for key, task in held.items() if task.state == "cancelled"}
    assert len(gone) > 5
    assert gone & at.receiver.keys("tasks") == set()
    assert {(held[key].external_id, held[key].deletions) for key in gone} == {(None, 0)}


def test_no_school_waits_for_the_open_file_of_another(tmp_path: Path) -> None:
    """Their files lie in one library, so that they share a lane."""
    opened: set[str] = set()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(OPEN) if shelf == "summaries" and key in opened else None

    school = synced(tmp_path, cases=3)
    with (school.folder / "rp-connect.toml").open("a", encoding="utf-8") as config:
        config.write(SECOND)
    school.suspensions = [suspension("S1", "2026-11-12", 4)]
    with played(school, fault) as at:
        opened |= {at.meet(number) for number in (1, 2, 3)}
        at.until(lambda: False, timedelta(minutes=15))
        with at.office.store.begin() as work:
            first = work.meetings.of_schools(["northwick"])[0]
            case = replace(
                work.cases.get(first.case), ref="RP-2026-0099", school="eastmoor", suspension_no=None
            )
            work.cases.add(case)
            other = replace(first, id="RP-2026-0099.1", case=case.ref, external_id=None)
            work.meetings.put(other)
            work.effects.want(EffectKind.SUMMARY, other.id, school="eastmoor", case=case.ref)
            work.commit()
        took = at.until(lambda: other.id in at.receiver.keys("summaries"), timedelta(minutes=15))

    assert took <= timedelta(minutes=2)


SECOND = """
[[school]]
id = "eastmoor"
name = "Eastmoor Primary School"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "file_drop"
workspace = "local"
live_from = 2026-09-01
[school.file_drop]
folder = "elsewhere"
[school.local]
folder = "workspace-of-eastmoor"
"""
