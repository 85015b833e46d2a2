"""A list or library that somebody deleted, made again by `setup` while a worker of ours goes on running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rp_connect.errors import ConfigError, GoneError
from rp_connect.ports.workspace import CaseRecord, Records
from rp_microsoft365.columns import case_columns
from rp_microsoft365.records import SharePointRecords
from rp_microsoft365.site import Site
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import SITE
from tests.plugins.rp_microsoft365.loopback import graph_at
from tests.plugins.rp_microsoft365.tenant_school import RECORD, SUMMARY, open_workspace

pytestmark = pytest.mark.facts
CASES, SHEETS = "Restorative cases", "Restorative meetings"
LISTS = "GET /sites/{site-id}/lists"


def list_id(server: GraphServer, title: str) -> str:
    return next(key for key, row in server.state.lists.items() if row["displayName"] == title)


def delete(server: GraphServer, title: str) -> None:
    """As a person does it in SharePoint: with all that it holds."""
    state, gone = server.state, list_id(server, title)
    with server.lock:
        del state.lists[gone]
        for table in (state.columns, state.items):
            for key in [key for key, row in table.items() if row["_list"] == gone]:
                del table[key]
        for name in [name for name in state.unique if name.startswith(gone)]:
            del state.unique[name]
        if state.drives.pop(f"b!{gone}", None) is not None:
            for key in [key for key, row in state.files.items() if row["_drive"] == f"b!{gone}"]:
                del state.files[key]
                state.contents.pop(key, None)


def refused(send: Callable[[], object]) -> None:
    with pytest.raises(ConfigError, match=r"run (“)?rp-connect setup"):
        send()


@pytest.fixture
def server(graph_server: GraphServer) -> GraphServer:
    open_workspace(graph_server).setup()
    return graph_server


def records_of(server: GraphServer) -> tuple[Records, CaseRecord]:
    shelf = open_workspace(server).records
    shelf.create(RECORD)
    return shelf, replace(RECORD, key="RP-2026-0002")


def summaries_of(server: GraphServer) -> tuple[Records, CaseRecord]:
    shelf = open_workspace(server).summaries
    shelf.create(SUMMARY)
    return shelf, replace(SUMMARY, key="RP-2026-0002.meeting")


def test_a_case_goes_into_the_list_that_was_made_again_once_it_was_looked_for(server: GraphServer):
    records, another = records_of(server)
    delete(server, CASES)
    refused(lambda: records.find(RECORD.key))
    open_workspace(server).setup()

    assert records.find(RECORD.key) is None
    records.create(another)
    assert [row["_list"] for row in server.state.items.values()] == [list_id(server, CASES)]


def test_a_new_case_that_met_no_list_goes_into_the_one_that_was_made_again(server: GraphServer):
    records, another = records_of(server)
    delete(server, CASES)
    refused(lambda: records.create(another))
    open_workspace(server).setup()

    assert records.create(another).revision == another.revision


def test_while_there_is_no_list_each_attempt_says_what_to_run(server: GraphServer):
    records, another = records_of(server)
    delete(server, CASES)
    for _ in range(2):
        refused(lambda: records.find(RECORD.key))
        refused(lambda: records.create(another))


def test_a_list_that_is_named_by_its_id_stays_the_list_it_is(server: GraphServer):
    site = Site(graph_at(server.url), SITE, server.url)
    records = SharePointRecords(site, list_id(server, CASES), case_columns(names=False))
    records.create(RECORD)
    delete(server, CASES)
    open_workspace(server).setup()
    looked = server.log.count(LISTS)

    for _ in range(2):
        refused(lambda: records.find(RECORD.key))
    assert server.log.count(LISTS) == looked


def test_a_summary_that_met_no_library_goes_into_the_one_that_was_made_again(server: GraphServer):
    summaries, another = summaries_of(server)
    delete(server, SHEETS)
    refused(lambda: summaries.create(another))
    open_workspace(server).setup()

    assert summaries.create(another).revision == another.revision


def test_a_summary_that_is_changed_is_gone_with_its_library_and_then_made_in_the_new_one(server: GraphServer):
    summaries, _ = summaries_of(server)
    made = summaries.find(SUMMARY.key)
    assert made is not None
    delete(server, SHEETS)
    with pytest.raises(GoneError):
        summaries.update(made.external_id, replace(SUMMARY, revision=2))
    refused(lambda: summaries.create(replace(SUMMARY, revision=2)))
    open_workspace(server).setup()

    assert summaries.create(replace(SUMMARY, revision=2)).revision == 2
