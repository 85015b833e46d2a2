"""One call to Graph: what is sent, what an answer means, and what is asked again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest

from rp_connect import __version__
from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.judging import is_stale_sign_in
from rp_microsoft365.limits import LimitError, PlanFullError
from rp_microsoft365.permissions import NotGrantedError
from rp_microsoft365.reply import Reply
from rp_microsoft365.request import Request, Service
from rp_microsoft365.turns import Turns
from tests.plugins.rp_microsoft365.loopback import (
    TOKEN,
    Came,
    Says,
    change,
    create,
    graph_at,
    loopback,
    read,
)

NOWHERE = "http://127.0.0.1:9"
GOOD = Says(200, {"value": []})
MADE = Says(201, {"id": "T1"})


def fault(request: Request, *script: Says, **own: Any) -> RpConnectError:
    with loopback(*script) as server, pytest.raises(RpConnectError) as raised:
        graph_at(server.url, **own).ask(request)
    return raised.value


def problem(code: str, message: str = "about Zephyrine Quagmirefeather") -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


def test_a_call_bears_the_sign_in_a_number_of_its_own_and_our_name():
    with loopback(GOOD) as server:
        graph = graph_at(server.url)
        answers = [graph.ask(read()), graph.ask(read())]

    first, second = server.came
    assert (first.method, first.path) == ("GET", "/v1.0/planner/plans/P1/tasks")
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert first.headers["user-agent"] == f"NONISV|rp-connect|rp-connect/{__version__}"
    assert UUID(first.headers["client-request-id"]) != UUID(second.headers["client-request-id"])
    assert "content-type" not in first.headers
    assert answers[0].body == {"value": []}


def test_a_change_bears_its_version_its_preference_and_json():
    with loopback(Says(204)) as server:
        answer = graph_at(server.url).ask(change())

    (came,) = server.came
    assert (came.headers["if-match"], came.headers["prefer"]) == ('W/"1"', "return=representation")
    assert (came.headers["content-type"], came.json()) == ("application/json", {"percentComplete": 100})
    assert (answer.status, answer.body) == (204, None)


def test_a_file_is_sent_as_it_is():
    upload = Request(
        Service.FILES, "PUT", "/drives/D/root:/a.docx:/content", "Sites.Selected",
        headers={"Content-Type": "application/octet-stream"}, data=b"\x00\xffdocx",
    )  # fmt: skip
    with loopback(MADE) as server:
        graph_at(server.url).ask(upload)

    assert server.came[0].body == b"\x00\xffdocx"
    assert server.came[0].headers["content-type"] == "application/octet-stream"


def test_a_cookie_of_one_answer_does_not_reach_the_next_call():
    with loopback(Says(200, {}, {"Set-Cookie": "seen=canary; Path=/"})) as server:
        graph = graph_at(server.url)
        graph.ask(read())
        graph.ask(read())

    assert [came.headers.get("cookie") for came in server.came] == [None, None]


def test_a_password_file_of_the_machine_does_not_take_the_place_of_our_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with loopback(GOOD) as server:
        graph_at(server.url).ask(read())

    assert server.came[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_bundle_of_certificates_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")

    with pytest.raises(ConfigError, match="REQUESTS_CA_BUNDLE names a file"):
        graph_at("http://127.0.0.1:9").ask(read())


@pytest.mark.parametrize(
    ("request_", "says", "error"),
    [
        (read(), Says(400, problem("invalidRequest")), RpConnectError),
        (read(), Says(401, problem("InvalidAuthenticationToken")), AccessError),
        (read(), Says(401), AccessError),
        (read(), Says(403, problem("Forbidden")), NotGrantedError),
        (read(), Says(404, problem("itemNotFound")), GoneError),
        (change(), Says(404, problem("itemNotFound")), GoneError),
        (create(), Says(404, problem("itemNotFound")), ConfigError),
        (read(), Says(405), RpConnectError),
        (read(), Says(408), TryLaterError),
        (change(), Says(408), UnclearError),
        (create(), Says(409, problem("nameAlreadyExists")), ConflictError),
        (change(), Says(409), ConflictError),
        (read(), Says(410, problem("resyncRequired")), GoneError),
        (change(), Says(412), ConflictError),
        (change(), Says(423, problem("resourceLocked")), TryLaterError),
        (create(), Says(424), TryLaterError),
        (create(), Says(429, headers={"Retry-After": "7"}), TryLaterError),
        (create(), Says(503, headers={"Retry-After": "7"}), TryLaterError),
        (create(), Says(503), TryLaterError),
        (change(), Says(503), TryLaterError),
        (read(), Says(500), TryLaterError),
        (create(), Says(500), UnclearError),
        (change(), Says(502), UnclearError),
        (create(), Says(504), UnclearError),
        (create(), Says(507), RpConnectError),
        (read(), Says(302, headers={"Location": "http://127.0.0.1:9/"}), RpConnectError),
        (read(), Says(200, b"{cut sho"), TryLaterError),
        (read(), Says(200, b"<html>sign in</html>", {"Content-Type": "text/html"}), TryLaterError),
        (read(), Says(200, b"[" * 100_000), TryLaterError),
        (read(), Says(200), TryLaterError),
        (create(), Says(201, b"<html>"), UnclearError),
        (create(), Says(201), UnclearError),
        (change(), Says(200, b"\xff\xfe\x00"), UnclearError),
        (create(), Says(cut=True), UnclearError),
        (change(), Says(cut=True), UnclearError),
        (read(), Says(cut=True), TryLaterError),
        (create(), Says(201, b"{}", {"Content-Length": "50"}), UnclearError),
    ],
)
def test_each_answer_is_the_error_that_says_what_happens_next(request_, says, error):
    found = fault(request_, says, timeout_s=1.0)

    assert type(found) is error
    assert "Zephyrine" not in str(found)
    assert str(found).startswith("Microsoft 365")
    assert str(found).endswith((".", "?"))


def test_an_answer_that_takes_too_long_leaves_a_write_unclear_and_a_read_for_later():
    slow = Says(201, {"id": "T1"}, pause=2.0)

    assert type(fault(create(), slow, timeout_s=0.3)) is UnclearError
    assert type(fault(read(), slow, timeout_s=0.3)) is TryLaterError


def test_an_answer_that_drips_for_ever_is_given_up(monkeypatch):
    import socket
    from threading import Event, Thread

    stop, door = Event(), socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        there, _ = door.accept()
        there.recv(65536)
        there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            try:
                there.sendall(b" ")
            except OSError:
                break
        there.close()

    thread = Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises(TryLaterError):
        graph_at(f"http://127.0.0.1:{door.getsockname()[1]}", timeout_s=0.5).ask(read())
    took = time.monotonic() - began
    stop.set()
    thread.join()
    door.close()
    assert took < 2.0


@pytest.mark.parametrize(
    ("request_", "says", "doubted"),
    [
        (create(), Says(503), True),
        (change(), Says(503), True),
        (read(), Says(503), False),
        (create(), Says(503, headers={"Retry-After": "7"}), False),
        (change(), Says(503, headers={"Retry-After": "7"}), False),
        (create(), Says(429), False),
    ],
)
def test_a_write_that_met_a_closed_door_which_said_nothing_of_when_is_looked_for_first(
    request_, says, doubted
):
    found = fault(request_, says)

    assert isinstance(found, TryLaterError)
    assert found.look_first is doubted


@pytest.mark.parametrize("request_", [read(), create(), change()])
def test_where_nobody_listens_nothing_was_sent(request_):
    with pytest.raises(TryLaterError, match="cannot be reached"):
        graph_at(NOWHERE).ask(request_)


def test_a_name_that_nobody_knows_is_for_later():
    with pytest.raises(TryLaterError, match="cannot be reached"):
        graph_at("https://graph.invalid", timeout_s=2).ask(create())


def test_a_refusal_names_the_permission_and_how_to_grant_it():
    found = fault(read(), Says(403, problem("Authorization_RequestDenied")))

    assert "the permission Tasks.ReadWrite.All is missing" in str(found)
    assert "403 Authorization_RequestDenied" in str(found)
    assert "API permissions" in str(found)


@pytest.mark.parametrize("code", ["MaximumTasksInProject", "MaximumActiveTasksInProject"])
def test_a_full_plan_is_no_refusal(code):
    found = fault(create(), Says(403, problem(code)))

    assert type(found) is PlanFullError
    assert "plan full" in str(found)
    assert not isinstance(found, AccessError | TryLaterError | UnclearError | ConflictError | GoneError)


def test_another_limit_is_told_apart_too():
    found = fault(create(), Says(403, problem("MaximumAssigneesInTasks")))

    assert type(found) is LimitError
    assert "so many people" in str(found)
    assert "MaximumSomethingNew" in str(fault(create(), Says(403, problem("MaximumSomethingNew"))))


def test_a_code_that_is_no_code_is_not_repeated():
    found = fault(read(), Says(400, problem("Zephyrine Quagmirefeather was here")))

    assert "Zephyrine" not in str(found)


def in_seconds(seconds: float) -> Callable[[Came], Says]:
    def says(came: Came) -> Says:
        now = datetime.now(UTC)
        wrong = timedelta(hours=-5)  # the server's clock, or ours, is wrong: only the difference counts
        until = format_datetime(now + wrong + timedelta(seconds=seconds), usegmt=True)
        return Says(429, headers={"Retry-After": until, "Date": format_datetime(now + wrong, usegmt=True)})

    return says


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (Says(429, headers={"Retry-After": "7"}), 7),
        (Says(503, headers={"Retry-After": "120"}), 120),
        (Says(429, headers={"Retry-After": "999999"}), 3600),
        (Says(429, headers={"Retry-After": "-5"}), 0),
        (Says(429, headers={"Retry-After": "soon"}), None),
        (Says(429, headers={"Retry-After": "nan"}), None),
        (Says(429), None),
        (in_seconds(60), 60),
    ],
)
def test_how_long_to_wait_is_read_in_each_of_its_forms(says, expected):
    with loopback(says) as server, pytest.raises(TryLaterError) as raised:
        graph_at(server.url).ask(change())

    assert raised.value.retry_after == expected


def test_nothing_of_that_service_goes_out_before_the_time_that_was_given():
    with loopback(Says(429, headers={"Retry-After": "1"}), GOOD) as server:
        graph = graph_at(server.url)
        with pytest.raises(TryLaterError):
            graph.ask(read())
        told = time.monotonic()
        with pytest.raises(TryLaterError) as early:
            graph.ask(read())
        (batched,) = graph.ask_all([create()])
        assert isinstance(batched, TryLaterError)
        assert len(server.came) == 1
        graph.ask(read("/sites/S", service=Service.LISTS))
        time.sleep(1.01 - (time.monotonic() - told))
        graph.ask(read())

    assert early.value.retry_after == pytest.approx(1, abs=0.2)
    assert [came.path for came in server.came] == [
        "/v1.0/planner/plans/P1/tasks", "/v1.0/sites/S", "/v1.0/planner/plans/P1/tasks",
    ]  # fmt: skip


def waits(graph: AskingGraph) -> float:
    counted = graph.sender.traffic.snapshot()
    return counted["planner"]["waits"] if "planner" in counted else 0


@pytest.mark.parametrize(
    "first", [Says(429), Says(503), Says(500), Says(504), Says(cut=True), Says(200, b"{")]
)
def test_with_patience_a_read_is_asked_again(first):
    with loopback(first, GOOD) as server:
        graph = graph_at(server.url, patience_s=5)
        before = waits(graph)
        answer = graph.ask(read())

    assert answer.body == {"value": []}
    assert len(server.came) == 2
    assert waits(graph) - before == 1


def test_patience_waits_as_long_as_the_answer_asks_and_no_longer_than_it_has():
    with loopback(Says(429, headers={"Retry-After": "1"}), GOOD) as server:
        began = time.monotonic()
        graph_at(server.url, patience_s=5).ask(read())
        assert time.monotonic() - began >= 1.0
    with loopback(Says(429, headers={"Retry-After": "60"}), GOOD) as server:
        began = time.monotonic()
        with pytest.raises(TryLaterError):
            graph_at(server.url, patience_s=5).ask(read())
        assert time.monotonic() - began < 1.0
        assert len(server.came) == 1


@pytest.mark.parametrize("first", [Says(429), Says(503, headers={"Retry-After": "0"})])
def test_a_change_asked_again_still_bears_its_version(first):
    with loopback(first, Says(204)) as server:
        graph_at(server.url, patience_s=5).ask(change())

    assert [came.headers["if-match"] for came in server.came] == ['W/"1"', 'W/"1"']
    assert [came.headers["prefer"] for came in server.came] == ["return=representation"] * 2


@pytest.mark.parametrize("first", [Says(500), Says(503), Says(504), Says(cut=True)])
def test_a_change_whose_end_is_unclear_is_not_sent_again(first):
    with loopback(first, Says(204)) as server, pytest.raises((UnclearError, TryLaterError)):
        graph_at(server.url, patience_s=5).ask(change())

    assert len(server.came) == 1


@pytest.mark.parametrize("first", [Says(429), Says(503), Says(500), Says(cut=True), Says(201, b"{")])
def test_a_create_is_never_sent_twice_however_patient_we_are(first):
    with loopback(first, MADE) as server, pytest.raises((TryLaterError, UnclearError)):
        graph_at(server.url, patience_s=5).ask(create())

    assert len(server.came) == 1


def test_a_create_that_must_wait_for_its_first_turn_waits_where_there_is_patience():
    with loopback(Says(429, headers={"Retry-After": "1"}), MADE) as server:
        graph = graph_at(server.url, patience_s=5)
        with pytest.raises(TryLaterError):
            graph.ask(create())
        began = time.monotonic()
        graph.ask(create())

    assert time.monotonic() - began > 0.8


def test_what_was_made_a_moment_ago_is_asked_for_again_until_it_shows():
    with loopback(Says(404), Says(404), Says(200, {"id": "T1"})) as server:
        answer = graph_at(server.url).ask(read("/planner/tasks/T1/details", fresh=True))

    assert answer.body == {"id": "T1"}
    assert len(server.came) == 3


def test_what_may_have_been_made_a_moment_ago_is_gone_where_it_stays_away():
    began = time.monotonic()
    with loopback(Says(404)) as server, pytest.raises(GoneError):
        graph_at(server.url).ask(read("/planner/tasks/T1", maybe_fresh=True))

    assert len(server.came) > 1
    assert time.monotonic() - began < 8.0


def test_schools_that_sign_in_as_the_same_are_counted_together():
    with loopback(GOOD) as server:
        schools = [graph_at(server.url, tenant="together.example") for _ in range(3)]
        other = graph_at(server.url, tenant="apart.example")
        for graph in schools:
            graph.ask(read())

    assert schools[0].sender.traffic.snapshot()["planner"]["calls"] == 3
    assert other.sender.traffic.snapshot() == {}


def test_every_page_of_a_collection_is_read():
    def says(came: Came) -> Says:
        if "skip" in came.path:
            return Says(200, {"value": [3]})
        return Says(200, {"value": [1, 2], "@odata.nextLink": f"{server.url}/v1.0/users?$skiptoken=a%20b"})

    with loopback(says) as server:
        assert list(graph_at(server.url).pages(read("/users"))) == [1, 2, 3]
    assert server.came[1].path == "/v1.0/users?$skiptoken=a%20b"


def test_a_page_that_asks_for_patience_does_not_cost_those_before_it():
    def says(came: Came) -> Says:
        if "skip" not in came.path:
            return Says(200, {"value": [1], "@odata.nextLink": f"{server.url}/v1.0/users?$skiptoken=2"})
        if len(server.came) == 2:
            return Says(429, {}, {"Retry-After": "1"})
        return Says(200, {"value": [2]})

    with loopback(says) as server:
        assert list(graph_at(server.url).pages(read("/users"))) == [1, 2]
    assert len(server.came) == 3


def test_a_service_that_is_down_is_asked_for_a_page_once():
    with loopback(Says(503, {}, {"Retry-After": "1"})) as server:
        with pytest.raises(TryLaterError):
            list(graph_at(server.url).pages(read("/users")))
        assert len(server.came) == 1


def test_what_one_school_was_told_holds_for_all_that_sign_in_as_the_same():
    with loopback(Says(429, {}, {"Retry-After": "5"})) as server:
        for _ in range(2):
            with pytest.raises(TryLaterError):
                graph_at(server.url).ask(read("/users"))
        assert len(server.came) == 1


def test_a_next_page_elsewhere_does_not_get_our_token():
    with loopback(GOOD) as other:
        link = f"{other.url}/v1.0/users?$skiptoken=1"
        away = Says(200, {"value": [1], "@odata.nextLink": link})
        with loopback(away) as server, pytest.raises(RpConnectError, match="not its own"):
            list(graph_at(server.url).pages(read("/users")))
        assert other.came == []


def test_pages_that_go_round_in_a_circle_end():
    def says(came: Came) -> Says:
        return Says(200, {"value": [1], "@odata.nextLink": f"{server.url}/v1.0/users"})

    with loopback(says) as server, pytest.raises(RpConnectError, match="same page twice"):
        list(graph_at(server.url).pages(read("/users")))


@pytest.mark.parametrize("body", [{"value": 3}, {}, {"value": None}])
def test_a_page_that_is_none_is_no_empty_page(body):
    with loopback(Says(200, body)) as server, pytest.raises(TryLaterError):
        list(graph_at(server.url).pages(read("/users")))


def test_never_more_than_four_requests_are_at_outlook_whatever_the_threads():
    events = read("/users/office@school.example/events", service=Service.CALENDAR)
    with loopback(Says(200, {"value": []}, pause=0.05)) as server:
        graphs = [graph_at(server.url, tenant="four.example") for _ in range(3)]
        with ThreadPoolExecutor(24) as pool:
            list(pool.map(lambda n: graphs[n % 3].ask(events), range(48)))

    assert len(server.came) == 48
    assert 2 <= server.most_at_once <= 4


def test_other_services_do_not_wait_for_outlook():
    with loopback(Says(200, {"value": []}, pause=0.2)) as server:
        graph = graph_at(server.url)
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda _: graph.ask(read()), range(12)))

    assert server.most_at_once > 4


def test_what_went_over_the_wire_is_counted_without_addresses():
    with loopback(GOOD, Says(429), Says(cut=True), GOOD) as server:
        graph = graph_at(server.url, tenant="counted.example")
        graph.ask(read())
        for _ in range(2):
            with pytest.raises(TryLaterError):
                graph.ask(read())
        graph.ask(read("/sites/S", service=Service.LISTS))

    counted = graph.sender.traffic.snapshot()
    planner = counted["planner"]
    assert (planner["calls"], planner["throttled"], planner["unclear"]) == (3, 1, 1)
    assert (counted["lists"]["calls"], counted["lists"]["throttled"]) == (1, 0)
    assert planner["seconds"] > 0
    assert "P1" not in str(counted)


def test_nothing_that_is_logged_holds_an_address(caplog):
    caplog.set_level(logging.DEBUG)
    with loopback(Says(200, {"value": []}), Says(503), Says(cut=True)) as server:
        graph = graph_at(server.url)
        for _ in range(3):
            with suppress(TryLaterError):
                graph.ask(read("/users/office@school.example/events?$filter=x", service=Service.CALENDAR))

    ours = [record for record in caplog.records if record.name.startswith("rp_microsoft365")]
    assert len(ours) == 3
    assert server.came[0].headers["client-request-id"] in ours[0].getMessage()
    assert "office@school.example" not in caplog.text
    assert TOKEN not in caplog.text


def test_the_schools_proxy_is_used(monkeypatch):
    with loopback(GOOD) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        graph_at("http://localhost:9").ask(read())

    assert proxy.came[0].path == "http://localhost:9/v1.0/planner/plans/P1/tasks"


def test_threads_that_share_a_way_to_graph_get_their_own_answers():
    def says(came: Came) -> Says:
        return Says(200, {"id": came.path.rpartition("/")[2], "match": came.headers.get("if-match")})

    def ask(number: int) -> bool:
        answer = graph.ask(change(f"/planner/tasks/T{number}", headers={"If-Match": f"e{number}"}))
        return bool(answer.body == {"id": f"T{number}", "match": f"e{number}"})

    with loopback(says) as server:
        graph = graph_at(server.url)
        with ThreadPoolExecutor(12) as pool:
            assert all(pool.map(ask, range(200)))


def test_whoever_can_wait_shares_turns_and_counts_with_whoever_cannot():
    with loopback(Says(429, headers={"Retry-After": "1"}), GOOD) as server:
        graph = graph_at(server.url, tenant="patient.example")
        with pytest.raises(TryLaterError):
            graph.ask(read())
        began = time.monotonic()
        graph.patient(5).ask(read())

    assert time.monotonic() - began > 0.8
    assert graph.sender.traffic.snapshot()["planner"]["calls"] == 2


def test_whoever_waits_too_long_for_a_turn_at_outlook_tries_later_and_keeps_nobody_back():
    turns = Turns(places=2, longest_wait_s=0.05)
    with turns.take(1):
        with pytest.raises(TryLaterError, match="Outlook is busy"), turns.take(20):
            pass
        with turns.take(1):
            pass
    with turns.take(20):
        pass


def test_a_permission_that_is_missing_asks_for_no_new_sign_in():
    assert not is_stale_sign_in(Reply(401, {}, b'{"error": {"code": "generalException"}}'))
    assert is_stale_sign_in(Reply(401, {}, b'{"error": {"code": "InvalidAuthenticationToken"}}'))
    assert is_stale_sign_in(Reply(401, {}, b""))


def test_what_is_left_of_a_broken_answer_is_not_taken_for_the_next_one():
    broken = Says(200, b"not gzip at all" * 20_000, {"Content-Encoding": "gzip"})
    with loopback(broken, Says(200, {"id": "next"})) as server:
        graph = graph_at(server.url)
        with pytest.raises(TryLaterError):
            graph.ask(read())
        assert graph.ask(read()).body == {"id": "next"}


@pytest.mark.parametrize("where", ["/v1.0/elsewhere", "http://127.0.0.1:9/", "::", ""])
def test_a_redirect_is_not_followed_and_not_looked_into(where):
    away = Says(301, b"<html>", {"Location": where, "Content-Encoding": "gzip", "Content-Length": "7"})
    with loopback(away) as server, pytest.raises(TryLaterError):
        graph_at(server.url, timeout_s=0.5).ask(read())
    assert len(server.came) == 1
