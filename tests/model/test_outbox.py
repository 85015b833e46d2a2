"""Whatever is done with the outbox in whatever order, it is as the outbox on paper, on both databases."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.errors import UsageError
from rp_connect.storage.store import SqlStore, open_store
from tests.laid_out_store import lay_out
from tests.model.outbox_on_paper import OutboxOnPaper, Row

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
SEQUENCES = {"sqlite": 10_000, "postgresql": 10_000} if FULL else {"sqlite": 40, "postgresql": 20}
STEPS = 30
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 240)]

NINE = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
SCHOOLS = ("northwick", "eastmoor")
KINDS = ("task", "meeting", "notice")
OBJECTS = (
    *(("northwick", "task", "n1"), ("northwick", "task", "n2")),
    *(("northwick", "notice", "n1"), ("eastmoor", "meeting", "e1")),
)
WORKERS = ("elsewhere:1:1", "elsewhere:2:2")
"""On another host, so that nobody can see whether they live: their leases run out."""

Turn = dict[str, st.SearchStrategy[Any]]
# Rules of their own would be left out of whole sequences, and an outbox lives from all of them together.
_WANT: Turn = {"turn": st.just("want"), "objects": st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=3)}
_LEASE: Turn = {
    "turn": st.just("lease"),
    "owner": st.sampled_from(WORKERS),
    "limit": st.integers(1, 4),
    "schools": st.sampled_from([None, None, None, ["northwick"], ["eastmoor"], [*SCHOOLS], []]),
    "kinds": st.sampled_from([None, None, None, ["task"], ["meeting", "notice"], []]),
    "settles_after": st.sampled_from([0.0, 15.0]),
    "doubtful": st.none() | st.integers(1, 4),
    "probing": st.sampled_from([False, False, True]),
}
_SETTLE: Turn = {
    "turn": st.just("settle"),
    "back": st.sampled_from([1, 1, 1, 1, 2, 2, 3, 4, 6]),
    "how": st.sampled_from(["renew", "done", "wait", "wait", "unclear", "park"]),
    "seconds": st.sampled_from([0.0, 1.0, 30.0, 60.0, 90.0]),
    "gather": st.sampled_from([0.0, 45.0]),
    "look_first": st.booleans(),
}
_TIME: Turn = {"turn": st.just("time"), "passed": st.sampled_from([1.0, 15.0, 59.0, 60.0, 61.0, 61.0, 90.0])}
_RETRY: Turn = {"turn": st.just("retry"), "pick": st.integers(0, 50)}
_HASTEN: Turn = {
    "turn": st.just("hasten"),
    "kind": st.sampled_from(KINDS),
    "school": st.sampled_from(SCHOOLS),
    "said": st.sampled_from(["asked us", "no answer", "worker ended"]),
}
_RETIRE: Turn = {"turn": st.just("retire"), "kept": st.sampled_from([0, 0, 60])}
_OFTEN = (_WANT, *([_LEASE] * 3), *([_SETTLE] * 4), *([_TIME] * 2))
TURN = st.one_of([st.fixed_dictionaries(turn) for turn in (*_OFTEN, _RETRY, _HASTEN, _RETIRE)])
SEEN = (
    *("leased", "probed", "lost", "renew", "done", "wait", "unclear", "park"),
    *("too late", "taken in", "retry", "hasten", "retire"),
)


class StandingClock:
    """The store's clock: it stands until it is moved on."""

    def __init__(self) -> None:
        self.moment = NINE

    def __call__(self) -> datetime:
        return self.moment


