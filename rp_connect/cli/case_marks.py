"""`case marks`: the suspended sessions whose mark should be looked at, and which of them to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import click

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, attention, count, filled, quiet, say, table
from rp_connect.cli.session import Session, acting, pass_session
from rp_connect.domain.calendar import Half
from rp_connect.domain.calendar import Session as HalfDay
from rp_connect.domain.mark_choice import session_text
from rp_connect.errors import UsageError
from rp_connect.services.choose_marks import choose_marks
from rp_connect.services.office import Office
from rp_connect.services.show_marks import MarkLine, MarkSheet, show_marks

_WISH = re.compile(r"(\d{4}-\d\d-\d\d)/(AM|PM)=(\S{1,4})", re.IGNORECASE)


@command()
@click.argument("ref")
@click.option(
    "--write", multiple=True, metavar="SESSION=CODE …", help="Which to write, such as 2026-11-09/AM=E."
)
@click.argument("more", nargs=-1)
@json_option
@pass_session
def marks(session: Session, ref: str, write: tuple[str, ...], more: tuple[str, ...], as_json: bool) -> None:
    """Show where the register of REF's suspension is not as it should be; write the marks that you name.

    The register is a legal record: nothing is written but what stands behind --write.
    """
    if more and not write:
        raise UsageError("“case marks REF” shows the sessions; --write stands before those to be written.")
    wanted = read_wishes((*write, *more))
    with session.office() as office:
        if wanted:
            _write(office, ref, wanted, quietly=as_json)
        sheet = show_marks(office, ref)
    if as_json:
        answer_json(sheet.to_json())
    elif not wanted:
        show_lines(sheet)


def read_wishes(texts: Sequence[str]) -> Mapping[HalfDay, str]:
    """“2026-11-09/AM=E”. Raises UsageError, also where a session has two codes."""
    wanted: dict[HalfDay, str] = {}
    for text in texts:
        session, code = _read(text)
        if wanted.setdefault(session, code) != code:
            raise UsageError(f"{session_text(session)} is given two codes.")
    return wanted


def _read(text: str) -> tuple[HalfDay, str]:
    found = _WISH.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        session = HalfDay(date.fromisoformat(found[1]), Half[found[2].upper()])
    except ValueError:
        raise UsageError("--write needs a day, a session and a code, such as 2026-11-09/AM=E.") from None
    return session, found[3].upper()


def _write(office: Office, ref: str, wanted: Mapping[HalfDay, str], *, quietly: bool) -> None:
    chosen = {choice.session for choice in choose_marks(office, ref, wanted, acting())}
    if quietly:
        return
    for one, code in sorted(wanted.items()):
        words = "the next deliver writes it" if one in chosen else "stands already, or is on its way"
        say(f"{session_text(one)}={code}  {words}")


def show_lines(sheet: MarkSheet) -> None:
    """Those that ask to be looked at."""
    asking = sheet.asking
    if not asking:
        say(f"{sheet.case.ref}: {_all_well(sheet)}")
    else:
        say(table(("Session", "Day", "Held", "Right", "Chosen"), [_cells(sheet, line) for line in asking]))
    for line in asking:
        if line.state == "not written" and line.effect is not None and line.effect.reason:
            say(attention(filled(f"{session_text(line.session)}: {line.effect.reason}", "")))
    if sheet.closed is not None:
        say(filled(sheet.closed, ""))
    elif asking:
        say(quiet(f"\nTo write some: “rp-connect case marks {sheet.case.ref} --write SESSION=CODE …”."))
        say(quiet("The register is a legal record; whoever chooses a mark answers for it."))


def _all_well(sheet: MarkSheet) -> str:
    if not sheet.lines:
        return "there is no suspended session whose mark could be looked at."
    return f"no mark in {count(len(sheet.lines), 'suspended session')} asks to be looked at."


def _cells(sheet: MarkSheet, line: MarkLine) -> tuple[str, ...]:
    chosen = f"{line.choice.code}, {line.state}" if line.choice else "–"
    return (
        session_text(line.session),
        f"{line.session.day:%a}",
        line.held or "none",
        " or ".join(line.right) or "–",
        attention(chosen) if line.state == "not written" else chosen,
    )
