"""Saboteurs of writing several at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from rp_connect.errors import ConflictError, GoneError, TryLaterError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit import several
from tests.testing.sabotage import first, instead, saboteur

LATER = TryLaterError("Later.")
GHOST = Written("ghost", "1")


def one_by_one(s, items, otherwise):
    return [instead(partial(s.inner.create, item), ConflictError, partial(otherwise, item)) for item in items]


saboteur(
    several.several_are_created_like_one_by_one,
    "leaves out what is more than a batch",
    create_all=lambda s, items: [*s.inner.create_all(items[:20]), *[LATER] * len(items[20:])],
)
saboteur(
    several.several_are_created_like_one_by_one,
    "answers in the order of the keys",
    create_all=lambda s, items: s.inner.create_all(sorted(items, key=lambda item: item.key)),
)
saboteur(
    several.several_are_created_like_one_by_one,
    "sends the last of a batch again with the next",
    create_all=lambda s, items: first(
        answers := s.inner.create_all(items),
        s.inner.create(replace(items[20], key=f"{items[20].key}x")) if len(items) > 20 else None,
        answers,
    ),
)
saboteur(
    several.several_are_found_in_the_order_of_the_questions,
    "answers once too often",
    find_all=lambda s, keys: [*s.inner.find_all(keys), *([None] if keys else [])],
)
saboteur(
    several.several_are_found_in_the_order_of_the_questions,
    "finds what nobody wrote",
    find_all=lambda s, keys: [found or GHOST for found in s.inner.find_all(keys)],
)
saboteur(
    several.several_are_found_in_the_order_of_the_questions,
    "answers from the last to the first",
    find_all=lambda s, keys: s.inner.find_all(keys)[::-1],
)
saboteur(
    several.one_of_several_that_cannot_be_done_does_not_end_the_others,
    "puts off the one that is gone",
    update_all=lambda s, changes: [
        LATER if isinstance(answer, GoneError) else answer for answer in s.inner.update_all(changes)
    ],
)


def stopping(s, changes):
    answers = []
    for change in changes:
        answers += s.inner.update_all([change])
        if isinstance(answers[-1], GoneError):
            break
    return [*answers, *[LATER] * (len(changes) - len(answers))]


def stopping_said(s, changes):
    """All is written, and the answers say otherwise."""
    answers = list(s.inner.update_all(changes))
    gone = next((n for n, answer in enumerate(answers) if isinstance(answer, GoneError)), len(answers))
    return [*answers[: gone + 1], *[LATER] * (len(answers) - gone - 1)]


saboteur(
    several.one_of_several_that_cannot_be_done_does_not_end_the_others,
    "says that what comes after the first that is gone was put off",
    update_all=lambda s, changes: stopping_said(s, changes),
)
saboteur(
    several.one_of_several_that_cannot_be_done_does_not_end_the_others,
    "stops at the first that is gone and says nothing",
    update_all=lambda s, changes: [GHOST if a is LATER else a for a in stopping(s, changes)],
)
saboteur(
    several.one_of_several_that_stands_there_already_is_not_doubled,
    "makes two of what stands there already",
    create_all=lambda s, items: one_by_one(
        s,
        items,
        lambda item: first(s.inner.create(replace(item, key=f"{item.key}x")), s.inner.find(item.key)),
    ),
)
saboteur(
    several.one_of_several_that_stands_there_already_is_not_doubled,
    "puts off what stands there already",
    create_all=lambda s, items: one_by_one(s, items, lambda item: LATER),
)
saboteur(
    several.nothing_asked_is_nothing_answered,
    "answers nothing with an error",
    create_all=lambda s, items: s.inner.create_all(items) if items else [LATER],
)
