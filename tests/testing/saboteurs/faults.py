"""Saboteurs of bad days: they hide, invent or mistake a fault."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import (
    AccessError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit import faults
from tests.testing.pinboard import Pin
from tests.testing.sabotage import first, instead, refuse, saboteur

GONE, ACCESS = GoneError("Gone."), AccessError("A person must look.")
GHOST = Written("ghost", "1")


def creating(error, otherwise):
    return lambda s, item: instead(lambda: s.inner.create(item), error, lambda: otherwise(s, item))


def updating(error, otherwise):
    return lambda s, id, item: instead(lambda: s.inner.update(id, item), error, lambda: otherwise(s, item))


def finding(error, otherwise):
    return lambda s, key: instead(lambda: s.inner.find(key), error, otherwise)


def raising(error):
    return lambda s, item: refuse(error)


saboteur(
    faults.a_lost_answer_is_unclear_and_the_thing_is_found,
    "believes that nothing happened",
    create=creating(UnclearError, raising(TryLaterError("Later."))),
)
saboteur(
    faults.a_lost_answer_is_unclear_and_the_thing_is_found,
    "finds only what was answered",
    create=creating(
        UnclearError, lambda s, item: first(s.memory.update({item.key: 1}), refuse(UnclearError("?")))
    ),
    find=lambda s, key: None if key in s.memory and s.there(key) else s.inner.find(key),
)
saboteur(
    faults.a_lost_answer_to_a_change_leaves_one_changed_thing,
    "takes silence for gone",
    update=updating(UnclearError, raising(GONE)),
)
saboteur(
    faults.a_lost_answer_to_a_change_leaves_one_changed_thing,
    "makes another where it is in doubt",
    update=updating(UnclearError, lambda s, item: s.inner.create(replace(item, key=f"{item.key}x"))),
)
saboteur(
    faults.a_write_that_was_cut_leaves_nothing_behind,
    "believes that it was refused",
    create=creating((UnclearError, TryLaterError), raising(ACCESS)),
)


def cut(s, item):
    s.memory[item.key] = True
    raise UnclearError("It may have landed.")


def complaining(s, item):
    s.inner.create(item)
    raise ConflictError("Half a thing.")


def not_before_looking(s, item, otherwise):
    return (
        otherwise(s, item) if item.key in s.memory else creating((UnclearError, TryLaterError), cut)(s, item)
    )


saboteur(
    faults.a_write_that_was_cut_leaves_nothing_behind,
    "finds what it only meant to write",
    create=creating((UnclearError, TryLaterError), cut),
    find=lambda s, key: s.inner.find(key) or (GHOST if key in s.memory else None),
)
saboteur(
    faults.a_write_that_was_cut_leaves_nothing_behind,
    "stumbles over its own remains",
    create=lambda s, item: not_before_looking(s, item, complaining),
)
saboteur(
    faults.a_write_that_was_cut_leaves_nothing_behind,
    "writes beside its own remains",
    create=lambda s, item: not_before_looking(
        s,
        item,
        lambda s, item: first(s.inner.create(replace(item, key=f"{item.key}x")), s.inner.create(item)),
    ),
)


def patient(otherwise):
    """Changes what is done where patience was asked for, without or with a time."""

    def create(s, item):
        try:
            return s.inner.create(item)
        except TryLaterError as error:
            return otherwise(s, item, error)

    return create


saboteur(
    faults.patience_without_a_time_is_passed_on,
    "takes it for a refusal",
    create=patient(lambda s, item, error: refuse(ACCESS)),
)
saboteur(
    faults.patience_without_a_time_is_passed_on,
    "invents a time",
    create=patient(
        lambda s, item, error: refuse(TryLaterError("Later.", retry_after=error.retry_after or 60.0))
    ),
)
saboteur(
    faults.patience_without_a_time_is_passed_on,
    "writes all the same",
    pinboard=True,
    create=patient(
        lambda s, item, error: first(s.rig.board.pins[s.room.kind].append(Pin("late", item)), refuse(error))
    ),
)
saboteur(
    faults.patience_with_a_time_is_passed_on,
    "takes it for a refusal",
    create=patient(lambda s, item, error: refuse(ACCESS)),
)
saboteur(
    faults.patience_with_a_time_is_passed_on,
    "forgets the time",
    create=patient(lambda s, item, error: refuse(TryLaterError("Later."))),
)
saboteur(
    faults.a_refusal_is_told_as_a_refusal,
    "tries a refused write later",
    create=creating(AccessError, raising(TryLaterError("Later."))),
)
saboteur(
    faults.a_refusal_is_told_as_a_refusal,
    "finds nothing where it is refused",
    find=finding(AccessError, lambda: None),
)
saboteur(
    faults.a_refusal_is_told_as_a_refusal,
    "writes all the same",
    pinboard=True,
    create=creating(
        AccessError,
        lambda s, item: first(s.rig.board.pins[s.room.kind].append(Pin("late", item)), refuse(ACCESS)),
    ),
)
saboteur(
    faults.a_refused_reading_is_not_an_empty_one,
    "reads nothing where it is refused",
    on="tasks",
    everything=lambda s: instead(lambda: list(s.inner.everything()), AccessError, list),
)
saboteur(
    faults.a_vanished_workspace_is_not_an_empty_one,
    "reads nothing where nothing is",
    on="tasks",
    everything=lambda s: instead(lambda: list(s.inner.everything()), RpConnectError, list),
)
saboteur(
    faults.nothing_can_be_said_of_a_thing_in_a_vanished_workspace,
    "takes the whole for each",
    find=finding(RpConnectError, lambda: refuse(GONE)),
)
