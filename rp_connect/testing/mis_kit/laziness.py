"""A reading asks for what is wanted, when it is wanted, and holds no more of it than a page."""

from __future__ import annotations

import gc

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import LARGE, check
from rp_connect.testing.mis_kit.invented import large
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest

PAGES = 4


def rows_of(rig: MisUnderTest, kind: Kind, since: int) -> int:
    """How many records of the kind were given since so many requests."""
    return sum(asked.rows for asked in rig.asked()[since:] if asked.kind is kind)


@check(*LARGE, needs=[Can.SHOW_REQUESTS])
def opening_a_reading_asks_for_its_first_page_at_most(rig: MisUnderTest, kind: Kind) -> None:
    """A reading that is held for a person, or found unchanged, must not have cost the school's MIS a year."""
    rig.hold(large(kind, PAGES * rig.page, rig.can))
    adapter, before = rig.open(), len(rig.asked())
    adapter.everything(kind)

    assert rows_of(rig, kind, before) <= rig.page, "more than a page was asked for before a page was wanted"


@check(*LARGE, needs=[Can.SHOW_REQUESTS])
def a_page_is_asked_for_when_it_is_wanted(rig: MisUnderTest, kind: Kind) -> None:
    """Between two pages the first is stored: what was asked for too early is lost with the process."""
    rig.hold(large(kind, PAGES * rig.page, rig.can))
    adapter, before = rig.open(), len(rig.asked())
    next(adapter.everything(kind).pages())

    assert rows_of(rig, kind, before) <= 2 * rig.page, "further pages were asked for before they were wanted"


@check(Kind.ATTENDANCE)
def no_more_than_a_page_of_marks_is_held(rig: MisUnderTest, kind: Kind) -> None:
    """A year of a large school is half a million marks, and the computer is a small one."""
    rig.hold(large(kind, PAGES * rig.page, rig.can))
    reading, most, longest = rig.open().everything(kind), 0, 0
    before = _marks_alive()
    for page in reading.pages():
        longest = max(longest, len(page.records))
        most = max(most, _marks_alive() - before)

    assert most <= 2 * longest, "marks of earlier pages are still held"


def _marks_alive() -> int:
    gc.collect()
    return sum(type(thing) is Mark for thing in gc.get_objects())
