"""What a school is told that we ask for is what we ask for and use, over a whole sync with its writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.ports.mis import Kind, MisSettings
from rp_connect.ports.register import MarkPlace
from rp_wonde.asked import FIELDS
from rp_wonde.mark_writing import WondeRegister
from rp_wonde.settings import WondeSettings
from tests.plugins.rp_wonde.conftest import LONDON, Open, Secrets
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.test_outcomes import OURS, note
from tests.plugins.rp_wonde.vendor import LoopbackWonde, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import behaviour, employee, exclusion, mark, php, student

DECLARED = [field.name for field in FIELDS]
MONDAY = date(2026, 11, 9)
CHOSEN = Mark("upi-A1", MONDAY, Half.AM, "E")
Sync = Callable[[], object]


@pytest.fixture
def school(school: WondeSchool) -> WondeSchool:
    """Somebody of everything, and a leaver whose leaving date nobody entered."""
    flags = {"child_in_need": True, "in_lea_care": False, "sen_status": "E"}
    left = {"data": {"upn": "Z823000001002", "leaving_date": None}}
    day = php(MONDAY)
    school.put("students", student("A1", extended_details={"data": flags}))
    school.put("students-leaver", student("A2", education_details=left, updated_at=day))
    school.put("employees", employee("E1"))
    school.put("behaviours", behaviour("B1", ("A1", "AG"), ("A2", "TA"), recorded_date=day))
    school.put("exclusions", exclusion("X1", "A1"), exclusion("X2", "A2", student={"data": {"id": "A2"}}))
    school.put("attendance/session", mark("M1", "A1", MONDAY))
    school.put("attendance-leavers/session", mark("M2", "A2", MONDAY, "PM"))
    school.delete("exclusions", "X9", "exclusion")
    school.delete("behaviours", "B9", "behaviour", restored_at=day)
    return school


@pytest.fixture
def sync(school: WondeSchool, wonde: LoopbackWonde, adapter_of: Open, tmp_path: Path) -> Sync:
    """Two mornings, an outcome and a mark; gives all that was read."""

    def morning() -> object:
        adapter = adapter_of(**OURS)
        found: list[object] = [adapter.probe()]
        for kind in Kind:
            whole = Taken(adapter.everything(kind))
            new = Taken(adapter.changes(kind, {"since": long_ago()}))
            found += [(t.records, t.refusals, t.tombstones) for t in (whole, new)]
        confirm = adapter.everything(Kind.SUSPENSION).confirm_gone
        assert confirm is not None
        found += [confirm("X1"), confirm("X404")]
        written = adapter.write_outcome(note())
        found += [adapter.find_outcome(note()) == written, entered()]
        return found

    def entered() -> object:
        table = {"school_id": "A100", "token": "env:TOKEN", "base_url": wonde.url}
        own = WondeSettings.model_validate(table)
        register = WondeRegister(MisSettings("northwick", "", LONDON, tmp_path, tmp_path, own, Secrets()))
        register.write(CHOSEN)
        place = MarkPlace(*CHOSEN[:3])
        return register.read([place], datetime.now(UTC) - timedelta(days=1)), sorted(register.codes())

    return morning


def long_ago() -> str:
    return f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%d %H:%M:%S}"


def test_every_list_that_is_asked_for_is_one_that_the_school_was_told_of_and_no_other(school, sync: Sync):
    sync()

    asked = {request.name for request in school.requests}
    assert asked == {name.partition(".")[0] for name in DECLARED}


def test_a_school_that_gives_what_it_was_told_of_and_nothing_else_is_read_as_well(wonde, sync: Sync):
    """Whatever is used and not declared would be missing here."""
    whole = sync()
    wonde.school.put("attendance/session", mark("M1", "A1", MONDAY))  # as it was before the first
    wonde.mutate = declared_alone
    bare = sync()

    assert bare == whole


def declared_alone(request: Request, body: bytes) -> bytes:
    answer = json.loads(body)
    if request.method == "GET" and isinstance(answer, dict) and "data" in answer:
        answer["data"] = _kept(answer["data"], request.name, DECLARED)
    return json.dumps(answer).encode()


def _kept(value: Any, path: str, declared: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_kept(one, path, declared) for one in value]
    return dict(_fields(value, path, declared)) if isinstance(value, Mapping) else value


def _fields(row: Mapping[str, Any], path: str, declared: Collection[str]) -> Any:
    """What is declared with its parts bears those alone."""
    for key, value in row.items():
        name = path if key == "data" else f"{path}.{key}"
        if key == "data" or any(one.startswith(f"{name}.") for one in declared):
            yield key, _kept(value, name, declared)
        elif any(fnmatchcase(name, one) for one in declared):
            yield key, value
