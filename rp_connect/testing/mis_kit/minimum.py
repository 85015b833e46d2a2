"""Data minimisation: only what is declared is asked for, with a reason; and nothing is ever written."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import changes, everything
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest


def read_all(rig: MisUnderTest) -> None:
    """All that a core reads in two mornings."""
    school = awkward(rig.can)
    rig.hold(school)
    adapter = rig.open()
    adapter.probe()
    for kind in rig.kinds:
        everything(adapter, kind)
        changes(adapter, kind, changes(adapter, kind, None).cursor)


@check(needs=[Can.SHOW_FIELDS])
def only_declared_fields_are_asked_for(rig: MisUnderTest) -> None:
    """A school grants what it was told of, and a child's record holds much that is nobody's business here."""
    read_all(rig)
    declared = [field.name for field in rig.spec.fields]
    asked = {name for one in rig.asked() for name in one.fields}

    assert asked, "the rig does not show which fields are asked for"
    beyond = sorted(name for name in asked if not any(fnmatchcase(name, pattern) for pattern in declared))
    assert beyond == [], "fields are asked for that are not declared"


@check(needs=[Can.SHOW_FIELDS])
def every_declared_field_has_a_reason(rig: MisUnderTest) -> None:
    """The data protection officer reads this list, and asks of each line: what for?"""
    kinds = {kind.value for kind in Kind}

    assert [field.name for field in rig.spec.fields if len(field.reason.split()) < 3] == [], (
        "no reason is given"
    )
    assert [field.name for field in rig.spec.fields if field.kind not in kinds] == [], (
        "this is no kind of record"
    )


@check()
def reading_writes_nothing(rig: MisUnderTest) -> None:
    """An MIS is the school's memory: we are guests in it, and read."""
    rig.hold(awkward(rig.can))
    before = rig.standing()
    read_all(rig)

    assert rig.standing() == before, "reading changed what stands in the MIS"
    assert [one for one in rig.asked() if one.writes] == [], "a reading sent a write"
