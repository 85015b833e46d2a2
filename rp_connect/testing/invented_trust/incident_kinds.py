"""What happens in schools, where and when, in the plain words of a behaviour record and without names."""

from __future__ import annotations

from typing import NamedTuple

Roles = tuple[str, ...]


class IncidentKind(NamedTuple):
    """`share` is in a thousand; the first of each set of roles is the pupil whom it is about."""

    name: str
    share: int
    in_lessons: bool
    roles: tuple[Roles, ...]
    descriptions: tuple[str, ...]


ALONE: Roles = ("responsible",)
HURT: Roles = ("responsible", "harmed")
SEEN: Roles = ("responsible", "harmed", "witness")
BOTH: Roles = ("both", "both")
GROUP: Roles = ("responsible", "responsible", "harmed", "witness")

# By the census reason that a suspension for it would carry.
KINDS: dict[str, IncidentKind] = {
    "DB": IncidentKind(
        "Persistent disruption",
        330,
        True,
        (ALONE, ("responsible", "affected"), ("responsible", "responsible")),
        (
            "Called out again and again and did not settle after two reminders.",
            "Left the seat several times; the task was stopped twice.",
            "Refused to move places and walked out of the room.",
            "Threw paper and pens while others were reading.",
        ),
    ),
    "VP": IncidentKind(
        "Verbal abuse of a pupil",
        170,
        False,
        (HURT, SEEN, BOTH),
        (
            "Name-calling that carried on after a warning.",
            "Shouted insults about family in front of others.",
            "Unkind words about appearance, heard by a group of friends.",
        ),
    ),
    "PP": IncidentKind(
        "Physical assault of a pupil",
        130,
        False,
        (HURT, SEEN, BOTH, (*BOTH, "witness"), GROUP),
        (
            "Pushed over; a graze to the elbow, seen by first aid.",
            "A fight, separated by two members of staff.",
            "Tripped on purpose while walking past.",
            "A shove became a punch.",
        ),
    ),
    "VA": IncidentKind(
        "Verbal abuse of an adult",
        110,
        False,
        (ALONE, ("responsible", "witness")),
        (
            "Swore at a member of staff when asked to wait.",
            "Answered an instruction with abuse and walked off.",
        ),
    ),
    "BU": IncidentKind(
        "Bullying",
        60,
        False,
        (HURT, GROUP, SEEN),
        (
            "Left out of the group on purpose for the third week; says it happens daily.",
            "Messages in a group chat at the weekend, shown to the tutor today.",
            "Bag hidden again; friends laughed.",
        ),
    ),
    "DM": IncidentKind(
        "Damage to property",
        60,
        False,
        (ALONE, HURT),
        ("A coat was torn.", "A bag was thrown and its contents broken.", "A lunch box was stamped on."),
    ),
    "TH": IncidentKind(
        "Theft",
        30,
        False,
        (HURT,),
        ("Headphones taken from a bag and found later.", "Lunch money taken from a coat."),
    ),
    "PA": IncidentKind(
        "Physical assault of an adult",
        15,
        True,
        (ALONE, ("responsible", "witness")),
        ("Pushed past a member of staff at the door.", "Threw a chair; it struck an adult on the arm."),
    ),
    "RA": IncidentKind(
        "Racist abuse",
        12,
        False,
        (HURT, SEEN),
        ("A racist word was used twice and heard by others.", "Mocked an accent in front of a group."),
    ),
    "LG": IncidentKind(
        "Homophobic abuse",
        12,
        False,
        (HURT, SEEN),
        ("A homophobic word was used as an insult.",),
    ),
    "OW": IncidentKind(
        "Prohibited item",
        6,
        False,
        (ALONE,),
        ("A prohibited item was found in a bag and handed to the office.",),
    ),
    "OT": IncidentKind(
        "Unsafe behaviour",
        65,
        False,
        (ALONE, ("responsible", "affected"), ("responsible", "responsible", "affected")),
        (
            "Climbed where it is not safe; came down when asked twice.",
            "Ran against the flow and knocked others.",
        ),
    ),
}

ACTIONS = ("Restorative conversation", "Call home", "Detention", "Reflection room", "Passed to senior staff")
