"""The client library over our own way to Graph: its typed objects, none of its faults."""

from __future__ import annotations

import logging

import pytest

from rp_connect.errors import (
    AccessError,
    ConfigError,
    RpConnectError,
    TryLaterError,
    UnclearError,
    UnsupportedError,
)
from rp_microsoft365.opening import open_graph
from rp_microsoft365.request import Service
from tests.graph_server.fixtures import graph_server  # noqa: F401 - a fixture
from tests.graph_server.tenant import SITE
from tests.plugins.rp_microsoft365.loopback import (
    TOKEN,
    Environment,
    Says,
    graph_at,
    graph_by_hand,
    loopback,
    settings,
)

SITES = "Sites.Selected"


def client_at(url: str, **more: float):
    from rp_microsoft365.library_client import open_client

    return open_client(graph_at(url, **more), Service.LISTS, SITES)


@pytest.mark.facts
def test_typed_reads_columns_and_uploads_work_and_keep_the_contract(graph_server):  # noqa: F811
    made = site_by_hand(graph_server.url).lists.add("Cases", "genericList").execute_query()
    site_by_hand(graph_server.url).lists[made.id].columns.add_text("Reference").execute_query()
    columns = site_by_hand(graph_server.url).lists[made.id].columns.get().execute_query()
    site_by_hand(graph_server.url).drive.root.upload("a.docx", b"\x00docx").execute_query()

    assert "Reference" in [column.name for column in columns]


def site_by_hand(url: str):
    from rp_microsoft365.library_client import open_client

    return open_client(graph_by_hand(url), Service.LISTS, SITES).sites[SITE]


def test_the_library_never_sees_our_sign_in_and_its_calls_bear_it_all_the_same(caplog):
    caplog.set_level(logging.DEBUG)
    with loopback(Says(200, {"id": "S1", "displayName": "Records"})) as server:
        client = client_at(server.url)
        site = client.sites["S1"].get().execute_query()

    (came,) = server.came
    assert site.display_name == "Records"
    assert came.path == "/v1.0/sites/S1"
    assert came.headers["authorization"] == f"Bearer {TOKEN}"
    assert came.headers["user-agent"].startswith("NONISV|rp-connect|")
    assert "content-type" not in came.headers
    assert TOKEN not in caplog.text + repr(vars(client)) + repr(vars(client.pending_request()))


def test_a_change_is_asked_again_with_its_version_and_a_create_is_not():
    with loopback(Says(200, {"id": "T1", "@odata.etag": 'W/"7"'}), Says(429), Says(204)) as server:
        client = client_at(server.url, patience_s=5)
        task = client.planner.tasks["T1"].get().execute_query()
        task.set_property("title", "RP-1").update().execute_query()
    assert [came.headers.get("if-match") for came in server.came] == [None, 'W/"7"', 'W/"7"']

    with loopback(Says(429), Says(201, {"id": "C"})) as server, pytest.raises(TryLaterError):
        client_at(server.url, patience_s=5).sites["S1"].lists["L"].columns.add_text("A").execute_query()
    assert len(server.came) == 1


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says(403, {"error": {"code": "accessDenied", "message": "Zephyrine"}}), AccessError),
        (Says(404, {"error": {"code": "itemNotFound", "message": "Zephyrine"}}), ConfigError),
        (Says(500), UnclearError),
        (Says(cut=True), UnclearError),
        (Says(201, b"<html>"), UnclearError),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(says, error, caplog):
    with loopback(says) as server, pytest.raises(error) as raised:
        client_at(server.url).sites["S1"].lists["L"].columns.add_text("Reference").execute_query()

    assert "Zephyrine" not in str(raised.value) + caplog.text


def test_an_address_that_the_library_has_written_out_does_not_get_our_token():
    with loopback(Says(201, {"id": "P"})) as server, pytest.raises(RpConnectError, match="kept back"):
        client_at(server.url).sites["S1"].lists["L"].context.pending_request().execute_request_direct(
            elsewhere()
        )
    assert server.came == []


def elsewhere():
    from office365.runtime.http.request_options import RequestOptions

    return RequestOptions("https://graph.microsoft.com/v1.0/groups/G")


def test_the_librarys_own_batch_is_kept_from_use():
    client = client_at("http://127.0.0.1:9")
    client.sites["S1"].get()

    with pytest.raises(UnsupportedError):
        client.execute_batch()


def test_a_sign_in_that_fails_is_not_logged_by_the_library(caplog):
    from rp_microsoft365.library_client import open_client

    graph = open_graph(settings("http://127.0.0.1:9", secrets=Environment()))
    with pytest.raises(ConfigError):
        open_client(graph, Service.LISTS, SITES).sites["S1"].get().execute_query()

    assert caplog.records == []
