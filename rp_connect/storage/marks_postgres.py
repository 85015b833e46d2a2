"""Writing marks on PostgreSQL: COPY into a temporary table, then one statement for everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from rp_connect.domain.calendar import Half
from rp_connect.storage.copies import REHEARSED_COUNTS, REHEARSED_MARKS
from rp_connect.storage.session import Session

_NEW_TABLE = """
    CREATE TEMP TABLE IF NOT EXISTS given (day integer, half smallint, pupil_no integer, code text)
    ON COMMIT DELETE ROWS;
    DELETE FROM given"""
# With no other writer of this school about, what is compared stays so (and where it is: `place`), and plain
# INSERT and UPDATE will do. LATERAL … LIMIT 1 is one look-up in the index for each row, whatever the server
# believes about tables that grew since it last counted them.
_ALONE = "SELECT pg_advisory_xact_lock(%s, %s)"
_MARKS_OF_SCHOOL = 20240819
_WRITE = """
    WITH latest AS (
        SELECT DISTINCT ON (day, half, pupil_no) day, half, pupil_no, code FROM given
        ORDER BY day, half, pupil_no, ctid DESC
    ), changed AS MATERIALIZED (
        SELECT latest.*, held.code AS old, held.place FROM latest LEFT JOIN LATERAL (
            SELECT code, attendance.ctid AS place FROM attendance
            WHERE day = latest.day AND school_no = %(school)s AND half = latest.half
            AND pupil_no = latest.pupil_no LIMIT 1
        ) AS held ON true WHERE held.code IS NULL OR held.code <> latest.code
    ), entered AS (
        INSERT INTO attendance (day, school_no, half, pupil_no, code)
        SELECT day, %(school)s, half, pupil_no, code FROM changed WHERE place IS NULL
    ), amended AS (
        UPDATE attendance SET code = changed.code FROM changed WHERE attendance.ctid = changed.place
    ), differences AS MATERIALIZED (
        SELECT more.*, held.place FROM (
            SELECT pupil_no, school_year, code, sum(n) AS n FROM (
                SELECT pupil_no, (day - 801) / 10000 AS school_year, code, 1 AS n FROM changed
                UNION ALL
                SELECT pupil_no, (day - 801) / 10000, old, -1 FROM changed WHERE old IS NOT NULL
            ) AS each GROUP BY pupil_no, school_year, code
        ) AS more LEFT JOIN LATERAL (
            SELECT attendance_counts.ctid AS place FROM attendance_counts
            WHERE pupil_no = more.pupil_no AND school_year = more.school_year AND code = more.code LIMIT 1
        ) AS held ON true
    ), counted AS (
        UPDATE attendance_counts AS held SET n = held.n + more.n
        FROM differences AS more WHERE held.ctid = more.place
    ), begun AS (
        INSERT INTO attendance_counts (pupil_no, school_year, code, n)
        SELECT pupil_no, school_year, code, n FROM differences WHERE place IS NULL
    )
    SELECT DISTINCT pupil_no FROM changed"""
# In a rehearsal: see `copies`. Nobody else writes there.
_REHEARSE = f"""
    WITH latest AS (
        SELECT DISTINCT ON (day, half, pupil_no) day, half, pupil_no, code FROM given
        ORDER BY day, half, pupil_no, ctid DESC
    ), changed AS MATERIALIZED (
        SELECT latest.*, held.code AS old FROM latest LEFT JOIN LATERAL (
            SELECT code FROM attendance WHERE day = latest.day AND school_no = %(school)s
            AND half = latest.half AND pupil_no = latest.pupil_no LIMIT 1
        ) AS held ON true WHERE held.code IS NULL OR held.code <> latest.code
    ), entered AS (
        INSERT INTO {REHEARSED_MARKS} (day, school_no, half, pupil_no, code)
        SELECT day, %(school)s, half, pupil_no, code FROM changed
        ON CONFLICT (day, school_no, half, pupil_no) DO UPDATE SET code = excluded.code
    ), counted AS (
        INSERT INTO {REHEARSED_COUNTS} (pupil_no, school_year, code, n)
        SELECT pupil_no, (day - 801) / 10000, code, 1 FROM changed
        UNION ALL
        SELECT pupil_no, (day - 801) / 10000, old, -1 FROM changed WHERE old IS NOT NULL
    )
    SELECT DISTINCT pupil_no FROM changed"""  # noqa: S608 - both names are our own


def write(
    session: Session, school_no: int, rows: Iterable[tuple[int, date, Half, str]], days: Mapping[date, int]
) -> set[int]:
    """The pupils with a mark that is new or changed."""
    if not session.rehearsing:
        session.sql(_ALONE, (_MARKS_OF_SCHOOL, school_no))
    session.sql(_NEW_TABLE)
    codes = _Codes()
    lines = [f"{days[day]}\t{half:d}\t{no}\t{codes[code]}\n" for no, day, half, code in rows]
    session.copy("COPY given (day, half, pupil_no, code) FROM STDIN", "".join(lines))
    put = _REHEARSE if session.rehearsing else _WRITE
    return {no for (no,) in session.sql(put, {"school": school_no}).all()}


class _Codes(dict[str, str]):
    """Codes as COPY wants them: the mark for "present in the afternoon" is itself a backslash."""

    def __missing__(self, code: str) -> str:
        special = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
        return self.setdefault(code, code.translate(special))
