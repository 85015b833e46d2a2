"""A provider that is slow or away holds up a few of those who sign in, and none of them for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from rp_connect.errors import AccessError, RpConnectError, TryLaterError
from rp_connect.ports.sign_in import Attempt
from rp_openid.patience import AT_ONCE, SPARED_S, WAITS_S
from rp_openid.provider import APART_S, LARGEST
from rp_openid.provider import Provider as Published
from rp_openid.settings import OpenIdSettings
from rp_openid.sign_in import OpenIdSignIn
from tests.plugins.rp_openid.provider import CLIENT, SECRET, TENANT, Claims, Provider, running_provider

ATTEMPT = Attempt("s" * 43, "n" * 43, "v" * 43)
AT_ONCE_S = 0.5
"""Of what is answered without waiting, on a machine that is busy."""


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


def outcome(published: Published) -> tuple[type[RpConnectError] | None, float]:
    """Of asking for an address: what was raised, and after how many seconds."""
    began = time.monotonic()
    try:
        published.address("token_endpoint")
    except RpConnectError as fault:
        return type(fault), time.monotonic() - began
    return None, time.monotonic() - began


def outcomes(published: Published, callers: int) -> list[tuple[type[RpConnectError] | None, float]]:
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(lambda _: outcome(published), range(callers)))


def test_callers_at_once_wait_for_one_failure_and_not_for_each_others():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        published = Published(f"http://127.0.0.1:{silent.getsockname()[1]}", 1.0)
        began = time.monotonic()
        found = outcomes(published, 8)

    assert {kind for kind, _ in found} == {TryLaterError}
    assert time.monotonic() - began < 2.5, "of eight timeouts of a second one after the other"


def test_a_provider_that_failed_is_spared_for_some_seconds_and_asked_again_after_them(provider: Provider):
    clock, right = Clock(), provider.discovery
    published = Published(provider.address, 5.0, clock)
    provider.discovery = lambda: {"far too much": "x" * LARGEST}  # type: ignore[method-assign]
    for _ in range(5):
        assert outcome(published)[0] is TryLaterError
    assert len(provider.asked) == 1

    provider.discovery = right  # type: ignore[method-assign]
    clock.now += SPARED_S
    assert outcome(published)[0] is None
    assert len(provider.asked) == 2


def test_a_provider_that_names_another_issuer_is_spared_as_well(provider: Provider):
    published = Published(provider.address, 5.0, Clock())
    provider.discovery = lambda: {"issuer": "https://login.evil.example"}  # type: ignore[method-assign]

    assert [outcome(published)[0] for _ in range(5)] == [AccessError] * 5
    assert len(provider.asked) == 1


def test_callers_at_once_share_one_answer(provider: Provider):
    provider.before = lambda path: time.sleep(0.3)

    assert {kind for kind, _ in outcomes(Published(provider.address, 5.0), 8)} == {None}
    assert len(provider.asked) == 1


def test_of_a_crowd_only_a_few_wait_and_not_as_long_as_the_provider_takes(provider: Provider):
    go, crowd = Event(), AT_ONCE + 20
    provider.before = lambda path: go.wait(30)
    published = Published(provider.address, 30.0)
    with ThreadPoolExecutor(crowd) as pool:
        asked = [pool.submit(outcome, published) for _ in range(crowd)]
        time.sleep(WAITS_S + 1)
        in_vain = [one.result() for one in asked if one.done()]
        go.set()
        (fetched,) = [one.result() for one in asked if one.result() not in in_vain]

    assert fetched[0] is None
    assert {kind for kind, _ in in_vain} == {TryLaterError}
    assert len([seconds for _, seconds in in_vain if seconds < AT_ONCE_S]) >= 20
    assert outcome(published)[0] is None, "to have waited in vain is no failure of the provider"


def test_what_was_fetched_is_used_while_keys_are_fetched_anew(provider: Provider):
    clock, go = Clock(), Event()
    published = Published(provider.address, 30.0, clock)
    published.keys("key-1")
    clock.now += APART_S
    provider.before = lambda path: go.wait(30)
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(published.keys, "key-2")
        time.sleep(0.2)
        began = time.monotonic()
        published.address("token_endpoint")
        assert [key.kid for key in published.keys("key-1").keys] == ["key-1"]
        assert time.monotonic() - began < AT_ONCE_S
        assert not fetching.done()
        go.set()
        assert [key.kid for key in fetching.result().keys] == ["key-1"]


def sign_in_with(provider: Provider, timeout_s: float) -> OpenIdSignIn:
    settings = OpenIdSettings(
        client_id=CLIENT, secret="env:UNUSED", tenant=TENANT, issuer=provider.address, timeout_s=timeout_s
    )
    return OpenIdSignIn(settings, "https://rp.trust.example/sign-in/back", lambda: SECRET)


def test_one_exchange_that_is_not_answered_spares_the_next_ones_the_wait(provider: Provider):
    go, way = Event(), sign_in_with(provider, 1.0)
    way.address(ATTEMPT)
    provider.before = lambda path: go.wait(30)
    with pytest.raises(TryLaterError):
        way.email(ATTEMPT, {"code": "made up"})

    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(TryLaterError, match="cannot be reached"):
            way.email(ATTEMPT, {"code": "made up"})
    go.set()
    assert time.monotonic() - began < AT_ONCE_S


@pytest.mark.parametrize("answer", [(400, {"error": "invalid_grant"}), (500, {}), (200, [])])
def test_what_is_said_to_one_code_keeps_nobody_else_out(provider: Provider, answer: tuple[int, Claims]):
    """A stranger can send any code: the answer to it must not count as the provider being away."""
    way, right = sign_in_with(provider, 5.0), provider.exchange
    provider.exchange = lambda form: answer  # type: ignore[method-assign]
    with pytest.raises((AccessError, TryLaterError)):
        way.email(ATTEMPT, {"code": "made up"})
    provider.exchange = right  # type: ignore[method-assign]

    with pytest.raises(AccessError):
        way.email(ATTEMPT, {"code": "made up"})
    assert provider.exchanges == [answer[0], 400]
