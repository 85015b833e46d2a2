"""Attendance marks are kept as given, and counted per pupil and school year without ever counting again."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rp_connect.domain.calendar import Half, Session
from rp_connect.storage.store import SqlStore
from tests.storage.samples import SCHOOL, add_pupils

DAY = date(2026, 9, 1)
AM, PM = Half
Row = tuple[int, date, Half, str]


def put(store: SqlStore, *rows: Row, school: str = SCHOOL) -> set[int]:
    with store.begin() as work:
        changed = work.marks.put(school, rows)
        work.commit()
    return changed


def counts(store: SqlStore, pupil: int, year: int = 2026) -> dict[str, int]:
    with store.read() as work:
        return dict(work.marks.counts(SCHOOL, pupil, year))


@pytest.fixture
def pupils(store: SqlStore) -> list[int]:
    with store.begin() as work:
        numbers = add_pupils(work, "a", "b", "c")
        work.commit()
    return numbers


def test_marks_are_kept_word_for_word(store, pupils):
    codes = ["/", "\\", "L", "Y1", "é", "two words", "\t", "\\N", "\\.", "\n", "", "'", "NULL"]
    rows = [(pupils[0], DAY + timedelta(days=n), AM, code) for n, code in enumerate(codes)]
    put(store, *rows)

    with store.read() as work:
        sessions = [Session(day, AM) for _, day, _, _ in rows]
        assert work.marks.of(SCHOOL, pupils[0], sessions) == dict(zip(sessions, codes, strict=True))
        assert work.marks.counts(SCHOOL, pupils[0], 2026) == dict.fromkeys(codes, 1)


def test_only_the_marks_that_are_asked_for_are_told(store, pupils):
    put(store, *[(pupil, DAY, half, "/") for pupil in pupils for half in Half])
    put(store, (pupils[0], DAY, PM, "O"))

    with store.read() as work:
        asked = [Session(DAY, PM), Session(DAY + timedelta(days=1), AM)]
        assert work.marks.of(SCHOOL, pupils[0], asked) == {Session(DAY, PM): "O"}
        assert work.marks.of(SCHOOL, pupils[0], []) == {}
        assert work.marks.of("eastmoor", pupils[0], asked) == {}


def test_who_has_a_new_or_changed_mark_is_told_and_nobody_else(store, pupils):
    a, b, c = pupils
    assert put(store, (a, DAY, AM, "/"), (b, DAY, AM, "/")) == {a, b}
    assert put(store, (a, DAY, AM, "/"), (b, DAY, AM, "N"), (c, DAY, AM, "/")) == {b, c}
    assert put(store, (a, DAY, AM, "/"), (b, DAY, AM, "N")) == set()
    assert put(store) == set()


def test_a_correction_moves_the_count_from_one_code_to_the_other(store, pupils):
    put(store, *[(pupils[0], DAY, half, "N") for half in Half])
    put(store, (pupils[0], DAY, AM, "L"))

    assert counts(store, pupils[0]) == {"N": 1, "L": 1}
    put(store, (pupils[0], DAY, PM, "L"))
    assert counts(store, pupils[0]) == {"L": 2}


def test_the_school_year_turns_on_the_first_of_august(store, pupils):
    days = [date(2026, 7, 31), date(2026, 8, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 7, 31)]
    put(store, *[(pupils[0], day, AM, "/") for day in [*days, date(2027, 8, 1)]])

    assert [counts(store, pupils[0], year) for year in range(2024, 2029)] == [
        {},
        {"/": 1},
        {"/": 4},
        {"/": 1},
        {},
    ]


def test_a_mark_given_twice_in_one_call_counts_once_and_the_last_one_stands(store, pupils):
    put(store, (pupils[0], DAY, AM, "N"), (pupils[0], DAY, AM, "L"), (pupils[0], DAY, PM, "/"))

    with store.read() as work:
        assert work.marks.of(SCHOOL, pupils[0], [Session(DAY, AM)]) == {Session(DAY, AM): "L"}
    assert counts(store, pupils[0]) == {"L": 1, "/": 1}


def test_what_is_rolled_back_is_neither_kept_nor_counted(store, pupils):
    with store.begin() as work:
        work.marks.put(SCHOOL, [(pupils[0], DAY, AM, "/")])

    assert counts(store, pupils[0]) == {}
    assert put(store, (pupils[0], DAY, AM, "/")) == {pupils[0]}


def test_several_calls_in_one_transaction_see_one_another(store, pupils):
    with store.begin() as work:
        told = [work.marks.put(SCHOOL, [(pupils[0], DAY, AM, code)]) for code in ("/", "/", "N")]
        work.commit()

    assert told == [{pupils[0]}, set(), {pupils[0]}]
    assert counts(store, pupils[0]) == {"N": 1}


@pytest.mark.parametrize("size", [1, 49, 50, 51, 1000])
def test_a_call_of_any_size_is_stored_whole(store, size):
    with store.begin() as work:
        numbers = add_pupils(work, *[str(n) for n in range(size)])
        assert work.marks.put(SCHOOL, ((number, DAY, AM, "/") for number in numbers)) == set(numbers)
        assert [work.marks.counts(SCHOOL, number, 2026) for number in numbers] == [{"/": 1}] * size


def test_marks_of_one_school_never_turn_up_at_another(store, pupils):
    with store.begin() as work:
        [other] = add_pupils(work, "a", school="eastmoor")
        work.commit()
    assert put(store, (pupils[0], DAY, AM, "/")) == {pupils[0]}
    assert put(store, (other, DAY, AM, "N"), school="eastmoor") == {other}

    with store.read() as work:
        told = [work.marks.of("eastmoor", pupil, [Session(DAY, AM)]) for pupil in (pupils[0], other)]
    assert told == [{}, {Session(DAY, AM): "N"}]


DAYS = [date(2026, 7, 30), date(2026, 7, 31), date(2026, 8, 1), date(2026, 9, 1), date(2027, 1, 4)]
CALLS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(DAYS), st.sampled_from(Half), st.sampled_from("/\\NLO")),
        max_size=30,
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(calls=CALLS)
def test_the_running_counts_are_what_counting_again_would_give(store, pupils, calls):
    """Each example is rolled back."""
    held: dict[tuple[int, Session], str] = {}
    with store.begin() as work:
        for call in calls:
            rows = [(pupils[index], day, half, code) for index, day, half, code in call]
            given = {(no, Session(day, half)): code for no, day, half, code in rows}
            changed = {no for (no, session), code in given.items() if held.get((no, session)) != code}
            assert work.marks.put(SCHOOL, rows) == changed
            held |= given
        recount = Counter((no, session.day >= DAYS[2], code) for (no, session), code in held.items())
        for no in pupils:
            for late in (False, True):
                expected = {code: n for (who, when, code), n in recount.items() if (who, when) == (no, late)}
                assert work.marks.counts(SCHOOL, no, 2026 if late else 2025) == expected
            mine = {session: code for (who, session), code in held.items() if who == no}
            assert work.marks.of(SCHOOL, no, [Session(day, half) for day in DAYS for half in Half]) == mine
