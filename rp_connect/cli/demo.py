"""`demo`: an invented trust of two schools, loaded, run and shown. It needs no account and no network."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from rp_connect.cli.demo_story import Lived, live_a_while
from rp_connect.cli.options import command, port_option
from rp_connect.cli.output import count, heading, quiet, say, tell
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, Trust, pass_session
from rp_connect.cli.sync import show_school
from rp_connect.errors import RpConnectError, UsageError
from rp_connect.services.office import Office

MARKER = ".rp-connect-demo"
"""Only a folder with this file in it is ever replaced."""
LONDON = ZoneInfo("Europe/London")


@command()
@port_option
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), default=Path("demo-trust"), show_default=True,
    help="Where to write it; replaced only if the demo made it.",
)  # fmt: skip
@click.option("--no-serve", is_flag=True, help="Stop after the summary instead of opening the pages.")
@pass_session
def demo(session: Session, port: int, folder: Path, no_serve: bool) -> int:
    """An invented trust of two schools: load it, run the main job, show what happened, serve the pages."""
    now = _now(session.now)
    trust = _fresh(folder, lambda: session.workshop.invent(folder, now))
    moved = None if trust.clock == now and session.now is None else trust.clock
    with session.workshop.office(trust.config, moved, port=port, ticking=True) as office:
        lived = live_a_while(office, progress(as_json=False))
        _summary(office, folder, trust.config, moved, lived)
        if not no_serve:
            session.workshop.serve(office, port, say, notice(trust.clock, now))
    return 1 if any(report.fault for report in lived.synced) else 0


def _now(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("--now needs a date and a time, such as 2026-11-12T09:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def _fresh(folder: Path, write: Callable[[], Trust]) -> Trust:
    """Write into an empty folder: a new one, an empty one, or one that an earlier demo made."""
    try:
        if folder.exists() and not _is_ours(folder):
            raise UsageError(
                f"{folder} was not made by the demo, so it is left alone; name another with --dir."
            )
        tell(f"Writing an invented trust into {folder}; nobody in it exists.")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        (folder / MARKER).write_text("The demo of rp-connect made this folder and may replace it.\n")
        return write()
    except OSError as error:
        raise RpConnectError(f"{folder} cannot be written: {error.strerror}.") from None


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARKER).is_file() or not any(folder.iterdir()))


def notice(clock: datetime, now: datetime) -> str:
    """What the pages say about themselves, on each of them."""
    words = "This is a demonstration: nobody in it exists."
    if clock.astimezone(LONDON).date() == now.astimezone(LONDON).date():
        return words
    return f"{words} Today is no school day, so it stands on {day_words(clock)}."


def day_words(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def _summary(office: Office, folder: Path, config: Path, moved: datetime | None, lived: Lived) -> None:
    day = f", on {day_words(moved)}" if moved else ""
    say(heading(f"{office.trust}, an invented trust{day}"))
    for report in lived.synced:
        show_school(report)
    say(
        f"Sent to the schools' workspaces: {count(lived.sent, 'write')} of tasks, meetings and records; "
        f"{lived.waiting:,} waiting, {lived.parked:,} parked."
    )
    say(
        f"As the schools might have: {count(lived.done, 'task')} done, {lived.late:,} left late, "
        f"{count(len(lived.meetings), 'meeting')} set."
    )
    _next_steps(office, folder, config, moved, lived)


def _next_steps(office: Office, folder: Path, config: Path, moved: datetime | None, lived: Lived) -> None:
    program = f"rp-connect --config {config}" + (f" --now {moved:%Y-%m-%dT%H:%M}" if moved else "")
    say(heading("\nLook at"))
    for school in office.schools:
        say(f"  {folder / school / 'workspace'}")
    say(quiet("  tasks and meetings open in any calendar, records in a word processor"))
    say(heading("Try"))
    say(f"  {program} check")
    for ref in lived.meetings[:1]:
        say(f"  {program} case show {ref}")
    say(f"  {program} task list --state open")
