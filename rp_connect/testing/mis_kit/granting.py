"""What is granted, what is not, and what this MIS never has: three things that are none of them “empty”."""

from __future__ import annotations

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import LARGE, LISTED, check
from rp_connect.testing.mis_kit.invented import awkward, large
from rp_connect.testing.mis_kit.readings import everything, take
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest

MOST_REQUESTS = 24
"""One of one row for each list, where an MIS says only list by list what it grants; and a few more."""


@check()
def probe_tells_exactly_what_can_be_had(rig: MisUnderTest) -> None:
    """Whoever sets a school up reads this before the first morning."""
    rig.hold(awkward(rig.can))
    probe = rig.open().probe()

    assert set(probe.capabilities) == rig.capabilities, "the capabilities are not those that are declared"
    assert list(probe.not_granted) == [], "something is told as not granted although all is"
    assert list(probe.problems) == [], "something stands in the way although all is well"


@check(*LARGE, needs=[Can.SHOW_REQUESTS])
def probe_is_cheap(rig: MisUnderTest, kind: Kind) -> None:
    """It is asked by hand, again and again, while somebody waits at a terminal."""
    rig.hold(large(kind, 3 * rig.page, rig.can))
    adapter, before = rig.open(), len(rig.asked())
    adapter.probe()
    asked = rig.asked()[before:]

    assert len(asked) <= MOST_REQUESTS, "probing takes too many requests"
    assert sum(one.rows for one in asked if one.kind is kind) <= rig.page, "probing reads the whole school"


@check(*LISTED, needs=[Can.WITHHOLD])
def what_is_not_granted_is_not_empty(rig: MisUnderTest, kind: Kind) -> None:
    """Otherwise a permission that lapsed looks like a school without suspensions."""
    rig.hold(awkward(rig.can))
    with rig.withholding(kind):
        whole, changes = everything(rig.open(), kind), take(rig.open().changes(kind, None))

    assert not whole.reading.given, "what is not granted is given"
    assert not changes.reading.given, "changes of what is not granted are given"
    assert [*whole.records, *changes.records] == [], "records came of what is not granted"


@check(*LISTED, needs=[Can.WITHHOLD])
def probe_tells_what_is_not_granted(rig: MisUnderTest, kind: Kind) -> None:
    """The school must know what to tick, in the vendor's own words."""
    rig.hold(awkward(rig.can))
    with rig.withholding(kind):
        probe = rig.open().probe()

    gone = {rig.capability(kind), *(["marks"] if kind is Kind.ATTENDANCE else [])}
    expected = rig.capabilities - gone
    assert set(probe.capabilities) == expected, "the capabilities are not those that are left"
    assert list(probe.not_granted) != [], "nothing is told as not granted"


@check()
def what_this_mis_never_has_is_not_given(rig: MisUnderTest) -> None:
    """A school whose MIS has no calendar needs to know, so that it is given one."""
    rig.hold(awkward(rig.can))
    for kind in sorted(set(Kind) - set(rig.kinds)):
        taken = everything(rig.open(), kind)
        assert not taken.reading.given, "a kind that this MIS never has is given"
        assert taken.records == [], "records came of a kind that this MIS never has"
