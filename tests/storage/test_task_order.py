"""Tasks come by case, due, duty and occurrence; what has no due comes last."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

from rp_connect.domain.task import TaskState
from tests.storage.samples import SCHOOL, bare_case, full_task

DAY = date(2026, 11, 12)
IN_ORDER = [
    ("RP-2026-0001", date(2026, 11, 11), "z-rule", 1),
    ("RP-2026-0001", DAY, "Z-rule", 1),
    ("RP-2026-0001", DAY, "a-rule", 1),
    ("RP-2026-0001", DAY, "a-rule", 2),
    ("RP-2026-0001", DAY, "a_rule", 1),
    ("RP-2026-0001", datetime(2026, 11, 12, 0, 0, tzinfo=UTC), "a-rule", 3),
    ("RP-2026-0001", datetime(2026, 11, 12, 15, 15, tzinfo=UTC), "a-rule", 4),
    ("RP-2026-0001", datetime(2026, 11, 12, 15, 15, 0, 1, tzinfo=UTC), "a-rule", 5),
    ("RP-2026-0001", date(2026, 11, 13), "a-rule", 6),
    ("RP-2026-0001", None, "a-rule", 7),
    ("RP-2026-0001", None, "b-rule", 1),
    ("RP-2026-0002", DAY, "a-rule", 1),
]


def test_tasks_come_in_the_order_that_people_work_in(store):
    tasks = [
        replace(
            full_task(),
            id=f"{case}.{rule}.{occurrence}",
            case=case,
            due=due,
            rule=rule,
            occurrence=occurrence,
        )
        for case, due, rule, occurrence in IN_ORDER
    ]
    shuffled = random.Random(4).sample(tasks, len(tasks))
    with store.begin() as work:
        for ref in ("RP-2026-0001", "RP-2026-0002"):
            work.cases.add(bare_case(ref))
        work.tasks.put(shuffled)
        assert list(work.tasks.every()) == tasks
        assert work.tasks.of_cases(["RP-2026-0001"]) == {"RP-2026-0001": tasks[:-1]}


def test_tasks_are_asked_for_by_school_case_and_state(store):
    with store.begin() as work:
        for ref, school in (("RP-2026-0001", SCHOOL), ("RP-2026-0002", "eastmoor")):
            work.cases.add(bare_case(ref, school))
            work.tasks.put(
                [
                    replace(
                        full_task(f"{ref}.{state}", ref), school=school, state=state, occurrence=occurrence
                    )
                    for occurrence, state in enumerate(TaskState)
                ]
            )
        asked = [
            [task.id for task in work.tasks.every(**how)]
            for how in ({"school": "eastmoor"}, {"case": "RP-2026-0001"}, {"state": TaskState.DONE})
        ]

    assert asked == [
        ["RP-2026-0002.open", "RP-2026-0002.done", "RP-2026-0002.cancelled"],
        ["RP-2026-0001.open", "RP-2026-0001.done", "RP-2026-0001.cancelled"],
        ["RP-2026-0001.done", "RP-2026-0002.done"],
    ]
