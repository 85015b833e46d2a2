"""A trust of so many schools with a year so far, and the files of its next day: one seed, the same bytes.

People, incidents, suspensions and their cases come by a real sync. What past weeks would have done to them
(effects sent, most cases closed) and the marks of the year so far are written by SQL.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from rp_connect.services.sync_schools import sync_schools
from rp_connect.storage.day_numbers import number_of_day
from rp_connect.wiring.office import build_office
from tests.benchmarks.bench import SEED, Size
from tests.benchmarks.trust import NOW, days_from, marks_of, write_attendance, write_trust

TODAY = date.fromisoformat(NOW[:10])
SICKLY = 10
"""Every so many pupils one is away for a sixth of all sessions."""
COUNTED = (
    "attendance",
    "attendance_counts",
    "pupils",
    "incidents",
    "suspensions",
    "cases",
    "tasks",
    "effects",
)

_LONG_AGO = """
    UPDATE effects SET state = 'done';
    UPDATE cases SET stage = 'closed' WHERE suspension_no % 4 <> 0;
    UPDATE tasks SET state = 'done' WHERE "case" IN (SELECT ref FROM cases WHERE stage = 'closed')"""
_PATTERN = "CREATE TEMP TABLE pattern (day INTEGER, half INTEGER, place INTEGER, code TEXT)"
_PLACE = "pattern.place = CAST(substr(pupils.id, 2) AS INTEGER)"
_MARKS = f"""
    INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT pattern.day, schools.no, pattern.half, pupils.no, pattern.code
    FROM schools JOIN pupils ON pupils.school = schools.school JOIN pattern ON {_PLACE}
    WHERE pattern.day = :day ORDER BY 1, 2, 3, 4"""  # noqa: S608 - our own words
_COUNTS = f"""
    INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    SELECT pupils.no, pattern.school_year, pattern.code, pattern.n FROM pupils JOIN (
        SELECT place, (day - 801) / 10000 AS school_year, code, count(*) AS n FROM pattern GROUP BY 1, 2, 3
    ) AS pattern ON {_PLACE} ORDER BY 1, 2, 3"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class GrowingTrust:
    """An installation in `folder`, whose store is at `url`."""

    folder: Path
    url: str
    schools: int
    size: Size

    @property
    def config(self) -> Path:
        return self.folder / "rp-connect.toml"

    def build(self) -> None:
        write_trust(self.folder, self.schools, self.size.growth_shape, SEED, self.url)
        office = build_office(self.config, now=NOW)
        try:
            faults = [report.fault for report in sync_schools(office) if report.fault]
        finally:
            office.store.close()
        if faults:
            raise RuntimeError(f"the trust could not be set up: {faults[0]}")
        with self.store() as connection:
            self._age(connection)

    def bring(self, number: int) -> date:
        """Write what the MIS of each school has on its next day: marks, three incidents, a suspension."""
        day = TODAY + timedelta(days=number)
        for school in range(1, self.schools + 1):
            drop = self.folder / f"s{school:03}" / "drop"
            dice = random.Random(SEED + 1000 * number + school)
            pupils = [f"P{no:05}" for no in dice.sample(range(1, self.size.growth_shape.pupils + 1), 4)]
            write_attendance(drop, self.size.growth_shape.pupils, [day], SEED + 1000 * number + school)
            _append(drop / "incidents.csv", _incidents(number, day, pupils))
            _append(
                drop / "suspensions.csv", [f"N{number:04},{pupils[0]},SUSP,PP,{day},{day},4,N{number}0000"]
            )
        return day

    def rows(self) -> dict[str, int]:
        with self.store() as connection:
            count = "SELECT count(*) FROM "
            return {name: connection.execute(sa.text(count + name)).scalar_one() for name in COUNTED}

    @contextmanager
    def store(self) -> Iterator[sa.Connection]:
        path = self.url.replace("sqlite:///", f"sqlite:///{self.folder}/")
        engine = sa.create_engine(path)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def _age(self, connection: sa.Connection) -> None:
        for statement in (*_LONG_AGO.split(";"), _PATTERN):
            connection.execute(sa.text(statement))
        days = days_from(TODAY - timedelta(days=self.size.growth_days), self.size.growth_days)
        put = sa.text("INSERT INTO pattern VALUES (:day, :half, :place, :code)")
        connection.execute(put, pattern(self.size.growth_shape.pupils, days))
        for day in days:
            connection.execute(sa.text(_MARKS), {"day": number_of_day(day)})
        connection.execute(sa.text(_COUNTS))
        connection.execute(sa.text("DROP TABLE pattern"))
        connection.execute(sa.text("ANALYZE"))  # as the server does by itself after a while


def pattern(pupils: int, days: Sequence[date]) -> list[dict[str, object]]:
    """The marks of one school, by the place of each pupil in it: all schools have the same."""
    dice = random.Random(SEED)
    return [
        {
            "day": number_of_day(day),
            "half": int(half),
            "place": no,
            "code": "I" if no % SICKLY == 0 and dice.random() < 1 / 6 else code,
        }
        for no, day, half, code in marks_of(range(1, pupils + 1), days, SEED)
    ]


def _incidents(number: int, day: date, pupils: Sequence[str]) -> list[str]:
    return [
        f"N{number}000{place},{day}T12:40,Fighting,{who},{role}"
        for place, other in enumerate(pupils[1:])
        for who, role in ((pupils[0], "responsible"), (other, "harmed"))
    ]


def _append(path: Path, lines: Sequence[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
