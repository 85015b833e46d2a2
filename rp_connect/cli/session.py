"""What every command works with: the words given before it, and the workshop that wiring hands in."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rp_connect.ports.plugins import PluginInfo
    from rp_connect.services.office import Office
    from rp_connect.services.sync_report import Progress


class Trust(Protocol):
    """An invented trust on disk: its configuration, and the moment at which its story stands."""

    @property
    def config(self) -> Path: ...
    @property
    def clock(self) -> datetime: ...


class Moved(Protocol):
    """One table of a store that was copied."""

    @property
    def table(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def digest(self) -> str: ...


class Workshop(Protocol):
    """Everything that only the composition root can build."""

    def office(
        self,
        config: str | Path | None,
        now: str | datetime | None,
        *,
        port: int = 8080,
        ticking: bool = False,
    ) -> AbstractContextManager[Office]:
        """The installation, opened; closed at the end of the block. `ticking` lets a moved clock go on."""
        ...

    def plugins(self) -> Sequence[PluginInfo]:
        """What is installed, faults included; needs no configuration."""
        ...

    def serve(self, office: Office, port: int, tell: Callable[[str], None], notice: str = "") -> None:
        """The web pages on this machine alone, until somebody stops them."""
        ...

    def run(self, office: Office, port: int, tell: Callable[[str], None]) -> None:
        """The jobs on their schedule and the web pages, until somebody stops them."""
        ...

    def copy_store(
        self, config: str | None, source: str | None, target: str, progress: Progress
    ) -> Sequence[Moved]:
        """Everything in the store `source` (else the configured one) into the empty store `target`."""
        ...

    def invent(self, folder: Path, now: datetime) -> Trust:
        """Write an invented trust of two schools, as it would be at `now`, into an empty folder."""
        ...


@dataclass
class Session:
    """One command: its global options and the workshop."""

    workshop: Workshop
    config: str | None = None
    now: str | None = None
    verbose: bool = False

    @contextmanager
    def office(self, *, port: int = 8080, ticking: bool = False) -> Iterator[Office]:
        with self.workshop.office(self.config, self.now, port=port, ticking=ticking) as office:
            yield office


pass_session = click.make_pass_decorator(Session)


def acting() -> str:
    """Who acts from this terminal, for the audit."""
    try:
        return f"{getpass.getuser()} (terminal)"
    except (OSError, KeyError):  # a container may run under a number that has no name
        return "terminal"
