"""`report`: figures of the schools, which name nobody."""

from __future__ import annotations

from rp_connect.cli.options import group, json_option, school_option
from rp_connect.cli.output import answer_json, count, quiet, say, table
from rp_connect.cli.session import Session, pass_session
from rp_connect.services.report_absence import SchoolAbsence, report_absence


@group()
def report() -> None:
    """Figures of the schools, which name nobody."""


@report.command()
@school_option
@json_option
@pass_session
def absence(session: Session, school: str | None, as_json: bool) -> None:
    """How many pupils missed a tenth of their possible sessions this school year, and how many a half."""
    with session.office() as office:
        found = report_absence(office, school)
    if as_json:
        answer_json([one.to_json() for one in found])
        return
    say(table(("School", "Pupils", "Sessions missed", "Persistent", "Severe"), map(_cells, found)))
    if unknown := sum(one.unknown for one in found):
        say(quiet(f"{count(unknown, 'mark')} with a code that means nothing here: counted neither way."))


def _cells(one: SchoolAbsence) -> tuple[str, ...]:
    share = _share(one.missed, one.possible)
    return (
        one.school,
        f"{one.pupils:,}",
        f"{one.missed:,} of {one.possible:,}{share}",
        f"{one.persistent:,}{_share(one.persistent, one.pupils)}",
        f"{one.severe:,}{_share(one.severe, one.pupils)}",
    )


def _share(part: int, whole: int) -> str:
    return f" ({100 * part / whole:.1f} %)" if whole else ""
