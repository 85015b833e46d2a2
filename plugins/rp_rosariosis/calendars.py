"""Which attendance calendars say what a school day is.

A school may keep several a year (a nursery's, a summer school's) and calls one of them its default. A day of
another one alone is no school day for everybody, and every deadline is counted in those.
"""

from __future__ import annotations

from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Filters, Rosario
from rp_rosariosis.values import given

CALENDARS = "attendance_calendars"


def school_days(rosario: Rosario, school_id: int) -> Filters:
    """What attendance_calendar is filtered by: a year without a default calendar keeps all of its own."""
    here = ("filter", f"school_id,eq,{school_id}")
    found = {
        given(row, "calendar_id"): (given(row, "syear"), row.get("default_calendar") == "Y")
        for row in rosario.rows(CALENDARS, COLUMNS[CALENDARS], "calendar_id", [here])
    }
    with_default = {year for year, is_default in found.values() if is_default}
    others = [key for key, (year, is_default) in found.items() if year in with_default and not is_default]
    return [here, ("filter", f"calendar_id,nin,{','.join(others)}")] if others else [here]
