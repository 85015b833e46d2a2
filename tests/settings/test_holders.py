"""Who is given a task: those of its role, else the lead, and the lead's cover while the lead is away."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.people import Role

PEOPLE = """
[school.people]
lead = ["lead@x.example"]
dsl = ["dsl@x.example", "deputy@x.example"]
cover = ["cover@x.example"]
away = [["2026-11-16", "2026-11-20"], ["2026-12-01", "2026-12-01"]]
"""
LEAD, DSL, COVER = ("lead@x.example",), ("dsl@x.example", "deputy@x.example"), ("cover@x.example",)
BEFORE, FIRST, LAST, AFTER = (date(2026, 11, day) for day in (15, 16, 20, 21))


@pytest.mark.parametrize(
    ("role", "day", "holders"),
    [
        (Role.LEAD, BEFORE, LEAD),
        (Role.LEAD, FIRST, COVER),
        (Role.LEAD, LAST, COVER),
        (Role.LEAD, AFTER, LEAD),
        (Role.LEAD, date(2026, 12, 1), COVER),
        (Role.DSL, BEFORE, DSL),
        (Role.DSL, FIRST, DSL),
        (Role.SENCO, BEFORE, LEAD),
        (Role.SENCO, FIRST, COVER),
    ],
)
def test_a_task_goes_to_its_role_or_the_lead_or_the_cover(load, role, day, holders):
    assert load(PEOPLE).schools[0].holders(role, day) == holders


def test_without_cover_the_lead_keeps_the_tasks_while_away(load):
    people = PEOPLE.replace('cover = ["cover@x.example"]', "")

    assert load(people).schools[0].holders(Role.LEAD, FIRST) == LEAD


def test_where_nobody_is_named_nobody_holds_anything(load):
    assert load().schools[0].holders(Role.DSL, FIRST) == ()
