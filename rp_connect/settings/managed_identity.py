"""A managed identity of Azure: who this installation is where it has no secret. msal asks for its tokens.

The host (Functions, App Service, a virtual machine) vouches for it; nothing here works anywhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from rp_connect.errors import ConfigError, RpConnectError, TryLaterError

if TYPE_CHECKING:
    import requests

CLIENT_ID = "AZURE_CLIENT_ID"
"""The client id of a user-assigned identity; where it is not set, the system-assigned one is asked for."""
TIMEOUT_S = 10.0
"""A host answers from the same machine, or not at all."""


class ManagedIdentity:
    """Tokens for one `resource` (an audience such as https://vault.azure.net), kept by msal until they are
    due for renewal. Threads may share it."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self._lock = Lock()
        self._ask: Callable[[], Mapping[str, Any]] | None = None

    def token(self) -> str:
        """Raises ConfigError where there is no managed identity, TryLaterError where it gives none now."""
        with self._lock:
            self._ask = self._ask or self._opened()
            found = self._ask().get("access_token")
        if isinstance(found, str) and found:
            return found
        raise TryLaterError(
            f"The managed identity of this host was given no token for {self._resource}: is it assigned to"
            f" this host, and is {CLIENT_ID} its client id?"
        )

    def _opened(self) -> Callable[[], Mapping[str, Any]]:
        import msal  # noqa: PLC0415 - only where an identity is used

        client_id = os.environ.get(CLIENT_ID, "")
        identity = (
            msal.UserAssignedManagedIdentity(client_id=client_id)
            if client_id
            else msal.SystemAssignedManagedIdentity()
        )
        client = msal.ManagedIdentityClient(identity, http_client=open_session("", TIMEOUT_S))

        def ask() -> Mapping[str, Any]:
            try:
                return client.acquire_token_for_client(resource=self._resource) or {}
            except Exception as fault:  # noqa: BLE001 - msal raises what it meets, and its words may quote a token
                raise _no_answer(fault) from None

        return ask


def open_session(url: str, timeout_s: float) -> requests.Session:
    """For `url` by the proxies of the environment; without a URL, for this machine and past every proxy.

    A `.netrc` is never read, as requests would put what it finds there in the place of our token.
    """
    import requests  # noqa: PLC0415 - only where something is asked
    from requests.utils import get_environ_proxies  # noqa: PLC0415 - as above

    class Timed(requests.Session):
        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
            kwargs["timeout"] = kwargs.get("timeout") or timeout_s
            return super().send(request, **kwargs)

    session = Timed()
    session.trust_env = False
    session.proxies = dict(get_environ_proxies(url)) if url else {}
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    return session


def _no_answer(fault: Exception) -> RpConnectError:
    """Functions and App Service name their endpoint; where none is named, only a virtual machine has one."""
    if "IDENTITY_ENDPOINT" in os.environ:
        return TryLaterError(f"The managed identity of this host gave no answer ({type(fault).__name__}).")
    return ConfigError("There is no managed identity here: it works on Azure only.")
