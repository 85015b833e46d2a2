"""The summaries shelf against the Graph server: one Word file for each meeting, in a library of the site."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import docx
import pytest

from rp_connect.errors import (
    BadRecordError,
    ConfigError,
    ConflictError,
    GoneError,
    GuardError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import Records, Written
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_school import CANARY, SUMMARY, open_workspace

pytestmark = pytest.mark.facts


@pytest.fixture
def summaries(graph_server: GraphServer) -> Records:
    open_workspace(graph_server).setup()
    return open_workspace(graph_server).summaries


def names(server: GraphServer) -> list[str]:
    return [row["name"] for row in server.state.files.values() if "file" in row]


def words(server: GraphServer) -> str:
    """Of the one file there is."""
    (data,) = server.state.contents.values()
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def edit(server: GraphServer, by: dict[str, dict[str, str]]) -> None:
    """Somebody saves the one file anew."""
    (row,) = [row for row in server.state.files.values() if "file" in row]
    row["lastModifiedBy"] = by
    row["eTag"] = '"another"'


def test_a_meeting_has_one_word_file_named_by_its_key_alone(graph_server: GraphServer, summaries: Records):
    made = summaries.create(SUMMARY)

    assert names(graph_server) == ["RP-2026-0001.meeting.docx"]
    assert "Thursday 12 November 2026, 14:20, for 45 minutes" in words(graph_server)
    assert summaries.find(SUMMARY.key) == replace(made, version=written(summaries.find(SUMMARY.key)).version)
    assert made.revision == 1


def test_no_name_of_a_pupil_is_in_a_summary_unless_the_school_says_so(
    graph_server: GraphServer, summaries: Records
):
    made = summaries.create(SUMMARY)
    assert CANARY not in words(graph_server)
    assert "P-100" in words(graph_server)

    open_workspace(graph_server, record_names=True).summaries.update(
        made.external_id, replace(SUMMARY, revision=2)
    )
    assert CANARY in words(graph_server)


def written(found: Written | None) -> Written:
    assert found is not None
    return found


def test_a_summary_that_is_not_there_is_not_found(summaries: Records):
    assert summaries.find("RP-2026-0404.meeting") is None


def test_a_newer_summary_replaces_the_older_under_the_same_name(
    graph_server: GraphServer, summaries: Records
):
    made = summaries.create(SUMMARY)

    now = summaries.update(made.external_id, replace(SUMMARY, revision=2, facts=(("Where", "Library"),)))

    assert names(graph_server) == ["RP-2026-0001.meeting.docx"]
    assert "Library" in words(graph_server)
    assert (now.external_id, now.revision) == (made.external_id, 2)
    assert written(summaries.find(SUMMARY.key)).revision == 2


def test_an_older_summary_never_replaces_a_newer_one(graph_server: GraphServer, summaries: Records):
    made = summaries.create(replace(SUMMARY, revision=3))
    before = words(graph_server)

    with pytest.raises(ConflictError, match="is newer than revision 2"):
        summaries.update(made.external_id, replace(SUMMARY, revision=2, facts=()))
    assert words(graph_server) == before


def test_making_a_summary_that_is_there_already_changes_nothing(
    graph_server: GraphServer, summaries: Records
):
    summaries.create(SUMMARY)
    before = words(graph_server)

    with pytest.raises(ConflictError):
        summaries.create(replace(SUMMARY, facts=()))
    assert words(graph_server) == before


def test_a_summary_whose_answer_is_lost_is_written_once_more_and_is_one_file(
    graph_server: GraphServer, summaries: Records
):
    graph_server.faults.lose_answers(times=1, service="files", method="PUT")
    with pytest.raises(UnclearError):
        summaries.create(SUMMARY)

    found = written(summaries.find(SUMMARY.key))
    assert found.revision is None
    summaries.update(found.external_id, SUMMARY)

    assert names(graph_server) == ["RP-2026-0001.meeting.docx"]
    assert written(summaries.find(SUMMARY.key)).revision == 1


def test_a_summary_that_is_not_shown_at_once_is_made_all_the_same(
    graph_server: GraphServer, summaries: Records
):
    graph_server.configure(visible_after=1.0)

    assert summaries.create(SUMMARY).revision == 1


def test_a_summary_whose_columns_are_not_shown_at_once_is_found_all_the_same(
    graph_server: GraphServer, summaries: Records
):
    made = summaries.create(SUMMARY)
    with graph_server.lock:
        (row,) = graph_server.state.items.values()
        row["_hidden_until"] = time.time() + 0.7

    assert written(summaries.find(SUMMARY.key)).external_id == made.external_id


def test_a_summary_whose_revision_may_not_be_written_is_there_and_to_be_looked_for(
    graph_server: GraphServer, summaries: Records
):
    graph_server.faults.refuse(403, "accessDenied", service="lists", method="PATCH", path="/fields", times=1)

    with pytest.raises(UnclearError, match=r"RP-2026-0001\.meeting is in the library"):
        summaries.create(SUMMARY)
    assert written(summaries.find(SUMMARY.key)).revision is None


def test_a_list_that_asks_for_patience_once_a_summary_is_there_does_not_hide_it(
    graph_server: GraphServer, summaries: Records
):
    graph_server.faults.throttle(30.0, service="lists", method="PATCH", path="/fields")

    with pytest.raises(TryLaterError) as told:
        summaries.create(SUMMARY)
    assert (told.value.look_first, told.value.retry_after) == (True, 30.0)
    assert names(graph_server) == ["RP-2026-0001.meeting.docx"]


def test_what_a_person_wrote_in_a_summary_is_left_alone(graph_server: GraphServer, summaries: Records):
    made = summaries.create(SUMMARY)
    edit(graph_server, {"user": {"id": "a-person", "displayName": "Practice Lead"}})
    before = words(graph_server)

    with pytest.raises(GuardError, match=r"RP-2026-0001\.meeting: a person has changed the summary") as told:
        summaries.update(made.external_id, replace(SUMMARY, revision=2, facts=()))
    assert words(graph_server) == before
    assert "Practice Lead" not in str(told.value)


def test_what_another_application_saved_is_written_over(graph_server: GraphServer, summaries: Records):
    """A labelling or a virus scanner touches files; it writes nothing that anybody would miss."""
    made = summaries.create(SUMMARY)
    edit(graph_server, {"user": {"id": "x"}, "application": {"id": "y"}})

    assert summaries.update(made.external_id, replace(SUMMARY, revision=2)).revision == 2


def test_a_file_that_a_person_renamed_or_deleted_is_gone(graph_server: GraphServer, summaries: Records):
    made = summaries.create(SUMMARY)
    with pytest.raises(GoneError):
        summaries.update("another", replace(SUMMARY, revision=2))
    next(row for row in graph_server.state.files.values() if "file" in row)["name"] = "Mine.docx"

    with pytest.raises(GoneError):
        summaries.update(made.external_id, replace(SUMMARY, revision=2))
    summaries.create(replace(SUMMARY, revision=2))
    assert sorted(names(graph_server)) == ["Mine.docx", "RP-2026-0001.meeting.docx"]


@pytest.mark.parametrize("key", ["", "../secret", "a/b", "what?", "100%"])
def test_a_key_that_cannot_name_a_file_is_refused(summaries: Records, key: str):
    with pytest.raises(BadRecordError):
        summaries.create(replace(SUMMARY, key=key))


def test_a_library_that_is_missing_is_a_sentence_that_says_what_to_run(graph_server: GraphServer):
    with pytest.raises(ConfigError, match="no library “Restorative meetings”: run “rp-connect setup"):
        open_workspace(graph_server).summaries.create(SUMMARY)
