"""In whatever order things happen, references have no gaps, nothing is doubled, and no tick is lost."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rp_connect.domain.calendar import Half
from rp_connect.domain.effect import EffectState
from rp_connect.domain.suspension import Dates, LengthAnswer
from rp_connect.domain.task import TaskState
from rp_connect.services.change_suspension import answer_length, cancel_suspension, give_dates
from rp_connect.services.complete_task import complete_task
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from tests.drop_school import suspension
from tests.model.world import World, moment

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
SEQUENCES, STEPS = (80, 30) if FULL else (6, 20)
MONDAY = date(2026, 11, 9)
WHO = "the lead"

days = st.integers(0, 30).map(lambda n: MONDAY + timedelta(days=n))
lengths = st.sampled_from([None, 1, 2, 3, 6, 11, 12])
picks = st.integers(0, 10_000)


class AnyOrder(RuleBasedStateMachine):
    """`reported` is what the MIS says; `seen` the suspensions that a sync has seen; `ticked` the tasks that a
    person ticked or completed and nobody opened again; `planned` the days that people dragged tasks to."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.seen: set[object] = set()
        self.ticked: set[str] = set()
        self.planned: dict[str, date] = {}
        self.thrown_away: set[str] = set()

    @initialize(given=st.lists(st.tuples(st.integers(1, 3), days, lengths), min_size=1, max_size=3))
    def a_first_day(self, given: list[tuple[int, date, int | None]]) -> None:
        for pupil, start, sessions in given:
            self.a_suspension_is_recorded(pupil, start, sessions, "SUSP")
        self.a_sync()
        self.a_delivery()

    def teardown(self) -> None:
        try:
            self._drains()
        finally:
            self.world.close()

    # What the MIS says.

    @rule(
        pupil=st.integers(1, 3),
        start=days,
        sessions=lengths,
        category=st.sampled_from(["SUSP", "SUSP", "PERM", "LNCH"]),
    )
    def a_suspension_is_recorded(self, pupil: int, start: date, sessions: int | None, category: str) -> None:
        rows = self.world.drop.suspensions
        made = suspension(
            f"S{len(rows) + 1:03}", str(start), sessions, pupil_id=f"P{pupil}", category=category
        )
        rows.append(made)

    @precondition(lambda self: self.world.drop.suspensions)
    @rule(pick=picks, sessions=lengths, start=st.none() | days)
    def a_suspension_is_changed(self, pick: int, sessions: int | None, start: date | None) -> None:
        row = self._row(pick)
        row["sessions"] = sessions
        row["start_date"] = str(start) if start else row["start_date"]

    @precondition(lambda self: self.world.drop.suspensions)
    @rule(pick=picks, when=days)
    def a_suspension_is_cancelled_in_the_mis(self, pick: int, when: date) -> None:
        self._row(pick)["cancelled_at"] = str(when)

    def _row(self, pick: int) -> dict[str, Any]:
        rows = self.world.drop.suspensions
        return rows[pick % len(rows)]

    # What we do.

    @rule()
    def a_sync(self) -> None:
        report = self.world.sync()
        assert (report.fault, report.refused) == (None, 0)
        self.seen |= {row["suspension_id"] for row in self.world.drop.suspensions}

    @rule()
    def a_delivery(self) -> None:
        assert self.world.deliver().parked == 0

    @rule()
    def a_pull(self) -> None:
        before = {task.id: task.due for task in self.world.tasks().values()}
        assert self.world.pull().fault is None
        assert {task.id: task.due for task in self.world.tasks().values()} == before

    @rule(leased=st.integers(1, 8), written=st.integers(0, 8))
    def a_worker_dies(self, leased: int, written: int) -> None:
        self.world.worker_dies(leased, written)

    # What people do.

    @rule(pick=picks)
    def a_task_is_completed_on_a_page(self, pick: int) -> None:
        chosen = self._pick(self.world.tasks_of(TaskState.OPEN), pick)
        if chosen is not None and self.world.attempt(complete_task, chosen.id, WHO):
            self.ticked.add(chosen.id)

    @rule(pick=picks)
    def a_task_is_ticked_in_a_calendar_program(self, pick: int) -> None:
        chosen = self._pick(self._open_files(), pick)
        if chosen is not None:
            self.world.edit(chosen, STATUS="COMPLETED", PERCENT_COMPLETE="100")
            self.ticked.add(chosen)

    @rule(pick=picks, day=days)
    def a_task_is_dragged_to_another_day(self, pick: int, day: date) -> None:
        chosen = self._pick(self._open_files(), pick)
        if chosen is not None:
            self.world.edit(chosen, DUE=f"{day:%Y%m%d}")
            self.planned[chosen] = day

    def _open_files(self) -> list[str]:
        """Those that a worker died over are left alone: what is lost there, tests/faults says by itself."""
        tasks, died_over = self.world.tasks(), self.world.in_flight()
        return [
            key for key in self.world.files() if tasks[key].state is TaskState.OPEN and key not in died_over
        ]

    @rule(pick=picks)
    def a_task_is_deleted_in_the_workspace(self, pick: int) -> None:
        chosen = self._pick(self.world.files(), pick)
        if chosen is not None:
            self.world.file(chosen).unlink()
            self.thrown_away.add(chosen)
            if (
                self.world.tasks()[chosen].state is TaskState.OPEN
            ):  # with what was changed in it and not yet read
                self.ticked.discard(chosen)
            self.planned.pop(chosen, None)

    @rule(pick=picks, day=days, hour=st.integers(7, 18))
    def a_meeting_is_set_or_moved(self, pick: int, day: date, hour: int) -> None:
        ref = self._pick(self.world.refs(), pick)
        if ref is not None:
            self.world.attempt(
                set_meeting, ref, moment(day, hour), 45, "Hall", False, ["lead@x.example"], WHO
            )

    @rule(pick=picks)
    def a_meeting_is_cancelled(self, pick: int) -> None:
        self._on_a_case(pick, cancel_meeting, WHO)

    @rule(pick=picks, said=st.sampled_from(list(LengthAnswer)))
    def a_question_is_answered(self, pick: int, said: LengthAnswer) -> None:
        self._on_a_case(pick, answer_length, said, WHO)

    @rule(pick=picks, start=days, half=st.sampled_from([None, *Half]), sessions=st.integers(1, 12))
    def dates_are_given(self, pick: int, start: date, half: Half | None, sessions: int) -> None:
        self._on_a_case(pick, give_dates, Dates(start=start, start_half=half, sessions=sessions), WHO)

    @rule(pick=picks)
    def a_suspension_is_cancelled_by_a_person(self, pick: int) -> None:
        self._on_a_case(pick, cancel_suspension, WHO)

    def _on_a_case(self, pick: int, what: object, *words: object) -> None:
        ref = self._pick(self.world.refs(), pick)
        if ref is not None:
            self.world.attempt(what, ref, *words)

    def _pick(self, every: list[Any], pick: int) -> Any:
        return every[pick % len(every)] if every else None

    # What is always true.

    @invariant()
    def references_have_no_gaps_and_one_case_follows_each_suspension(self) -> None:
        assert self.world.refs() == [f"RP-2026-{n:04}" for n in range(1, len(self.seen) + 1)]

    @invariant()
    def a_task_is_there_once(self) -> None:
        every = [(task.case, task.rule, task.occurrence) for task in self.world.tasks().values()]
        assert [one for one, times in Counter(every).items() if times > 1] == []

    @invariant()
    def each_object_has_one_effect_in_flight_and_one_behind_it_at_most(self) -> None:
        with self.world.office.store.read() as work:
            effects = work.effects.every()
        flying = Counter(
            (e.kind, e.key) for e in effects if e.state in (EffectState.LEASED, EffectState.UNCLEAR)
        )
        standing = Counter(
            (e.kind, e.key) for e in effects if e.state in (EffectState.WAITING, EffectState.PARKED)
        )
        assert max([0, *flying.values(), *standing.values()]) <= 1
        revisions = Counter((e.kind, e.key, e.revision) for e in effects)
        assert set(revisions.values()) <= {1}

    # And in the end.

    def _drains(self) -> None:
        """Whatever happened, some rounds of deliver and pull bring the workspace in step with the tasks."""
        for _ in range(6):
            self.world.pull()
            report = self.world.deliver()
        assert (report.waiting, report.parked) == (0, 0)
        tasks = self.world.tasks()
        self._every_tick_and_every_planned_day_came_home(tasks)
        stray = set(self.world.files()) - set(tasks)
        assert stray == set()
        for task in tasks.values():
            path = self.world.file(task.id)
            if not path.exists():
                assert task.state is TaskState.CANCELLED or task.id in self.thrown_away, task
                continue
            lines = self.world.lines(path)
            expected = {
                TaskState.OPEN: "NEEDS-ACTION",
                TaskState.DONE: "COMPLETED",
                TaskState.CANCELLED: "CANCELLED",
            }
            assert lines["STATUS"] == expected[task.state], task
            day = self.world.shown_day(task)
            assert lines.get("DUE") == (f"{day:%Y%m%d}" if day else None), task
        records = {path.stem for path in (self.world.folder / "workspace" / "records").glob("*.docx")}
        assert records == set(self.world.refs())

    def _every_tick_and_every_planned_day_came_home(self, tasks: dict[str, Any]) -> None:
        for key in self.ticked:
            assert tasks[key].state is not TaskState.OPEN, f"a tick was lost: {key}"
        for key, day in self.planned.items():
            task = tasks[key]
            if task.state is TaskState.OPEN:
                assert self.world.shown_day(task) == day, f"a planned day was lost: {key}"


TestAnyOrder = pytest.mark.trial(AnyOrder.TestCase)
TestAnyOrder.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    print_blob=False,
)
