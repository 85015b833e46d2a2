"""A progress bar on stderr while a long reading goes on, where stderr is a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from rp_connect.services.sync_report import Progress

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


LINE_AWAY = "\x1b[1A\x1b[2K"
"""One line up, and that line emptied: a bar that has ended leaves nothing behind."""


class Bar(Progress):
    """Draws one bar for each reading in turn."""

    def __init__(self) -> None:
        self._bar: ProgressBar[Any] | None = None

    def begin(self, label: str, total: int) -> None:
        self.end()
        self._bar = click.progressbar(
            length=max(total, 1), label=f"  {label[:40]:<40}", file=sys.stderr, width=24
        )
        self._bar.__enter__()

    def advance(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
            click.echo(LINE_AWAY, err=True, nl=False)


def progress(*, as_json: bool) -> Progress:
    """A bar for a person who watches; nothing for a program or a log."""
    if as_json or not sys.stderr.isatty():
        return Progress()
    bar = Bar()
    click.get_current_context().call_on_close(bar.end)  # an interrupted one gives the cursor back
    return bar
