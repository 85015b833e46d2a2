"""Azurite, Microsoft's storage emulator: real queues over loopback. `make azurite` installs it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from azure.storage.queue import QueueServiceClient

from tests.functions.worker import ROOT, missing

FOLDER = ROOT / ".azurite"
PROGRAM = FOLDER / "node_modules" / "azurite" / "dist" / "src" / "queue" / "main.js"
STARTS_WITHIN_S = 60.0
ACCOUNT = "devstoreaccount1"
# Azurite's own, the same for everybody who runs it: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def need_azurite() -> None:
    if not PROGRAM.exists() or shutil.which("node") is None:
        missing("Azurite is not there: make azurite (needs Node 20)")


class Azurite:
    """A `with` block: its queues, empty, on a free port; `connection` is what RP_CONNECT_QUEUE takes."""

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="rp-azurite-"))
        self.port = _free_port()
        words = ["--queueHost", "127.0.0.1", "--queuePort", str(self.port), "--location", str(self._folder)]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            ["node", str(PROGRAM), *words, "--silent", "--skipApiVersionCheck", "--disableTelemetry"],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                words_of_it = (self._folder / "log").read_text(errors="replace")[-2000:]
                self.__exit__(None, None, None)
                raise RuntimeError(f"Azurite did not start: {words_of_it}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def connection(self) -> str:
        address = f"http://127.0.0.1:{self.port}/{ACCOUNT}"
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};QueueEndpoint={address};"
        )

    @property
    def process_id(self) -> int:
        return self._process.pid

    def service(self) -> QueueServiceClient:
        return QueueServiceClient.from_connection_string(self.connection)

    def forget(self) -> None:
        """Every queue and what lies in it."""
        with self.service() as service:
            for queue in list(service.list_queues()):
                service.delete_queue(queue.name)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def version() -> str:
    """Which one is installed."""
    return str(json.loads((FOLDER / "node_modules" / "azurite" / "package.json").read_text())["version"])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
