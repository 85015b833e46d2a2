"""The way in to a PostgreSQL server: what its address says beyond psycopg's own words.

`auth=managed_identity`: each new connection signs in with a token of Entra instead of a password;
`connections=N`: this process keeps N of them at most, as many processes share what a server takes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rp_connect.errors import ConfigError
from rp_connect.settings.managed_identity import ManagedIdentity

RESOURCE = "https://ossrdbms-aad.database.windows.net"
"""The audience of Azure's database servers, from its documentation of Entra sign-in to PostgreSQL."""
FEWEST, MOST = 2, 100
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Door:
    """`url` is what psycopg understands, `pool` what SQLAlchemy's pool is told."""

    def __init__(self, url: sa.URL) -> None:
        """Raises ConfigError for what `auth` or `connections` cannot be."""
        self._identity = _identity(url)
        self.pool = _pool(_word(url, "connections"))
        self.url = url.difference_update_query(["auth", "connections"])
        if self._identity and "sslmode" not in url.query and url.host not in _LOOPBACK:
            self.url = _proven(self.url)

    def keep(self, engine: sa.Engine) -> None:
        """Give each new connection of `engine` a token that is valid at that moment."""
        if self._identity is not None:
            sa.event.listen(engine, "do_connect", self._with_token)

    def _with_token(self, dialect: object, record: object, words: object, named: dict[str, Any]) -> None:
        assert self._identity is not None  # noqa: S101 - asked only then
        named["password"] = self._identity.token()


def _identity(url: sa.URL) -> ManagedIdentity | None:
    auth = _word(url, "auth")
    if not auth:
        return None
    if auth != "managed_identity":
        raise ConfigError("store.url: auth must be managed_identity, or be left out.")
    if url.password is not None:
        raise ConfigError("store.url has a password and auth=managed_identity: one of them must go.")
    if not url.username:
        raise ConfigError("store.url needs the name of the managed identity as its user, before the @.")
    return ManagedIdentity(RESOURCE)


def _pool(connections: str) -> dict[str, int]:
    if not connections:
        return {}
    if not (connections.isascii() and connections.isdigit() and FEWEST <= int(connections) <= MOST):
        raise ConfigError(f"store.url: connections must be a number from {FEWEST} to {MOST}.")
    return {"pool_size": int(connections), "max_overflow": 0}


def _word(url: sa.URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def _proven(url: sa.URL) -> sa.URL:
    """A token goes to no server that has not proved its name, by a certificate that the web trusts."""
    import certifi  # noqa: PLC0415 - only where a token is used

    return url.update_query_dict({"sslmode": "verify-full", "sslrootcert": certifi.where()})
