"""A lease lasts sixty seconds, and ends with the process that holds it."""

from __future__ import annotations

import os
import subprocess
import sys

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.storage.owners import is_dead, this_process
from tests.storage.elsewhere import elsewhere
from tests.storage.samples import SCHOOL
from tests.storage.test_outbox import lease, rows, want, write


def test_a_lease_runs_out_after_sixty_seconds(store, clock):
    want(store, "a")
    [first] = lease(store)
    clock.move_on(59.9)
    assert lease(store, owner="elsewhere:2:2") == []
    clock.move_on(0.1)
    [second] = lease(store, owner="elsewhere:2:2")

    assert (second.id, second.attempt, second.look_first) == (first.id, 2, True)
    assert second.reason == "the worker ended or took too long: whether it arrived is not known"


def test_who_renews_keeps_the_lease(store, clock):
    want(store, "a")
    [mine] = lease(store)
    clock.move_on(50)
    assert write(store, "renew", mine) is True
    clock.move_on(50)

    assert lease(store, owner="elsewhere:2:2") == []
    assert write(store, "done", mine) is True


def test_what_a_killed_process_held_is_taken_at_once_and_looked_for_first(store, url):
    want(store, "a", "b")
    with elsewhere("lease", url, 1) as other:
        [taken] = other.says()
        assert [effect.key for effect in lease(store, owner=this_process())] == ["b"]
        other.kill()
        [again] = lease(store, owner=this_process())

    assert (again.id, again.look_first, again.attempt) == (taken, True, 2)
    assert [state for _, _, state in rows(store)] == [EffectState.LEASED, EffectState.LEASED]


def test_this_process_lives(store):
    want(store, "a")
    [mine] = lease(store, owner=this_process())

    assert is_dead(this_process()) is False
    assert lease(store, owner=this_process()) == []
    assert write(store, "done", mine) is True


def test_a_process_is_known_by_its_start_not_by_its_number_alone():
    host, pid, start = this_process().rsplit(":", 2)

    assert is_dead(f"{host}:{pid}:{int(start) + 1}") is True
    assert is_dead(f"{host}:{2**22 + 1}:{start}") is True


def test_nobody_on_another_host_is_ever_taken_for_dead():
    _, pid, start = this_process().rsplit(":", 2)

    assert [is_dead(f"{host}:{pid}:{start}") for host in ("other", "", "other:0000")] == [False] * 3
    assert [is_dead(owner) for owner in ("me", "", ":", "a:b:c")] == [False] * 4


def test_a_process_that_ended_is_dead_even_while_its_parent_has_not_asked_for_it():
    with subprocess.Popen(
        [sys.executable, "-c", "from rp_connect.storage.owners import this_process as p; print(p())"],
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        owner = other.stdout.read().strip()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(owner) is True
    assert is_dead(owner) is True


def test_of_what_a_worker_holds_only_that_whose_time_is_up_could_be_leased_by_another(store, clock):
    want(store, "a", "b", "c")
    _, renewed, _ = lease(store)
    clock.move_on(50)
    assert write(store, "renew", renewed) is True
    clock.move_on(20)

    with store.read() as work:
        assert dict(work.effects.due([SCHOOL])) == {(SCHOOL, EffectKind.TASK): 2}
    assert [effect.key for effect in lease(store, owner="elsewhere:2:2")] == ["a", "c"]
