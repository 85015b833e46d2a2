"""An effect is leased, sent once, written down by whoever holds it; a newer wish replaces an older one."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from rp_connect.domain.effect import Effect, EffectKind, EffectState
from rp_connect.errors import UsageError
from rp_connect.storage.store import SqlStore
from tests.storage.elsewhere import elsewhere
from tests.storage.samples import SCHOOL

WAITING, LEASED, UNCLEAR, DONE, PARKED = EffectState
ME = "elsewhere:1:1"
"""On another host, so nobody can see whether it lives."""


def want(store: SqlStore, *keys: str, school: str = SCHOOL, kind: EffectKind = EffectKind.TASK) -> None:
    with store.begin() as work:
        for key in keys:
            work.effects.want(kind, key, school=school, case=None)
        work.commit()


def lease(
    store: SqlStore, limit: int = 10, owner: str = ME, schools: list[str] | None = None
) -> list[Effect]:
    with store.begin() as work:
        taken = work.effects.lease(owner, limit, schools)
        work.commit()
    return list(taken)


def write(store: SqlStore, how: str, effect: Effect, *more: object) -> bool:
    with store.begin() as work:
        written: bool = getattr(work.effects, how)(effect, *more)
        work.commit()
    return written


def rows(store: SqlStore) -> list[tuple[str, int, EffectState]]:
    with store.read() as work:
        return [(effect.key, effect.revision, effect.state) for effect in work.effects.every()]


def test_a_wish_waits_until_somebody_takes_it(store):
    want(store, "a")
    with store.read() as work:
        [waiting] = work.effects.every(WAITING)

    assert waiting == Effect(
        id=waiting.id, school=SCHOOL, case=None, kind=EffectKind.TASK, key="a", revision=1, state=WAITING
    )


def test_many_wishes_at_once_are_the_same_wishes_one_by_one(store):
    want(store, "a", "b", "c")
    with store.begin() as work:
        _flying, parked, done = work.effects.lease(ME, 10)
        work.effects.park(parked, "why")
        work.effects.done(done)
        work.commit()
    with store.begin() as work:
        work.effects.want_each(EffectKind.TASK, ["c", "a", "d", "b", "a"], school=SCHOOL, case=None)
        work.effects.want_each(EffectKind.TASK, [], school=SCHOOL, case=None)
        work.commit()

    assert rows(store) == [
        ("a", 1, LEASED),
        ("b", 2, PARKED),
        ("c", 1, DONE),
        ("c", 2, WAITING),
        ("a", 3, WAITING),
        ("d", 1, WAITING),
    ]


def test_taking_counts_an_attempt_and_done_ends_it(store):
    want(store, "a")
    [taken] = lease(store)
    assert (taken.state, taken.attempt, taken.look_first) == (LEASED, 1, False)
    assert lease(store) == []

    assert write(store, "done", taken) is True
    assert rows(store) == [("a", 1, DONE)]


def test_oldest_first_and_no_more_than_asked_for(store):
    want(store, "c", "a", "b", "d")

    assert [[effect.key for effect in lease(store, 2)] for _ in range(3)] == [["c", "a"], ["b", "d"], []]


def test_a_worker_may_take_for_some_schools_only(store):
    want(store, "a")
    want(store, "b", school="eastmoor")

    assert lease(store, schools=[]) == []
    assert [effect.key for effect in lease(store, schools=["eastmoor", "westmoor"])] == ["b"]


def test_a_newer_wish_replaces_a_waiting_one(store):
    want(store, "a", "a", "b", "a")

    assert rows(store) == [("a", 3, WAITING), ("b", 1, WAITING)]


def test_the_same_key_of_another_kind_is_another_object(store):
    want(store, "a")
    want(store, "a", kind=EffectKind.RECORD)

    assert len(lease(store)) == 2


def test_a_wish_behind_one_in_flight_waits_for_it_and_counts_on(store):
    want(store, "a")
    [first] = lease(store)
    want(store, "a", "a")

    assert lease(store) == []
    assert rows(store) == [("a", 1, LEASED), ("a", 3, WAITING)]
    write(store, "done", first)
    [second] = lease(store)
    assert (second.revision, second.attempt) == (3, 1)


def test_revisions_of_an_object_grow_for_ever(store):
    for _ in range(3):
        want(store, "a")
        write(store, "done", lease(store)[0])

    assert rows(store) == [("a", 1, DONE), ("a", 2, DONE), ("a", 3, DONE)]


def test_who_ever_wished_is_remembered(store):
    want(store, "a")
    write(store, "done", lease(store)[0])

    with store.read() as work:
        asked = [work.effects.asked(EffectKind.TASK, key) for key in ("a", "b")]
        assert [*asked, work.effects.asked(EffectKind.RECORD, "a")] == [True, False, False]


def test_what_is_on_its_way_is_known_by_its_kind(store):
    want(store, "a", "b", "c", "d")
    want(store, "r", kind=EffectKind.RECORD)
    first, second, third = lease(store, 3)
    write(store, "unclear", second, 30, "no answer")
    write(store, "done", third)

    with store.read() as work:
        told = [work.effects.in_flight(kind) for kind in (EffectKind.TASK, EffectKind.RECORD)]
    assert told == [{first.key, second.key}, set()]


def test_one_that_must_wait_is_not_taken_before_its_time(store, clock):
    want(store, "a")
    write(store, "wait", lease(store)[0], 30.5, "too many requests")
    with store.read() as work:
        [waiting] = work.effects.every()
    assert (waiting.state, waiting.reason) == (WAITING, "too many requests")
    assert waiting.not_before == clock.moment + timedelta(seconds=30.5)

    clock.move_on(30)
    assert lease(store) == []
    clock.move_on(1)
    [again] = lease(store)
    assert (again.attempt, again.look_first, again.not_before) == (2, False, None)


def test_one_that_must_wait_takes_in_the_newer_wish_behind_it(store, clock):
    want(store, "a")
    [first] = lease(store)
    want(store, "a")
    write(store, "wait", first, 10, "too many requests")

    assert rows(store) == [("a", 2, WAITING)]
    want(store, "a")
    assert rows(store) == [("a", 3, WAITING)]
    clock.move_on(5)
    assert lease(store) == []


def test_after_an_unclear_end_it_looks_first_and_not_too_soon(store, clock):
    want(store, "a")
    [first] = lease(store)
    want(store, "a")
    write(store, "unclear", first, 20, "no answer")

    assert rows(store) == [("a", 1, UNCLEAR), ("a", 2, WAITING)]
    assert lease(store) == []
    clock.move_on(20)
    [again] = lease(store)
    assert (again.id, again.look_first, again.attempt, again.revision) == (first.id, True, 2, 1)


def test_what_is_in_doubt_is_looked_for_at_one_moment_and_never_before_it_may_have_landed(store, clock):
    want(store, "a", "b", "c", "d")
    held = {effect.key: effect for effect in lease(store)}

    def lose(key: str) -> None:
        with store.begin() as work:
            work.effects.unclear(held[key], 20, "no answer", gather=10)
            work.commit()

    lose("a")  # for 30 seconds from now
    clock.move_on(9)
    lose("b")  # not before 29: goes with it
    clock.move_on(5)
    lose("c")  # not before 34: too late for it, so that it has a moment of its own
    lose("d")

    assert due_in(store, clock, 15) == []
    assert due_in(store, clock, 1) == ["a", "b"]
    assert due_in(store, clock, 13) == []
    assert due_in(store, clock, 1) == ["c", "d"]


def due_in(store: SqlStore, clock: Any, seconds: float) -> list[str]:
    clock.move_on(seconds)
    return [effect.key for effect in lease(store)]


def test_who_asks_for_rows_in_doubt_gets_all_of_them_before_any_other(store):
    want(store, "a", "b", "c", "d")
    for effect in lease(store)[1:]:
        write(store, "unclear", effect, 0, "no answer")
    want(store, "e", "f")

    def taken() -> list[str]:
        with store.begin() as work:
            rows = work.effects.lease(ME, 2, [SCHOOL], [EffectKind.TASK], 0.0, 500)
            work.commit()
        return [effect.key for effect in rows]

    assert taken() == ["b", "c", "d"]
    assert taken() == ["e", "f"]


def test_a_probe_takes_what_was_tried_least_of_all_schools_and_before_it_what_is_in_doubt(store, clock):
    want(store, "a", "b")
    want(store, "c", school="eastmoor", kind=EffectKind.RECORD)
    want(store, "d", school="westbury")
    for times in (3, 2):
        for effect in lease(store, times):
            write(store, "wait", effect, 0, "too many requests")

    def probed(*schools: str) -> list[str]:
        with store.begin() as work:
            rows = work.effects.lease(
                ME, 1, schools or None, [EffectKind.TASK, EffectKind.RECORD], probing=True
            )
            work.commit()
        for effect in rows:
            write(store, "wait" if effect.key != "c" else "unclear", effect, 0, "too many requests")
        return [effect.key for effect in rows]

    ours = (SCHOOL, "eastmoor")
    assert [probed(*ours), probed(*ours)] == [["c"], ["c"]]
    assert probed() == ["c"]
    assert probed(SCHOOL) == ["a"]
    want(store, "d", school="westbury")
    assert [probed("westbury"), probed("nowhere")] == [["d"], []]


def test_what_is_in_doubt_for_ever_is_not_all_that_is_ever_probed(store, clock):
    want(store, "a")
    write(store, "unclear", lease(store)[0], 0, "no answer")
    want(store, "b")
    taken = []
    for _ in range(50):
        with store.begin() as work:
            [effect] = work.effects.lease(ME, 1, [SCHOOL], probing=True)
            work.effects.unclear(effect, 0, "no answer")
            work.commit()
        taken.append(effect.key)

    assert taken[:19] == ["a"] * 19
    assert taken.count("b") == 25


def test_what_was_done_lately_is_known_by_its_kind(store, clock):
    want(store, "a", "b", "c")
    want(store, "r", kind=EffectKind.RECORD)
    a, b, _, r = lease(store)
    write(store, "done", a)
    clock.move_on(30)
    write(store, "done", b)
    write(store, "done", r)

    with store.read() as work:
        moments = [clock.moment - timedelta(seconds=seconds) for seconds in (31, 30, 0)]
        found = [work.effects.done_since(EffectKind.TASK, moment) for moment in moments]
    assert found == [{"a", "b"}, {"b"}, set()]


def test_who_looked_first_once_looks_first_until_it_is_done(store, clock):
    want(store, "a")
    write(store, "unclear", lease(store)[0], 0, "no answer")
    write(store, "wait", lease(store)[0], 0, "too many requests")
    [third] = lease(store)
    assert (third.look_first, third.attempt) == (True, 3)

    write(store, "park", third, "forbidden")
    with store.begin() as work:
        assert work.effects.retry(third.id).look_first is True


def test_a_parked_one_holds_back_only_its_own_object(store):
    want(store, "a", "b")
    [first] = lease(store, 1)
    write(store, "park", first, "forbidden")
    want(store, "a", "c")

    assert rows(store) == [("a", 2, PARKED), ("b", 1, WAITING), ("c", 1, WAITING)]
    assert [effect.key for effect in lease(store)] == ["b", "c"]


def test_one_that_is_parked_takes_in_the_newer_wish_behind_it(store):
    want(store, "a")
    [first] = lease(store)
    want(store, "a")
    write(store, "park", first, "forbidden")

    assert rows(store) == [("a", 2, PARKED)]


def test_a_parked_one_is_due_again_when_a_person_says_so(store):
    want(store, "a")
    [first] = lease(store)
    write(store, "park", first, "forbidden")
    with store.begin() as work:
        again = work.effects.retry(first.id)
        work.commit()

    assert (again.state, again.not_before, again.look_first) == (WAITING, None, True)
    assert [effect.attempt for effect in lease(store)] == [2]


def test_only_a_parked_one_can_be_tried_again(store):
    want(store, "a")
    [first] = lease(store)
    with store.begin() as work, pytest.raises(UsageError) as caught:
        work.effects.retry(first.id)

    assert str(caught.value) == f"Effect {first.id} is leased: only a parked one can be tried again."


@pytest.mark.parametrize(
    ("how", "more"),
    [("done", ()), ("wait", (0, "late")), ("unclear", (0, "late")), ("park", ("late",)), ("renew", ())],
)
def test_an_answer_that_comes_late_changes_nothing(store, clock, how, more):
    want(store, "a")
    [late] = lease(store)
    want(store, "a")
    clock.move_on(61)
    [current] = lease(store, owner="elsewhere:2:2")
    assert (current.id, current.attempt) == (late.id, 2)

    before = rows(store)
    assert write(store, how, late, *more) is False
    assert rows(store) == before
    assert write(store, how, current, *more) is True


@pytest.mark.parametrize("how", ["done", "renew"])
def test_who_lost_the_lease_learns_it_even_before_another_takes_it(store, clock, how):
    want(store, "a")
    [late] = lease(store)
    clock.move_on(61)
    assert lease(store, limit=0) == []

    assert rows(store) == [("a", 1, UNCLEAR)]
    assert write(store, how, late) is False


def test_counts_tell_of_every_state_and_of_one_school(store):
    want(store, "a", "b")
    want(store, "c", school="eastmoor")
    write(store, "done", lease(store, 1)[0])

    with store.read() as work:
        assert work.effects.counts() == {WAITING: 2, LEASED: 0, UNCLEAR: 0, DONE: 1, PARKED: 0}
        assert work.effects.counts("eastmoor") == {WAITING: 1, LEASED: 0, UNCLEAR: 0, DONE: 0, PARKED: 0}


def test_what_is_parked_is_counted_school_by_school(store):
    want(store, "a", "b")
    want(store, "c", school="eastmoor")
    want(store, "d", school="westbury")
    for _ in range(3):
        taken = lease(store, 1)[0]
        assert write(
            store, *(("done", taken) if taken.key == "b" else ("park", taken, "A person must look."))
        )

    with store.read() as work:
        assert work.effects.parked(["northwick", "eastmoor", "westbury"]) == {"northwick": 1, "eastmoor": 1}
        assert work.effects.parked(["eastmoor"]) == {"eastmoor": 1}
        assert work.effects.parked([]) == {}


def test_many_workers_and_wishers_at_once_send_each_revision_once_and_the_last_one_for_sure(store, url):
    """Each worker asserts that nothing it held was taken from it."""
    with ExitStack() as stack:
        wishers = [stack.enter_context(elsewhere("want", url, 5, 10)) for _ in range(2)]
        workers = [stack.enter_context(elsewhere("deliver", url, seed)) for seed in range(3)]
        assert [other.says() for other in wishers] == ["wanted", "wanted"]
        for other in workers:
            other.tell_to_end()
        sent = [tuple(one) for other in workers for one in other.says()]

    assert len(sent) == len(set(sent))
    last = {key: max(revision for one, revision in sent if one == key) for key, _ in sent}
    assert last == {str(key): 20 for key in range(5)}
    assert {state for _, _, state in rows(store)} == {DONE}


def test_what_a_dead_worker_had_is_looked_for_once_its_last_request_must_have_landed(store, clock):
    want(store, "a")
    lease(store, owner="elsewhere:2:2")
    clock.move_on(61)
    with store.begin() as work:
        assert work.effects.lease(ME, 10, [SCHOOL], settles_after=40.0) == []
        work.commit()
    with store.read() as work:
        [unclear] = work.effects.every(EffectState.UNCLEAR)
    assert unclear.look_first

    clock.move_on(39)
    assert lease(store) == []
    clock.move_on(2)
    assert [effect.key for effect in lease(store)] == ["a"]


def test_a_row_that_rests_for_a_reason_is_due_once_the_reason_is_over(store):
    want(store, "a", "b", "c", kind=EffectKind.OUTCOME)
    want(store, "d")
    want(store, "e", school="eastmoor", kind=EffectKind.OUTCOME)
    held = {effect.key: effect for effect in lease(store)}
    write(store, "unclear", held["a"], 600, "on its way (write-back W_1)")
    write(store, "wait", held["b"], 600, "on its way (write-back W_1)")
    write(store, "unclear", held["c"], 600, "on its way (write-back WX1)")
    write(store, "unclear", held["d"], 600, "on its way (write-back W_1)")
    write(store, "unclear", held["e"], 600, "on its way (write-back W_1)")

    with store.begin() as work:
        assert work.effects.hasten(EffectKind.OUTCOME, SCHOOL, "(write-back W_1)") == 2
        work.commit()

    assert sorted((effect.key, effect.look_first) for effect in lease(store)) == [("a", True), ("b", False)]


def test_a_row_in_somebodys_hands_is_not_hastened(store):
    want(store, "a", kind=EffectKind.OUTCOME)
    lease(store)

    with store.begin() as work:
        assert work.effects.hasten(EffectKind.OUTCOME, SCHOOL, "") == 0
