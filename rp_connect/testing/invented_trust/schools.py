"""The two invented schools: how big they are, how they set their year, and what their exports look like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from dateutil.relativedelta import FR, MO, TH, TU, WE

from rp_connect.testing.invented_trust.calendars import ANY_WEEKDAY, TermPattern, YearDay


@dataclass(frozen=True, slots=True)
class School:
    """`first_age` is the age on the eve of the first year group; `live` and `earlier` count suspensions."""

    id: str
    name: str
    prefix: str
    years: tuple[str, ...]
    first_age: int
    forms: tuple[str, ...]
    roll: int
    staff: int
    id_digits: int
    upn_schools: tuple[int, int]
    day_incidents: tuple[int, ...]
    live: int
    earlier: int
    pattern: TermPattern
    am: tuple[time, time]
    pm: tuple[time, time]
    break_time: time
    lead_days: str
    suspension_word: str
    sessions_counted: bool
    iso_dates: bool
    byte_order_mark: bool

    def day_text(self, day: date | None) -> str:
        """A date as this school's MIS writes it."""
        if day is None:
            return ""
        return day.isoformat() if self.iso_dates else day.strftime("%d/%m/%Y")

    def years_since_joining(self, year_group: str) -> int:
        return self.years.index(year_group)


NORTHWICK = School(
    id="northwick",
    name="Northwick High School",
    prefix="NW",
    years=("7", "8", "9", "10", "11"),
    first_age=11,
    forms=("A", "B", "C", "D", "E", "F"),
    roll=900,
    staff=72,
    id_digits=6,
    upn_schools=(2001, 14),
    day_incidents=(3, 4, 5, 5, 6, 6, 6, 7, 8, 10),
    live=34,
    earlier=84,
    pattern=TermPattern(
        autumn_opens=2,
        autumn_closes=((FR,), 20),
        spring_opens=4,
        half_terms_early=False,
        easter_around_the_sunday=False,
        summer_closes=YearDay(7, FR, 23),
        insets=(YearDay(11, FR, 30), YearDay(6, FR, 30)),
        closures=(
            (YearDay(10, TH, 8), 1, "Closed: storm damage to the roof"),
            (YearDay(1, TU, 20), 2, "Closed: snow"),
        ),
    ),
    am=(time(8, 45), time(12, 15)),
    pm=(time(13, 15), time(15, 15)),
    break_time=time(10, 40),
    lead_days='["mon", "tue", "wed", "thu", "fri"]',
    suspension_word="SUSP",
    sessions_counted=True,
    iso_dates=True,
    byte_order_mark=False,
)

EASTMOOR = School(
    id="eastmoor",
    name="Eastmoor Primary School",
    prefix="EM",
    years=("R", "1", "2", "3", "4", "5", "6"),
    first_age=4,
    forms=("Kestrel", "Plover"),
    roll=300,
    staff=26,
    id_digits=5,
    upn_schools=(2020, 1),
    day_incidents=(0, 0, 1, 1, 1, 2, 3),
    live=5,
    earlier=4,
    pattern=TermPattern(
        autumn_opens=3,
        autumn_closes=(ANY_WEEKDAY, 21),
        spring_opens=5,
        half_terms_early=True,
        easter_around_the_sunday=True,
        summer_closes=YearDay(7, WE, 22),
        insets=(YearDay(10, FR, 18), YearDay(6, MO, 7)),
        closures=(
            (YearDay(11, TU, 8), 1, "Closed: boiler failure"),
            (YearDay(1, TU, 20), 1, "Closed: snow"),
        ),
    ),
    am=(time(8, 50), time(12)),
    pm=(time(13), time(15, 20)),
    break_time=time(10, 30),
    lead_days='["tue", "thu"]',
    suspension_word="FIXD",
    sessions_counted=False,
    iso_dates=False,
    byte_order_mark=True,
)

SCHOOLS = (NORTHWICK, EASTMOOR)
