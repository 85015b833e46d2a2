"""What a task should cover, step by step, where law, guidance or good practice says so.

A step is a short sentence for whoever does the task; none bears a name. Sources are the tables of the
practice-and-law reference: N and E numbers are rows of its tables B1 and B2.
"""

from __future__ import annotations

from typing import NamedTuple


class Checklist(NamedTuple):
    """`source` is what the steps rest on; there are at most ten, of at most 100 characters each."""

    source: str
    steps: tuple[str, ...]


CHECKLISTS: dict[str, Checklist] = {
    # N1, N2: first by telephone or in person, which must not delay the written notice.
    "tell-parent": Checklist(
        "SI 2012/1033 regs 5, 14, 23(1)(a)",
        (
            "Say how long it is for, and why",
            "By telephone or in person first; the written notice does not wait for that",
        ),
    ),
    # N2 for the first six, N3 (s.104 EIA 2006, SI 2007/1870 reg 6) for the last two.
    "written-notice": Checklist(
        "SI 2012/1033 regs 5, 14, 23(1)(b); SI 2007/1870 reg 6",
        (
            "How long it is for, and the reasons",
            "The right to make representations: how, and to whom",
            "How the pupil may be involved in them",
            "Where the board must meet: the right to attend, to be represented, to bring a friend",
            "Where the board must meet: the right to ask for a remote meeting",
            "Compulsory school age: the parents’ duty on the first five school days, with the days",
            "Compulsory school age: education from day six, or that a further notice follows",
        ),
    ),
    # N3.
    "day-six-details": Checklist(
        "SI 2007/1870 reg 6",
        (
            "In writing, without delay, at least 48 hours before the education starts",
            "Less notice only where it starts earlier and the parents agree",
        ),
    ),
    # E3, E4.
    "day-six-education": Checklist(
        "SI 2007/1870 regs 3-5; SI 2014/3216",
        (
            "Suitable and full-time, from the sixth school day, suspensions in a row counted together",
            "Fewer hours only where the law says so: no exams left in year 11, or a plan that says fewer",
        ),
    ),
    # B8.
    "equality-screen": Checklist(
        "Equality Act 2010 ss.15, 20; Children and Families Act 2014 s.66",
        (
            "Did special educational needs contribute?",
            "Are reasonable adjustments in place, and were they used?",
            "Could this be discrimination arising from a disability?",
            "Has the school used its best endeavours to meet the needs?",
            "EHC plan or looked after: what else keeps a permanent exclusion away?",
        ),
    ),
    # A5 nos. 1 to 4, seed S3.
    "suitability-screen": Checklist(
        "Restorative practice standards",
        (
            "Everybody is willing",
            "The motives are sincere",
            "Nobody feels that it will cause more harm",
            "Whoever caused harm accepts responsibility",
            "The facilitator is trained for this kind of meeting",
            "Separate work is thought of as equal to a meeting",
        ),
    ),
    # B4: The Key (aims, paragraph 27), Norfolk (practice), North Yorkshire (pupil voice); finding 4: the
    # return depends on nothing.
    "reintegration-meeting": Checklist(
        "DfE suspension and exclusion guidance: reintegration; councils’ practice",
        (
            "The day before the return, where that can be",
            "Led by somebody who gets on well with the pupil",
            "Somebody is there who knows the facts",
            "Adjustments: a visual plan of the first day, an interpreter, whatever this pupil needs",
            "The pupil’s own view is heard",
            "A fresh start: impact, expectations, belonging, how to re-engage",
            "Restorative work with the person harmed is a meeting of its own",
            "No meeting: record why, and what was done instead",
            "The pupil returns, whether or not there was a meeting",
        ),
    ),
    # B4: The Key; B6 for the reduced timetable.
    "share-plan": Checklist(
        "DfE suspension and exclusion guidance: reintegration",
        (
            "Everybody who teaches or supports the pupil has the plan",
            "Check-ins are agreed: who, and when",
            "Other pupils and staff have the support they need",
            "A reduced timetable only very exceptionally, for a time, with the parents’ written agreement",
            "Somebody welcomes the pupil at the start of the session",
        ),
    ),
    # N9.
    "cancelled-tell-parent": Checklist(
        "SI 2012/1033 reg 17A", ("In writing, with the reasons", "The pupil is reinstated without delay")
    ),
    # N13; contents as in scenario E4.
    "debrief-record": Checklist(
        "Seclusion and Restraint (No. 2) Regulations 2025",
        (
            "When it began and ended",
            "What kind of intervention it was",
            "Which staff took part",
            "What came before it",
            "What was tried to calm the situation",
        ),
    ),
    # N11.
    "off-site-notice": Checklist(
        "Education Act 2002 s.29A; 2010 Regulations",
        (
            "The address, and the person to report to",
            "The number of days and the times of the sessions",
            "The reasons and what it is to achieve",
            "At least two school days before it starts",
            "To the parents, and with an EHC plan to the local authority",
        ),
    ),
}


def steps_of(rule: str) -> tuple[str, ...]:
    """Nothing for a rule without a checklist."""
    return CHECKLISTS[rule].steps if rule in CHECKLISTS else ()
