"""No name, address, free text or secret leaves the workspace by a log, an error, a `repr` or a pickle."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Workspace
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.invented import AT, DETAILS, PLACE, PUPIL
from rp_connect.testing.workspace_kit.listening import listening
from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGING, EVERY, NOTICES, Room, answer_of

TODAY = (AT, AT + timedelta(hours=1))
AnyContext = AbstractContextManager[None]


def private_words(rig: WorkspaceUnderTest) -> list[str]:
    """In small letters: each part of the pupil's name, every address, the free texts and the secrets."""
    words = [*PUPIL.split(), *rig.people, PLACE, DETAILS.splitlines()[0], *rig.secrets]
    return [word.lower() for word in words]


def told_in(text: str, rig: WorkspaceUnderTest) -> list[str]:
    return [word for word in private_words(rig) if word in text.lower()]


def rooms_of(rig: WorkspaceUnderTest) -> list[Room]:
    return [room for room in EVERY if room is not NOTICES or Can.NOTICES in rig.can]


def tour(rig: WorkspaceUnderTest) -> Iterator[object]:
    """Everything that a workspace does on a good and on a bad day; gives each answer."""
    workspace = rig.open()
    for room in rooms_of(rig):
        yield from wrote(rig, room, workspace)
    yield answer_of(lambda: list(workspace.tasks.everything()))
    yield answer_of(workspace.probe)
    yield answer_of(workspace.setup)
    yield answer_of(lambda: workspace.busy(rig.people, *TODAY))
    for fault in faults_of(rig):
        with fault():
            for room in rooms_of(rig):
                shelf = room.shelf(workspace)
                yield answer_of(partial(shelf.create, room.item(rig, 9)))
                yield answer_of(partial(shelf.find, room.item(rig, 1).key))
            yield answer_of(lambda: list(workspace.tasks.everything()))
            yield answer_of(workspace.probe)


def wrote(rig: WorkspaceUnderTest, room: Room, workspace: Workspace) -> Iterator[object]:
    shelf, item = room.shelf(workspace), room.item(rig)
    written = shelf.create(item)
    yield written
    yield answer_of(lambda: shelf.create(item))
    if room in CHANGING:
        yield answer_of(lambda: shelf.update(written.external_id, room.changed(item)))
        yield answer_of(lambda: shelf.update(written.external_id, item))
        rig.delete(room.kind, item.key)
        yield answer_of(lambda: shelf.update(written.external_id, item))
        yield answer_of(lambda: shelf.create(item))


def faults_of(rig: WorkspaceUnderTest) -> list[Callable[[], AnyContext]]:
    known: list[tuple[Can, Callable[[], AnyContext]]] = [
        (Can.LOSE_ANSWERS, rig.losing_answers),
        (Can.CUT_WRITES, rig.cutting_writes),
        (Can.REFUSE, rig.refusing),
        (Can.VANISH, rig.vanished),
        (Can.ASK_FOR_PATIENCE, lambda: rig.asking_for_patience(None)),
        (Can.SAY_HOW_LONG, lambda: rig.asking_for_patience(7.0)),
    ]
    return [fault for can, fault in known if can in rig.can] or [nullcontext]


@check()
def no_log_and_no_error_tells_of_a_person(rig: WorkspaceUnderTest) -> None:
    """Logs and errors are read by people, and kept by services, that have nothing to do with the child."""
    with listening() as heard:
        answers = list(tour(rig))
    errors = [answer for answer in answers if isinstance(answer, RpConnectError)]
    printed = "\n".join("".join(traceback.format_exception(error)) for error in errors)

    assert told_in("\n".join(heard.lines), rig) == [], "a log tells of a person, or a secret"
    assert told_in(printed, rig) == [], "an error tells of a person, or a secret"


@check()
def no_repr_and_no_pickle_tells_of_a_person(rig: WorkspaceUnderTest) -> None:
    """A debugger's page and a crash report print whatever is at hand."""
    workspace = rig.open()
    shelves = [room.shelf(workspace) for room in rooms_of(rig)]
    answers = [room.shelf(workspace).create(room.item(rig)) for room in rooms_of(rig)]
    at_hand = [workspace, *shelves, *answers, *workspace.tasks.everything()]

    assert told_in(" ".join(map(repr, at_hand)), rig) == [], "a repr tells of a person, or a secret"
    assert told_in(pickled(workspace), rig) == [], "a pickle tells of a person, or a secret"


def pickled(thing: object) -> str:
    """Its bytes as text; empty where it cannot be pickled, which is as good."""
    try:
        return pickle.dumps(thing).decode("latin-1")
    except (pickle.PicklingError, TypeError, AttributeError):
        return ""
