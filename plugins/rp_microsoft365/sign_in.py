"""Signs in to one tenant as an application: once per process, when the first call needs it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock

from rp_connect.errors import ConfigError
from rp_connect.ports.secrets import Secrets
from rp_microsoft365.clouds import ENDPOINTS, audience, authority
from rp_microsoft365.sending import Tokens
from rp_microsoft365.settings import Microsoft365Settings

_kept: dict[Hashable, Tokens] = {}
_lock = Lock()


class HandedIn:
    """`token:env:NAME`: an access token for an administrator's short use or a test."""

    def __init__(self, secrets: Secrets, reference: str) -> None:
        self._secrets = secrets
        self._reference = reference

    def token(self) -> str:
        token = self._secrets.read(self._reference).strip()
        if not token.isascii() or any(sign.isspace() for sign in token):
            raise ConfigError(f"{self._reference} does not hold an access token.")
        return token

    def forget(self) -> None:
        """There is no other one."""


def sign_in(own: Microsoft365Settings, folder: Path, secrets: Secrets) -> Tokens:
    """The same sign-in for the same application, so that its token is asked for once per process."""
    kind, _, rest = own.credential.partition(":")
    if kind == "token":
        return HandedIn(secrets, rest)
    where = folder / rest if kind == "certificate" else rest
    key = (_authority(own), own.client_id, own.identity, kind, str(where), _audience(own))
    return _kept_or(key, lambda: _msal(own, kind, where, secrets))


def _kept_or(key: Hashable, make: Callable[[], Tokens]) -> Tokens:
    with _lock:
        if key not in _kept:
            _kept[key] = make()
        return _kept[key]


def _msal(own: Microsoft365Settings, kind: str, where: Path | str, secrets: Secrets) -> Tokens:
    from rp_microsoft365.msal_sign_in import Application, MsalTokens  # noqa: PLC0415 - msal takes 93 ms

    return MsalTokens(
        Application(
            kind=kind,
            authority=_authority(own),
            audience=_audience(own),
            client_id=own.client_id,
            identity=own.identity,
            exchange=ENDPOINTS[own.cloud].exchange,
            own_authority=bool(own.authority_url),
            certificate=where if isinstance(where, Path) else None,
            read_secret=lambda: secrets.read(str(where)),
            timeout_s=own.timeout_s,
        )
    )


def _authority(own: Microsoft365Settings) -> str:
    return authority(own.cloud, own.authority_url, own.tenant)


def _audience(own: Microsoft365Settings) -> str:
    return audience(own.cloud, own.graph_url)
