"""What the provider publishes of itself: its addresses and its keys, kept for a while and fetched anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_connect.errors import AccessError, TryLaterError
from rp_openid.patience import AWAY, Patience
from rp_openid.settings import is_safe

KEPT_S = 60 * 60.0
"""How long what was fetched is used without asking again."""
APART_S = 60.0
"""Between two fetches because of a key that nobody knows: forged tokens must not make us a nuisance."""
LARGEST = 512 * 1024
WRONG = "The service that you sign in with is not the one that is set up here, so nobody was let in."


class Provider:
    """Raises TryLaterError where it cannot be reached and AccessError where it is another than `issuer`.

    Nobody waits for a lock where what was fetched is still good.
    """

    def __init__(self, issuer: str, timeout_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._timeout_s = timeout_s
        self._clock = clock
        self.patience = Patience(clock)
        self._addresses: Mapping[str, Any] = {}
        self._keys = KeySet([])
        self._addresses_at = self._keys_at = -KEPT_S

    def address(self, name: str) -> str:
        """The address that the discovery document has under `name`, such as “token_endpoint”."""
        found = self._published().get(name)
        if not isinstance(found, str) or not is_safe(found):
            raise AccessError(WRONG)
        return found

    def farewell(self) -> str | None:
        found = self._published().get("end_session_endpoint")
        return found if isinstance(found, str) and is_safe(found) else None

    def keys(self, key_id: str | None) -> KeySet:
        """Those that sign now. Fetched again when `key_id` is not among them, as after a change of keys."""
        uri = self.address("jwks_uri")
        if self._wants_keys(key_id):
            with self.patience.turn():
                if self._wants_keys(key_id):  # somebody else may have fetched them meanwhile
                    self._keys = _key_set(self._fetched(uri))
                    self._keys_at = self._clock()
        return self._keys

    def _wants_keys(self, key_id: str | None) -> bool:
        age = self._clock() - self._keys_at
        return age >= KEPT_S or (age >= APART_S and key_id not in {key.kid for key in self._keys.keys})

    def _published(self) -> Mapping[str, Any]:
        if self._wants_addresses():
            with self.patience.turn():
                if self._wants_addresses():
                    self._addresses = self._discovered()
                    self._addresses_at = self._clock()
        return self._addresses

    def _wants_addresses(self) -> bool:
        return self._clock() - self._addresses_at >= KEPT_S

    def _discovered(self) -> Mapping[str, Any]:
        found = self._fetched(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise AccessError(WRONG)
        return found

    def _fetched(self, address: str) -> Mapping[str, Any]:
        try:
            answer = requests.get(address, timeout=self._timeout_s, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 and len(answer.content) <= LARGEST else None
        except (requests.RequestException, ValueError):
            raise TryLaterError(AWAY) from None
        if not isinstance(found, dict):
            raise TryLaterError(AWAY)
        return found


def _key_set(found: Mapping[str, Any]) -> KeySet:
    """Only keys that come in pairs: a shared secret among published keys would be everybody's."""
    given = found.get("keys")
    pairs = [
        key
        for key in (given if isinstance(given, list) else [])
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": pairs})
    except (JoseError, ValueError, TypeError, KeyError):
        raise TryLaterError(AWAY) from None
