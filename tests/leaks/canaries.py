"""People and words that nobody could mistake, a school whose MIS gives them, and the search for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from tests.drop_school import DropSchool, pupil, suspension, write_rows

NOW = "2026-11-12T09:40"
BORN = date(1987, 3, 17)
"""No pupil of 2026 was born then, so wherever it is found it came from a date of birth."""

PEOPLE = ("Zephyrine", "Quagmirefeather", "Wobblethorpe", "Ottoline", "Xanthippe", "Grizzlewick", "Mortlock")
ADDRESSES = ("key.adult.canary", "canary.teacher", "canary.parent")
STORIES = ("marmalade spanner", "behind the velvet boathouse", "confiscated trombone", "unspeakable kazoo")
NUMBERS = ("H801200001001",)
BIRTHS = (
    "1987-03-17", "17/03/1987", "17 March 1987", "17 Mar 1987", "19870317", "(1987, 3, 17)", "1987, 3, 17",
)  # fmt: skip
CANARIES = (*PEOPLE, *ADDRESSES, *STORIES, *NUMBERS, *BIRTHS)

PARENT = "canary.parent@home.example"
SHOWN = {"P1": "Wobblethorpe Quagmirefeather", "P2": "Ottoline Grizzlewick"}
"""The name under which a case's page and sheet should show each pupil."""


def leaks(text: str, canaries: Iterable[str] = CANARIES) -> list[str]:
    """The canaries in `text`, whatever their capitals and however the lines were broken."""
    plain = " ".join(text.split()).lower()
    return [canary for canary in canaries if canary.lower() in plain]


def canary_school(folder: Path, store_url: str = "sqlite:///rp-connect.db") -> DropSchool:
    """Good records full of canaries, and bad rows full of them, so that refusals are made."""
    school = DropSchool(folder, store_url=store_url)
    school.pupils = [
        pupil("P1", given_name="Zephyrine", family_name="Quagmirefeather", preferred_name="Wobblethorpe",
              upn="H801200001001", date_of_birth=BORN, key_adult_email="key.adult.canary@school.example",
              looked_after="Y"),
        pupil("P2", given_name="Ottoline", family_name="Grizzlewick", date_of_birth="17/03/1987"),
        pupil("", given_name="Xanthippe", family_name="Mortlock", date_of_birth=BORN),
        pupil("P8", given_name="Xanthippe\nMortlock", family_name="Mortlock", date_of_birth=BORN),
        pupil("P9", given_name="Xanthippe", family_name="Mortlock", date_of_birth="17 March 1987"),
        pupil("P10", given_name="Xanthippe", family_name="Mortlock", social_worker="Xanthippe says so"),
        pupil("P11", given_name="Xanthippe", family_name="Mortlock"),
        pupil("P11", given_name="Ottoline", family_name="Mortlock"),
    ]  # fmt: skip
    school.incidents = [
        incident("I1", "P1", "responsible"),
        incident("I1", "P2", "harmed"),
        incident("I2", "P404", "harmed"),
        incident("I3", "P1", "harmed", occurred_at="confiscated trombone"),
        incident("", "P1", "harmed"),
        incident("I5", "", "harmed"),
    ]
    school.suspensions = [
        suspension("S1", "2026-11-10", 6, reason_1="PA", incident_id="I1"),
        suspension("S2", "2026-11-11", 4, pupil_id="P2"),
        suspension("S3", None, None, pupil_id="P2", decided_at="2026-11-11"),
        suspension("S4", "2026-11-11", 2, pupil_id="P404"),
        suspension("S5", "2026-11-11", 2, decided_at="unspeakable kazoo"),
        suspension("S6", "2026-11-11", 2, start_session="marmalade spanner"),
        suspension("", "2026-11-11", 2),
    ]
    school.attendance = [
        {"pupil_id": "P1", "date": "2026-11-10", "session": "AM", "code": "/"},
        {"pupil_id": "P404", "date": "2026-11-10", "session": "AM", "code": "E"},
        {"pupil_id": "P1", "date": "17 March 1987", "session": "AM", "code": "E"},
    ]
    return school


def write(school: DropSchool) -> None:
    """The drop as the MIS left it: staff too, and broken lines at the end of the files."""
    school.write()
    drop = school.folder / "drop"
    staff = [
        {"staff_id": "T1", "given_name": "Xanthippe", "family_name": "Mortlock",
         "email": "canary.teacher@school.example"},
        {"staff_id": "T2", "given_name": "Xanthippe", "family_name": "Mortlock", "email": "Mortlock"},
        {"staff_id": "", "given_name": "Xanthippe", "family_name": "Mortlock", "email": ""},
    ]  # fmt: skip
    write_rows(drop / "staff.csv", staff)
    broken = {
        "pupils.csv": ['P12,"Xanthippe,Mortlock,1987-03-17', "Xanthippe,Mortlock", "P13" + ",Mortlock" * 40],
        "incidents.csv": ['I9,"marmalade spanner, behind the velvet boathouse', "marmalade spanner"],
        "suspensions.csv": ["S9,P1,SUSP,unspeakable kazoo" + ",Mortlock" * 30],
    }
    for name, lines in broken.items():
        with (drop / name).open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def incident(incident_id: str, pupil_id: str, role: str, **more: str) -> dict[str, str]:
    return {
        "incident_id": incident_id,
        "occurred_at": "2026-11-10T12:40:00",
        "type": "Fight",
        "location": "behind the velvet boathouse",
        "description": "Wobblethorpe took the marmalade spanner from Ottoline",
        "pupil_id": pupil_id,
        "role": role,
        "action": "confiscated trombone",
        "status": "unspeakable kazoo",
        **more,
    }


def file_names(folder: Path) -> Sequence[str]:
    """The name of every file and folder under `folder`."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*")]
