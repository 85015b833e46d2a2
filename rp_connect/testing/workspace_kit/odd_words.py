"""What people paste, write at length, or leave empty; and keys that nothing can bear."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.workspace import PUPIL_FACT, Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.invented import LONG, ODD
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGING, EVERY, Room, answer_of, said

UNBEARABLE = ("", "RP-2026-0001\n.b", "RP-2026-0001\x00", "RP-" + "9" * 5000)
LONGEST_SENTENCE = 500


def saying(room: Room, item: Any, words: str) -> Any:  # noqa: ANN401 - an item of any of the rooms
    """The item with these words where free text stands."""
    if room.kind is EffectKind.TASK:
        return replace(item, details=words)
    if room.kind is EffectKind.MEETING:
        return replace(item, place=words)
    if room.kind is EffectKind.NOTICE:
        return replace(item, lines=(words,))
    facts = ((PUPIL_FACT, words), *item.facts[1:])
    return replace(item, facts=facts, columns={**item.columns, "pupil_names": words})


def emptied(room: Room, item: Any) -> Any:  # noqa: ANN401 - as above
    if room.kind is EffectKind.TASK:
        return replace(item, details="", link="", assignees=(), role="", day=None)
    if room.kind is EffectKind.MEETING:
        return replace(item, place="", invited=(), link="")
    if room.kind is EffectKind.NOTICE:
        return replace(item, lines=(), to=())
    return replace(item, facts=(), tasks=(), columns={})


@check(*EVERY)
def odd_characters_are_taken(rig: WorkspaceUnderTest, room: Room) -> None:
    """A character that the outside system cannot hold must not keep a duty from being shown."""
    item = saying(room, room.item(rig), ODD)
    answer = answer_of(lambda: room.shelf(rig.open()).create(item))

    assert isinstance(answer, Written), f"odd characters ended with {said(answer)}"
    text = " ".join(one.text for one in room.shown(rig))
    assert [word for word in ("before", "👩🏽‍🏫", "after") if word not in text] == [], (
        "words round them are lost"
    )


@check(*EVERY)
def long_texts_are_taken(rig: WorkspaceUnderTest, room: Room) -> None:
    """What does not fit is cut where the outside system must cut it, and the rest is shown."""
    item = saying(room, room.item(rig), LONG)
    answer = answer_of(lambda: room.shelf(rig.open()).create(item))

    assert isinstance(answer, Written), f"a long text ended with {said(answer)}"
    assert ["sentence1." in one.text for one in room.shown(rig)] == [True], "nothing of a long text is shown"


@check(*EVERY)
def empty_texts_are_taken(rig: WorkspaceUnderTest, room: Room) -> None:
    """At first little is known, and a case is opened all the same."""
    item = emptied(room, room.item(rig))
    answer = answer_of(lambda: room.shelf(rig.open()).create(item))

    assert isinstance(answer, Written), f"empty texts ended with {said(answer)}"
    assert room.standing(rig) == [item.key], "with empty texts it does not stand there"


@check(*CHANGING)
def texts_may_become_empty(rig: WorkspaceUnderTest, room: Room) -> None:
    """What is taken out here must not stay there."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    written = shelf.create(saying(room, item, "Larkspur"))
    shelf.update(written.external_id, replace(emptied(room, item), revision=2))

    assert "Larkspur" not in room.shown(rig)[0].text, "a text that was taken out still stands there"


@check(*EVERY)
def a_key_that_nothing_can_bear_is_refused(rig: WorkspaceUnderTest, room: Room) -> None:
    """A key cut to fit may be another's; one that is put off would be tried for ever."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    for key in UNBEARABLE:
        answer = answer_of(partial(shelf.create, replace(item, key=key)))
        final = isinstance(answer, RpConnectError) and not isinstance(answer, TryLaterError | UnclearError)
        assert final, f"a key that nothing can bear ended with {said(answer)}"
        assert len(str(answer)) <= LONGEST_SENTENCE, (
            "the refusal of a key is no sentence that people can read"
        )
    assert room.standing(rig) == [], "something stands under a key that was refused"
