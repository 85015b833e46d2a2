"""The counts of a whole school come from the counters, and are those of its marks, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from rp_connect.domain.calendar import Half
from tests.storage.samples import MIS, SCHOOL, add_pupils

DAY = date(2026, 9, 2)
GROUPS = (frozenset("/L"), frozenset("IO"))


def put(work, pupils, school=SCHOOL, codes="/LIO?"):
    """Each pupil another mix of codes; what they were given, by pupil."""
    rows = [
        (no, DAY + timedelta(days=n), half, codes[(n * (place + 1) + half) % len(codes)])
        for place, no in enumerate(pupils)
        for n in range(9)
        for half in Half
    ]
    work.marks.put(school, rows)
    return {no: Counter(code for number, *_, code in rows if number == no) for no in pupils}


def test_each_pupils_codes_are_counted_by_group_and_altogether(store):
    with store.begin() as work:
        given = put(work, add_pupils(work, "a", "b", "c"))
        work.commit()

    with store.read() as work:
        found = dict(work.marks.sums(SCHOOL, 2026, GROUPS))

    expected = {
        no: (codes["/"] + codes["L"], codes["I"] + codes["O"], codes.total()) for no, codes in given.items()
    }
    assert found == expected


def test_another_school_another_year_and_marks_that_were_taken_back_count_for_nothing(store):
    with store.begin() as work:
        (here,) = add_pupils(work, "a")
        work.pupils.put("eastmoor", MIS, [one.record for one in work.pupils.every(SCHOOL)])
        (there,) = [one.no for one in work.pupils.every("eastmoor")]
        put(work, [there], "eastmoor")
        work.marks.put(SCHOOL, [(here, date(2026, 7, 20), Half.AM, "I"), (here, DAY, Half.AM, "O")])
        work.marks.put(SCHOOL, [(here, DAY, Half.AM, "/")])
        work.commit()

    with store.read() as work:
        assert dict(work.marks.sums(SCHOOL, 2026, GROUPS)) == {here: (1, 0, 1)}
        assert dict(work.marks.sums(SCHOOL, 2025, GROUPS)) == {here: (0, 1, 1)}
        assert dict(work.marks.sums("southgate", 2026, GROUPS)) == {}
