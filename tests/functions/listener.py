"""What the Functions host does with a queue: it takes a message, has it worked at, and deletes it, or puts it
aside after five tries. Its figures are those of `host.json`, but for the time until the next try."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass, field

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage, TextBase64DecodePolicy, TextBase64EncodePolicy

from tests.functions.azurite import Azurite
from tests.functions.worker import APP, KilledError, Worker

QUEUES = json.loads((APP / "host.json").read_text())["extensions"]["queues"]
RENEW_S = 2.0


@dataclass
class Listener:
    """For one worker and its queue. `failures` are what the worker said about invocations that failed."""

    azurite: Azurite
    queue: str
    worker: Worker
    retry_s: int = 1
    hidden_s: int = 8
    failures: list[str] = field(default_factory=list)
    invocations: int = 0

    def __post_init__(self) -> None:
        self._queue = client(self.azurite, self.queue)
        self._poison = client(self.azurite, f"{self.queue}-poison")

    def step(self) -> bool:
        """One message, if there is one. Raises KilledError: then the message comes back by itself."""
        message = self._queue.receive_message(visibility_timeout=self.hidden_s)
        if message is None:
            return False
        self.invocations += 1
        fault = self._work(message)
        if fault is None:
            self._queue.delete_message(message)
        elif message.dequeue_count is not None and message.dequeue_count >= QUEUES["maxDequeueCount"]:
            self._poison.send_message(message.content)
            self._queue.delete_message(message)
        else:
            self._queue.update_message(message, visibility_timeout=self.retry_s)
        return True

    def until(self, over: threading.Event) -> None:
        """Message after message. Raises KilledError."""
        while not over.is_set():
            if not self.step():
                time.sleep(0.1)

    def all(self, seconds: float = 60.0) -> None:
        """Until the queue is empty, messages that are to be heard later included."""
        deadline = time.monotonic() + seconds
        while count(self._queue):
            assert time.monotonic() < deadline, f"{count(self._queue)} messages are left"
            if not self.step():
                time.sleep(0.1)

    def _work(self, message: QueueMessage) -> str | None:
        """What went wrong; None where nothing did."""
        answer = self.worker.begin(
            name="work", trigger="queue", text=message.content, tries=message.dequeue_count
        )
        while not wait([answer], RENEW_S).done:
            kept = self._queue.update_message(message, visibility_timeout=self.hidden_s)
            message.pop_receipt = kept.pop_receipt
        fault = answer.result().get("failed")
        if fault is not None:
            self.failures.append(str(fault))
        return None if fault is None else str(fault)


def client(azurite: Azurite, name: str) -> QueueClient:
    made = QueueClient.from_connection_string(
        azurite.connection,
        name,
        message_encode_policy=TextBase64EncodePolicy(),
        message_decode_policy=TextBase64DecodePolicy(),
    )
    with suppress(ResourceExistsError):
        made.create_queue()
    return made


def count(queue: QueueClient) -> int:
    try:
        return int(queue.get_queue_properties().approximate_message_count or 0)
    except ResourceNotFoundError:
        return 0


__all__ = ["KilledError", "Listener", "client", "count"]
