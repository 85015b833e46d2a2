"""What is granted, how a request is made, and how a bad answer ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from rp_arbor.asked import FIELDS
from rp_arbor.names import href_of, path_of, roots_of
from rp_arbor.settings import ArborSettings
from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_arbor.rig import OWN, adapter_at, everything, note
from tests.plugins.rp_arbor.vendor import ENTITIES, TOKEN, ArborSite, Came, error, serving

MAIN = {
    Kind.CALENDAR: "Term",
    Kind.PUPIL: "Student",
    Kind.STAFF: "Staff",
    Kind.INCIDENT: "BehaviouralIncident",
    Kind.SUSPENSION: "FixedPeriodExclusion",
    Kind.ATTENDANCE: "AttendanceRollCallRecord",
}

CAPABILITIES = {
    Kind.CALENDAR: "calendar",
    Kind.PUPIL: "pupils",
    Kind.STAFF: "staff",
    Kind.INCIDENT: "incidents",
    Kind.SUSPENSION: "suspensions",
    Kind.ATTENDANCE: "attendance",
}
NEEDED = [
    *MAIN.items(),
    (Kind.CALENDAR, "AcademicHoliday"),
    (Kind.STAFF, "EmailAddress"),
    (Kind.INCIDENT, "BehaviouralIncidentStudentInvolvement"),
    (Kind.INCIDENT, "BehaviouralIncidentBehaviour"),
    (Kind.ATTENDANCE, "AttendanceMark"),
    (Kind.ATTENDANCE, "AttendanceRollCall"),
]
"""What a kind cannot do without."""


@pytest.mark.parametrize(("kind", "entity"), NEEDED)
def test_a_silent_empty_object_is_not_an_empty_school(
    site: ArborSite, adapter: MisAdapter, kind: Kind, entity: str
) -> None:
    """Nor incidents without whoever is responsible, nor marks without a meaning."""
    site.withheld = {entity}
    taken, probe = everything(adapter, kind), adapter.probe()
    assert not taken.reading.given
    assert taken.pages == []
    assert entity in probe.not_granted
    assert CAPABILITIES[kind] not in probe.capabilities


@pytest.mark.parametrize("entity", ENTITIES)
def test_whatever_is_not_granted_is_named_and_nothing_else(
    site: ArborSite, adapter: MisAdapter, entity: str
) -> None:
    site.withheld = {entity}
    assert adapter.probe().not_granted == [entity]


def test_what_can_be_had_is_what_a_reading_gives_whatever_is_withheld(
    site: ArborSite, adapter: MisAdapter
) -> None:
    for entity in ENTITIES:
        site.withheld = {entity}
        given = {CAPABILITIES[kind] for kind in Kind if adapter.changes(kind, None).given}
        assert given == set(adapter.probe().capabilities) - {"outcomes"}, entity


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CALENDAR])
def test_an_empty_list_is_a_school_without_any(site: ArborSite, adapter: MisAdapter, kind: Kind) -> None:
    for entity in ENTITIES:
        site.rows[entity] = {}
    taken = everything(adapter, kind)
    assert taken.reading.given
    assert (taken.reading.keys, taken.records) == (0, [])


def test_persons_that_are_not_granted_leave_no_pupils_rather_than_nameless_ones(
    site: ArborSite, adapter: MisAdapter
) -> None:
    site.withheld = {"Person"}
    assert not everything(adapter, Kind.PUPIL).reading.given
    assert "pupils" not in adapter.probe().capabilities


def test_an_entity_that_stops_being_granted_in_the_middle_is_no_end_of_the_list(site: ArborSite) -> None:
    with serving(site) as url:
        pages = adapter_at(url, page_size=1).changes(Kind.PUPIL, None).pages()
        next(pages)
        site.withheld = {"Student"}
        with pytest.raises(AccessError, match="middle"):
            list(pages)


@pytest.mark.parametrize(("kind", "entity"), NEEDED)
def test_what_stops_being_granted_before_its_first_row_is_no_empty_list_either(
    site: ArborSite, adapter: MisAdapter, kind: Kind, entity: str
) -> None:
    """Else the cursor would step over every record of it, or incidents come without whoever did it."""
    reading = adapter.changes(kind, None)
    site.withheld = {entity}
    with pytest.raises(AccessError, match=f"{entity} in the middle"):
        list(reading.pages())


def test_keys_are_not_counted_of_a_list_that_stops_being_granted(site: ArborSite) -> None:
    """Else a whole reading of three pupils would bear the proof that there are fewer."""

    def spoil(came: Came, status: int, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        ended = came.entity == "Student" and ("page-number", "2") in came.query
        return status, b"{}" if ended else body, {}

    with serving(site, spoil) as url, pytest.raises(AccessError, match="Student in the middle"):
        adapter_at(url).everything(Kind.PUPIL)


def test_a_record_without_contents_is_refused_by_its_key(site: ArborSite) -> None:
    site.brief = True

    def spoil(came: Came, status: int, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        return status, b"{}" if came.path.endswith("fixed-period-exclusions/1") else body, {}

    with serving(site, spoil) as url:
        assert everything(adapter_at(url), Kind.SUSPENSION).refused == {
            "1": "Arbor gives it without contents"
        }


def test_a_probe_tells_all_that_can_be_had_in_a_few_requests(site: ArborSite, adapter: MisAdapter) -> None:
    probe = adapter.probe()
    assert probe.not_granted == []
    assert len(probe.capabilities) == 7
    assert len(site.came) <= 24
    assert sum(came.rows for came in site.came) <= 24


def test_a_request_bears_the_application_and_our_own_name(site: ArborSite, url: str) -> None:
    adapter_at(url, application_id="app-7").probe()
    headers = site.came[0].headers
    assert headers["x-mis-application-id"] == "app-7"
    assert headers["user-agent"] == "rp-connect"
    assert "x-mis-application-id" not in _headers_of(site, url)


def _headers_of(site: ArborSite, url: str) -> Mapping[str, str]:
    site.came.clear()
    adapter_at(url).probe()
    return site.came[0].headers


def test_a_wrong_token_is_for_a_person(site: ArborSite, adapter: MisAdapter) -> None:
    site.token = "another"
    with pytest.raises(AccessError):
        adapter.probe()


def test_an_error_within_a_good_answer_is_an_error(site: ArborSite) -> None:
    for code, kind in ((403, AccessError), (500, TryLaterError), (404, ConfigError), (422, AccessError)):
        body = json.dumps(error(code, "Somebody Secretname")).encode()
        with (
            serving(site, lambda *_, body=body: (200, body, {})) as url,
            pytest.raises(kind) as told,
        ):
            adapter_at(url).probe()
        assert "Secretname" not in str(told.value)


def test_a_page_of_another_site_is_a_wrong_address(site: ArborSite) -> None:
    with (
        serving(site, lambda *_: (200, b"<!DOCTYPE html><form>", {})) as url,
        pytest.raises(ConfigError, match="base_url"),
    ):
        adapter_at(url).probe()
    with (
        serving(site, lambda *_: (302, b"", {"Location": "https://elsewhere.example/"})) as url,
        pytest.raises(ConfigError, match="302"),
    ):
        adapter_at(url).probe()


@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("", None), ("soon", None)])
def test_patience_is_passed_on_as_it_was_asked_for(
    site: ArborSite, header: str, seconds: float | None
) -> None:
    with (
        serving(site, lambda *_: (429, b"{}", {"Retry-After": header})) as url,
        pytest.raises(TryLaterError) as told,
    ):
        adapter_at(url).probe()
    assert told.value.retry_after == seconds


@pytest.mark.parametrize(
    ("header", "pauses"), [("", [0.2, 0.4]), ("2", [2.0, 2.0]), ("3", [3.0, 3.0]), ("120", [])]
)
def test_a_read_is_tried_three_times_with_a_pause_in_between_and_never_after_a_long_one_was_asked_for(
    site: ArborSite, header: str, pauses: list[float]
) -> None:
    waited: list[float] = []
    with (
        serving(site, lambda *_: (503, b"{}", {"Retry-After": header})) as url,
        pytest.raises(TryLaterError),
    ):
        adapter_at(url, waited.append).probe()
    assert waited == pauses


def test_neither_a_name_nor_the_token_is_in_a_log_an_error_or_a_repr(
    site: ArborSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.refuses = {"1"}
    told = []
    with serving(site) as url:
        adapter = adapter_at(url)
        told.append(repr(vars(adapter)) + repr(everything(adapter, Kind.PUPIL).pages))
        for mend in (lambda: adapter.write_outcome(note()), lambda: _wrong(site, adapter)):
            try:
                mend()
            except RpConnectError as problem:
                told.append(str(problem))
    assert len(told) == 3
    for word in (TOKEN, "Secretname", "Family1", "Both want"):
        assert word not in "\n".join([*told, caplog.text])


def _wrong(site: ArborSite, adapter: MisAdapter) -> object:
    site.token = "another"
    return adapter.probe()


def test_names_become_addresses_as_in_the_vendors_own_library() -> None:
    assert path_of("FixedPeriodExclusion") == "fixed-period-exclusions"
    assert path_of("UkDfe_UpnAssignment") == "uk-dfe_upn-assignments"
    assert path_of("AcademicHoliday") == "academic-holidays"
    assert path_of("Eligibility") == "eligibilities"
    assert (roots_of("Staff"), href_of("Staff", "7")) == ("staffs", "/rest-v2/staffs/7")


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "http://school.uk.arbor.sc"},
        {"base_url": "https://user:secret@school.uk.arbor.sc"},
        {"base_url": "school.uk.arbor.sc"},
        {"token": "the-token-itself"},
        {"lunchtime": ["13:30", "12:00"]},
        {"page_size": 5000},
        {"holiday_types": {"INSET day": "party"}},
        {"colour": "red"},
    ],
)
def test_a_wrong_setting_is_refused_and_not_shown(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as told:
        ArborSettings.model_validate(OWN | {"base_url": "https://school.uk.arbor.sc"} | change)
    assert "the-token-itself" not in str(told.value)
    assert "secret" not in str(told.value)


def test_the_address_may_end_with_the_version_of_the_api() -> None:
    own = ArborSettings.model_validate(OWN | {"base_url": "https://school.uk.arbor.sc/rest-v2/"})
    assert own.base_url == "https://school.uk.arbor.sc"


def test_every_property_has_a_reason_and_none_is_special() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert all(field.reason and field.kind in set(Kind) and not field.special for field in FIELDS)


def test_only_entities_that_are_declared_are_asked_for(site: ArborSite, adapter: MisAdapter) -> None:
    adapter.probe()
    for kind in Kind:
        everything(adapter, kind)
    adapter.write_outcome(note())
    declared = {field.name.partition(".")[0] for field in FIELDS}
    assert {came.entity for came in site.came} <= declared