class Beside(RuleBasedStateMachine):
    """Every turn is taken with both; `held` is what workers got from leases: ours, and that on paper."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self, store: SqlStore, clock: StandingClock, engine: sa.Engine) -> None:
        super().__init__()
        self.store, self.clock = store, clock
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM effects"))
        clock.moment = NINE
        self.paper = OutboxOnPaper(NINE)
        self.held: list[tuple[Effect, Row]] = []
        self.want(list(OBJECTS))
        self.lease(WORKERS[0], 2)

    @rule(turn=TURN)
    def next_turn(self, turn: dict[str, Any]) -> None:
        words = dict(turn)
        getattr(self, words.pop("turn"))(**words)

    def time(self, passed: float) -> None:
        self.clock.moment += timedelta(seconds=passed)
        self.paper.now = self.clock.moment

    def want(self, objects: list[tuple[str, str, str]]) -> None:
        for school, kind, key in objects:
            self._do("want", EffectKind(kind), key, school=school, case=None)
            self.paper.want(school, kind, key)

    def lease(
        self,
        owner: str,
        limit: int,
        schools: list[str] | None = None,
        kinds: list[str] | None = None,
        settles_after: float = 0.0,
        doubtful: int | None = None,
        *,
        probing: bool = False,
    ) -> int:
        meant = None if kinds is None else [EffectKind(kind) for kind in kinds]
        ours = self._do("lease", owner, limit, schools, meant, settles_after, doubtful, probing=probing)
        theirs = self.paper.lease(limit, schools, kinds, settles_after, doubtful, probing=probing)
        assert [_told(effect) for effect in ours] == [_noted(row) for row in theirs]
        self.held += zip(ours, theirs, strict=True)
        self.seen["leased"] += len(theirs)
        self.seen["probed"] += len(theirs) * probing
        self.seen["lost"] += sum((row.reason or "").startswith("the worker ended") for row in theirs)
        return len(theirs)

    def settle(self, back: int, how: str, seconds: float, gather: float, look_first: bool) -> None:
        """A worker says what became of what it got last, or earlier, whether it still has it or not."""
        if not self.held:
            return
        ours, theirs = self.held[-min(back, len(self.held))]
        before = len(self.paper.rows)
        said: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
            "wait": ((seconds, "asked us to wait"), {}),
            "unclear": ((seconds, "no answer came"), {"gather": gather}),
            "park": (("A person must look.",), {"look_first": look_first}),
        }
        words, more = said.get(how, ((), {}))
        answer = self._do(how, ours, *words, **more)
        assert answer == getattr(self.paper, how)(theirs, *words, **more)
        self.seen[how if answer else "too late"] += 1
        self.seen["taken in"] += before - len(self.paper.rows)

    def retry(self, pick: int) -> None:
        with self.store.read() as work:
            numbers = [effect.id for effect in work.effects.every()]
        if not numbers:
            return
        place = pick % len(numbers)
        try:
            self._do("retry", numbers[place])
            again = True
        except UsageError:
            again = False
        assert again == self.paper.retry(self.paper.rows[place].number)
        self.seen["retry"] += again

    def hasten(self, kind: str, school: str, said: str) -> None:
        hastened = self._do("hasten", EffectKind(kind), school, said)
        assert hastened == self.paper.hasten(school, kind, said)
        self.seen["hasten"] += hastened

    def retire(self, kept: int) -> None:
        retired = self._do("retire", 100, timedelta(seconds=kept))
        assert retired == self.paper.retire(timedelta(seconds=kept))
        self.seen["retire"] += retired

    @invariant()
    def it_is_as_on_paper(self) -> None:
        with self.store.read() as work:
            rows = [_told(effect) for effect in work.effects.every()]
            due = {school: dict(work.effects.due([school])) for school in SCHOOLS}
            parked = work.effects.parked(SCHOOLS)
        assert rows == [_noted(row) for row in self.paper.rows]
        assert due == {school: self.paper.due([school]) for school in SCHOOLS}
        assert parked == Counter(row.school for row in self.paper.rows if row.state == "parked")

    def teardown(self) -> None:
        """Left alone, all that was wanted is done or waits for a person: the newest of each."""
        self.time(1000)
        while self.lease(WORKERS[0], 9):
            for ours, theirs in self.held:
                assert self._do("done", ours) == self.paper.done(theirs)
        self.it_is_as_on_paper()
        assert {row.state for row in self.paper.rows} <= {"done", "parked"}
        in_order = sorted(self.paper.rows, key=lambda row: row.revision)
        newest = {(row.kind, row.key): row.revision for row in in_order}
        assert newest == self.paper.wanted

    def _do(self, what: str, *words: Any, **more: Any) -> Any:
        with self.store.begin() as work:
            answer = getattr(work.effects, what)(*words, **more)
            work.commit()
        return answer


def _told(effect: Effect) -> tuple[object, ...]:
    return (
        *(effect.school, effect.kind.value, effect.key, effect.revision, effect.state.value, effect.attempt),
        *(effect.look_first, effect.not_before, effect.reason),
    )


def _noted(row: Row) -> tuple[object, ...]:
    return (
        *(row.school, row.kind, row.key, row.revision, row.state, row.attempt),
        *(row.look_first, row.not_before, row.reason),
    )


@pytest.fixture
def begin(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Beside]]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if database == "sqlite":
        lay_out(tmp_path / "store.db")
    else:
        url = str(request.getfixturevalue("postgres_store_url"))
    clock = StandingClock()
    store, engine = open_store(url, clock), sa.create_engine(url)
    yield lambda: Beside(store, clock, engine)
    engine.dispose()
    store.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_is_done_with_the_outbox_it_is_as_on_paper(
    database: str, begin: Callable[[], Beside]
) -> None:
    Beside.seen.clear()
    run_state_machine_as_test(
        cast("type[RuleBasedStateMachine]", begin),  # any callable makes one
        settings=settings(
            max_examples=SEQUENCES[database],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            print_blob=False,
        ),
    )

    # A turn that was hardly ever taken would show nothing.
    few = SEQUENCES[database] // 50
    assert {what: Beside.seen[what] for what in SEEN if Beside.seen[what] < few} == {}
