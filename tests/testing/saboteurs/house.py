"""Saboteurs of probe, setup, the terms of sending and of privacy."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from threading import Lock

from rp_connect.errors import ConflictError, TryLaterError
from rp_connect.ports.workspace import Busy, LaneLimits
from rp_connect.testing.workspace_kit import administration, privacy
from rp_connect.testing.workspace_kit.invented import AT
from rp_connect.testing.workspace_kit.rooms import TASKS
from tests.testing.sabotage import first, instead, refuse, saboteur

HOUR = timedelta(hours=1)
LOG = logging.getLogger("tests.saboteur")

saboteur(
    administration.probe_says_nothing_where_all_is_well,
    "always has something to say",
    probe=lambda s: [*s.inner.probe(), "All is well."],
)
saboteur(
    administration.probe_says_in_a_sentence_what_stands_in_the_way,
    "says nothing",
    probe=lambda s: [],
)
saboteur(
    administration.probe_says_in_a_sentence_what_stands_in_the_way,
    "says a code",
    probe=lambda s: ["E403" for _ in s.inner.probe()],
)


def leaves_a_trace(s):
    s.rig.redate(TASKS.item(s.rig).key, None) if s.rig.tasks() else None
    return s.inner.probe()


saboteur(administration.looking_writes_nothing, "leaves a trace when it looks", probe=leaves_a_trace)


def anew(s):
    for task in s.rig.tasks():
        s.rig.redate(task.key, None)
    return s.inner.setup()


saboteur(administration.setup_may_be_run_again, "sets everything up anew", setup=anew)
saboteur(
    administration.setup_may_be_run_again,
    "does not say what it did",
    setup=lambda s: first(s.inner.setup(), [])[:0],
)
saboteur(
    administration.setup_may_be_run_again,
    "says a code",
    setup=lambda s: first(s.inner.setup(), ["OK"]),
)


class Opposite:
    """A value of the workspace turned round."""

    def __init__(self, turned):
        self.turned = turned

    def __get__(self, s, owner=None):
        return self.turned(s)


saboteur(
    administration.what_it_can_do_is_what_is_declared,
    "hides whether it holds meetings online",
    online_meetings=Opposite(lambda s: not s.inner.online_meetings),
)
saboteur(
    administration.what_it_can_do_is_what_is_declared,
    "hides its notices",
    notices=Opposite(lambda s: None if s.inner.notices is not None else s.inner.records),
)


saboteur(
    administration.several_at_once_are_taken_where_that_is_declared,
    "has lost what takes several",
    pinboard=True,
    create_all=None,
)
saboteur(
    administration.revisions_are_told_where_that_is_declared,
    "tells no revision",
    find=lambda s, key: (w := s.inner.find(key)) and replace(w, revision=None),
)
saboteur(administration.the_terms_of_sending_can_be_kept, "settles never", settles_after=float("inf"))
saboteur(administration.the_terms_of_sending_can_be_kept, "settled yesterday", settles_after=-1.0)
saboteur(administration.the_terms_of_sending_can_be_kept, "has no scope", scope="")
saboteur(
    administration.the_terms_of_sending_can_be_kept,
    "has a scope of its own each time",
    scope=Opposite(lambda s: f"scope {id(s)}"),
)
saboteur(
    administration.the_terms_of_sending_can_be_kept,
    "has a lane in which nothing goes",
    lanes={"planner": LaneLimits(batch=0)},
)
saboteur(
    administration.who_knows_no_diary_says_nothing,
    "guesses",
    busy=lambda s, people, begins, ends: [Busy(begins, ends)],
)
saboteur(
    administration.busy_says_when_and_never_why,
    "knows the first half of it",
    busy=lambda s, people, begins, ends: [
        replace(b, ends=b.begins + (b.ends - b.begins) / 2) for b in s.inner.busy(people, begins, ends)
    ],
)
saboteur(
    administration.busy_says_when_and_never_why,
    "takes the whole day for taken",
    busy=lambda s, people, begins, ends: [Busy(AT - 5 * HOUR, AT + 5 * HOUR)],
)

saboteur(
    administration.what_it_can_do_is_what_is_declared,
    "says the opposite of whether one process at a time may be at it",
    lanes=Opposite(
        lambda s: {"calendar": LaneLimits(alone=not any(lane.alone for lane in s.inner.lanes.values()))}
    ),
)
saboteur(
    administration.diaries_are_read_in_turn_with_the_workers,
    "does not wait for its turn",
    busy=lambda s, people, begins, ends: s.rig.open().busy(people, begins, ends),
)


def impatient(s, people, begins, ends):
    """It asks for its turn, and does not mind."""
    return instead(
        lambda: s.inner.busy(people, begins, ends),
        TryLaterError,
        lambda: s.rig.open().busy(people, begins, ends),
    )


saboteur(
    administration.diaries_are_read_in_turn_with_the_workers,
    "asks although it is not its turn",
    busy=impatient,
)
saboteur(
    administration.diaries_are_read_in_turn_with_the_workers,
    "waits for a turn that nobody else waits for",
    scope="a scope of its own",
)

ONE = Lock()


def mixed_up(s, item):
    """The answer of whoever came before."""
    with ONE:
        written = s.inner.create(item)
        before = s.memory.get("before", written)
        s.memory["before"] = written
        return replace(written, external_id=before.external_id)


saboteur(administration.two_at_a_time_do_not_disturb_each_other, "mixes up the answers", create=mixed_up)


def twice(s, item):
    with ONE:
        s.memory["n"] = s.memory.get("n", 0) + 1
        if s.memory["n"] == 12:
            s.inner.create(replace(item, key=f"{item.key}x"))
        return s.inner.create(item)


saboteur(administration.two_at_a_time_do_not_disturb_each_other, "writes one of them twice", create=twice)


saboteur(
    privacy.no_log_and_no_error_tells_of_a_person,
    "notes whom it writes to",
    on="meetings",
    create=lambda s, item: noting(s, item),
)
saboteur(
    privacy.no_log_and_no_error_tells_of_a_person,
    "quotes what it could not write",
    on="records",
    update=lambda s, id, item: quoting(s, id, item),
)


def noting(s, item):
    LOG.debug("inviting %s", item.invited)
    return s.inner.create(item)


def quoting(s, id, item):
    try:
        return s.inner.update(id, item)
    except ConflictError:
        return refuse(ConflictError(f"{item.facts} was changed."))


saboteur(
    privacy.no_repr_and_no_pickle_tells_of_a_person,
    "shows what it holds",
    on="records",
    create=lambda s, item: first(s.memory.update({0: item}), s.inner.create(item)),
    __repr__=lambda s: f"<records {s.memory[0].facts}>" if s.memory else "<records>",
)
saboteur(
    privacy.no_repr_and_no_pickle_tells_of_a_person,
    "can be carried away whole",
    on="workspace",
    __reduce__=lambda s: (str, (s.rig.people[0],)),
)
