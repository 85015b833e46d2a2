"""What a task should cover: short steps, for duties that exist, in words that name nobody."""

from __future__ import annotations

import re

import pytest

from rp_england.catalogue import RULES
from rp_england.checklists import CHECKLISTS, steps_of
from rp_england.due import Due, duty

FORBIDDEN = re.compile(r"\b(victim|offender|perpetrator|culprit|punish)", re.IGNORECASE)


@pytest.mark.parametrize("rule", CHECKLISTS)
def test_a_checklist_is_short_enough_to_be_read_and_says_what_it_rests_on(rule: str):
    source, steps = CHECKLISTS[rule]

    assert rule in RULES
    assert source
    assert 2 <= len(steps) <= 10
    assert len(set(steps)) == len(steps)
    assert [step for step in steps if len(step) > 100 or FORBIDDEN.search(step)] == []


def test_a_duty_brings_its_checklist_and_one_without_brings_none():
    assert duty("written-notice", Due(None)).steps == CHECKLISTS["written-notice"].steps
    assert duty("triage", Due(None)).steps == steps_of("triage") == ()


def test_the_written_notice_covers_what_the_regulations_list():
    """SI 2012/1033 reg 23(1)(b) and SI 2007/1870 reg 6, by the word that each of their points turns on."""
    steps = " ".join(CHECKLISTS["written-notice"].steps)

    for point in (
        "reasons",
        "representations",
        "pupil",
        "represented",
        "friend",
        "remote",
        "first five",
        "six",
    ):
        assert point in steps
