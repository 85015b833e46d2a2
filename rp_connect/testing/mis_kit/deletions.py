"""Deleted, or only missing: a suspension that was withdrawn ends its duties; one not read must not."""

from __future__ import annotations

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Tombstone
from rp_connect.testing.mis_kit.checks import DELETED, check
from rp_connect.testing.mis_kit.faults import faults_of
from rp_connect.testing.mis_kit.following import corrected
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import Taken, answer_of, changes, everything, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.school import LONDON, School, key_of

WITHOUT_CONTENTS = (Fault.NO_BODY, Fault.HOLLOW)


def without_the_first(school: School, kind: Kind) -> School:
    return school.having(kind, school.of(kind)[1:])


def after_a_deletion(rig: MisUnderTest, kind: Kind) -> tuple[str, Taken]:
    """The id of what was deleted, and what changed since."""
    school = awkward(rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    rig.hold(without_the_first(school, kind))
    return key_of(school.of(kind)[0]), changes(rig.open(), kind, cursor)


@check(*DELETED, needs=[Can.TOMBSTONES], deletable=True)
def what_was_deleted_has_a_tombstone(rig: MisUnderTest, kind: Kind) -> None:
    """A suspension that the head withdrew asks nothing of anybody any more."""
    deleted, taken = after_a_deletion(rig, kind)
    stones = {stone.id: stone.deleted for stone in taken.tombstones}

    assert sorted(stones) == [deleted], "the tombstones are not those of what was deleted"
    on = rig.mis.removed[-1].at.astimezone(LONDON).date()
    assert stones[deleted].day == on, "a tombstone bears another day than that of the deletion"


@check(*DELETED, needs=[Can.TOMBSTONES], deletable=True)
def what_was_deleted_is_no_longer_given(rig: MisUnderTest, kind: Kind) -> None:
    """Some vendors give deleted records as records, with a mark on them."""
    deleted, taken = after_a_deletion(rig, kind)
    given = {key_of(record) for record in [*taken.records, *everything(rig.open(), kind).records]}

    assert deleted not in given, "what was deleted is given as if it were there"


@check(*DELETED, without=[Can.TOMBSTONES])
def what_is_only_missing_has_no_tombstone(rig: MisUnderTest, kind: Kind) -> None:
    """An export that was cut short, a filter that somebody set: a missing row proves nothing."""
    _, taken = after_a_deletion(rig, kind)

    whole = everything(rig.open(), kind)
    assert taken.tombstones == [], "what is only missing from the changes is told as deleted"
    assert whole.tombstones == [], "what is only missing from the whole is told as deleted"


@check(*DELETED, needs=[Can.TOMBSTONES, Can.FAIL, Can.SHOW_REQUESTS], deletable=True)
def a_failure_tells_of_no_deletion(rig: MisUnderTest, kind: Kind) -> None:
    """A proxy that has no page for a suspension says nothing of the suspension itself: its duties stay."""
    school = awkward(rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    rig.hold(corrected(school, kind))
    for good in range(_requests_for(rig, kind, cursor)):
        for fault in (Fault.NOT_FOUND_PAGE, *WITHOUT_CONTENTS):
            stones = _stones_in_spite_of(rig, kind, cursor, fault, good)
            assert stones == [], f"what is there is told as deleted because of {fault}"


def _requests_for(rig: MisUnderTest, kind: Kind, cursor: Cursor | None) -> int:
    before = len(rig.asked())
    changes(rig.open(), kind, cursor)
    return len(rig.asked()) - before


def _stones_in_spite_of(
    rig: MisUnderTest, kind: Kind, cursor: Cursor | None, fault: Fault, good: int
) -> list[Tombstone]:
    """Those of the pages before the end, whichever it is, where only so many answers are good."""
    pages: list[Page] = []
    with rig.failing(fault, after=good):
        answer_of(lambda: pages.extend(rig.open().changes(kind, cursor).pages()))
    return [stone for page in pages for stone in page.tombstones]


def _whole_after_a_deletion(rig: MisUnderTest) -> tuple[str, str, Reading]:
    """The ids of a suspension that is gone and of one that is not."""
    deleted, _ = after_a_deletion(rig, Kind.SUSPENSION)
    held = key_of(rig.mis.school.suspensions[0])
    reading = rig.open().everything(Kind.SUSPENSION)
    list(reading.pages())
    return deleted, held, reading


@check(needs=[Can.CONFIRM_GONE])
def what_is_missing_can_be_asked_for_alone(rig: MisUnderTest) -> None:
    """Where deletions leave no trace, only the MIS itself can say that one suspension is really gone."""
    deleted, held, reading = _whole_after_a_deletion(rig)
    confirm = reading.confirm_gone

    assert confirm is not None, "nobody can be asked whether it is gone"
    assert confirm(deleted), "what is gone is told as there"
    assert not confirm(held), "what is there is told as gone"


@check(needs=[Can.CONFIRM_GONE])
def a_list_of_changes_offers_no_search_for_what_is_gone(rig: MisUnderTest) -> None:
    """All that did not change is missing from it."""
    rig.hold(awkward(rig.can))
    cursor = changes(rig.open(), Kind.SUSPENSION, None).cursor

    reading = rig.open().changes(Kind.SUSPENSION, cursor)
    assert reading.confirm_gone is None, "a list of changes invites to search for what is gone"


@check(needs=[Can.CONFIRM_GONE, Can.FAIL])
def a_failure_does_not_confirm_that_anything_is_gone(rig: MisUnderTest) -> None:
    """The school would see duties towards a child end because a server was being mended."""
    deleted, held, reading = _whole_after_a_deletion(rig)
    confirm = reading.confirm_gone or (lambda _: True)
    for fault in faults_of(rig, Fault.SILENCE, Fault.LOST_ANSWER, *WITHOUT_CONTENTS):
        with rig.failing(fault):
            answer = answer_of(lambda: confirm(deleted))
        assert isinstance(answer, RpConnectError), f"asked in spite of {fault}, it answered {said(answer)}"
    for fault in WITHOUT_CONTENTS:
        with rig.failing(fault):
            answer = answer_of(lambda: confirm(held))
        unconfirmed = isinstance(answer, RpConnectError) or not answer
        assert unconfirmed, f"what is there is told as gone because of {fault}"


@check(without=[Can.CONFIRM_GONE])
def who_cannot_confirm_that_something_is_gone_does_not_offer_it(rig: MisUnderTest) -> None:
    """Then what is missing stays, and a person cancels it."""
    rig.hold(awkward(rig.can))

    assert rig.open().everything(Kind.SUSPENSION).confirm_gone is None, "it offers what it does not declare"
