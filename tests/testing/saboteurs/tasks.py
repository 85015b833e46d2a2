"""Saboteurs of days, states and reading back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rp_connect.domain.task import TaskState
from rp_connect.testing.workspace_kit import reading_back, task_days, task_states
from rp_connect.testing.workspace_kit.rooms import CHANGED
from tests.testing.sabotage import first, saboteur

ONE_DAY = timedelta(days=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
SOME_DAY = date(2026, 11, 30)


def reading(change, *, when=lambda s, seen: True):
    """An `everything` that alters what it reads."""

    def everything(s):
        return (change(s, seen) if when(s, seen) else seen for seen in s.inner.everything())

    return everything


def remember_all(s):
    s.memory.update({seen.key: seen for seen in s.inner.everything()})


def missing(s, now):
    there = {seen.key for seen in now}
    return [seen for key, seen in s.memory.items() if key not in there]


def noted(s, item, name):
    s.memory[item.key] = getattr(item, name)


def finished(s, item):
    there = s.there(item.key)
    return there is not None and there.finished


def creating(change):
    return lambda s, item: s.inner.create(change(s, item))


def updating(change):
    return lambda s, id, item: s.inner.update(id, change(s, item))


saboteur(
    task_days.a_task_without_a_date_shows_none,
    "shows a date that nobody gave",
    on="tasks",
    create=lambda s, item: first(
        noted(s, item, "day"), s.inner.create(replace(item, day=item.day or SOME_DAY))
    ),
    everything=reading(lambda s, seen: replace(seen, day=s.memory[seen.key])),
)
saboteur(
    task_days.a_task_without_a_date_shows_none,
    "reads a date where there is none",
    on="tasks",
    everything=reading(lambda s, seen: replace(seen, day=seen.day or SOME_DAY)),
)
saboteur(
    task_days.a_date_can_be_taken_away_and_given_again,
    "leaves out what is empty",
    on="tasks",
    update=updating(lambda s, item: replace(item, day=item.day or s.there(item.key).day)),
)
saboteur(
    task_days.a_date_can_be_taken_away_and_given_again,
    "keeps an undated task undated",
    on="tasks",
    update=updating(lambda s, item: replace(item, day=item.day if s.there(item.key).day else None)),
)
saboteur(
    task_days.the_day_never_shifts,
    "shows the day before on the day of a clock change",
    on="tasks",
    create=lambda s, item: first(
        noted(s, item, "day"),
        s.inner.create(replace(item, day=SPRING - ONE_DAY) if item.day == SPRING else item),
    ),
    everything=reading(lambda s, seen: replace(seen, day=s.memory[seen.key])),
)
saboteur(
    task_days.the_day_never_shifts,
    "reads the day after on the day of a clock change",
    on="tasks",
    everything=reading(
        lambda s, seen: replace(seen, day=AUTUMN + ONE_DAY), when=lambda s, seen: seen.day == AUTUMN
    ),
)


def opened(item):
    return replace(item, state=TaskState.OPEN, closed_at=None)


saboteur(
    task_states.a_task_that_is_done_is_shown_as_finished,
    "leaves a task that is done open",
    on="tasks",
    update=lambda s, id, item: first(
        noted(s, item, "state"),
        s.inner.update(id, opened(item) if item.state is TaskState.DONE else item),
    ),
    everything=reading(lambda s, seen: replace(seen, done=s.memory.get(seen.key) is TaskState.DONE)),
)
saboteur(
    task_states.a_task_that_is_done_is_shown_as_finished,
    "reads what we closed ourselves as open",
    on="tasks",
    update=lambda s, id, item: first(s.memory.update({item.key: item.state}), s.inner.update(id, item)),
    everything=reading(
        lambda s, seen: replace(seen, done=False), when=lambda s, seen: s.memory.get(seen.key) == "done"
    ),
)
saboteur(
    task_states.a_task_may_be_done_when_it_is_first_written,
    "creates every task open",
    on="tasks",
    create=creating(lambda s, item: opened(item)),
)
saboteur(
    task_states.a_task_that_is_open_again_is_shown_as_open,
    "never opens again what was finished",
    on="tasks",
    update=lambda s, id, item: first(
        noted(s, item, "state"),
        s.inner.update(id, replace(item, state=TaskState.DONE) if finished(s, item) else item),
    ),
    everything=reading(lambda s, seen: replace(seen, done=s.memory.get(seen.key) is TaskState.DONE)),
)
saboteur(
    task_states.a_task_that_is_open_again_is_shown_as_open,
    "reads as done what was done once",
    on="tasks",
    update=lambda s, id, item: first(
        s.memory.update({item.key: True} if item.state is TaskState.DONE else {}), s.inner.update(id, item)
    ),
    everything=reading(lambda s, seen: replace(seen, done=seen.done or seen.key in s.memory)),
)
saboteur(
    task_states.a_cancelled_task_is_shown_as_finished,
    "leaves a cancelled task open",
    on="tasks",
    update=updating(lambda s, item: opened(item) if item.state is TaskState.CANCELLED else item),
)

saboteur(
    reading_back.what_we_wrote_is_read_back_as_it_was,
    "reads it under another id",
    on="tasks",
    everything=reading(lambda s, seen: replace(seen, external_id=f"{seen.external_id}x")),
)
saboteur(
    reading_back.what_we_wrote_is_read_back_as_it_was,
    "takes our own change for somebody's",
    on="tasks",
    everything=reading(
        lambda s, seen: replace(seen, version=f"{seen.version}x"),
        when=lambda s, seen: CHANGED in s.there(seen.key).title,
    ),
)
saboteur(
    reading_back.a_tick_of_a_person_comes_back,
    "sees no tick that is not its own",
    on="tasks",
    update=lambda s, id, item: first(s.memory.update({item.key: True}), s.inner.update(id, item)),
    create=lambda s, item: first(
        s.memory.update({item.key: True} if item.state is not TaskState.OPEN else {}), s.inner.create(item)
    ),
    everything=reading(lambda s, seen: replace(seen, done=seen.done and seen.key in s.memory)),
)
saboteur(
    reading_back.a_tick_of_a_person_comes_back,
    "sees a tick once and for all",
    on="tasks",
    update=lambda s, id, item: first(s.memory.pop(item.key, None), s.inner.update(id, item)),
    everything=reading(
        lambda s, seen: (
            replace(seen, done=s.memory.setdefault(seen.key, True))
            if seen.done
            else (replace(seen, done=s.memory.get(seen.key, False)))
        )
    ),
)
saboteur(
    reading_back.a_day_that_a_person_chose_comes_back,
    "reads the day that we gave",
    on="tasks",
    create=lambda s, item: first(s.memory.update({item.key: item.day}), s.inner.create(item)),
    everything=reading(lambda s, seen: replace(seen, day=s.memory.get(seen.key, seen.day))),
)
saboteur(
    reading_back.a_day_that_a_person_chose_comes_back,
    "reads the last day that there was",
    on="tasks",
    everything=reading(
        lambda s, seen: (
            replace(seen, day=seen.day or s.memory.get(seen.key))
            if seen.day is None
            else first(s.memory.update({seen.key: seen.day}), seen)
        )
    ),
)
saboteur(
    reading_back.whom_a_task_is_given_to_is_shown_and_comes_back,
    "gives the task to nobody",
    on="tasks",
    create=lambda s, item: first(noted(s, item, "assignees"), s.inner.create(replace(item, assignees=()))),
    everything=reading(lambda s, seen: replace(seen, assignees=seen.assignees or s.memory.get(seen.key))),
)
saboteur(
    reading_back.whom_a_task_is_given_to_is_shown_and_comes_back,
    "reads nobody before somebody changes it",
    on="tasks",
    create=lambda s, item: first(noted(s, item, "assignees"), s.inner.create(item)),
    everything=reading(
        lambda s, seen: replace(seen, assignees=None),
        when=lambda s, seen: seen.assignees == s.memory.get(seen.key),
    ),
)
saboteur(
    reading_back.whom_a_task_is_given_to_is_shown_and_comes_back,
    "reads whom we gave it to",
    on="tasks",
    create=lambda s, item: first(s.memory.update({item.key: item.assignees}), s.inner.create(item)),
    everything=reading(lambda s, seen: replace(seen, assignees=s.memory.get(seen.key))),
)
saboteur(
    reading_back.a_persons_change_gives_another_version,
    "gives the version that we wrote",
    on="tasks",
    create=lambda s, item: first(w := s.inner.create(item), s.memory.update({item.key: w.version}), w),
    update=lambda s, id, item: first(
        w := s.inner.update(id, replace(item, seen_version=None)), s.memory.update({item.key: w.version}), w
    ),
    find=lambda s, key: (w := s.inner.find(key)) and replace(w, version=s.memory[key]),
    everything=reading(lambda s, seen: replace(seen, version=s.memory.get(seen.key, ""))),
)
saboteur(
    reading_back.a_persons_change_gives_another_version,
    "finds the version of our own write",
    on="tasks",
    create=lambda s, item: first(w := s.inner.create(item), s.memory.update({item.key: w.version}), w),
    find=lambda s, key: (w := s.inner.find(key)) and replace(w, version=s.memory.get(key, w.version)),
)
saboteur(
    reading_back.each_of_ours_is_read_once_and_nothing_of_others,
    "reads one page",
    on="tasks",
    everything=lambda s: list(s.inner.everything())[:20],
)
saboteur(
    reading_back.a_task_that_a_person_deleted_is_not_read,
    "reads from memory what is not there",
    on="tasks",
    create=lambda s, item: first(w := s.inner.create(item), remember_all(s), w),
    everything=lambda s: [*(now := list(s.inner.everything())), *missing(s, now)],
)
