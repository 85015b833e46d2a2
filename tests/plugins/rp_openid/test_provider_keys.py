"""What a provider publishes is kept for a while, and fetched anew when its keys change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.errors import AccessError, TryLaterError
from rp_openid.provider import APART_S, KEPT_S
from rp_openid.provider import Provider as Published
from tests.plugins.rp_openid.provider import Provider, new_key, running_provider


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


@pytest.fixture
def published(provider: Provider, clock: Clock) -> Published:
    return Published(provider.address, 5.0, clock)


def names(published: Published, key_id: str) -> list[str | None]:
    return [key.kid for key in published.keys(key_id).keys]


def test_keys_are_fetched_once_and_again_after_an_hour(
    published: Published, provider: Provider, clock: Clock
):
    for _ in range(5):
        assert names(published, "key-1") == ["key-1"]
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]

    clock.now += KEPT_S
    names(published, "key-1")
    assert provider.asked.count("/keys") == 2


def test_new_keys_are_found_when_a_token_names_one(published: Published, provider: Provider, clock: Clock):
    names(published, "key-1")
    provider.key, provider.key_id = new_key(), "key-2"
    clock.now += APART_S

    assert names(published, "key-2") == ["key-2"]


def test_names_that_nobody_knows_fetch_keys_at_most_once_a_minute(
    published: Published, provider: Provider, clock: Clock
):
    for number in range(100):
        names(published, f"forged-{number}")
        clock.now += 1

    assert provider.asked.count("/keys") == 2


def test_a_provider_that_names_another_issuer_is_not_used(published: Published, provider: Provider):
    provider.discovery = lambda: {"issuer": "https://login.evil.example"}  # type: ignore[method-assign]

    with pytest.raises(AccessError, match="not the one that is set up"):
        published.address("token_endpoint")


@pytest.mark.parametrize("address", ["http://login.evil.example/token", "ftp://x", "", None, "/token"])
def test_an_address_without_https_is_not_used(published: Published, provider: Provider, address: object):
    found = provider.discovery() | {"token_endpoint": address, "end_session_endpoint": address}
    provider.discovery = lambda: found  # type: ignore[method-assign]

    with pytest.raises(AccessError):
        published.address("token_endpoint")
    assert published.farewell() is None


def test_a_provider_that_is_away_is_a_matter_of_patience(clock: Clock):
    with pytest.raises(TryLaterError, match="cannot be reached"):
        Published("http://127.0.0.1:9", 2.0, clock).address("token_endpoint")
