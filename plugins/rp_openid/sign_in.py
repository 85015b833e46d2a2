"""The authorisation code flow with PKCE, as `ports.sign_in.SignIn`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from rp_connect.errors import AccessError, RpConnectError, TryLaterError
from rp_connect.ports.sign_in import Attempt
from rp_openid.identity import address_of, checked_claims
from rp_openid.patience import AWAY
from rp_openid.provider import Provider
from rp_openid.refusals import RefusedError
from rp_openid.settings import OpenIdSettings

_log = logging.getLogger(__name__)

SCOPE = "openid email profile"
LONGEST_CODE = 8 * 1024
# RFC 6749, 5.2; any other word might be somebody's.
OAUTH_ERRORS = ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope")
NOT_READY = (
    "Signing in is not set up fully here just now. Please tell whoever looks after rp-connect, and try again "
    "later."
)
NOT_ALLOWED = (
    "Your school's own sign-in did not let you through, so nothing is shown here. Please try once more; if "
    "it stays so, ask whoever looks after your school's accounts."
)


class OpenIdSignIn:
    """Asked by several threads: each sign-in has a session of its own, and all share what was published.

    `secret` is asked at each sign-in, so that one that was renewed is used without a restart.
    """

    def __init__(self, settings: OpenIdSettings, callback: str, secret: Callable[[], str]) -> None:
        self._settings = settings
        self._callback = callback
        self._secret = secret
        self._provider = Provider(settings.issued_by, settings.timeout_s)

    def address(self, attempt: Attempt) -> str:
        authorize = self._provider.address("authorization_endpoint")
        with self._session() as session:
            address, _ = session.create_authorization_url(
                authorize, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(address)

    def email(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        try:
            return self._email(attempt, answer)
        except AccessError as refusal:
            kind = (
                refusal.kind if isinstance(refusal, RefusedError) else "another provider than the one set up"
            )
            _log.warning("the provider's answer was not believed: %s", kind)
            raise

    def _email(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        if "error" in answer:
            raise RefusedError("answer: the provider let nobody through", NOT_ALLOWED)
        own, code = self._settings, answer.get("code", "")
        # RFC 9207: a provider that names itself in the address must be ours.
        if not 0 < len(code) <= LONGEST_CODE or answer.get("iss", own.issued_by) != own.issued_by:
            raise RefusedError("answer: no code, or another issuer")
        token = self._token(code, attempt.verifier).get("id_token")
        return address_of(checked_claims(token, own, self._provider, attempt.nonce), own)

    def farewell(self) -> str | None:
        return self._provider.farewell()

    def _token(self, code: str, verifier: str) -> Mapping[str, Any]:
        endpoint, secret = self._provider.address("token_endpoint"), self._current_secret()
        try:
            with self._provider.patience.place(), self._session(secret) as session:
                found = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self._callback,
                    allow_redirects=False,
                )
        except OAuthError as refusal:  # its other words may quote what was sent
            said = str(refusal.error)
            raise RefusedError(f"exchange: {said if said in OAUTH_ERRORS else 'refused'}") from None
        except (requests.RequestException, ValueError):
            raise TryLaterError(AWAY) from None
        return dict(found)

    def _current_secret(self) -> str:
        """What a vault says to us is for the log: the person at the browser can do nothing about it."""
        try:
            return self._secret()
        except RpConnectError as fault:
            _log.error("the secret of the sign-in cannot be read: %s", fault)
            raise TryLaterError(NOT_READY) from None

    def _session(self, secret: str | None = None) -> OAuth2Session:
        return OAuth2Session(
            client_id=self._settings.client_id,
            client_secret=secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method, no secret
            scope=SCOPE,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            default_timeout=self._settings.timeout_s,
        )
