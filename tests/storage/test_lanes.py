"""A lane that asked for patience is left alone by everybody, and tried again by one."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.ports.lanes import Entry, Held, Opened, Shut
from rp_connect.storage.lanes import pause_after
from rp_connect.storage.owners import this_process
from rp_connect.storage.store import SqlStore, open_store
from tests.storage.elsewhere import elsewhere
from tests.storage.test_outbox import lease, want

TENANT = "tenant 1"
ME, YOU, GUEST = "elsewhere:1:1#1", "elsewhere:2:2#1", "elsewhere:3:1#guest1"


def enter(store: SqlStore, holder: str = ME, lane: str = "calendar", *, alone: bool = False) -> Entry:
    with store.begin() as work:
        entry = work.lanes.enter(TENANT, lane, holder, 20, alone=alone)
        work.commit()
    return entry


def tell(store: SqlStore, how: str, entry: Entry, *more: object, **named: object) -> Any:
    with store.begin() as work:
        answer = getattr(work.lanes, how)(TENANT, "calendar", entry, *more, **named)
        work.commit()
    return answer


def probe(store: SqlStore, holder: str = ME) -> Opened:
    entry = enter(store, holder)
    assert isinstance(entry, Opened)
    assert (entry.limit, entry.probe is not None) == (1, True)
    return entry


def test_a_lane_that_nobody_complained_of_takes_a_whole_batch(store):
    assert enter(store) == enter(store, YOU) == Opened(20)


def test_a_lane_that_asked_for_patience_is_shut_for_everybody_and_no_other_lane_is(store, clock, url):
    until = tell(store, "told_to_wait", enter(store), 30.0, "The calendar asks for patience.")

    assert until == clock.moment + timedelta(seconds=30)
    assert enter(store, YOU) == Shut(until, "The calendar asks for patience.")
    assert enter(store, YOU, lane="planner") == Opened(20)
    other = open_store(url, clock)
    assert enter(other) == Shut(until, "The calendar asks for patience.")
    other.close()


def test_when_the_time_is_over_exactly_one_row_goes_out_by_one_worker(store, clock):
    tell(store, "told_to_wait", enter(store), 30.0, "busy")
    clock.move_on(29.9)
    assert isinstance(enter(store), Shut)
    clock.move_on(0.1)

    probe(store)
    assert enter(store, YOU) == enter(store) == Shut(clock.moment + timedelta(seconds=60), "busy")


def test_two_processes_that_come_at_the_same_moment_send_one_probe_between_them(store, url):
    with store.begin() as work:
        work.lanes.told_to_wait(TENANT, "calendar", Opened(20), None, "busy")
        work.commit()
    with elsewhere("probe", url, TENANT) as one, elsewhere("probe", url, TENANT) as other:
        store.close()
        assert [one.says(), other.says()] == ["ready", "ready"]
        one.tell_to_end()
        other.tell_to_end()
        assert sorted(one.says() + other.says()) == ["probe"]


def test_a_probe_that_is_answered_opens_the_lane_for_everybody(store, clock):
    tell(store, "told_to_wait", enter(store), None, "busy")
    clock.move_on(2)
    tell(store, "went_through", probe(store))

    assert enter(store, YOU) == Opened(20)
    with store.read() as work:
        assert work.lanes.shut_until(TENANT, "calendar") is None


def test_success_of_a_batch_that_was_under_way_does_not_open_the_lane(store):
    first, second = enter(store), enter(store, YOU)
    tell(store, "told_to_wait", first, 30.0, "busy")
    tell(store, "went_through", second)

    assert isinstance(enter(store), Shut)


def test_of_several_batches_that_are_told_at_once_the_longest_pause_holds(store, clock):
    entries = [enter(store) for _ in range(3)]
    for entry, seconds in zip(entries, (30.0, 90.0, 10.0), strict=True):
        tell(store, "told_to_wait", entry, seconds, "busy")
    clock.move_on(89.9)
    assert isinstance(enter(store), Shut)
    clock.move_on(0.1)
    tell(store, "told_to_wait", probe(store), None, "busy")

    clock.move_on(2.1)  # they were one failure, so this was the second
    probe(store)


def test_a_pause_that_was_asked_for_is_never_undercut_by_the_doubling(store, clock):
    entry, told = enter(store), 120.0
    for _ in range(8):
        until = tell(store, "told_to_wait", entry, told, "busy")
        assert until == clock.moment + timedelta(seconds=told)
        clock.move_on(told - 0.01)
        assert isinstance(enter(store), Shut)
        clock.move_on(0.01)
        entry = probe(store)


def test_while_it_stays_shut_there_is_at_most_one_probe_a_minute(store, clock):
    entry, begun, tries = enter(store), clock.moment, []
    for _ in range(40):
        until = tell(store, "told_to_wait", entry, None, "no answer at the door")
        tries.append((until - begun).total_seconds())
        clock.moment = until
        entry = probe(store)
    apart = [later - earlier for earlier, later in itertools.pairwise(tries)]

    assert all(gap >= 60 for gap in apart[5:])
    assert all(gap <= 66 for gap in apart)
    assert apart[0] < apart[2] < apart[4]


def test_pauses_double_from_one_second_and_are_not_all_the_same():
    for failures in range(1, 30):
        drawn = {pause_after(failures) for _ in range(50)}
        whole = min(60.0, 2.0 ** (failures - 1))
        assert all(max(1.0, whole / 2) <= pause <= max(whole, 66.0 * (whole == 60.0)) for pause in drawn)
        assert len(drawn) > 1 or failures == 1


def test_a_probe_without_an_end_is_tried_again_after_the_same_pause(store, clock):
    tell(store, "told_to_wait", enter(store), None, "busy")
    clock.move_on(1)
    tell(store, "learned_nothing", probe(store), sent=True)
    assert isinstance(enter(store), Shut)
    clock.move_on(1)

    tell(store, "learned_nothing", probe(store), sent=False)
    probe(store, YOU)  # it had nothing to send: another may try at once


def test_a_probe_whose_worker_died_is_over_after_a_minute(store, clock):
    tell(store, "told_to_wait", enter(store), None, "busy")
    clock.move_on(1)
    late = probe(store)
    clock.move_on(59.9)
    assert isinstance(enter(store, YOU), Shut)
    clock.move_on(0.1)
    probe(store, YOU)

    tell(store, "went_through", late)  # it was not dead: but what it says comes too late
    assert isinstance(enter(store), Shut)


def test_a_probe_that_takes_long_can_stay(store, clock):
    tell(store, "told_to_wait", enter(store), None, "busy")
    clock.move_on(1)
    entry = probe(store)
    clock.move_on(50)
    with store.begin() as work:
        entry = work.lanes.stay(TENANT, "calendar", ME, entry)
        work.commit()
    clock.move_on(50)
    assert isinstance(enter(store, YOU), Shut)

    tell(store, "went_through", entry)
    assert enter(store, YOU) == Opened(20)


def test_a_lane_for_one_alone_is_held_by_one_run_of_one_process(store, clock):
    assert enter(store, alone=True) == enter(store, alone=True) == Opened(20)
    until = clock.moment + timedelta(seconds=60)
    assert enter(store, YOU, alone=True) == enter(store, "elsewhere:1:1#2", alone=True) == Held(until)

    with store.begin() as work:
        work.lanes.leave(TENANT, "calendar", YOU)  # it is not theirs to leave
        work.lanes.leave(TENANT, "planner", ME)
        work.commit()
    assert enter(store, YOU, alone=True) == Held(until)
    with store.begin() as work:
        work.lanes.leave(TENANT, "calendar", ME)
        work.commit()
    assert enter(store, YOU, alone=True) == Opened(20)


def test_who_stays_keeps_the_lane_and_who_does_not_loses_it_after_a_minute(store, clock):
    entry = enter(store, alone=True)
    assert isinstance(entry, Opened)
    clock.move_on(50)
    with store.begin() as work:
        work.lanes.stay(TENANT, "calendar", ME, entry)
        work.commit()
    clock.move_on(50)
    assert isinstance(enter(store, YOU, alone=True), Held)
    clock.move_on(10)

    assert enter(store, YOU, alone=True) == Opened(20)
    assert isinstance(enter(store, alone=True), Held)


def test_a_lane_whose_holder_was_killed_is_free_at_once(store, url):
    with elsewhere("hold_lane", url, TENANT) as other:
        assert other.says() == "held"
        assert isinstance(enter(store, f"{this_process()}#1", alone=True), Held)
        other.kill()
        assert enter(store, f"{this_process()}#1", alone=True) == Opened(20)


def test_a_lane_whose_holder_was_killed_rests_until_its_last_request_must_have_ended(store, url, clock):
    """The service goes on with what the dead one asked for: more at once would be too many for it."""
    with elsewhere("hold_lane", url, TENANT) as other:
        assert other.says() == "held"
        other.kill()
        until = clock.moment + timedelta(seconds=5)
        for holder in (ME, YOU):
            with store.begin() as work:
                entry = work.lanes.enter(TENANT, "calendar", holder, 20, alone=True, settles_after=5)
                work.commit()
            assert entry == Held(until)
            clock.move_on(2)
        clock.move_on(1)
        assert enter(store, YOU, alone=True) == Opened(20)


def test_a_lane_that_was_left_without_an_answer_rests_until_what_was_asked_must_have_ended(store, clock):
    enter(store, alone=True)
    until = clock.moment + timedelta(seconds=40)
    for who in (YOU, ME):  # it is not theirs to leave
        with store.begin() as work:
            work.lanes.leave(TENANT, "calendar", who, 40.0)
            work.commit()
    assert enter(store, YOU, alone=True) == enter(store, alone=True) == Held(until)

    clock.move_on(40)
    assert enter(store, YOU, alone=True) == Opened(20)


def test_a_lane_for_one_alone_can_be_shut_as_well(store, clock):
    tell(store, "told_to_wait", enter(store, alone=True), None, "busy")
    clock.move_on(1)
    entry = enter(store, alone=True)
    assert isinstance(entry, Opened)
    assert entry.probe is not None
    assert isinstance(enter(store, YOU, alone=True), Shut)


def test_a_worker_of_a_lane_takes_only_what_belongs_to_it(store):
    want(store, "a")
    want(store, "b", kind=EffectKind.MEETING)
    want(store, "c", school="eastmoor")
    with store.begin() as work:
        assert work.effects.lease(ME, 10, kinds=[]) == []
        mine = work.effects.lease(ME, 10, ["northwick"], [EffectKind.TASK])
        assert [effect.key for effect in mine] == ["a"]
        both = work.effects.lease(ME, 10, kinds=[EffectKind.MEETING, EffectKind.TASK])
        assert [effect.key for effect in both] == ["b", "c"]


def test_what_is_due_is_known_by_school_and_kind(store, clock):
    want(store, "a", "b", "c", "d")
    want(store, "r", kind=EffectKind.RECORD)
    want(store, "e", school="eastmoor")
    held = lease(store, 2)
    want(store, held[0].key)  # waits behind the one that is under way
    with store.begin() as work:
        work.effects.wait(held[1], 30, "busy")
        work.commit()

    def due() -> dict[tuple[str, str], int]:
        with store.read() as work:
            return dict(work.effects.due(["northwick"]))

    assert due() == {("northwick", "task"): 2, ("northwick", "record"): 1}
    clock.move_on(30)
    assert due()["northwick", "task"] == 3
    clock.move_on(30)
    assert due()["northwick", "task"] == 4  # the lease has run out


def test_what_a_dead_process_held_is_due(store, url):
    want(store, "a")
    with elsewhere("lease", url, 1) as other:
        other.says()
        with store.read() as work:
            assert work.effects.due(["northwick"]) == {}
        other.kill()
        with store.read() as work:
            assert work.effects.due(["northwick"]) == {("northwick", EffectKind.TASK): 1}


def test_many_ends_are_written_at_once_and_each_is_fenced(store, clock):
    want(store, "a", "b", "c")
    late = lease(store, 1)
    clock.move_on(61)
    taken = lease(store, 3, owner="elsewhere:2:2")
    assert [effect.key for effect in taken] == ["a", "b", "c"]

    with store.begin() as work:
        ids = {effect.id for effect in taken[1:]}
        assert work.effects.renew_all([*late, *taken[1:]]) == ids
        assert work.effects.done_all([*late, *taken[1:]]) == ids
        assert work.effects.done_all(taken) == {taken[0].id}
        assert work.effects.done_all([]) == work.effects.renew_all(taken) == set()


@pytest.mark.parametrize("look_first", [True, False])
def test_a_parked_one_may_have_landed_all_the_same(store, look_first):
    want(store, "a")
    [taken] = lease(store)
    with store.begin() as work:
        assert work.effects.park(taken, "a fault of the plugin", look_first=look_first)
        [parked] = work.effects.every(EffectState.PARKED)
        assert parked.look_first is look_first
        assert work.effects.retry(taken.id).look_first  # whatever it was parked for


def ask_for(store: SqlStore, holder: str = GUEST) -> None:
    with store.begin() as work:
        work.lanes.want(TENANT, "calendar", holder)
        work.commit()


def hand_over(store: SqlStore, holder: str = ME) -> bool:
    with store.begin() as work:
        handed = work.lanes.give_way(TENANT, "calendar", holder)
        work.commit()
    return bool(handed)


def leave(store: SqlStore, holder: str, rests: float = 0.0) -> None:
    with store.begin() as work:
        work.lanes.leave(TENANT, "calendar", holder, rests)
        work.commit()


def wanted(store: SqlStore) -> bool:
    with store.read() as work:
        return work.lanes.wanted(TENANT, "calendar")


def test_a_lane_goes_to_the_one_who_waits_for_it_and_nobody_comes_in_between(store, clock):
    enter(store, alone=True)
    assert not wanted(store)
    assert not hand_over(store), "nobody wants it"
    ask_for(store)
    ask_for(store, "elsewhere:4:1#guest1")  # there is one already

    assert wanted(store)
    assert not hand_over(store, YOU), "it is not theirs to give"
    assert hand_over(store)
    assert not wanted(store)
    until = Held(clock.moment + timedelta(seconds=2), guest=True)
    assert enter(store, YOU, alone=True) == enter(store, alone=True) == until
    assert enter(store, GUEST, alone=True) == Opened(20)
    leave(store, GUEST)
    assert enter(store, YOU, alone=True) == Opened(20)


def test_a_guest_stands_back_for_a_delivery_and_whoever_leaves_hands_on(store):
    enter(store, GUEST, alone=True)
    ask_for(store, "elsewhere:4:1#guest1")
    ask_for(store, ME)
    ask_for(store, YOU)
    ask_for(store, GUEST)
    leave(store, GUEST)

    assert isinstance(enter(store, YOU, alone=True), Held)
    assert enter(store, ME, alone=True) == Opened(20)


def test_who_waited_for_a_lane_and_went_away_does_not_get_it(store):
    enter(store, alone=True)
    ask_for(store)
    leave(store, GUEST)

    assert not wanted(store)
    assert not hand_over(store)
    assert enter(store, YOU, alone=True) != Opened(20), "it is still held"


def test_who_no_longer_says_that_it_waits_is_forgotten_after_two_seconds(store, clock):
    enter(store, alone=True)
    ask_for(store)
    clock.move_on(2)
    assert not wanted(store)
    assert not hand_over(store)

    ask_for(store, YOU)
    assert hand_over(store)
    clock.move_on(2)
    assert enter(store, alone=True) == Opened(20), "whoever was given it never came"


def test_a_guest_without_an_answer_leaves_a_lane_that_rests(store, clock):
    assert enter(store, GUEST, alone=True) == Opened(20)
    until = clock.moment + timedelta(seconds=40)
    leave(store, GUEST, 40.0)

    assert enter(store, alone=True) == Held(until), "nobody has it, and a guest would be gone sooner"


def test_who_waits_for_a_guest_never_takes_the_lane_for_another_workers(store, url):
    """However its leaving falls between two looks: the lane is ours, or free, or still with a guest."""
    over, found = threading.Event(), []

    def come_and_go() -> None:
        theirs = open_store(url)
        while not over.is_set():
            if isinstance(enter(theirs, GUEST, alone=True), Opened):
                leave(theirs, GUEST)
        theirs.close()

    with ThreadPoolExecutor(1) as threads:
        guest = threads.submit(come_and_go)
        for _ in range(300):
            entry = enter(store, ME, alone=True)
            if isinstance(entry, Held):
                found.append(entry.guest)
                ask_for(store, ME)
            else:
                leave(store, ME)
        over.set()
        guest.result(30)
    assert False not in found
