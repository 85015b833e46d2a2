"""`case`: list cases, show one, and move one along; what people decide about one stands in its own module."""

from __future__ import annotations

import click

from rp_connect.cli.case_answers import answer, cancel, dates, open_, outcome
from rp_connect.cli.case_marks import marks
from rp_connect.cli.case_meeting import meet
from rp_connect.cli.case_sheet import show_sheet
from rp_connect.cli.options import group, json_option, school_option
from rp_connect.cli.output import answer_json, day_text, say, table
from rp_connect.cli.session import Session, acting, pass_session
from rp_connect.domain.case import Stage
from rp_connect.errors import UsageError
from rp_connect.services.list_cases import CaseRow, list_cases
from rp_connect.services.move_case import move_case
from rp_connect.services.show_case import show_case


@group()
def case() -> None:
    """Cases: list, show, and what people do with them."""


for _command in (open_, meet, cancel, answer, outcome, dates, marks):
    case.add_command(_command)


@case.command("list")
@school_option
@click.option("--stage", metavar="STAGE", help="At this stage only.")
@json_option
@pass_session
def list_(session: Session, school: str | None, stage: str | None, as_json: bool) -> None:
    """Every case, closed ones too, or those that are asked for, by reference."""
    wanted = stage_of(stage) if stage else None
    with session.office() as office:
        rows = list_cases(office, school, wanted)
    if as_json:
        answer_json([row.to_json() for row in rows])
    elif rows:
        say(
            table(
                ("Case", "School", "Stage", "Opened", "Open", "Done", "Pupils"), [_cells(row) for row in rows]
            )
        )
    else:
        say("There are no such cases.")


@case.command()
@click.argument("ref")
@json_option
@pass_session
def show(session: Session, ref: str, as_json: bool) -> None:
    """Everything of the case REF but names: dates, meeting, tasks."""
    with session.office() as office:
        sheet = show_case(office, ref)
    if as_json:
        answer_json(sheet.to_json())
    else:
        show_sheet(sheet)


@case.command("stage")
@click.argument("ref")
@click.argument("stage", nargs=-1, required=True)
@pass_session
def stage_(session: Session, ref: str, stage: tuple[str, ...]) -> None:
    """Move the case REF to STAGE, for instance triage, preparing or closed."""
    wanted = stage_of(" ".join(stage))
    with session.office() as office:
        moved = move_case(office, ref, wanted, acting())
    say(f"{moved.ref} is at “{moved.stage}”.")


def stage_of(text: str) -> Stage:
    """The stage that a person wrote, with spaces or hyphens."""
    try:
        return Stage(text.replace("-", " ").lower())
    except ValueError:
        known = ", ".join(stage.value for stage in Stage)
        raise UsageError(f"There is no stage “{text}”; the stages are {known}.") from None


def _cells(row: CaseRow) -> tuple[str, ...]:
    return (
        row.case.ref,
        row.case.school,
        row.case.stage,
        day_text(row.case.opened_at.astimezone(row.timezone).date(), row.timezone),
        str(row.open),
        str(row.done),
        ", ".join(pupil.record.id for pupil in row.pupils),
    )
