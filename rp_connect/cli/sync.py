"""`sync`: one pass over the MIS of each school, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import click

from rp_connect.cli.options import command, json_option, school_option
from rp_connect.cli.output import (
    answer_json,
    attention,
    bad,
    count,
    day_text,
    filled,
    heading,
    quiet,
    say,
    table,
)
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, pass_session
from rp_connect.cli.survey import preview_lines
from rp_connect.services.office import Office
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.services.to_json import task_json

LONG_WAIT = 60
"""An MIS that asks for a longer wait (in seconds) is a fault; the next run goes on from there."""


@command()
@school_option
@click.option("--preview", is_flag=True, help="Write nothing; say what would be created.")
@click.option("--full", is_flag=True, help="Read everything, not only what changed.")
@click.option("--accept", multiple=True, metavar="FILE", help="Take a file that is held, this once.")
@json_option
@pass_session
def sync(
    session: Session, school: str | None, preview: bool, full: bool, accept: tuple[str, ...], as_json: bool
) -> int:
    """Read the MIS once: open and amend cases, queue what follows.

    Reads what changed since the last time, and everything in the first sync of each day.
    """
    with session.office() as office:
        reports = sync_schools(
            office,
            school=school,
            preview=preview,
            full=full,
            accept={*accept, *(PurePath(file).name for file in accept)},
            progress=progress(as_json=as_json),
        )
        if as_json:
            answer_json({"schools": [_to_json(office, report, preview=preview) for report in reports]})
        else:
            _show(office, reports, preview=preview)
    return exit_code(reports)


def exit_code(reports: Sequence[SchoolSync]) -> int:
    """1 where a school could not be read whole, else 3 where something needs a person or is busy."""
    if any(not report.busy and (report.fault or report.left or _long_wait(report)) for report in reports):
        return 1
    return 3 if any(report.busy or report.refused or report.held for report in reports) else 0


def _long_wait(report: SchoolSync) -> bool:
    return report.wait_seconds is not None and report.wait_seconds > LONG_WAIT


def _to_json(office: Office, report: SchoolSync, *, preview: bool) -> dict[str, object]:
    """A preview also lists its tasks (their source is not stored, so not known), and whom it matched."""
    if not preview:
        return report.to_json()
    timezone = office.school(report.school).timezone
    tasks = [task_json(task, None, timezone) for task in report.tasks]
    more = report.preview.to_json() if report.preview else {}
    return {**report.to_json(), "tasks": tasks, "pupils": report.pupils, **more}


def _show(office: Office, reports: Sequence[SchoolSync], *, preview: bool) -> None:
    if preview:
        say(heading("A preview: nothing was written, and this is what a sync would do."))
    for report in reports:
        show_school(report)
        if report.preview:
            for line in preview_lines(report.pupils, report.preview):
                say(filled(line, "  "))
        if preview and report.tasks:
            timezone = office.school(report.school).timezone
            rows = [(day_text(task.due, timezone), task.role, task.title) for task in report.tasks]
            say(table(("Due", "For", "Task"), rows))


def show_school(report: SchoolSync) -> None:
    """What one school's sync did, in two lines, and whatever needs a person below."""
    if report.paused:
        say(f"{heading(report.school)}  paused: nothing was read.")
        return
    read = report.read
    say(
        f"{heading(report.school)}  {count(report.cases_opened, 'case')} opened, "
        f"{report.cases_amended:,} amended; "
        f"{count(report.tasks_created, 'task')} created, {report.tasks_cancelled:,} cancelled"
    )
    say(
        quiet(
            f"  read {count(read['pupils'], 'pupil')}, {count(read['incidents'], 'incident')}, "
            f"{count(read['suspensions'], 'suspension')}, {count(read['attendance'], 'mark')} "
            f"in {report.seconds:.1f} s"
        )
    )
    if report.refused:
        say(
            attention(
                f"  {count(report.refused, 'record')} could not be read: “rp-connect refused” lists them."
            )
        )
    for sentence in (*report.held, *report.left):
        say(attention(f"  {sentence}"))
    if report.fault:
        say(bad(f"  {report.fault}"))
