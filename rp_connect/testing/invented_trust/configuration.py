"""The invented trust's rp-connect.toml, with a comment wherever a reader may wonder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from rp_connect.testing.invented_trust.schools import School
from rp_connect.testing.invented_trust.staff import role_email

_TRUST = """\
# An invented trust, written by rp-connect itself. Every school, pupil and address here is made up.
# Change what you like and run `rp-connect --config rp-connect.toml check`.

[trust]
name = "Northwick Learning Trust"

[store]
url = "sqlite:///rp-connect.db"        # beside this file; postgresql+psycopg://… for a whole trust
"""

_SCHOOL = """

# ---- {name} {rule}

[[school]]
id = "{id}"                            # stable for ever
name = "{name}"
kind = "academy"                       # decides which of the English duties apply
timezone = "Europe/London"
calendar = "{id}/calendar.csv"         # terms, holidays, INSET days and closures of this school alone
day = {{ am = ["{am[0]}", "{am[1]}"], pm = ["{pm[0]}", "{pm[1]}"] }}
policy = "england"
mis = "file_drop"                      # the MIS puts CSV exports into a folder
workspace = "local"                    # meetings, tasks and records as files; no account needed
live_from = {live_from}                # what was decided before counts towards totals only

[school.file_drop]
folder = "{id}/drop"

[school.local]
folder = "{id}/workspace"

[school.people]                        # a role that nobody holds falls to the lead
lead = ["{lead}"]     # the same person at both schools
dsl = ["{dsl}"]
senco = ["{senco}"]
head = ["{head}"]
attendance = ["{attendance}"]
clerk = ["{clerk}"]
cover = ["{cover}"]   # gets the lead's tasks while the lead is away
away = []                              # for instance [["2026-11-16", "2026-11-20"]]

[school.working]                       # when the lead works at this school
days = {lead_days}
hours = ["08:30", "15:30"]

[school.reviews]                       # after the return
days_after = [14, 42, 84]
check_in_school_days = [1, 5]
"""


def configuration_text(schools: Iterable[School], live_from: date) -> str:
    return _TRUST + "".join(_school(school, live_from) for school in schools)


def _school(school: School, live_from: date) -> str:
    roles = ("lead", "dsl", "senco", "head", "attendance", "clerk", "cover")
    return _SCHOOL.format(
        id=school.id,
        name=school.name,
        rule="-" * (90 - len(school.name)),
        am=_times(school.am),
        pm=_times(school.pm),
        live_from=live_from.isoformat(),
        lead_days=school.lead_days,
        **{role: role_email(role, school) for role in roles},
    )


def _times(times: tuple[time, time]) -> tuple[str, ...]:
    return tuple(one.isoformat("minutes") for one in times)
