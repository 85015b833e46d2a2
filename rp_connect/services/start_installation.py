"""Begin an installation: a commented configuration, a calendar to fill in, an empty drop folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rp_connect.errors import RpConnectError

SCHOOL = "our-school"
CALENDAR = "kind,first,last,label\n"
CONFIGURATION = """\
# rp-connect.toml: what this installation is joined to. Paths count from this file's folder.
# Secrets never stand here: where one is needed, write "env:NAME" or "keyvault:NAME".

[trust]
name = "Our trust"

[store]
url = "sqlite:///rp-connect.db"            # or postgresql+psycopg://user@host/database

[[school]]                                 # one such block for each school
id = "our-school"                          # a-z, 0-9 and -; it stays the same for ever
name = "Our School"
kind = "academy"                           # academy | maintained | pru
timezone = "Europe/London"
# The calendar has a row for each term, and a row for everything in a term that is no school day:
#   kind,first,last,label
#   term,2026-09-02,2026-12-18,Autumn
#   holiday,2026-10-26,2026-10-30,Half-term
#   inset,2026-11-27,2026-11-27,Staff training
# kind is term, holiday, inset, closure or directed (staff only).
calendar = "our-school/calendar.csv"
day = { am = ["08:45", "12:15"], pm = ["13:15", "15:15"] }
policy = "england"
mis = "file_drop"                          # reads CSV files that your MIS exports into the folder below
workspace = "local"                        # tasks, meetings and records as files; needs no account
paused = false
# live_from = 2026-09-01                   # cases for what is decided from then on; else from the first sync
cancelled_sessions_count = true

[school.file_drop]
folder = "our-school/drop"                 # pupils.csv, suspensions.csv and the others
# Your MIS names its columns or values otherwise? Say so here, and no export needs editing:
# [school.file_drop.columns.suspensions]
# suspension_id = "Exclusion ID"
# [school.file_drop.values.suspensions.category]
# "Fixed Period" = "SUSP"

[school.local]
folder = "our-school/workspace"

[school.people]                            # e-mail addresses; a role nobody holds falls to the lead
lead = []                                  # for instance ["restorative.lead@our-school.example"]
dsl = []
senco = []
head = []
attendance = []
clerk = []
cover = []                                 # gets the lead's tasks while the lead is away
away = []                                  # for instance [["2026-11-16", "2026-11-20"]]

[school.working]                           # when the lead works at this school
days = ["mon", "tue", "wed", "thu", "fri"]
hours = ["08:30", "15:30"]

[school.reviews]
days_after = [14, 42, 84]                  # reviews, in days after the return
check_in_school_days = [1, 5]              # check-ins, in school days counting the day of return as the first
"""


@dataclass(slots=True)
class Started:
    """What was written, and what stood there before and was kept as it was."""

    made: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def start_installation(folder: Path) -> Started:
    """Raises RpConnectError where the folder cannot be written."""
    started = Started()
    try:
        _file(folder / "rp-connect.toml", CONFIGURATION, started)
        _file(folder / SCHOOL / "calendar.csv", CALENDAR, started)
        _folder(folder / SCHOOL / "drop", started)
    except OSError as error:
        raise RpConnectError(f"{folder} cannot be written: {error.strerror}.") from None
    return started


def _file(path: Path, text: str, started: Started) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        started.made.append(path)
    except FileExistsError:
        started.kept.append(path)


def _folder(path: Path, started: Started) -> None:
    (started.kept if path.exists() else started.made).append(path)
    path.mkdir(parents=True, exist_ok=True)
