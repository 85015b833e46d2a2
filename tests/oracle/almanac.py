"""The oracle's school year: a book of every day, open or shut, walked through by the day or the half day.

Shares nothing with the package, on purpose: a fault there must not be able to hide here. A session is
(day, 0 for the morning or 1 for the afternoon). Where the book ends, the answer is None: nobody knows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Row = tuple[str, date, date]
Session = tuple[date, int]
Hours = tuple[tuple[time, time], tuple[time, time]]
Book = dict[date, bool]
Point = date | datetime

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)
EASTER_MONDAYS = {
    2024: date(2024, 4, 1),
    2025: date(2025, 4, 21),
    2026: date(2026, 4, 6),
    2027: date(2027, 3, 29),
    2028: date(2028, 4, 17),
    2029: date(2029, 4, 2),
    2030: date(2030, 4, 22),
    2031: date(2031, 4, 14),
}


def open_the_book(rows: list[Row]) -> Book:
    """Every day from the first day of the first term to the last school day: True where it has sessions."""
    terms = [row for row in rows if row[0] == "term"]
    if not terms:
        return {}
    book: Book = {}
    day, end = min(first for _, first, _ in terms), max(last for _, _, last in terms)
    while day <= end:
        in_term = any(first <= day <= last for _, first, last in terms)
        off = any(kind != "term" and first <= day <= last for kind, first, last in rows)
        book[day] = in_term and not off and day.strftime("%a") not in ("Sat", "Sun")
        day += ONE_DAY
    while book and not book[max(book)]:
        del book[max(book)]
    return book


def first_of(book: Book) -> date:
    """The first day of the first term; later than any day where nothing is loaded."""
    return next(iter(book), date.max)


def following(book: Book, day: date, count: int) -> date | None:
    """The count-th school day after `day`; `day` is day nought and must stand in the book itself.

    Reading taken: a decision before the first loaded term (in the summer, say) has no known next school day,
    although the first day of term is loaded, because days before it might be missing.
    """
    if day < first_of(book):
        return None
    while count:
        day += ONE_DAY
        if day not in book:
            return None
        count -= book[day]
    return day


def this_or_next(book: Book, day: date) -> date | None:
    return day if book.get(day) else following(book, day, 1)


def this_or_last(book: Book, day: date) -> date | None:
    """`day` itself, or the last school day before it."""
    while day in book and not book[day]:
        day -= ONE_DAY
    return day if day in book else None


def walk_from(book: Book, start: Session) -> list[Session]:
    """Every open half day of the book from `start` on."""
    if start[0] < first_of(book):
        return []
    open_halves = [(day, half) for day, is_open in book.items() if is_open for half in (0, 1)]
    return [session for session in open_halves if session >= start]


def clock(day: date, at: time) -> datetime:
    """A moment of the school's clock, in UTC."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def begins(hours: Hours, session: Session) -> datetime:
    return clock(session[0], hours[session[1]][0])


def ends(hours: Hours, session: Session) -> datetime:
    return clock(session[0], hours[session[1]][1])


def in_school(book: Book, hours: Hours, moment: datetime) -> bool:
    """Whether a moment falls in a session, its first and last minute included."""
    day = moment.astimezone(LONDON).date()
    return book.get(day, False) and any(
        begins(hours, (day, half)) <= moment <= ends(hours, (day, half)) for half in (0, 1)
    )


def day_of(point: Point) -> date:
    """The school's local day of a date or of a moment."""
    return point.astimezone(LONDON).date() if isinstance(point, datetime) else point


def school_year(day: date) -> int:
    """1 August to 31 July, called by the year in which it begins."""
    return day.year if day.month >= 8 else day.year - 1


def term(day: date) -> tuple[int, str]:
    """The terms of the 5 and 15 day counters end on 31 December, Easter Monday and 31 July."""
    if day.month >= 8:
        return school_year(day), "autumn"
    return school_year(day), "spring" if day <= EASTER_MONDAYS[day.year] else "summer"
