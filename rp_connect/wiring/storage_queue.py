"""The doorbell as an Azure Storage Queue: a message is an errand and a school's id, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.ports.doorbell import Doorbell, NoBell, Ring

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.storage.queue import QueueClient

QUEUE = "rp-connect-work"
POISON = f"{QUEUE}-poison"
CONNECTION = "RP_CONNECT_QUEUE"
"""The connection that `host.json` and the trigger name, too: a connection string, or as
`RP_CONNECT_QUEUE__queueServiceUri` the address of the service, which the app's identity may use."""
REFUSED = "The queue refused us: the app's identity needs the role Storage Queue Data Contributor."
ADDRESS = f"{CONNECTION}__queueServiceUri"
CLIENT_ID = f"{CONNECTION}__clientId"
KEPT_S = 7 * 24 * 3600
PATIENCE = {
    "connection_timeout": 3,
    "read_timeout": 10,
    "retry_total": 1,
    "initial_backoff": 1,
    "increment_base": 1,
    "random_jitter_range": 1,
}
"""Seconds. A person may be waiting for the page whose change rings; what is missed is swept."""
T = TypeVar("T")


def build_bell(environ: Mapping[str, str]) -> Doorbell:
    """By polling, unless the environment names a queue."""
    named = environ.get(CONNECTION) or environ.get(ADDRESS)
    return StorageQueueBell(environ) if named else NoBell()


class StorageQueueBell:
    """Opened at the first ring. Several threads may ring."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._clients: dict[str, QueueClient] = {}

    def ring(self, ring: Ring, *, after_s: float = 0.0) -> None:
        client = self._client(QUEUE)
        _explained(
            lambda: client.send_message(
                ring.to_text(), visibility_timeout=math.ceil(after_s), time_to_live=KEPT_S, timeout=10
            )
        )

    def waiting(self) -> int:
        return self._count(QUEUE)

    def put_aside(self) -> int:
        return self._count(POISON)

    def _count(self, name: str) -> int:
        client = self._client(name)
        return int(_explained(lambda: client.get_queue_properties(timeout=10).approximate_message_count) or 0)

    def _client(self, name: str) -> QueueClient:
        """Creates the queue where there is none yet."""
        if name not in self._clients:
            client = self._open(name)
            _explained(lambda: _create(client))
            self._clients[name] = client
        return self._clients[name]

    def _open(self, name: str) -> QueueClient:
        from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy

        how: dict[str, Any] = {
            "message_encode_policy": TextBase64EncodePolicy(),
            "message_decode_policy": TextBase64DecodePolicy(),
            **PATIENCE,
        }
        try:
            if connection := self._environ.get(CONNECTION):
                return QueueClient.from_connection_string(connection, name, **how)
            address = self._environ.get(ADDRESS, "")
            return QueueClient(address, name, credential=_identity(self._environ), **how)
        except ValueError:  # whose words may quote the key
            raise ConfigError(f"{CONNECTION} is neither a connection string nor an address.") from None


def _identity(environ: Mapping[str, str]) -> TokenCredential:
    from azure.identity import ManagedIdentityCredential

    client_id = environ.get(CLIENT_ID)
    return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()


def _create(client: QueueClient) -> None:
    from azure.core.exceptions import ResourceExistsError

    try:
        client.create_queue(timeout=10)
    except ResourceExistsError:
        return


def _explained(ask: Callable[[], T]) -> T:
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    try:
        return ask()
    except ClientAuthenticationError:
        raise AccessError(REFUSED) from None
    except HttpResponseError as fault:
        if fault.status_code in (401, 403):
            raise AccessError(REFUSED) from None
        raise TryLaterError(f"The queue failed (HTTP {fault.status_code}).") from None
    except AzureError:
        raise TryLaterError("The queue could not be reached.") from None
