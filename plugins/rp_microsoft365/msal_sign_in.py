"""Asks Entra for tokens with msal. Imports msal and requests: load it when the first token is needed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import msal
import requests
from requests import exceptions

from rp_connect.errors import ConfigError, RpConnectError, TryLaterError
from rp_microsoft365.sessions import UNTRUSTED, TimedSession, is_untrusted
from rp_microsoft365.sign_in_faults import no_such_tenant, refused, unreachable

IDENTITY_S = 10.0
"""A managed identity answers from the same machine, or not at all."""
PAUSE_S = 5.0
"""For so long a sign-in that could not be reached is left alone; msal waits as long after a 5xx."""
_IMDS = "http://169.254.169.254"
"""Where a virtual machine of Azure asks; `url` of a session only chooses its proxies."""

AskToken = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, repr=False)
class Application:
    """Who signs in, and where. `kind` is managed_identity, federated_managed_identity, certificate or secret;
    `authority` ends with the tenant; `own_authority`: msal cannot know its host."""

    kind: str
    authority: str
    audience: str
    client_id: str
    identity: str
    exchange: str
    own_authority: bool
    certificate: Path | None
    read_secret: Callable[[], str]
    timeout_s: float


class _WatchedSession(TimedSession):
    """msal says neither the status nor Retry-After of an answer that was no token."""

    def __init__(self, url: str, timeout_s: float, *, local: bool = False) -> None:
        super().__init__(url, timeout_s, local=local)
        self.status = 0
        self.answered: Mapping[str, str] = {}

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        response = super().send(request, **kwargs)
        self.status = response.status_code
        self.answered = {name.lower(): value for name, value in response.headers.items()}
        return response


class MsalTokens:
    """`sending.Tokens`; one thread at a time asks, the others get what it was given. msal keeps the token and
    renews it before it runs out."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = Lock()
        self._ask: AskToken | None = None
        self._session: _WatchedSession | None = None
        self._closed_until = 0.0

    def token(self) -> str:
        with self._lock:
            self._refuse_early()
            try:
                return self._asked()
            except TryLaterError as fault:
                pause = PAUSE_S if fault.retry_after is None else fault.retry_after
                self._closed_until = time.monotonic() + pause
                raise
            except RpConnectError:
                self._ask = None  # whoever renews a secret or a certificate need not start us anew
                raise

    def forget(self) -> None:
        with self._lock:
            self._ask = None

    def _refuse_early(self) -> None:
        left = self._closed_until - time.monotonic()
        if left > 0:
            raise TryLaterError("The sign-in to Microsoft 365 asked us to wait.", retry_after=left)

    def _asked(self) -> str:
        try:
            result = self._opened()()
        except RpConnectError:
            raise
        except (exceptions.ConnectionError, exceptions.Timeout) as fault:
            raise _no_connection(fault) from None
        except Exception as fault:  # noqa: BLE001 - msal raises what it meets, and its words may quote an assertion
            raise self._unexpected(fault) from None
        token = result.get("access_token")
        if isinstance(token, str) and token:
            return token
        session, exchange = self._session, self._application.exchange
        status, answered = (session.status, session.answered) if session else (0, {})
        raise refused(result, status, answered, exchange=exchange)

    def _opened(self) -> AskToken:
        if self._ask is None:
            application = self._application
            if application.kind == "managed_identity":
                self._ask = self._managed_identity(application.client_id, application.audience)
            else:
                self._ask = self._confidential(application)
        return self._ask

    def _managed_identity(self, client_id: str, audience: str) -> AskToken:
        url = os.environ.get("IDENTITY_ENDPOINT") or _IMDS
        session = _WatchedSession(url, min(IDENTITY_S, self._application.timeout_s), local=True)
        self._session = self._session or session
        identity = (
            msal.UserAssignedManagedIdentity(client_id=client_id)
            if client_id
            else msal.SystemAssignedManagedIdentity()
        )
        client = msal.ManagedIdentityClient(identity, http_client=session)

        def ask() -> Mapping[str, Any]:
            try:
                return client.acquire_token_for_client(resource=audience) or {}
            except (exceptions.RequestException, ValueError) as fault:
                raise _no_identity(fault) from None

        return ask

    def _confidential(self, application: Application) -> AskToken:
        self._session = session = _WatchedSession(application.authority, application.timeout_s)
        credential = self._credential(application)
        try:
            client = msal.ConfidentialClientApplication(
                application.client_id,
                client_credential=credential,
                authority=application.authority,
                http_client=session,
                instance_discovery=False if application.own_authority else None,
            )
        except exceptions.RequestException:
            raise
        except ValueError:  # the credential was looked at before, so it is the description of the tenant
            if session.status == 429:
                raise refused({}, session.status, session.answered) from None
            raise no_such_tenant() from None
        scopes = [f"{application.audience}/.default"]
        return lambda: client.acquire_token_for_client(scopes=scopes) or {}

    def _credential(self, application: Application) -> str | dict[str, Any]:
        if application.kind == "secret":
            return application.read_secret()
        if application.certificate is not None:
            from rp_microsoft365.certificates import read_certificate  # noqa: PLC0415 - only where one is used

            return {**read_certificate(application.certificate)}
        vouch = self._managed_identity(application.identity, application.exchange)
        return {"client_assertion": lambda: _statement(vouch())}

    def _unexpected(self, fault: Exception) -> RpConnectError:
        session = self._session
        if session is not None and (session.status == 429 or session.status >= 500):
            return refused({}, session.status, session.answered)
        return unreachable(f"its answer could not be read ({type(fault).__name__})")


def _no_connection(fault: Exception) -> RpConnectError:
    return unreachable(
        UNTRUSTED if is_untrusted(fault) else f"there is no connection ({type(fault).__name__})"
    )


def _no_identity(fault: Exception) -> RpConnectError:
    """Functions and App Service name their endpoint; where none is named, only a virtual machine has one."""
    if "IDENTITY_ENDPOINT" in os.environ:
        return unreachable(f"the managed identity of this host gave no answer ({type(fault).__name__})")
    return ConfigError(
        "There is no managed identity here: it works on Azure only. Set credential to certificate:PATH or"
        " secret:env:NAME in [school.microsoft365]."
    )


def _statement(result: Mapping[str, Any]) -> str:
    """What a managed identity says of itself to Entra."""
    token = result.get("access_token")
    if isinstance(token, str) and token:
        return token
    raise refused(result, 0, {})
