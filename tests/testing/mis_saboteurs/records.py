"""Saboteurs of what a reading gives, and of how much of it at once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import PupilRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, Page, Refusal
from rp_connect.testing.mis_kit import bad_rows, clocks, exactness, laziness
from tests.testing.mis_sabotage import by_page, by_pages, by_records, reading, saboteur

ONE_DAY = timedelta(days=1)
WITH_IDS = (Kind.PUPIL, Kind.STAFF, Kind.INCIDENT, Kind.SUSPENSION)
NEW_YEAR = date(2026, 1, 1)
ADA = PupilRecord(id="9999", given_name="Nobody", family_name="Atall")


def shifted(record):
    """A day late, in one date of it."""
    if isinstance(record, Mark):
        return record._replace(day=record.day + ONE_DAY)
    if isinstance(record, Period):
        return replace(record, last=record.last + ONE_DAY)
    if isinstance(record, PupilRecord):
        return record.model_copy(update={"on_roll_from": (record.on_roll_from or NEW_YEAR) + ONE_DAY})
    if isinstance(record, IncidentRecord):
        return record.model_copy(
            update={"occurred": replace(record.occurred, day=record.occurred.day + ONE_DAY)}
        )
    if isinstance(record, SuspensionRecord):
        return record.model_copy(update={"decided": When((record.decided or When(NEW_YEAR)).day + ONE_DAY)})
    return record


def without_zeros(record):
    return record.model_copy(update={"id": record.id.lstrip("0")})


def one_of_each_name(s, records):
    return list({(one.given_name, one.family_name): one for one in records}.values())


def joined(s, pages):
    pages = list(pages)
    yield Page([r for page in pages for r in page.records], cursor=pages[-1].cursor)


def hoarded(s, pages):
    s.own["pages"] = []
    for page in pages:
        s.own["pages"].append(page)
        yield page


saboteur(
    exactness.a_whole_reading_gives_exactly_the_school,
    "leaves out the first of each page",
    **reading(by_records(lambda s, records: records[1:])),
)
saboteur(
    exactness.a_whole_reading_gives_exactly_the_school,
    "takes ids for numbers",
    kinds=WITH_IDS,
    **reading(by_records(lambda s, records: [without_zeros(one) for one in records])),
)
saboteur(
    exactness.a_whole_reading_gives_exactly_the_school,
    "takes namesakes for one",
    kinds=(Kind.PUPIL,),
    **reading(by_records(one_of_each_name)),
)
saboteur(
    exactness.a_whole_reading_gives_exactly_the_school,
    "refuses what it gives",
    **reading(by_page(lambda s, page: replace(page, refusals=[Refusal("1", "is odd, somehow")]))),
)
saboteur(
    exactness.a_first_reading_of_changes_gives_exactly_the_school,
    "begins from now",
    changes=lambda s, kind, cursor: by_records(lambda s, records: [])(s, s.inner.changes(kind, cursor)),
)
saboteur(
    exactness.at_the_border_of_a_page_nothing_is_lost_or_doubled,
    "loses the last of a full page",
    **reading(by_records(lambda s, records: records[: s.rig.page - 1])),
)
saboteur(
    exactness.at_the_border_of_a_page_nothing_is_lost_or_doubled,
    "gives the last of a full page again",
    **reading(by_records(lambda s, records: records + records[s.rig.page - 1 :])),
)
saboteur(
    exactness.a_page_holds_no_more_than_a_thousand_records, "joins all pages", **reading(by_pages(joined))
)
saboteur(
    exactness.the_keys_of_a_whole_reading_are_counted_right,
    "counts the first page",
    **reading(lambda s, given: replace(given, keys=min(given.keys or 0, s.rig.page))),
)
saboteur(
    exactness.an_empty_school_is_given_and_has_no_keys,
    "takes empty for not granted",
    **reading(lambda s, given: replace(given, given=given.keys != 0)),
)
saboteur(
    exactness.an_empty_school_is_given_and_has_no_keys,
    "says nothing of keys where there are none",
    **reading(lambda s, given: replace(given, keys=given.keys or None)),
)
saboteur(
    exactness.an_empty_school_is_given_and_has_no_keys,
    "shows an example where nothing is",
    **reading(by_records(lambda s, records: records or [ADA])),
)
for check in (
    exactness.a_category_that_nobody_mapped_is_named,
    exactness.a_role_that_nobody_mapped_is_named,
    exactness.a_code_that_nobody_mapped_is_named,
):
    saboteur(check, "keeps the word to itself", **reading(lambda s, given: replace(given, unmapped=[])))


def shared(s, given):
    """All objects put their first pages on one pile."""
    pile = s.memory.setdefault("pile", [])
    pages = given.pages()
    pile.append(next(pages))

    def mixed():
        yield pile.pop()
        yield from pages

    return replace(given, pages=mixed)


saboteur(
    exactness.two_objects_at_a_time_do_not_disturb_each_other, "keeps pages on one pile", **reading(shared)
)
saboteur(
    clocks.a_date_does_not_hang_on_where_the_computer_stands,
    "takes the computer's zone for the school's",
    **reading(by_records(lambda s, records: [shifted(r) for r in records] if time.timezone else records)),
)
saboteur(
    clocks.a_moment_is_on_the_schools_own_day_and_a_date_is_never_moved,
    "moves days along with moments",
    **reading(
        by_records(
            lambda s, records: [shifted(r) for r in records] if s.timezone == clocks.AUCKLAND else records
        )
    ),
)


def eagerly(s, given):
    pages = list(given.pages())
    return replace(given, pages=lambda: iter(pages))


saboteur(
    laziness.opening_a_reading_asks_for_its_first_page_at_most,
    "reads all before it is asked",
    **reading(eagerly),
)
saboteur(
    laziness.a_page_is_asked_for_when_it_is_wanted,
    "reads all with the first page",
    **reading(by_pages(lambda s, pages: iter(list(pages)))),
)
saboteur(laziness.no_more_than_a_page_of_marks_is_held, "keeps what it gave", **reading(by_pages(hoarded)))


def nobody_in(record):
    return record.model_copy(update={"involved": ()}) if isinstance(record, IncidentRecord) else record


def refusals(change):
    return reading(by_page(lambda s, page: replace(page, refusals=[change(one) for one in page.refusals])))


saboteur(
    bad_rows.a_row_that_cannot_be_read_is_refused_by_its_key,
    "steps over it",
    **reading(by_page(lambda s, page: replace(page, refusals=[]))),
)
saboteur(
    bad_rows.a_row_that_cannot_be_read_is_refused_by_its_key,
    "names the line",
    **refusals(lambda one: replace(one, key="line 2")),
)
saboteur(
    bad_rows.a_row_that_cannot_be_read_is_refused_by_its_key,
    "says a code",
    **refusals(lambda one: replace(one, reason="E7")),
)
saboteur(
    bad_rows.a_row_that_cannot_be_read_costs_no_other,
    "gives up the page",
    **reading(by_page(lambda s, page: replace(page, records=[]) if page.refusals else page)),
)
saboteur(
    bad_rows.an_incident_whose_pupils_cannot_be_read_is_not_empty,
    "leaves out whom it could not read",
    **reading(by_page(lambda s, page: replace(page, records=[nobody_in(one) for one in page.records]))),
)
