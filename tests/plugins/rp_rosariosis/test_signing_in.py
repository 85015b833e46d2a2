"""The token, the session and the faults: who may ask, and what happens when nobody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.taking import everything
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor


def test_a_wrong_token_is_refused_although_the_answer_says_200(vendor: Vendor, mis: MisAdapter):
    vendor.token = "another"
    with pytest.raises(AccessError, match="Only one token works"):
        mis.probe()


def test_it_signs_in_once_and_then_goes_by_the_session(vendor: Vendor, mis: MisAdapter):
    mis.probe()
    for kind in Kind:
        everything(mis, kind)
    assert sum(path.endswith("auth.php") for _, path, _ in vendor.log) == 1


def test_a_session_outlives_its_token(vendor: Vendor, mis: MisAdapter):
    began = datetime.now(UTC)
    mis.probe()
    vendor.now = lambda: began + timedelta(minutes=20)
    assert everything(mis, Kind.PUPIL)
    assert sum(path.endswith("auth.php") for _, path, _ in vendor.log) == 1


def test_a_session_that_ended_in_the_middle_is_begun_anew(vendor: Vendor, mis: MisAdapter):
    mis.probe()
    vendor.end_sessions()
    assert everything(mis, Kind.PUPIL)
    assert sum(path.endswith("auth.php") for _, path, _ in vendor.log) == 2


def ending(vendor: Vendor, reply: Reply, waited: list[float] | None = None) -> RpConnectError:
    """How it ends where the lists answer like this; nobody waits between two tries, and `waited` tells how
    long it would have been."""

    def change(path: str, good: Reply) -> Reply:
        return good if path.endswith("auth.php") else reply

    with served(vendor, change) as url, pytest.raises(RpConnectError) as raised:
        adapter(url, ([] if waited is None else waited).append).probe()
    return raised.value


@pytest.mark.parametrize(
    ("status", "code", "told"), [(401, 1011, "X-Authorization"), (403, 1012, "ROSARIO_REST_API_SECRET")]
)
def test_a_token_that_is_refused_although_it_is_new_says_where_to_look(
    vendor: Vendor, status: int, code: int, told: str
):
    fault = ending(vendor, Reply(status, {"code": code, "message": "Authentication"}))
    assert told in str(fault)
    assert told not in str(ending(vendor, Reply(status, b"<h1>Forbidden</h1>")))


PAGE = b"<!DOCTYPE html><title>RosarioSIS</title><form>Username</form>"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, {"code": 1011, "message": "Authentication required"}, AccessError),
        (403, {"code": 1012, "message": "Authentication failed for 'JWT'"}, AccessError),
        (403, {"code": 1019, "message": "Pagination forbidden"}, AccessError),
        (404, {"code": 1001, "message": "Table 'students' not found"}, ConfigError),
        (404, b"<h1>Not Found</h1>", ConfigError),
        (302, b"", ConfigError),
        (200, PAGE, ConfigError),
        (200, b'{"records":[{"id":', TryLaterError),
        (200, b"", TryLaterError),
        (200, b"[" * 100_000, TryLaterError),
        (200, {"code": 9999, "message": "oh"}, TryLaterError),
        (200, {"records": [{"id": 1}]}, TryLaterError),
        (200, {"records": "none", "results": 2}, TryLaterError),
        (200, {"records": [], "results": True}, TryLaterError),
        (500, {"code": 9999, "message": ""}, TryLaterError),
        (502, b"<h1>Bad gateway</h1>", TryLaterError),
    ],
)
def test_every_fault_says_who_must_act(vendor: Vendor, status: int, body: object, told: type[RpConnectError]):
    assert type(ending(vendor, Reply(status, body))) is told


@pytest.mark.parametrize(
    ("said", "seconds"), [("90", 90), ("", None), ("soon", None), ("²", None), ("9" * 400, 24 * 3600)]
)
def test_the_time_that_is_asked_for_is_passed_on(vendor: Vendor, said: str, seconds: float | None):
    fault = ending(vendor, Reply(429, {"message": "slow"}, {"Retry-After": said.encode().decode("latin-1")}))
    assert isinstance(fault, TryLaterError)
    assert fault.retry_after == seconds


@pytest.mark.parametrize(
    ("said", "pauses"), [("", [0.3, 0.6]), ("2", [2.0, 2.0]), ("3", [3.0, 3.0]), ("90", [])]
)
def test_a_read_is_tried_three_times_with_a_pause_in_between_and_never_after_a_long_one_was_asked_for(
    vendor: Vendor, said: str, pauses: list[float]
):
    waited: list[float] = []
    ending(vendor, Reply(503, {"message": "slow"}, {"Retry-After": said}), waited)
    assert waited == pauses


def test_a_blip_is_not_noticed(vendor: Vendor):
    """Not even where it befalls the session that was begun a moment ago."""
    left = [Reply(502, b"<h1>Bad gateway</h1>")]

    def change(path: str, good: Reply) -> Reply:
        return left.pop() if left and not path.endswith("auth.php") else good

    with served(vendor, change) as url:
        assert everything(adapter(url, lambda _: None), Kind.PUPIL)
    assert sum(path.endswith("auth.php") for _, path, _ in vendor.log) == 2, (
        "the first session never was let in"
    )


def test_a_line_that_breaks_every_answer_off_is_no_reason_to_look_at_the_token(vendor: Vendor):
    """The cookie of a signing in of which only the head arrived lets nobody in."""
    with served(vendor, lambda path, good: b'{"') as url, pytest.raises(TryLaterError):
        adapter(url, lambda _: None).probe()


def test_who_cannot_be_reached_is_asked_again_later():
    with pytest.raises(TryLaterError):
        adapter("http://127.0.0.1:9").probe()


def test_neither_token_nor_name_is_in_a_log(
    vendor: Vendor, mis: MisAdapter, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(0)
    for kind in Kind:
        everything(mis, kind)
    vendor.end_sessions()
    vendor.token = "another"
    with pytest.raises(AccessError) as raised:
        mis.probe()
    said = caplog.text + repr(raised.value) + repr(vars(mis))
    assert not [word for word in ("0123456789abcdef", "jwt.", "Okafor", "Amelia", "teach@") if word in said]
