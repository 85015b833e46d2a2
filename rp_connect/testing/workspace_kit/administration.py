"""What an administrator and the core rely on: probe, setup, diaries, the terms of sending, two at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from math import isfinite

from rp_connect.errors import TryLaterError
from rp_connect.ports.workspace import Bulk
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.invented import AT
from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGING, EVERY, NOTICES, Room, answer_of

HOUR = timedelta(hours=1)
REST = timedelta(minutes=1)


@check()
def probe_says_nothing_where_all_is_well(rig: WorkspaceUnderTest) -> None:
    """A check that always complains is read by nobody."""
    workspace = rig.open()
    for room in CHANGING:
        room.shelf(workspace).create(room.item(rig))

    assert list(workspace.probe()) == [], "something stands in the way although all is well"


@check(needs=[Can.REFUSE])
def probe_says_in_a_sentence_what_stands_in_the_way(rig: WorkspaceUnderTest) -> None:
    """Whoever set it up reads this, and nothing else, before the first morning."""
    workspace = rig.open()
    with rig.refusing():
        troubles = list(workspace.probe())

    assert troubles, "access is refused, and nothing is said to stand in the way"
    assert [one for one in troubles if ". " not in f"{one} "] == [], "this is no sentence"


@check()
def looking_writes_nothing(rig: WorkspaceUnderTest) -> None:
    """A look is taken every few minutes; if it changed anything, every look would be news."""
    workspace = rig.open()
    rooms = [room for room in EVERY if room is not NOTICES or Can.NOTICES in rig.can]
    for room in rooms:
        room.shelf(workspace).create(room.item(rig))
    before = rig.standing()
    for room in rooms:
        room.shelf(rig.open()).find(room.item(rig).key)
    list(workspace.tasks.everything())
    workspace.busy(rig.people, AT, AT + HOUR)
    workspace.probe()

    assert rig.standing() == before, "looking changed what stands there"


@check()
def setup_may_be_run_again(rig: WorkspaceUnderTest) -> None:
    """It is run again after each change of a permission, by somebody who does not know what it did before."""
    workspace = rig.open()
    workspace.tasks.create(CHANGING[0].item(rig))
    before = rig.standing()
    told = list(rig.open().setup())

    assert rig.standing() == before, "setup changed what was there already"
    assert told, "setup does not say what it did"
    assert [one for one in told if " " not in one or not one.endswith(".")] == [], "this is no sentence"


@check()
def what_it_can_do_is_what_is_declared(rig: WorkspaceUnderTest) -> None:
    """What is not declared is not checked, so that silence must not hide anything."""
    workspace = rig.open()

    assert workspace.online_meetings == (Can.ONLINE_MEETINGS in rig.can), "online_meetings is not as declared"
    assert (workspace.notices is not None) == (Can.NOTICES in rig.can), "notices are not as declared"
    alone = any(lane.alone for lane in workspace.lanes.values())
    assert alone == (Can.IN_TURN in rig.can), "whether one process has a lane alone is not as declared"


@check(*CHANGING)
def several_at_once_are_taken_where_that_is_declared(rig: WorkspaceUnderTest, room: Room) -> None:
    """What takes several is asked for several, and only that is checked."""
    takes = isinstance(room.shelf(rig.open()), Bulk)

    assert takes == (room.at_once in rig.can), "taking several at once is not as declared"


@check(*EVERY)
def revisions_are_told_where_that_is_declared(rig: WorkspaceUnderTest, room: Room) -> None:
    """By its revision the core knows its own write again."""
    item = room.item(rig)
    room.shelf(rig.open()).create(item)
    found = room.shelf(rig.open()).find(item.key)

    told = found is not None and found.revision is not None
    assert told == (room.revisions in rig.can), "whether revisions are told is not as declared"


@check()
def the_terms_of_sending_can_be_kept(rig: WorkspaceUnderTest) -> None:
    """The worker waits, batches and locks by these figures."""
    one, other = rig.open(), rig.open()

    assert isfinite(one.settles_after), "nobody can wait so long"
    assert one.settles_after >= 0, "nobody can wait for less than no time"
    assert one.scope, "it has no scope to share its limits in"
    assert one.scope == other.scope, "two objects over one workspace do not share their limits"
    limits = one.lanes.values()
    assert [lane for lane in limits if lane.batch < 1 or lane.at_once < 1] == [], "a lane sends nothing"


@check(without=[Can.BUSY])
def who_knows_no_diary_says_nothing(rig: WorkspaceUnderTest) -> None:
    """A guess would take free hours away."""
    assert list(rig.open().busy(rig.people, AT, AT + HOUR)) == [], "hours are taken that nobody can know of"


@check(needs=[Can.BUSY])
def busy_says_when_and_never_why(rig: WorkspaceUnderTest) -> None:
    """Free hours are suggested to whoever sets the meeting; what fills the others is nobody's business."""
    rig.take(rig.people[0], AT, AT + HOUR)
    taken = list(rig.open().busy(rig.people[:2], AT - HOUR, AT + 3 * HOUR))

    assert any(b.begins <= AT and b.ends >= AT + HOUR for b in taken), "an hour that is taken is not told"
    assert not any(b.begins < AT - REST or b.ends > AT + HOUR + REST for b in taken), (
        "free hours are told as taken"
    )


class NoTurn:
    """It is never our turn; `asked_for` holds the scopes and lanes in which one was asked for."""

    def __init__(self) -> None:
        self.asked_for: set[tuple[str, str]] = set()

    def __call__(
        self, scope: str, lane: str, settles_after: float, patience_s: float
    ) -> AbstractContextManager[None]:
        self.asked_for.add((scope, lane))
        raise TryLaterError("It is not our turn.")


@check(needs=[Can.BUSY, Can.IN_TURN])
def diaries_are_read_in_turn_with_the_workers(rig: WorkspaceUnderTest) -> None:
    """A page that asks while a worker sends makes more at a time than the service takes of us."""
    turns = NoTurn()
    workspace = rig.open_in_turn(turns)
    answer = answer_of(lambda: workspace.busy(rig.people, AT, AT + HOUR))

    alone = {(workspace.scope, name) for name, lane in workspace.lanes.items() if lane.alone}
    assert turns.asked_for == alone, "it did not wait for its turn in its own lane"
    assert isinstance(answer, TryLaterError), "it answered although it was not its turn"


@check(*EVERY)
def two_at_a_time_do_not_disturb_each_other(rig: WorkspaceUnderTest, room: Room) -> None:
    """A worker sends in threads, and all of them may share one workspace."""
    shelf = room.shelf(rig.open())
    items = [room.item(rig, n) for n in range(1, 13)]
    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(shelf.create, items))

    ids = {one.key: one.external_id for one in room.shown(rig)}
    assert [ids.get(item.key) for item in items] == [w.external_id for w in written], (
        "one was given another's id"
    )
    assert room.standing(rig) == sorted(item.key for item in items), "not each of them stands there once"
