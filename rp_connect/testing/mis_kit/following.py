"""Going on from a cursor: what changed comes, nothing is lost in between, and twice is once."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from pydantic import BaseModel

from rp_connect.domain.attendance import Mark
from rp_connect.domain.suspension import Dates
from rp_connect.ports.mis import Kind, Record
from rp_connect.testing.mis_kit.checks import LARGE, check
from rp_connect.testing.mis_kit.invented import awkward, large
from rp_connect.testing.mis_kit.laziness import rows_of
from rp_connect.testing.mis_kit.readings import changes, last_cursor, through_json
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest
from rp_connect.testing.mis_kit.school import School

_TUESDAY = date(2026, 11, 3)
_CHANGES: dict[Kind, dict[str, Any]] = {
    Kind.PUPIL: {"family_name": "Renamed"},
    Kind.INCIDENT: {"kind": "Theft"},
    Kind.SUSPENSION: {"reasons": ("BU",), "dates": Dates(start=_TUESDAY, end=_TUESDAY, sessions=2)},
}


def changed(record: Record) -> Record:
    """As somebody at the school corrected it today."""
    if isinstance(record, Mark):
        return record._replace(code="M")
    if isinstance(record, BaseModel):
        return record.model_copy(update=_CHANGES[_kind_of(record)])
    raise TypeError("a calendar has no record that is corrected by itself")


def _kind_of(record: BaseModel) -> Kind:
    return next(kind for kind, fields in _CHANGES.items() if set(fields) <= set(type(record).model_fields))


def corrected(school: School, kind: Kind) -> School:
    """The same school with its first record of the kind corrected."""
    first, *others = school.of(kind)
    return school.having(kind, (changed(first), *others))


def among(given: list[Record], school: School, kind: Kind) -> bool:
    """Whether nothing was given but what the school holds now."""
    return not set(given) - set(school.of(kind))


@check(*Kind)
def a_reading_ends_with_a_cursor_that_survives_json(rig: MisUnderTest, kind: Kind) -> None:
    """It is kept in the store, and read by another process a day later."""
    rig.hold(awkward(rig.can))
    pages = list(rig.open().changes(kind, None).pages())
    cursors = [page.cursor for page in pages if page.cursor is not None]

    assert pages[-1:] and pages[-1].cursor is not None, "the last page bears no cursor"  # noqa: PT018 - one fact
    assert [through_json(one) for one in cursors] == [dict(one) for one in cursors], "JSON changes a cursor"


@check(*LARGE)
def a_cursor_once_given_stays_as_it_was(rig: MisUnderTest, kind: Kind) -> None:
    """It is stored with its page, and must not be a page ahead by then."""
    rig.hold(large(kind, 2 * rig.page, rig.can))
    adapter = rig.open()
    given = [page.cursor for page in adapter.changes(kind, None).pages()]
    before = copy.deepcopy(given)
    list(adapter.changes(kind, given[-1]).pages())

    assert given == before, "a cursor was changed after it was given"


@check(*LARGE)
def what_changed_since_is_given_as_it_is_now(rig: MisUnderTest, kind: Kind) -> None:
    """A suspension that was shortened this morning brings the reintegration meeting forward."""
    school = awkward(rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    now = rig.hold(corrected(school, kind))
    given = changes(rig.open(), kind, cursor).records

    assert now.of(kind)[0] in given, "what changed since was not given"
    assert among(given, now, kind), "something was given that the school does not hold"


@check(*LARGE)
def what_is_new_since_is_given(rig: MisUnderTest, kind: Kind) -> None:
    """It is what all of this is for."""
    school = large(kind, 3, rig.can)
    rig.hold(large(kind, 2, rig.can))
    cursor = changes(rig.open(), kind, None).cursor
    now = rig.hold(school)

    assert now.of(kind)[-1] in changes(rig.open(), kind, cursor).records, "what is new was not given"


@check(*LARGE)
def where_nothing_changed_nothing_else_is_given(rig: MisUnderTest, kind: Kind) -> None:
    """Old news that comes again must be the same; a deletion that nobody made ends a duty."""
    now = rig.hold(awkward(rig.can))
    cursor = changes(rig.open(), kind, None).cursor
    again = changes(rig.open(), kind, cursor)

    assert again.refusals == [], "something is refused although nothing changed"
    assert again.tombstones == [], "something is told as deleted although nothing changed"
    assert among(again.records, now, kind), "something was given that the school does not hold"


@check(*LARGE, needs=[Can.CHANGES, Can.SHOW_REQUESTS])
def a_list_of_changes_is_short(rig: MisUnderTest, kind: Kind) -> None:
    """It is asked for every few minutes, of an MIS that the whole school works with."""
    school = large(kind, 3 * rig.page, rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    rig.hold(corrected(school, kind))
    adapter, before = rig.open(), len(rig.asked())
    changes(adapter, kind, cursor)

    assert rows_of(rig, kind, before) <= rig.page, "for one change, more than a page was asked for"


@check(*LARGE, needs=[Can.CHANGES])
def a_list_of_changes_does_not_pass_for_the_whole_school(rig: MisUnderTest, kind: Kind) -> None:
    """With keys it would look as if the school had lost all other pupils overnight."""
    school = awkward(rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    rig.hold(corrected(school, kind))

    assert rig.open().changes(kind, cursor).keys is None, "a list of changes has keys like a whole reading"


@check(*LARGE)
def a_cursor_may_be_used_twice(rig: MisUnderTest, kind: Kind) -> None:
    """A process may die between reading and storing: the next one begins from the same place."""
    school = awkward(rig.can)
    rig.hold(school)
    cursor = changes(rig.open(), kind, None).cursor
    now = rig.hold(corrected(school, kind))
    adapter = rig.open()
    changes(adapter, kind, cursor)

    given = changes(adapter, kind, cursor).records
    assert now.of(kind)[0] in given, "used a second time, a cursor does not give what changed"
    given = changes(rig.open(), kind, cursor).records
    assert now.of(kind)[0] in given, "used after a restart, a cursor does not give what changed"


@check(*LARGE)
def what_changes_while_it_is_read_is_not_lost(rig: MisUnderTest, kind: Kind) -> None:
    """Schools type while we read: a cursor taken at the end would step over what they typed."""
    school = large(kind, 3 * rig.page, rig.can)
    rig.hold(school)
    pages = rig.open().changes(kind, None).pages()
    taken = [next(pages)]
    now = rig.hold(corrected(school, kind))
    taken += pages

    given = [record for page in taken for record in page.records]
    given += changes(rig.open(), kind, last_cursor(taken)).records
    assert now.of(kind)[0] in given, "a correction made during a reading was lost"


@check(*LARGE)
def what_is_new_while_it_is_read_is_not_lost(rig: MisUnderTest, kind: Kind) -> None:
    """The more so at the front of the list, where it pushes others over the border of a page."""
    school = large(kind, 3 * rig.page, rig.can)
    first, *others = school.of(kind)
    rig.hold(school.having(kind, others))
    pages = rig.open().changes(kind, None).pages()
    taken = [next(pages)]
    now = rig.hold(school.having(kind, (first, *others)))
    taken += pages

    given = [record for page in taken for record in page.records]
    given += changes(rig.open(), kind, last_cursor(taken)).records
    assert set(now.of(kind)) <= set(given), "a record was lost while another was typed in"
