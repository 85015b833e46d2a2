"""Lists, libraries and files as SharePoint keeps them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import requests

from tests.graph_server.client import TOKEN, Client
from tests.graph_server.list_items import RISKY
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, HEAD, HOST, LEAD, SITE

pytestmark = pytest.mark.facts
DRIVE = "/drives/b!documents"


@pytest.fixture
def items(client: Client) -> str:
    return f"/sites/{SITE}/lists/{client.new_list()}/items"


def found(client: Client, items: str, clause: str, **headers: str):
    return client.ask("GET", f"{items}?$filter={quote(clause)}&$expand=fields", **headers)


def test_an_item_is_found_by_a_unique_field_as_it_is_now_and_only_while_it_is_there(client: Client):
    items = f"/sites/{SITE}/lists/{client.new_list()}/items"
    where = items.split("/")[4]
    first, second = (client.new_item(where, name)["id"] for name in ("RP-1", "RP-2"))

    def asked(clause: str) -> list[str]:
        return [each["id"] for each in found(client, items, clause).json()["value"]]

    assert asked("fields/Reference eq 'RP-1'") == [first]
    assert asked("fields/Reference eq 'RP-1' or fields/Reference eq 'RP-2'") == [first, second]
    assert asked("fields/Reference eq 'RP-1' and fields/Reference eq 'RP-2'") == []

    nameless = [client.post(items, {"fields": {"Stage": "open"}})["id"] for _ in range(2)]
    assert asked("fields/Reference eq null") == nameless

    client.ask("PATCH", f"{items}/{first}/fields", {"Reference": "RP-3"})
    client.ask("DELETE", f"{items}/{second}")

    assert asked("fields/Reference eq 'RP-1'") == asked("fields/Reference eq 'RP-2'") == []
    assert asked("fields/Reference eq 'RP-3'") == [first]


def test_a_list_is_found_by_its_title_with_its_columns(client: Client):
    key = client.new_list()

    assert client.get(f"/sites/{SITE}/lists/Cases")["id"] == key
    assert [each["id"] for each in client.get(f"/sites/{SITE}/lists")["value"]] == [key]
    columns = {each["name"]: each for each in client.get(f"/sites/{SITE}/lists/{key}/columns")["value"]}
    assert columns.keys() == {"Title", "Reference", "Stage", "Note"}
    assert columns["Reference"]["enforceUniqueValues"] is True
    again = client.ask("POST", f"/sites/{SITE}/lists", {"displayName": "Cases", "list": {}})
    assert again.status_code == 409


def test_a_column_is_added_once(client: Client):
    path = f"/sites/{SITE}/lists/{client.new_list()}/columns"

    assert client.ask("POST", path, {"name": "Due", "dateTime": {}}).status_code == 201
    assert client.ask("POST", path, {"name": "Due", "dateTime": {}}).status_code == 409


def test_a_unique_value_is_taken_once(client: Client, items: str, graph_server: GraphServer):
    first = client.post(items, {"fields": {"Reference": "RP-1"}})
    refused = client.ask("POST", items, {"fields": {"Reference": "RP-1"}})
    graph_server.configure(duplicate_status=409)

    assert refused.status_code == 400
    assert client.ask("POST", items, {"fields": {"Reference": "RP-1"}}).status_code == 409
    assert len(graph_server.state.items) == 1
    client.ask("DELETE", f"{items}/{first['id']}")
    assert client.ask("POST", items, {"fields": {"Reference": "RP-1"}}).status_code == 201


def test_an_item_is_found_by_an_indexed_column(client: Client, items: str):
    client.post(items, {"fields": {"Reference": "RP-1"}})
    wanted = client.post(items, {"fields": {"Reference": "RP-2", "Note": "n"}})

    (row,) = found(client, items, "fields/Reference eq 'RP-2'").json()["value"]
    assert (row["id"], row["fields"]["Note"]) == (wanted["id"], "n")
    assert (
        len(found(client, items, "fields/Reference eq 'RP-2' or fields/Reference eq 'RP-1'").json()["value"])
        == 2
    )
    (narrow,) = client.get(f"{items}?$top=1&$expand=fields($select=Reference)")["value"]
    assert set(narrow["fields"]) == {"Reference", "@odata.etag"}


def test_a_column_without_an_index_is_searched_only_at_ones_own_risk(client: Client, items: str):
    client.post(items, {"fields": {"Reference": "RP-1", "Note": "n"}})

    assert found(client, items, "fields/Note eq 'n'").status_code == 400
    assert len(found(client, items, "fields/Note eq 'n'", prefer=RISKY).json()["value"]) == 1
    assert found(client, items, "fields/Nothing eq 'n'").status_code == 400
    assert found(client, items, "fields/Note equals 'n'").status_code == 400


def test_fields_are_changed_only_from_the_version_that_was_read(client: Client, items: str):
    made = client.post(items, {"fields": {"Reference": "RP-1", "Stage": "triage"}})
    path = f"{items}/{made['id']}/fields"

    assert client.ask("PATCH", path, {"Stage": "ready"}, if_match=made["eTag"]).status_code == 200
    assert client.ask("PATCH", path, {"Stage": "closed"}, if_match=made["eTag"]).status_code == 412
    assert client.get(path)["Stage"] == "ready"
    assert client.ask("PATCH", path, {"Nonsense": "x"}).status_code == 400


def test_a_site_is_known_by_each_of_its_names(client: Client):
    for name in (SITE, HOST, SITE.split(",")[1]):
        assert client.get(f"/sites/{name}")["id"] == SITE
    assert client.ask("GET", "/sites/elsewhere.example").status_code == 404


def test_an_application_is_granted_a_site(client: Client):
    body = {"roles": ["write"], "grantedToIdentities": [{"application": {"id": "1", "displayName": "rp"}}]}
    client.post(f"/sites/{SITE}/permissions", body)

    (grant,) = client.get(f"/sites/{SITE}/permissions")["value"]
    assert grant["roles"] == ["write"]


def test_a_file_is_put_replaced_read_and_deleted(client: Client, graph_server: GraphServer):
    path = f"{DRIVE}/root:/RP-1.docx"
    first = client.put(f"{path}:/content", b"one")
    second = client.put(f"{path}:/content", b"two")

    key = first.json()["id"]
    assert (first.status_code, second.status_code, second.json()["id"]) == (201, 200, key)
    assert client.get(path)["size"] == 3
    assert graph_server.state.contents[key] == b"two"
    stale = client.put(f"{DRIVE}/items/{key}/content", b"three", if_match=first.json()["eTag"])
    assert stale.status_code == 412
    assert client.put(f"{DRIVE}/items/{key}/content", b"three").status_code == 200
    assert client.ask("DELETE", f"{DRIVE}/items/{key}").status_code == 204
    assert client.ask("GET", path).status_code == 404


def test_a_file_that_must_be_new_is_refused_where_one_is(client: Client):
    path = f"{DRIVE}/root:/RP-1.docx:/content"
    client.put(path, b"one")

    assert client.put(path + "?@microsoft.graph.conflictBehavior=fail", b"two").status_code == 409


def test_folders_hold_files(client: Client):
    folder = client.post(f"{DRIVE}/items/root/children", {"name": "Cases", "folder": {}})
    client.put(f"{DRIVE}/root:/Cases%2FRP-1.docx:/content", b"one")

    (child,) = client.get(f"{DRIVE}/items/{folder['id']}/children")["value"]
    assert child["name"] == "RP-1.docx"
    assert (
        client.ask("POST", f"{DRIVE}/items/root/children", {"name": "cases", "folder": {}}).status_code == 409
    )
    assert client.put(f"{DRIVE}/root:/a%3Ab:/content", b"").status_code == 400


def test_a_library_brings_a_drive(client: Client):
    library = {"displayName": "Summaries", "list": {"template": "documentLibrary"}}
    client.post(f"/sites/{SITE}/lists", library)

    drives = {each["name"]: each["id"] for each in client.get(f"/sites/{SITE}/drives")["value"]}
    assert client.put(f"/drives/{drives['Summaries']}/root:/RP-1.docx:/content", b"x").status_code == 201
    assert client.get(f"/drives/{drives['Summaries']}/root")["root"] == {}
    assert client.get(f"/sites/{SITE}/drive")["name"] == "Documents"
    assert client.put(f"/sites/{SITE}/drive/root:/a.docx:/content", b"x").status_code == 201
    assert client.get(f"/sites/{SITE}/drive/root:/a.docx")["name"] == "a.docx"


def test_a_large_file_comes_in_pieces_in_order(client: Client, graph_server: GraphServer):
    size, piece = 400 * 1024, 320 * 1024
    session = client.post(f"{DRIVE}/root:/RP-1.docx:/createUploadSession", {})
    data = bytes(size)

    def put(first: int, last: int):
        headers = {"Content-Range": f"bytes {first}-{last - 1}/{size}"}
        return requests.put(session["uploadUrl"], data=data[first:last], headers=headers, timeout=10)

    assert put(piece, size).status_code == 416
    assert put(0, piece).json()["nextExpectedRanges"] == [f"{piece}-{size - 1}"]
    made = put(piece, size)
    assert (made.status_code, made.json()["size"]) == (201, size)
    assert graph_server.state.contents[made.json()["id"]] == data
    item = f"{DRIVE}/items/{made.json()['id']}"
    assert "uploadUrl" in client.post(f"{item}/createUploadSession", {})


def test_an_upload_address_is_not_shown_the_token(client: Client, graph_server: GraphServer):
    url = client.post(f"{DRIVE}/root:/a.docx:/createUploadSession", {})["uploadUrl"]
    headers = {**TOKEN, "Content-Range": "bytes 0-0/1"}

    requests.put(url, data=b"x", headers=headers, timeout=10)
    assert "must not" in graph_server.log.take_violations()[0]


def test_people_are_found_by_address_in_any_case_and_by_id(client: Client):
    assert client.get("/users/Lead@Northwick.example")["id"] == LEAD
    assert client.get(f"/users/{LEAD}?$select=mail")["mail"] == "lead@northwick.example"
    (found,) = client.get("/users?$filter=mail eq 'head@northwick.example'")["value"]
    assert found["id"] == HEAD
    missing = client.ask("GET", "/users/nobody@northwick.example")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_a_group_has_members(client: Client, graph_server: GraphServer):
    assert {each["id"] for each in client.get(f"/groups/{GROUP}/members")["value"]} == {LEAD, HEAD}
    assert client.get(f"/groups/{GROUP}?$select=displayName")["displayName"] == "Restorative practice"
    (found,) = client.get("/groups?$filter=startswith(displayName,'Restor')")["value"]
    assert found["id"] == GROUP
    graph_server.state.members[GROUP].remove(HEAD)
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{HEAD}"}
    assert client.ask("POST", f"/groups/{GROUP}/members/$ref", body).status_code == 204
    assert client.ask("POST", f"/groups/{GROUP}/members/$ref", body).status_code == 400


def test_a_notice_is_kept_for_the_test_to_see(client: Client, graph_server: GraphServer):
    body = {
        "topic": {"source": "text", "value": "Cases", "webUrl": "https://teams.microsoft.com/l/x"},
        "activityType": "systemDefault",
        "previewText": {"content": "3 tasks due"},
        "templateParameters": [{"name": "systemDefaultText", "value": "3 tasks due"}],
    }

    sent = client.ask("POST", f"/users/{LEAD}/teamwork/sendActivityNotification", body)
    assert sent.status_code == 204
    assert graph_server.state.notifications[0]["to"] == LEAD
