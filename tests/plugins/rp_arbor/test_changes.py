"""The change log: what changed, what was deleted, whose a part was, and where a reading goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from rp_arbor.feed import Feed
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import PupilRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_arbor.rig import (
    adapter_at,
    add_exclusion,
    add_mark,
    add_pupil,
    changes,
    everything,
    school,
    take,
)
from tests.plugins.rp_arbor.vendor import ArborSite, Came, Row, path_of, serving, to

FURTHER = "ExclusionExclusionReason"
MARKS = "AttendanceRollCallRecord"
INVOLVED = "BehaviouralIncidentStudentInvolvement"


def ids(records: object) -> list[str]:
    assert isinstance(records, list)
    return [r.id for r in records if isinstance(r, PupilRecord | SuspensionRecord)]


def test_a_whole_reading_counts_its_keys_before_the_first_page(adapter: MisAdapter) -> None:
    assert adapter.everything(Kind.SUSPENSION).keys == 3
    assert adapter.everything(Kind.PUPIL).keys == 3


def test_where_nothing_changed_a_poll_asks_for_no_record(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    before = len(site.came)
    taken = changes(adapter, Kind.SUSPENSION, cursor)
    assert (taken.records, taken.refused, taken.deleted) == ([], {}, [])
    assert len(site.came) - before <= 6


def test_the_cursor_is_a_revision_for_each_entity_and_never_falls(
    site: ArborSite, adapter: MisAdapter
) -> None:
    first = everything(adapter, Kind.PUPIL).cursor
    add_pupil(site, 4)
    second = changes(adapter, Kind.PUPIL, first).cursor
    assert first is not None
    assert second is not None
    assert json.loads(json.dumps(second)) == second
    assert all(second["revisions"][name] >= at for name, at in first["revisions"].items())
    assert second["revisions"]["Student"] == site.revision


def test_a_suspension_that_was_deleted_has_a_tombstone_under_its_own_name(
    site: ArborSite, adapter: MisAdapter
) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    site.delete("PermanentExclusion", 1)
    assert changes(adapter, Kind.SUSPENSION, cursor).deleted == ["PermanentExclusion-1"]


def test_changed_and_then_deleted_is_deleted_and_nothing_else(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    add_exclusion(site, 1, statisticalDaysExcluded="1")
    site.delete("FixedPeriodExclusion", 1)
    taken = changes(adapter, Kind.SUSPENSION, cursor)
    assert (taken.deleted, taken.records) == (["1"], [])


def test_replayed_a_cursor_gives_the_same_again(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    add_exclusion(site, 2)
    once, twice = (changes(adapter, Kind.SUSPENSION, cursor) for _ in range(2))
    assert ids(once.records) == ["2"]
    assert (once.records, once.cursor) == (twice.records, twice.cursor)


def test_a_log_that_begins_with_the_cursors_own_revision_gives_nothing_twice(site: ArborSite) -> None:
    site.inclusive = True
    with serving(site) as url:
        adapter = adapter_at(url)
        cursor = everything(adapter, Kind.SUSPENSION).cursor
        assert changes(adapter, Kind.SUSPENSION, cursor).records == []
        add_exclusion(site, 2)
        assert ids(changes(adapter, Kind.SUSPENSION, cursor).records) == ["2"]


def test_a_name_that_was_corrected_brings_its_pupil(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.PUPIL).cursor
    add_pupil(site, 2, legalLastName="Renamed")
    site.put("Person", 9999, legalFirstName="Some", legalLastName="Guardian")
    taken = changes(adapter, Kind.PUPIL, cursor)
    assert [(r.id, r.family_name) for r in taken.records if isinstance(r, PupilRecord)] == [("2", "Renamed")]


def test_a_further_reason_brings_its_suspension(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    site.put(
        "ExclusionExclusionReason",
        2,
        exclusion=to("PermanentExclusion", 1),
        exclusionReason=to("ExclusionReason", 1),
    )
    (found,) = changes(adapter, Kind.SUSPENSION, cursor).records
    assert isinstance(found, SuspensionRecord)
    assert found.reasons == ("ARBOR_3", "PP")


def test_a_part_that_was_deleted_has_the_kind_read_whole(site: ArborSite, adapter: MisAdapter) -> None:
    """Nobody can tell any more whose it was."""
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    site.delete("ExclusionExclusionReason", 1)
    taken = changes(adapter, Kind.SUSPENSION, cursor)
    found = {r.id: r for r in taken.records if isinstance(r, SuspensionRecord)}
    assert found["1"].reasons == ("PP",)
    assert taken.reading.keys is None


def test_a_deletion_between_the_log_and_the_whole_reading_is_not_stepped_over(site: ArborSite) -> None:
    """The whole reading no longer shows it, so that only the log can."""
    with serving(site) as url:
        cursor = everything(adapter_at(url), Kind.SUSPENSION).cursor
    site.delete(FURTHER, 1)
    hasty = Hasty(rows=site.rows, log=site.log, revision=site.revision)
    with serving(hasty) as url:
        first = changes(adapter_at(url), Kind.SUSPENSION, cursor)
        second = changes(adapter_at(url), Kind.SUSPENSION, first.cursor)
    assert "PermanentExclusion-1" not in ids(first.records)
    assert [*first.deleted, *second.deleted] == ["PermanentExclusion-1"]


class Hasty(ArborSite):
    """Somebody deletes a permanent exclusion when the log of its kind has just been read."""

    def _changes(self, entity: str, query: Mapping[str, str]) -> list[Row]:
        found = super()._changes(entity, query)
        if entity == FURTHER and "1" in self.rows["PermanentExclusion"]:
            self.delete("PermanentExclusion", 1)
        return found


def test_a_change_of_nobody_in_particular_has_the_kind_read_whole_once(site: ArborSite) -> None:
    """Else every sync would read it whole from then on."""
    with serving(site) as url:
        cursor = everything(adapter_at(url), Kind.SUSPENSION).cursor
    add_exclusion(site, 2)

    def spoil(came: Came, status: int, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        return status, body.replace(b"changedObject", b"somethingElse"), {}

    with serving(site, spoil) as url:
        first = changes(adapter_at(url), Kind.SUSPENSION, cursor)
        second = changes(adapter_at(url), Kind.SUSPENSION, first.cursor)
    assert ids(first.records) == ["1", "2", "PermanentExclusion-1", "InternalExclusion-1"]
    assert second.records == []


def test_many_changed_marks_are_looked_for_in_the_list_and_older_ones_one_by_one(
    site: ArborSite, adapter: MisAdapter
) -> None:
    cursor = everything(adapter, Kind.ATTENDANCE).cursor
    for n in range(100, 230):
        add_mark(site, n, 1, 1, pupil=n, day="2099-01-05")
    add_mark(site, 300, 2, 2, pupil=300, day="2020-01-06")
    before = len(site.came)
    taken = changes(adapter, Kind.ATTENDANCE, cursor)
    assert len(taken.records) == 131
    assert len(site.came) - before < 30


def test_many_changed_marks_are_given_a_page_at_a_time(site: ArborSite, adapter: MisAdapter) -> None:
    """A fortnight of a large school is never held at once."""
    cursor = everything(adapter, Kind.ATTENDANCE).cursor
    for n in range(100, 500):
        add_mark(site, n, 1, 1, pupil=n, day="2099-01-05")
    site.came.clear()
    first = next(page for page in adapter.changes(Kind.ATTENDANCE, cursor).pages() if page.records)
    assert len(first.records) == 50
    assert len([came for came in site.came if came.rows > 1 and came.entity == MARKS]) == 1


def test_marks_that_stop_being_granted_among_many_are_not_stepped_over(
    site: ArborSite, adapter: MisAdapter
) -> None:
    cursor = everything(adapter, Kind.ATTENDANCE).cursor
    for n in range(100, 250):
        add_mark(site, n, 1, 1, pupil=n, day="2099-01-05")
    pages = adapter.changes(Kind.ATTENDANCE, cursor).pages()
    next(pages)
    site.withheld = {MARKS}
    with pytest.raises(AccessError, match="middle"):
        list(pages)


def test_a_long_log_is_read_in_parts(
    site: ArborSite, adapter: MisAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    for n in range(10, 60):
        add_exclusion(site, n)
    monkeypatch.setattr("rp_arbor.client.MOST_BYTES", 3_000)
    taken = changes(adapter, Kind.SUSPENSION, cursor)
    assert sorted(ids(taken.records), key=int) == [str(n) for n in range(10, 60)]
    assert taken.cursor is not None
    assert taken.cursor["revisions"]["FixedPeriodExclusion"] == site.revision
    again = everything(adapter_at(_base(adapter)), Kind.SUSPENSION)
    assert again.cursor == taken.cursor


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("end_left_out", [False, True])
@pytest.mark.parametrize("changed", [1, 2, 3, 50])
def test_a_long_log_in_parts_gives_every_change_once_wherever_a_part_begins_and_ends(
    site: ArborSite,
    adapter: MisAdapter,
    monkeypatch: pytest.MonkeyPatch,
    inclusive: bool,
    end_left_out: bool,
    changed: int,
) -> None:
    site.inclusive, site.end_left_out = inclusive, end_left_out
    before = site.revision
    for n in range(10, 10 + changed):
        add_exclusion(site, n)
    monkeypatch.setattr("rp_arbor.client.MOST_BYTES", 700)
    feed = Feed(vars(adapter)["_arbor"])
    parts = list(feed.since("FixedPeriodExclusion", before))
    found = [change.revision for part in parts for change in part]
    assert found == list(range(before + 1, site.revision + 1))


def test_one_revision_that_is_too_long_is_said_and_not_stepped_over(
    site: ArborSite, adapter: MisAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    add_exclusion(site, 2)
    monkeypatch.setattr("rp_arbor.client.MOST_BYTES", 30)
    with pytest.raises(TryLaterError, match="too long"):
        changes(adapter, Kind.SUSPENSION, cursor)


def _base(adapter: object) -> str:
    arbor = vars(adapter)["_arbor"]
    return str(vars(arbor)["_base"]).removesuffix("/rest-v2")


@pytest.mark.parametrize("first_page", [0, 1])
@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("largest", [20, 1000])
def test_pages_counted_from_nought_or_one_short_or_as_references_lose_nothing(
    first_page: int, brief: bool, largest: int
) -> None:
    site = school()
    site.first_page, site.brief, site.largest = first_page, brief, largest
    for n in range(10, 130):
        add_exclusion(site, n)
    with serving(site) as url:
        taken = everything(adapter_at(url), Kind.SUSPENSION)
    wanted = ["1", *(str(n) for n in range(10, 130)), "PermanentExclusion-1", "InternalExclusion-1"]
    assert ids(taken.records) == wanted
    assert taken.reading.keys == len(wanted)


def test_a_deletion_while_it_is_read_loses_nobody(site: ArborSite, adapter: MisAdapter) -> None:
    """It moves the rest of the list over the borders of pages."""
    for n in range(10, 210):
        add_exclusion(site, n)
    pages = adapter.changes(Kind.SUSPENSION, None).pages()
    taken = [next(pages)]
    site.delete("FixedPeriodExclusion", 1)
    taken += pages
    found = {r.id for page in taken for r in page.records if isinstance(r, SuspensionRecord)}
    assert {str(n) for n in range(10, 210)} <= found


def test_a_deletion_while_its_parts_are_read_takes_no_pupil_out_of_an_incident(site: ArborSite) -> None:
    """One of another incident; what follows moves over the border of a page."""
    site.put(
        "BehaviouralIncident",
        2,
        behaviour=to("Behaviour", 1, "Fight"),
        incidentName="Yard",
        incidentDatetime="2026-11-12 10:45:00",
    )
    for n in range(3, 12):
        whose = to("BehaviouralIncident", 1 if n < 11 else 2)
        site.put(INVOLVED, n, behaviouralIncident=whose, student=to("Student", 1 if n < 11 else 3))
    left = [5]

    def delete_one(came: Came, status: int, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        if left and came.path.endswith(path_of(INVOLVED)) and ("page-number", "1") in list(came.query):
            site.delete(INVOLVED, left.pop())
        return status, body, {}

    with serving(site, delete_one) as url:
        taken = everything(adapter_at(url, page_size=10), Kind.INCIDENT)

    assert left == []
    found = {r.id: [i.pupil_id for i in r.involved] for r in taken.records if isinstance(r, IncidentRecord)}
    assert found["2"] == ["3"]


def test_a_list_that_never_ends_is_not_believed(site: ArborSite) -> None:
    class Stuck(ArborSite):
        def _list(self, came: Came, entity: str) -> tuple[int, object]:
            came.query = [(name, value) for name, value in came.query if name != "page-number"]
            return super()._list(came, entity)

    stuck = Stuck(rows=site.rows, log=site.log, revision=site.revision)
    with serving(stuck) as url, pytest.raises(TryLaterError):
        take(adapter_at(url).changes(Kind.SUSPENSION, None))


def test_what_has_gone_since_the_log_named_it_has_a_tombstone(site: ArborSite, adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    add_exclusion(site, 2)
    del site.rows["FixedPeriodExclusion"]["2"]
    assert changes(adapter, Kind.SUSPENSION, cursor).deleted == ["2"]
