"""Secrets in Azure Key Vault, read with the managed identity of this host. They are in no file and no log."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.settings.managed_identity import ManagedIdentity, open_session

if TYPE_CHECKING:
    import requests

VAULT = "RP_CONNECT_KEY_VAULT"
API_VERSION = "7.4"
KEPT_S = 300.0
"""A secret that was renewed is used after so many seconds at most."""
TIMEOUT_S = 10.0
_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class KeyVault:
    """The vault whose address is in RP_CONNECT_KEY_VAULT, such as https://kv-school.vault.azure.net/."""

    def __init__(self, environ: Mapping[str, str] | None = None, *, kept_s: float = KEPT_S) -> None:
        self._environ = environ
        self._kept_s = kept_s
        self._kept: dict[str, tuple[float, str]] = {}
        self._identity: ManagedIdentity | None = None
        self._session: requests.Session | None = None
        self._lock = Lock()

    def read(self, name: str) -> str:
        """The newest version of the secret. Raises ConfigError where the vault or the secret is not there,
        AccessError where the vault refuses us, TryLaterError where it does not answer."""
        if not _NAME.fullmatch(name):
            raise ConfigError(f"keyvault:{name}: a name in a vault has letters, digits and hyphens.")
        with self._lock:
            until, value = self._kept.get(name, (0.0, ""))
            if until <= time.monotonic():
                value = self._ask(name)
                self._kept[name] = time.monotonic() + self._kept_s, value
        return value

    def _ask(self, name: str) -> str:
        from requests import RequestException  # noqa: PLC0415 - only where a vault is used

        vault = self._address(name)
        self._identity = self._identity or ManagedIdentity(_audience(vault))
        self._session = self._session or open_session(vault, TIMEOUT_S)
        try:
            answer = self._session.get(
                f"{vault}/secrets/{name}",
                params={"api-version": API_VERSION},
                headers={"Authorization": f"Bearer {self._identity.token()}"},
                allow_redirects=False,
            )
        except RequestException as fault:
            raise TryLaterError(f"The Key Vault could not be reached ({type(fault).__name__}).") from None
        return _value(name, answer)

    def _address(self, name: str) -> str:
        url = (os.environ if self._environ is None else self._environ).get(VAULT, "").rstrip("/")
        if not url:
            raise ConfigError(f"keyvault:{name} is needed, but the environment variable {VAULT} is not set.")
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or parts.path or parts.query or parts.username:
            raise ConfigError(f"{VAULT} must be the address of a vault, as https://NAME.vault.azure.net.")
        return url


def _audience(vault: str) -> str:
    """Each cloud has its own, which its vaults are named under: https://NAME.vault.azure.net."""
    host = urlsplit(vault).hostname or ""
    return "https://vault.azure.net" if host in _LOOPBACK else f"https://{host.partition('.')[2]}"


def _value(name: str, answer: requests.Response) -> str:
    if answer.status_code != 200:
        raise _refused(name, answer)
    try:
        value = answer.json()["value"]
    except (ValueError, KeyError, TypeError):
        value = None
    if isinstance(value, str) and value:
        return value
    raise ConfigError(f"keyvault:{name} has no value in the Key Vault.")


def _refused(name: str, answer: requests.Response) -> RpConnectError:
    status = answer.status_code
    if status == 404:
        return ConfigError(f"keyvault:{name} is needed, but the Key Vault has no secret of that name.")
    if status in (401, 403):
        return AccessError(
            f"The Key Vault refuses to show keyvault:{name} (status {status}): the managed identity needs the"
            " role Key Vault Secrets User there, the secret must be enabled, and the vault's network must let"
            " us in."
        )
    after = answer.headers.get("Retry-After", "")
    return TryLaterError(
        f"The Key Vault does not show keyvault:{name} just now (status {status}).",
        retry_after=float(after) if after.isdigit() else None,
    )
