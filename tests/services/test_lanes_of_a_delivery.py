"""A delivery sends in batches and by lanes: one service's limits hold back nobody but that service."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.errors import AccessError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.workspace import LaneLimits
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.remind_people import remind_people
from rp_connect.services.set_meeting import set_meeting
from tests.drop_school import DropSchool
from tests.services.receiver import LANES, Receiver, joined, synced

BUSY = "The service asks for patience."


def states(office: Office) -> Counter[tuple[EffectKind, EffectState]]:
    with office.store.read() as work:
        return Counter((effect.kind, effect.state) for effect in work.effects.every())


def meet(office: Office) -> None:
    """A meeting for every case."""
    with office.store.read() as work:
        refs = [case.ref for case in work.cases.every()]
    for number, ref in enumerate(refs):
        at = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/London")) + timedelta(hours=number)
        set_meeting(office, ref, at, 30, "Hall", False, ["lead@northwick.example"], "the lead")


def stored(office: Office) -> list[Any]:
    """What the store says of every task, effect and meeting in the end; ids of the outbox aside."""
    with office.store.read() as work:
        tasks = [(t.id, t.external_id, t.seen, t.state) for t in work.tasks.every()]
        effects = sorted((e.kind, e.key, e.revision, e.state) for e in work.effects.every())
        meetings = [(m.id, m.external_id, m.warning) for m in work.meetings.of_schools(["northwick"])]
        return [tasks, effects, meetings]


def test_a_workspace_that_takes_several_and_one_that_does_not_end_in_the_same_store(
    tmp_path: Path, store_url: str, postgres: Any
) -> None:
    ends, keys = [], []
    for bulk in (True, False):
        url = store_url
        if "postgresql" in url:
            name = f"lanes_{'several' if bulk else 'single'}"
            postgres.create_database(name)
            url = postgres.url(name)
        receiver = Receiver()
        school = synced(tmp_path / str(bulk), url)
        with closing(joined(school, receiver, bulk=bulk).store):
            office = joined(school, receiver, bulk=bulk)
            meet(office)
            assert deliver_effects(office).waiting == 0
            meet(office)  # moved: the second revision of each
            deliver_effects(office)
            ends.append(stored(office))
            office.store.close()
        keys.append(receiver.things)
        assert set(receiver.made.values()) == {1}
        most = max(receiver.rows("tasks"))
        assert most == (20 if bulk else 1)
    assert ends[0] == ends[1]
    assert keys[0] == keys[1]


def test_a_calendar_that_asks_for_patience_does_not_hold_back_tasks(tmp_path: Path, store_url: str) -> None:
    def fault(shelf: str, key: str) -> RpConnectError | None:
        return TryLaterError(BUSY, retry_after=120) if shelf == "meetings" else None

    receiver = Receiver(fault)
    office = joined(synced(tmp_path, store_url), receiver)
    meet(office)
    deliver_effects(office)
    deliver_effects(office)

    assert receiver.rows("meetings") == [6]
    found = states(office)
    assert found[EffectKind.MEETING, EffectState.WAITING] == 6
    assert found[EffectKind.TASK, EffectState.WAITING] == found[EffectKind.RECORD, EffectState.WAITING] == 0
    with office.store.read() as work:
        shut = work.lanes.shut_until("one account", "calendar")
    assert shut is not None
    assert shut.reason == BUSY
    assert shut.until >= datetime.now(UTC) + timedelta(seconds=100)
    office.store.close()


def test_where_few_of_a_batch_are_told_to_wait_only_they_wait_each_its_own_time(tmp_path: Path) -> None:
    told: dict[str, float] = {}

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "tasks" and (key.endswith(".written-notice.1")) and key not in told:
            told[key] = 100.0 + len(told)
            return TryLaterError(BUSY, retry_after=told[key])
        return None

    office = joined(synced(tmp_path), Receiver(fault))
    began = datetime.now(UTC)
    report = deliver_effects(office)

    assert len(told) == 6
    assert report.waiting == 6
    with office.store.read() as work:
        assert work.lanes.shut_until("one account", "planner") is None
        waiting = {e.key: e.not_before for e in work.effects.every(EffectState.WAITING)}
    assert waiting.keys() == told.keys()
    for key, until in waiting.items():
        assert until is not None
        assert until >= began + timedelta(seconds=told[key])
    office.store.close()


def test_where_a_service_asks_for_patience_the_rest_of_what_was_leased_is_not_sent(tmp_path: Path) -> None:
    """Five batches are leased at once; the second of them is refused as a whole."""

    def fault(shelf: str, key: str) -> RpConnectError | None:
        refused = shelf == "tasks" and len(receiver.rows("tasks")) == 2
        return TryLaterError(BUSY, retry_after=30.0) if refused else None

    receiver = Receiver(fault)
    office = joined(synced(tmp_path), receiver, lanes={"planner": LaneLimits(10, 1)})
    report = deliver_effects(office)

    assert receiver.rows("tasks") == [10, 10]
    assert len(receiver.keys("tasks")) == 10
    assert states(office)[EffectKind.TASK, EffectState.DONE] == 10
    assert states(office)[EffectKind.TASK, EffectState.WAITING] == report.waiting > 50
    with office.store.read() as work:
        assert work.lanes.shut_until("one account", "planner") is not None
    office.store.close()


def test_what_has_ended_is_stored_while_the_rest_of_what_was_leased_is_still_sent(tmp_path: Path) -> None:
    """A worker that dies in its fifth batch has not sent the first four in vain."""
    done: list[int] = []

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "tasks" and len(done) < len(receiver.rows("tasks")):
            done.append(states(office)[EffectKind.TASK, EffectState.DONE])
        return None

    receiver = Receiver(fault, slow=0.6)
    office = joined(synced(tmp_path), receiver, lanes={"planner": LaneLimits(10, 1)})
    deliver_effects(office)

    assert done[0] == 0
    assert done[4] >= 20
    office.store.close()


def test_what_was_in_doubt_is_stored_batch_by_batch_however_quick_they_are(tmp_path: Path) -> None:
    """A worker that dies again and again soon after its start gets on all the same."""
    tried: set[str] = set()
    done: dict[int, int] = {}

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf != "tasks":
            return None
        if key not in tried:
            tried.add(key)
            return UnclearError("No answer came.")
        done.setdefault(len(receiver.rows("tasks")), states(office)[EffectKind.TASK, EffectState.DONE])
        return None

    receiver = Receiver(fault)
    office = joined(synced(tmp_path), receiver, lanes={"planner": LaneLimits(10, 1)})
    deliver_effects(office)

    found = [count for _, count in sorted(done.items())]
    assert len(found) >= 4
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(found[:4]))
    office.store.close()


def test_no_call_comes_earlier_than_the_answer_before_it_asked_for(tmp_path: Path) -> None:
    """Whoever answers counts: every delivery that somebody starts meanwhile keeps away."""

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf != "tasks" or len(receiver.rows("tasks")) > 3:
            return None
        return TryLaterError(BUSY, retry_after=1.2)

    receiver = Receiver(fault)
    office = joined(synced(tmp_path, cases=1), receiver, lanes={"planner": LaneLimits(50, 1)})
    ends = time.monotonic() + 20
    while time.monotonic() < ends and deliver_effects(office).waiting:
        time.sleep(0.02)
    office.store.close()

    assert len(receiver.keys("tasks")) > 10
    assert receiver.rows("tasks")[1:3] == [1, 1]  # probes
    calls = [at for at, shelf, _ in receiver.calls if shelf == "tasks"]
    assert all(later - earlier >= 1.2 for earlier, later in itertools.pairwise(calls[:4]))


def test_an_answer_that_nobody_knows_the_end_of_shuts_no_lane_and_is_looked_for(tmp_path: Path) -> None:
    lost: set[str] = set()

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "tasks" and not lost:
            lost.add(key)
            receiver.things[shelf, key] = (f"id of {key}", 1)  # it landed all the same
            return UnclearError("No answer came.")
        return None

    receiver = Receiver(fault)
    office = joined(synced(tmp_path), receiver)
    report = deliver_effects(office)

    assert (report.waiting, report.parked) == (0, 0)
    assert len(lost) == 1
    assert set(receiver.made.values()) == {1}
    office.store.close()


def test_what_a_person_must_see_to_is_parked_and_holds_back_nobody(tmp_path: Path, store_url: str) -> None:
    def fault(shelf: str, key: str) -> RpConnectError | None:
        refused = shelf == "tasks" and key.startswith("RP-2026-0002.")
        return AccessError("The permission Tasks.ReadWrite.All is missing.") if refused else None

    receiver = Receiver(fault)
    office = joined(synced(tmp_path, store_url), receiver)
    report = deliver_effects(office)

    assert report.parked == report.parked_now > 5
    assert report.waiting == 0
    assert {key.partition(".")[0] for key in receiver.keys("tasks")} == {
        f"RP-2026-000{n}" for n in (1, 3, 4, 5, 6)
    }
    office.store.close()


def test_a_plugin_that_breaks_parks_its_effects_and_they_are_looked_for_when_tried_again(
    tmp_path: Path,
) -> None:
    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "records":
            raise ZeroDivisionError
        return None

    office = joined(synced(tmp_path), Receiver(fault))
    report = deliver_effects(office)

    assert report.parked == 6
    with office.store.begin() as work:
        parked = work.effects.every(EffectState.PARKED)
        assert {effect.reason for effect in parked} == {
            "The workspace plugin failed (ZeroDivisionError); please report this."
        }
        assert all(work.effects.retry(effect.id).look_first for effect in parked)
    office.store.close()


def test_two_processes_are_never_both_in_a_lane_for_one_alone(tmp_path: Path, store_url: str) -> None:
    """Counted where the calls arrive; in the lane for all they do meet."""
    receiver = Receiver(slow=0.02)
    lanes = {**LANES, "calendar": LaneLimits(2, 1, alone=True), "planner": LaneLimits(5, 2)}
    school = synced(tmp_path, store_url, cases=10)
    offices = [joined(school, receiver, lanes=lanes, worker=f"elsewhere:{n}:1") for n in (1, 2)]
    meet(offices[0])
    with ThreadPoolExecutor(2) as both:
        list(both.map(deliver_effects, offices))
    report = deliver_effects(offices[0])

    assert (report.waiting, report.parked) == (0, 0)
    assert receiver.most["meetings"] == 1
    assert receiver.most["tasks"] > 1
    assert set(receiver.made.values()) == {1}
    assert len(receiver.keys("meetings")) == 10
    for office in offices:
        office.store.close()


def test_two_processes_at_a_service_that_is_away_send_one_probe_between_them(tmp_path: Path) -> None:
    receiver = Receiver(lambda shelf, key: TryLaterError("Nobody answers at the door."))
    school = synced(tmp_path)
    offices = [joined(school, receiver, worker=f"elsewhere:{n}:1") for n in (1, 2)]
    begun = time.monotonic()
    with ThreadPoolExecutor(2) as both:
        # A busy machine comes to its second probe later.
        while (gone := time.monotonic() - begun) < 6 or (gone < 60 and receiver.rows("tasks").count(1) < 2):
            list(both.map(deliver_effects, offices))
    for office in offices:
        office.store.close()
    rows = receiver.rows("tasks")
    assert len(rows) - rows.count(1) <= 4  # what two processes had under way when the first answer came
    assert 2 <= rows.count(1) <= 5  # after 1, 2 and 4 seconds, or half of that


def test_lanes_run_side_by_side(tmp_path: Path) -> None:
    receiver = Receiver(slow=0.05)
    office = joined(synced(tmp_path), receiver, lanes=LANES | {"planner": LaneLimits(4, 3)})
    deliver_effects(office)
    office.store.close()

    assert receiver.most["tasks"] == 3
    assert receiver.most["records"] == 1
    threads = {thread.name for thread in threading.enumerate() if thread.name.startswith("lane")}
    assert threads == set()


def test_a_workspace_that_says_nothing_of_lanes_is_served_by_one_thread(tmp_path: Path) -> None:
    seen: set[str] = set()

    def fault(shelf: str, key: str) -> None:
        seen.add(threading.current_thread().name)

    office = joined(synced(tmp_path), Receiver(fault), lanes={})
    assert deliver_effects(office).waiting == 0
    office.store.close()
    assert len(seen) == 1


def test_whoever_interrupts_gets_back_what_was_not_sent(tmp_path: Path) -> None:
    """The first answer comes, then somebody presses Ctrl-C; the call that is under way may end."""

    class Interrupting:
        calls = 0

        def begin(self, label: str, total: int) -> None: ...

        def end(self) -> None: ...

        def advance(self, count: int) -> None:
            self.calls += 1
            if receiver.calls:
                raise KeyboardInterrupt

    receiver = Receiver(slow=0.1)
    office = joined(synced(tmp_path), receiver, bulk=False)
    progress: Any = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        deliver_effects(office, progress)
    found = Counter(state for (_, state), count in states(office).items() for _ in range(count))

    assert found[EffectState.LEASED] == found[EffectState.UNCLEAR] == 0
    assert found[EffectState.WAITING] > 50
    assert found[EffectState.DONE] == len(receiver.things) > 0
    office.store.close()


def test_nobody_is_reminded_through_a_workspace_that_cannot_tell_anybody(tmp_path: Path) -> None:
    school: DropSchool = synced(tmp_path)
    office = joined(school, Receiver())
    assert remind_people(office) == 0
    office.store.close()
    office = school.office("2026-11-13T09:00")
    assert remind_people(office) > 0
    office.store.close()


def test_a_service_that_asked_for_patience_is_not_read_either_and_the_other_way_round(tmp_path: Path) -> None:
    receiver = Receiver(lambda shelf, key: TryLaterError(BUSY, retry_after=90) if shelf == "tasks" else None)
    office = joined(synced(tmp_path / "writing"), receiver)
    deliver_effects(office)
    (pulled,) = pull_tasks(office)
    assert pulled.fault is not None
    assert pulled.fault.endswith(BUSY)
    assert "read after" in pulled.fault
    office.store.close()

    receiver = Receiver()
    office = joined(synced(tmp_path / "reading"), receiver)
    shelf: Any = office.school("northwick").workspace().tasks
    shelf.everything = busy_reading
    assert pull_tasks(office)[0].fault == BUSY
    deliver_effects(office)
    assert receiver.keys("tasks") == set()
    assert len(receiver.keys("records")) == 6
    office.store.close()


def busy_reading() -> Any:
    raise TryLaterError(BUSY, retry_after=90)
