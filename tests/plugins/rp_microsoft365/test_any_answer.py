"""Whatever a server says, it is an answer or an error of ours, and no secret stands in its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trial
from hypothesis import strategies as st

from rp_connect.errors import RpConnectError
from rp_microsoft365.request import Answer, Request
from rp_microsoft365.sign_in_faults import refused
from tests.plugins.rp_microsoft365.loopback import (
    TOKEN,
    Loopback,
    Says,
    change,
    create,
    graph_at,
    loopback,
    read,
)

CANARY = "Zephyrine Quagmirefeather"
EXAMPLES = 150
texts = st.sampled_from([CANARY, TOKEN, "", "itemNotFound", "MaximumTasksInProject", "TooManyRequests"])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.text(max_size=8)
names = st.sampled_from(
    ["error", "code", "message", "innerError", "value", "id", "responses", "status", CANARY]
)
jsons = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
bodies = jsons.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=40) | st.just(b"<html>")
waits = st.sampled_from(
    ["3", "0", "-1", "1e400", "nan", "soon", "", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 400]
)
headers = st.fixed_dictionaries(
    {"Connection": st.just("close")},
    optional={
        "Retry-After": waits,
        "Date": waits,
        "Content-Type": st.sampled_from(
            ["text/html", "application/json", "a", "application/json; charset=ä"]
        ),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "br", "identity"]),
        "Content-Length": st.sampled_from(["0", "7", "99", "-1", "x"]),
        "Location": st.sampled_from(["/", "http://127.0.0.1:9/", "::"]),
        "WWW-Authenticate": texts,
    },
)
statuses = st.sampled_from(
    [200, 201, 202, 204, 206, 299, 301, 304, 307, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 418,
     422, 423, 424, 428, 429, 451, 499, 500, 501, 502, 503, 504, 507, 509, 511, 599, 600, 799, 999]
)  # fmt: skip
requests = st.sampled_from([read(), create(), change(), read(fresh=False), create(body={"title": CANARY})])


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with loopback(Says()) as found:
        yield found


def quiet(found: object) -> None:
    assert isinstance(found, Answer | RpConnectError)
    said = str(found) + repr(found)
    assert [word for word in (CANARY, TOKEN, "canary") if word in said] == []


@given(request=requests, status=statuses, body=bodies, more=headers)
@trial(max_examples=EXAMPLES, deadline=None)
def test_one_call_ends_in_an_answer_or_an_error_of_ours(server, request, status, body, more):
    server.script = [Says(status, body, more)]
    try:
        found: object = graph_at(server.url, timeout_s=0.5).ask(request)
    except RpConnectError as fault:
        found = fault

    quiet(found)
    if isinstance(found, Answer):
        assert 200 <= status < 300
        assert isinstance(found.body, dict) or not request.reads


ids = st.sampled_from(["0", "1", "2", "3", 0, None, "00", CANARY])
odd_statuses = statuses | st.sampled_from(["201", None, True, 0, -1, 201.0, 10**30])
items = st.fixed_dictionaries(
    {}, optional={"id": ids, "status": odd_statuses, "headers": jsons | headers, "body": jsons}
)
batches = st.lists(items | leaves, max_size=6).map(lambda found: {"responses": found}) | jsons


@given(answer=batches)
@trial(max_examples=EXAMPLES, deadline=None)
def test_each_item_of_a_batch_ends_in_an_answer_or_an_error_of_ours(server, answer):
    asked: list[Request] = [create(), read(), change()]
    server.script = [Says(200, json.dumps(answer).encode())]
    found = graph_at(server.url, timeout_s=0.5).ask_all(asked)

    assert len(found) == len(asked)
    for place, one in enumerate(found):
        quiet(one)
        if isinstance(one, Answer):
            assert said_well(answer, str(place))


def said_well(answer: Any, place: str) -> bool:
    """Exactly one item bears the id, and its status is good."""
    mine = [item for item in answer["responses"] if isinstance(item, dict) and item.get("id") == place]
    return len(mine) == 1 and 200 <= mine[0]["status"] < 300


@given(
    result=st.dictionaries(
        st.sampled_from(["error", "error_description", "error_codes", "suberror", "claims"]), jsons
    ),
    status=statuses,
    wait=waits,
)
@trial(max_examples=EXAMPLES, deadline=None)
def test_a_sign_in_without_a_token_ends_in_an_error_of_ours(result, status, wait):
    quiet(refused(result, status, {"retry-after": wait}))
