"""JSON batches: each item is judged on its own, and no answer is taken for another's."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_microsoft365.limits import PlanFullError
from rp_microsoft365.opening import open_graph
from rp_microsoft365.permissions import NotGrantedError
from rp_microsoft365.request import Answer, Request, Service
from tests.plugins.rp_microsoft365.loopback import (
    TOKEN,
    Came,
    Environment,
    Says,
    change,
    create,
    graph_at,
    loopback,
    read,
    settings,
)

EVENTS = "/users/office@school.example/events"
Item = dict[str, Any]


def each(answer: Callable[[Item], Item]) -> Callable[[Came], Says]:
    """A batch's answer, made item by item; an item without an id gets its question's."""

    def says(came: Came) -> Says:
        asked = came.json()["requests"]
        return Says(200, {"responses": [{"id": item["id"], **answer(item)} for item in asked]})

    return says


def made(item: Item) -> Item:
    return {"status": 201, "headers": {"Content-Type": "application/json"}, "body": {"id": item["url"]}}


def kinds(answers: Sequence[object]) -> list[type]:
    return [type(answer) for answer in answers]


def whole(responses: object) -> Says:
    return Says(200, {"responses": responses})


def test_a_batch_has_at_most_twenty_items_and_answers_stand_where_their_questions_did():
    with loopback(each(made)) as server:
        answers = graph_at(server.url).ask_all([create(f"/planner/tasks?n={n}") for n in range(45)])

    assert [len(came.json()["requests"]) for came in server.came] == [20, 20, 5]
    assert [answer.body["id"] for answer in answers if isinstance(answer, Answer)] == [
        f"/planner/tasks?n={n}" for n in range(45)
    ]
    assert all(came.path == "/v1.0/$batch" for came in server.came)


def test_nothing_is_sent_for_nothing():
    with loopback(each(made)) as server:
        assert graph_at(server.url).ask_all([]) == []
    assert server.came == []


def test_each_item_bears_its_own_headers_and_none_bears_our_sign_in():
    gone = Request(
        Service.PLANNER, "DELETE", "/planner/tasks/T2", "Tasks.ReadWrite.All",
        headers={"If-Match": 'W/"2"', "Authorization": "Bearer canary"},
    )  # fmt: skip
    with loopback(each(lambda item: {"status": 204})) as server:
        graph_at(server.url).ask_all([change(), gone, read()])

    changed, deleted, asked = server.items()
    assert changed["headers"] == {
        "If-Match": 'W/"1"', "Prefer": "return=representation", "Content-Type": "application/json",
    }  # fmt: skip
    assert deleted["headers"] == {"If-Match": 'W/"2"'}
    assert "body" not in deleted
    assert "headers" not in asked
    assert TOKEN not in server.came[0].body.decode()
    assert server.came[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_each_item_of_a_good_batch_is_judged_on_its_own():
    said: list[Item] = [
        {"status": 201, "body": {"id": "T1"}},
        {"status": 429, "headers": {"Retry-After": "9"}, "body": {"error": {"code": "TooManyRequests"}}},
        {"status": 424, "body": {"error": {"code": "FailedDependency"}}},
        {"status": 503},
        {"status": 503, "headers": {"retry-after": 3}},
        {"status": 403, "body": {"error": {"code": "MaximumTasksInProject"}}},
        {"status": 403, "body": {"error": {"code": "Forbidden"}}},
        {"status": 412, "body": None},
        {"status": 404, "body": {}},
        {"status": 500, "body": "aGVsbG8="},
        {"status": 201, "body": None, "headers": None},
        {"status": 204},
        {"status": 204, "body": None},
    ]
    asked = [*[create()] * 7, change(), change(), create(), create(), change(), change()]
    with loopback(lambda came: whole([{"id": str(n), **one} for n, one in enumerate(said)])) as server:
        answers = graph_at(server.url).ask_all(asked)

    assert kinds(answers) == [
        Answer, TryLaterError, TryLaterError, TryLaterError, TryLaterError, PlanFullError, NotGrantedError,
        ConflictError, GoneError, UnclearError, UnclearError, Answer, Answer,
    ]  # fmt: skip
    assert isinstance(answers[1], TryLaterError)
    assert answers[1].retry_after == 9
    assert [n for n, one in enumerate(answers) if isinstance(one, TryLaterError) and one.look_first] == [3]
    assert isinstance(answers[4], TryLaterError)
    assert answers[4].retry_after == 3


def test_answers_in_any_order_find_their_questions():
    def backwards(came: Came) -> Says:
        asked = came.json()["requests"]
        return whole([{"id": item["id"], **made(item)} for item in reversed(asked)])

    with loopback(backwards) as server:
        answers = graph_at(server.url).ask_all([create(f"/planner/tasks?n={n}") for n in range(20)])

    assert [answer.body["id"] for answer in answers if isinstance(answer, Answer)] == [
        f"/planner/tasks?n={n}" for n in range(20)
    ]


@pytest.mark.parametrize(
    "responses",
    [
        [],
        [{"id": "7", "status": 201, "body": {"id": "X"}}],
        [{"status": 201, "body": {"id": "X"}}],
        [{"id": 0, "status": 201, "body": {"id": "X"}}],
        [{"id": "0", "status": 201, "body": {"id": "X"}}, {"id": "0", "status": 429}],
        [{"id": "0"}],
        [{"id": "0", "status": "201", "body": {"id": "X"}}],
        [{"id": "0", "status": True, "body": {"id": "X"}}],
        ["0", None, 3],
        None,
        {"0": {"status": 201}},
    ],
)
def test_an_item_without_one_clear_answer_is_unclear_if_it_wrote_and_for_later_if_it_read(responses):
    with loopback(lambda came: whole(responses)) as server:
        graph = graph_at(server.url)
        assert kinds(graph.ask_all([create()])) == [UnclearError]
        assert kinds(graph.ask_all([read()])) == [TryLaterError]


@pytest.mark.parametrize(
    "says", [Says(cut=True), Says(200, b"<html>"), Says(200, b"[]"), Says(200), Says(504)]
)
def test_where_a_whole_batch_is_lost_only_its_writes_are_unclear(says):
    with loopback(says) as server:
        answers = graph_at(server.url).ask_all([create(), read(), change()])

    assert kinds(answers) == [UnclearError, TryLaterError, UnclearError]


def in_doubt(answers: Sequence[object]) -> list[bool]:
    assert kinds(answers) == [TryLaterError] * len(answers)
    return [isinstance(answer, TryLaterError) and answer.look_first for answer in answers]


@pytest.mark.parametrize("says", [Says(429), Says(503, headers={"Retry-After": "30"})])
def test_where_the_door_is_closed_and_says_so_no_item_was_begun(says):
    with loopback(says) as server:
        answers = graph_at(server.url).ask_all([create(), read(), change()])

    assert in_doubt(answers) == [False] * 3


def test_behind_a_door_that_does_not_say_for_how_long_it_is_closed_every_write_is_in_doubt():
    with loopback(Says(503)) as server:
        answers = graph_at(server.url).ask_all([create(), read(), change()])

    assert in_doubt(answers) == [True, False, True]


def test_where_nobody_listens_every_item_is_for_later():
    assert kinds(graph_at("http://127.0.0.1:9").ask_all([create(), change()])) == [TryLaterError] * 2


def test_a_sign_in_that_is_not_accepted_is_raised_at_once():
    with loopback(Says(401, {"error": {"code": "InvalidAuthenticationToken"}})) as server:
        with pytest.raises(AccessError, match="does not accept our sign-in"):
            graph_at(server.url).ask_all([create(), create()])
        assert len(server.came) == 1


def test_a_sign_in_that_is_not_set_is_raised_before_anything_is_sent():
    with loopback(each(made)) as server:
        with pytest.raises(ConfigError):
            open_graph(settings(server.url, secrets=Environment())).ask_all([create()])
        assert server.came == []


def test_a_sign_in_that_ends_half_way_does_not_hide_what_was_written_before():
    with loopback(each(made), Says(401)) as server:
        answers = graph_at(server.url).ask_all([create() for _ in range(25)])

    assert kinds(answers) == [Answer] * 20 + [AccessError] * 5


def test_one_item_that_graph_cannot_read_does_not_keep_the_others_from_it():
    def says(came: Came) -> Says:
        if any("bad" in item["url"] for item in came.json()["requests"]):
            return Says(400, {"error": {"code": "BadRequest"}})
        return each(made)(came)

    asked = [create("/planner/tasks?bad" if n == 13 else f"/planner/tasks?n={n}") for n in range(20)]
    with loopback(says) as server:
        answers = graph_at(server.url).ask_all(asked)

    assert [n for n, answer in enumerate(answers) if not isinstance(answer, Answer)] == [13]
    assert type(answers[13]) is RpConnectError
    assert len(server.came) < 12


def test_a_sign_in_that_ends_between_two_halves_of_a_batch_does_not_hide_the_first():
    with loopback(Says(400), each(made), Says(401)) as server:
        answers = graph_at(server.url).ask_all([create(), create()])

    assert kinds(answers) == [Answer, AccessError]


def told_to_wait(item: Item) -> Item:
    """The first is to wait a second, the next two seconds, and so on."""
    return {"status": 429, "headers": {"Retry-After": item["url"][-1]}, "body": {}}


def test_where_every_item_is_told_to_wait_no_school_comes_before_the_longest_of_it():
    with loopback(each(told_to_wait), each(made)) as server:
        one, other = graph_at(server.url), graph_at(server.url)
        one.ask_all([read("/users/1"), read("/users/9"), read("/users/3")])
        (early,) = other.ask_all([read("/users/1")])

    assert isinstance(early, TryLaterError)
    assert early.retry_after == pytest.approx(9, abs=1)
    assert len(server.came) == 1


def test_where_some_items_are_told_to_wait_they_alone_wait():
    def some(item: Item) -> Item:
        return told_to_wait(item) if item["url"].endswith("9") else made(item)

    with loopback(each(some), each(made)) as server:
        graph = graph_at(server.url)
        first = graph.ask_all([create("/planner/tasks?n=9"), create("/planner/tasks?n=1")])
        second = graph.ask_all([create("/planner/tasks?n=2")])

    assert kinds([*first, *second]) == [TryLaterError, Answer, Answer]


def test_a_service_whose_items_are_all_told_to_wait_does_not_count_as_one_that_answers():
    with loopback(each(told_to_wait), each(made)) as server:
        graph = graph_at(server.url)
        graph.ask_all([read("/users/1")])
        assert not graph.sender.pauses.answers(Service.PLANNER)
        time.sleep(1.1)
        graph.ask_all([read("/users/1")])
        assert graph.sender.pauses.answers(Service.PLANNER)


def test_a_batch_does_not_grow_beyond_what_graph_takes():
    asked = [create(body={"planId": "P1", "title": "x" * 1_000_000}) for _ in range(4)]
    with loopback(each(made)) as server:
        graph_at(server.url).ask_all(asked)

    assert [len(came.json()["requests"]) for came in server.came] == [2, 2]


def test_files_go_alone_and_services_do_not_share_a_batch():
    file = Request(Service.FILES, "PUT", "/drives/D/root:/a:/content", "Sites.Selected", data=b"docx")
    item = create("/sites/S/lists/L/items", service=Service.LISTS)

    def says(came: Came) -> Says:
        return each(made)(came) if came.path.endswith("$batch") else Says(200, {"id": "F"})

    with loopback(says) as server:
        answers = graph_at(server.url).ask_all([create(), file, item, create()])

    assert [answer.body["id"] for answer in answers if isinstance(answer, Answer)] == [
        "/planner/tasks", "F", "/sites/S/lists/L/items", "/planner/tasks",
    ]  # fmt: skip
    assert [[one["url"] for one in came.json()["requests"]] for came in server.came[1:]] == [
        ["/planner/tasks", "/planner/tasks"], ["/sites/S/lists/L/items"],
    ]  # fmt: skip


def test_with_patience_only_what_may_be_asked_again_is():
    throttled = each(lambda item: {"status": 429, "headers": {"Retry-After": "0"}})
    with loopback(throttled, each(lambda item: {"status": 200, "body": {"value": []}})) as server:
        answers = graph_at(server.url, patience_s=5).ask_all([read(), create(), change()])

    assert kinds(answers) == [Answer, TryLaterError, Answer]
    assert [item["method"] for item in server.items()] == ["GET", "POST", "PATCH", "GET", "PATCH"]
    assert server.items()[-1]["headers"]["If-Match"] == 'W/"1"'


def test_an_item_made_a_moment_ago_is_asked_for_again():
    with loopback(each(lambda item: {"status": 404}), each(made)) as server:
        answers = graph_at(server.url).ask_all([read(fresh=True), read()])

    assert kinds(answers) == [Answer, GoneError]
    assert len(server.items()) == 3


def test_only_one_batch_of_events_is_at_outlook_and_no_single_call_beside_it():
    event = create(EVENTS, service=Service.CALENDAR, body={"subject": "NW-1"})
    busy: list[int] = []

    def says(came: Came) -> Says:
        with server.lock:
            batch = came.path.endswith("$batch")
            busy.append(server.at_once if batch else -server.at_once)
        time.sleep(0.03)
        return each(made)(came) if batch else Says(200, {"value": []})

    with loopback(says) as server:
        graph = graph_at(server.url, tenant="one-batch.example")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: graph.ask_all([event] * 6) if n % 2 else graph.ask(
                read(EVENTS, service=Service.CALENDAR)), range(16)))  # fmt: skip

    assert len(server.came) == 16
    assert {at_once for at_once in busy if at_once > 0} == {1}
    assert min(busy) >= -4


def test_batches_and_their_items_are_counted():
    with loopback(each(lambda item: {"status": 429} if "bad" in item["url"] else made(item))) as server:
        graph = graph_at(server.url, tenant="batches.example")
        graph.ask_all([create(), create("/planner/tasks?bad"), create()])

    counted = graph.sender.traffic.snapshot()["planner"]
    assert (counted["calls"], counted["batches"], counted["items"], counted["throttled"]) == (1, 1, 3, 1)


def test_a_sign_in_that_ends_between_two_rounds_hides_nothing_of_the_first():
    def once(item: Item) -> Item:
        return made(item) if item["method"] == "POST" else {"status": 429, "headers": {"Retry-After": "0"}}

    with loopback(each(once), Says(401)) as server:
        answers = graph_at(server.url, patience_s=5).ask_all([create(), read()])

    assert kinds(answers) == [Answer, TryLaterError]
