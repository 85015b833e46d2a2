"""pupils.csv."""

from __future__ import annotations

from collections.abc import Iterable

from rp_connect.domain.people import PupilRecord
from rp_file_drop.cells import BIRTHS, Cells, UnreadableError
from rp_file_drop.gather import Outcome, Place, gather


def read_pupils(rows: Iterable[Cells], place: Place) -> Outcome:
    def read(cells: Cells) -> PupilRecord:
        place.sites.check(cells)
        return to_pupil(cells)

    found = gather(place.sites.pupils(rows), ("pupil_id",), read)
    return Outcome([*found.records], found.refusals, len(found.keys))


def to_pupil(cells: Cells) -> PupilRecord:
    pupil_id = cells.id("pupil_id")
    given, family = cells.text("given_name"), cells.text("family_name")
    if not (given or family):
        raise UnreadableError("given_name and family_name are both empty")
    return PupilRecord(
        id=pupil_id,
        given_name=given,
        family_name=family,
        preferred_name=cells.text("preferred_name"),
        upn=cells.text("upn"),
        date_of_birth=cells.calendar_date("date_of_birth", BIRTHS),
        year_group=cells.text("year_group"),
        reg_group=cells.text("reg_group"),
        on_roll_from=cells.calendar_date("on_roll_from"),
        on_roll_to=cells.calendar_date("on_roll_to"),
        social_worker=cells.flag("social_worker"),
        looked_after=cells.flag("looked_after"),
        ehcp=cells.flag("ehcp"),
        sen_support=cells.flag("sen_support"),
        key_adult_email=cells.text("key_adult_email"),
    )
