"""The authorisation code flow with PKCE, as `ports.sign_in.SignIn`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.sign_in import Attempt
from rp_openid.identity import REFUSED, address_of, checked_claims
from rp_openid.provider import AWAY, Provider
from rp_openid.settings import OpenIdSettings

SCOPE = "openid email profile"
LONGEST_CODE = 8 * 1024
NOT_ALLOWED = "Your school's sign-in did not let you through, so nothing is shown here."


class OpenIdSignIn:
    """Asked by several threads: each sign-in has a session of its own, and all share what was published."""

    def __init__(self, settings: OpenIdSettings, callback: str, secret: str) -> None:
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
        if "error" in answer:
            raise AccessError(NOT_ALLOWED)
        own, code = self._settings, answer.get("code", "")
        # RFC 9207: a provider that names itself in the address must be ours.
        if not 0 < len(code) <= LONGEST_CODE or answer.get("iss", own.issued_by) != own.issued_by:
            raise AccessError(REFUSED)
        token = self._token(code, attempt.verifier).get("id_token")
        return address_of(checked_claims(token, own, self._provider, attempt.nonce), own)

    def farewell(self) -> str | None:
        return self._provider.farewell()

    def _token(self, code: str, verifier: str) -> Mapping[str, Any]:
        endpoint = self._provider.address("token_endpoint")
        try:
            with self._session() as session:
                found = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self._callback,
                    allow_redirects=False,
                )
        except OAuthError:  # its words may quote what was sent
            raise AccessError(REFUSED) from None
        except (requests.RequestException, ValueError):
            raise TryLaterError(AWAY) from None
        return dict(found)

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            client_id=self._settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method, no secret
            scope=SCOPE,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            default_timeout=self._settings.timeout_s,
        )
