"""How many marks of which codes each pupil of a school has: read from the counters, never from the marks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

import sqlalchemy as sa

from rp_connect.storage.session import Session
from rp_connect.storage.tables import attendance_counts, pupils


def sums(
    session: Session, school: str, school_year: int, groups: Sequence[Collection[str]]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each pupil's number, and how many marks are of each group; last, how many there are at all."""
    asked = _asked(tuple(frozenset(group) for group in groups))
    for row in session.rows(asked, {"of_school": school, "of_year": school_year}):
        yield row[0], tuple(map(int, row[1:]))


@lru_cache(maxsize=8)
def _asked(groups: tuple[frozenset[str], ...]) -> sa.Select[tuple[int, ...]]:
    """From a school's pupils, who have an index, to the counts of each, which begin with the pupil."""
    here = attendance_counts.c
    ours = [sa.case((here.code.in_(sorted(group)), here.n), else_=0) for group in groups]
    # As a list, not as a join: SQLite would go through the pupils of all schools, in the order of the result.
    theirs = sa.select(pupils.c.no).where(pupils.c.school == sa.bindparam("of_school"))
    return (
        sa.select(here.pupil_no, *map(sa.func.sum, [*ours, here.n]))
        .where(here.pupil_no.in_(theirs), here.school_year == sa.bindparam("of_year"), here.n > 0)
        .group_by(here.pupil_no)
        .order_by(here.pupil_no)
    )
