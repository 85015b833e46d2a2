"""staff.csv."""

from __future__ import annotations

from collections.abc import Iterable

from rp_connect.domain.people import StaffRecord
from rp_file_drop.cells import Cells
from rp_file_drop.gather import Outcome, Place, gather


def read_staff(rows: Iterable[Cells], place: Place) -> Outcome:
    """Staff have no site: everybody in the folder works for each of its schools."""
    found = gather(rows, ("staff_id",), to_staff)
    return Outcome([*found.records], found.refusals, len(found.keys))


def to_staff(cells: Cells) -> StaffRecord:
    return StaffRecord(
        id=cells.id("staff_id"),
        email=cells.needed("email"),
        given_name=cells.text("given_name"),
        family_name=cells.text("family_name"),
    )
