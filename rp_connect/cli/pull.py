"""`pull`: read back what people did to their tasks in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_connect.cli.options import command, json_option, school_option
from rp_connect.cli.output import answer_json, bad, heading, say
from rp_connect.cli.session import Session, pass_session
from rp_connect.services.pull_tasks import pull_tasks

if TYPE_CHECKING:
    from rp_connect.services.pull_tasks import SchoolPull

COUNTS = ("done", "reopened", "replanned", "reassigned", "recreated", "asked")


@command()
@school_option
@json_option
@pass_session
def pull(session: Session, school: str | None, as_json: bool) -> int:
    """Read tasks back from the workspace."""
    with session.office() as office:
        reports = pull_tasks(office, school)
    if as_json:
        answer_json({"schools": [_to_json(report) for report in reports]})
    else:
        for report in reports:
            say(f"{heading(report.school)}  {_words(report)}")
            if report.fault:
                say(bad(f"  {report.fault}"))
    return 1 if any(report.fault for report in reports) else 0


def _to_json(report: SchoolPull) -> dict[str, object]:
    counts = {name: getattr(report, name) for name in COUNTS}
    return {"school": report.school, **counts, "fault": report.fault}


def _words(report: SchoolPull) -> str:
    """What changed, without the zeros: “4 done, 1 replanned”."""
    found = [f"{getattr(report, name):,} {name}" for name in COUNTS if getattr(report, name)]
    return ", ".join(found) or ("not read" if report.fault else "nothing changed there")
