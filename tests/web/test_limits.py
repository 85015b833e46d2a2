"""How often one sender may ask, and who the sender is behind our own proxies."""

from __future__ import annotations

import pytest

from rp_connect.web.limits import SENDERS, Limit
from rp_connect.web.proxies import came_by_https, came_from


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_so_many_a_second():
    clock = Clock()
    limit = Limit(3, 0.5, clock)

    assert [limit.wait("one") for _ in range(4)] == [0, 0, 0, 2]
    assert limit.wait("another") == 0
    clock.now = 2.0
    assert [limit.wait("one") for _ in range(2)] == [0, 2]
    clock.now = 3600.0
    assert [limit.wait("one") for _ in range(4)] == [0, 0, 0, 2]


def test_no_more_senders_are_remembered_than_there_is_room_for():
    limit = Limit(1, 0.001, Clock())
    limit.wait("first")
    for number in range(SENDERS):
        limit.wait(str(number))

    assert limit.wait(str(SENDERS - 1)) > 0
    assert limit.wait("first") == 0, "whoever has not asked for longest is forgotten"


def scope(scheme: str = "http", **headers: str) -> dict[str, object]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "scheme": scheme, "client": ("10.0.0.1", 5), "headers": pairs}


@pytest.mark.parametrize(
    ("given", "proxies", "sender"),
    [
        ("203.0.113.7", 1, "203.0.113.7"),
        ("203.0.113.7:50123", 1, "203.0.113.7"),
        ("[2001:db8::1]:443", 1, "2001:db8::/64"),
        ("[2001:db8::1]", 1, "2001:db8::/64"),
        ("2001:db8::1", 1, "2001:db8::/64"),
        ("2001:DB8:0:0:9::1", 1, "2001:db8::/64"),
        ("2001:db8:0:1::1", 1, "2001:db8:0:1::/64"),
        ("[::ffff:203.0.113.7]:50123", 1, "203.0.113.7"),
        ("forged, [2001:db8::1]:50123, 10.0.0.9:4711", 2, "2001:db8::/64"),
        ("unknown", 1, "10.0.0.1"),
        ("203.0.113.7:port", 1, "10.0.0.1"),
        ("forged, 203.0.113.7", 1, "203.0.113.7"),
        ("forged, 203.0.113.7, 10.0.0.9", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "10.0.0.1"),
        ("203.0.113.7", 0, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
    ],
)
def test_the_sender_is_whom_our_own_proxies_saw(given: str, proxies: int, sender: str):
    assert came_from(scope(x_forwarded_for=given), proxies) == sender


def test_a_new_port_or_a_new_address_of_the_same_network_is_no_new_sender():
    given = ["[2001:db8::1]:443", "[2001:db8::1]:50123", "2001:db8::2", "[2001:db8:0:0:ffff::1]:1"]
    limit = Limit(3, 0.001, Clock())

    waits = [limit.wait(came_from(scope(x_forwarded_for=one), 1)) for one in given]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0


def test_https_is_what_our_proxy_says_or_the_server_itself():
    assert came_by_https(scope(x_forwarded_proto="https"), 1)
    assert not came_by_https(scope(x_forwarded_proto="https, http"), 1)
    assert not came_by_https(scope("https"), 1)
    assert came_by_https(scope("https"), 0)
    assert not came_by_https(scope(x_forwarded_proto="https"), 0)
