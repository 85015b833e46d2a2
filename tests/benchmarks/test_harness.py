"""The harness itself, at tiny sizes: that it measures what it says, and that it notices a miss."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from rp_connect.domain.calendar import Half
from rp_connect.storage.store import open_store
from tests.benchmarks import __main__ as program
from tests.benchmarks import (
    cold_start,
    day_into_year,
    five_hundred,
    graph_writers,
    growth,
    marks_from_a_drop,
    marks_into_postgres,
    marks_into_sqlite,
    nothing_new,
)
from tests.benchmarks.bench import SIZES, Bench, Size
from tests.benchmarks.measure import Cost, Shares, interleaved, programs, took
from tests.benchmarks.table import Line, remarks, table
from tests.benchmarks.trust import FIRST_DAY, Shape, days_from, marks_of, write_trust

TINY = Size(
    marks_pupils=10,
    marks_days=3,
    year_schools=3,
    year_pupils=5,
    year_days=4,
    quiet_schools=2,
    quiet_shape=Shape(pupils=10, days=2, incidents=3, suspensions=2),
    growth_schools=(1, 2),
    growth_days=2,
    growth_shape=Shape(pupils=10, incidents=3, suspensions=2),
    usual_cases=2,
    cases=4,
    requests=2,
    starts=1,
)


@pytest.fixture
def bench(tmp_path):
    return Bench(folder=tmp_path, size=TINY, runs=2, tell=lambda line: None)


def cost(seconds: float) -> Cost:
    return Cost(wall=seconds, cpu=seconds)


def test_variants_are_taken_in_turn():
    taken: list[str] = []

    def take(name: str) -> Cost:
        taken.append(name)
        return cost(1)

    found = interleaved({"a": lambda: take("a"), "b": lambda: take("b")}, 3)

    assert taken == ["a", "b"] * 3
    assert {name: len(costs) for name, costs in found.items()} == {"a": 3, "b": 3}


def test_a_ratio_is_the_median_of_pairs_of_one_round():
    line = Line(figure="P0", what="x", ours=[cost(2), cost(9), cost(4)], raw=[cost(1), cost(3), cost(1)])

    assert line.ratios == [2, 3, 4]
    assert "3.00 (2.00–4.00)" in table([line])


@pytest.mark.parametrize(("target", "reached", "missed"), [(2.0, True, False), (1.9, False, True)])
def test_a_ratio_above_its_target_is_missed(target, reached, missed):
    line = Line(figure="P0", what="x", ours=[cost(2)], raw=[cost(1)], target=target)

    assert (line.reached, line.missed) == (reached, missed)


def test_seconds_belong_to_a_machine_and_are_shown_but_never_missed():
    line = Line(figure="P0", what="x", ours=[cost(2)], seconds=1.0)

    assert (line.reached, line.missed) == (False, False)
    assert "≤ 1.00 s there | NO" in table([line])


def test_time_counts_for_the_innermost_part_alone():
    shares = Shares()
    with shares.part("outer"):
        with shares.part("inner"):
            _work(0.02)
        _work(0.01)

    parts = shares.of(took(lambda: None)).parts
    assert parts["inner"] >= 0.02
    assert 0.01 <= parts["outer"] < parts["inner"]


def _work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_a_whole_program_is_measured_with_its_memory(tmp_path):
    (found,) = programs({"nothing": ["/bin/sh", "-c", "exit 0"]}, 1, tmp_path)["nothing"]

    assert found.wall > 0
    assert found.rss_mib is not None
    assert 0 < found.rss_mib < 100


def test_the_same_seed_gives_the_same_marks_and_the_same_files(tmp_path):
    days = days_from(FIRST_DAY, 2)
    assert marks_of(range(1, 4), days, 1) == marks_of(range(1, 4), days, 1)
    assert marks_of(range(1, 4), days, 1) != marks_of(range(1, 4), days, 2)

    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_trust(tmp_path / name, 1, TINY.quiet_shape, 7)
    for file in (tmp_path / "one").rglob("*.csv"):
        assert file.read_bytes() == (tmp_path / "other" / file.relative_to(tmp_path / "one")).read_bytes()


def test_marks_into_sqlite_stand_beside_three_raw_limits(bench):
    lines = marks_into_sqlite.measure(bench)

    assert {line.beside for line in lines} == {
        marks_into_sqlite.BARE,
        marks_into_sqlite.COUNTED,
        marks_into_sqlite.REFERENCE,
    }
    assert all(len(line.ratios) == 2 for line in lines)


def test_every_mark_of_the_drop_is_read_and_the_parts_make_the_whole(bench):
    first, *_, whole = marks_from_a_drop.measure(bench)

    parts = first.ours[0].parts
    assert {"read and check", "sort", "pages of it", "store", "commit"} <= set(parts)
    assert sum(parts.values()) == pytest.approx(first.ours[0].cpu)
    assert whole.ours[0].rss_mib


def test_marks_into_postgres_stand_beside_copy(bench, postgres_url):
    lines = marks_into_postgres.compare(bench, postgres_url)

    assert [line.target for line in lines] == [1.5, None, None, None]
    assert all(ratio > 0 for line in lines for ratio in line.ratios)


def test_the_year_is_of_our_own_schema_and_its_counters_agree_with_its_marks(bench):
    path = day_into_year.a_year(bench.folder, TINY)

    with closing(sqlite3.connect(path)) as connection:
        marks = connection.execute("SELECT count(*), count(DISTINCT pupil_no) FROM attendance").fetchone()
        kept = "SELECT pupil_no, school_year, code, n FROM attendance_counts"
        counted = "SELECT pupil_no, (day - 801) / 10000, code, count(*) FROM attendance GROUP BY 1, 2, 3"
        assert set(connection.execute(kept)) == set(connection.execute(counted))
    assert marks == (3 * 5 * 4 * 2, 3 * 5)


def test_our_day_adds_to_marks_and_counters_of_the_year(bench):
    path = day_into_year.a_year(bench.folder, TINY)
    day_into_year.variants(path, TINY)["ours"]()

    store = open_store(f"sqlite:///{path}")
    with store.read() as work:
        counts = work.marks.counts("s002", TINY.year_pupils + 1, 2026)
    store.close()
    assert sum(counts.values()) == (TINY.year_days + 1) * len(Half)


def test_a_start_loads_nothing_heavy(bench):
    lines = cold_start.measure(bench)

    promises = {line.what: line.shown for line in lines if line.holds is not None}
    assert set(promises.values()) == {"none of 10", "none of 5"}
    assert len(promises) == 3


def test_a_module_that_a_start_must_not_load_is_named(tmp_path):
    line = cold_start.promise("--version", ["--version"], ("sys", "msal"), tmp_path)

    assert (line.shown, line.missed) == ("sys", True)


def test_the_second_sync_of_a_day_finds_nothing_new(bench):
    again, parts, first = nothing_new.measure(bench)

    assert again.per == TINY.quiet_schools
    assert parts.ours[0].parts
    assert first.ours[0].wall > 0


def test_every_suspension_becomes_a_case_and_the_board_shows_them(bench):
    syncs, few, many = five_hundred.measure(bench)

    assert "cases a second" in syncs.note
    assert "2 open cases" in few.what
    assert "4 open cases" in many.what


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_growing_trust_gives_a_line_for_each_work_and_how_steeply_it_grew(bench):
    """Each day brought its marks and its case, or `grown` would have said so."""
    lines = growth.compare(replace(bench, runs=1), ["SQLite"])

    assert [line.what.partition(": ")[2] for line in lines] == list(growth.WORK.values())
    assert all(len(line.ratios) == 1 for line in lines)
    assert all("from 1 to 2" in line.note for line in lines)
    assert "80 marks before; a day brings 40 attendance" in lines[0].note
    assert all(cost.rss_mib and cost.rss_mib > 10 for line in lines for cost in line.ours)


def test_work_that_grows_as_the_trust_does_has_the_exponent_one():
    assert growth.slope(1, [cost(2)], 10, [cost(20)]) == pytest.approx(1.0)
    assert growth.slope(10, [cost(2)], 100, [cost(2)]) == 0
    assert growth.slope(10, [cost(1)], 100, [cost(100)]) == pytest.approx(2.0)


def test_the_program_prints_a_table_writes_every_sample_and_is_strict_only_when_asked(
    tmp_path, monkeypatch, capsys
):
    slow = Line(figure="P0", what="slow", ours=[cost(3)], raw=[cost(1)], target=2.0, note="why")
    monkeypatch.setattr(program, "measured", lambda name, bench: [slow])
    found = tmp_path / "found.json"

    assert program.main(["marks", "--runs", "1", "--json", str(found)]) == 0
    assert program.main(["marks", "--strict"]) == 1
    assert "| P0     | slow |" in capsys.readouterr().out
    written = json.loads(found.read_text())
    assert written["lines"][0]["ratios"] == [3.0]
    assert written["machine"]["SQLite"]


def test_every_scale_says_how_much_it_is():
    assert SIZES["small"].marks == SIZES["full"].marks == 200_000
    assert SIZES["full"].year_day * SIZES["full"].year_days == 38_000_000
    assert remarks([Line(figure="P0", what="x", note="why")]) == "P0 x: why"


@pytest.mark.parametrize(
    ("requests", "lost", "double", "refused", "missed"),
    [
        (125, 0, 0, 0, []),
        (126, 0, 0, 0, ["R3"]),
        (125, 1, 0, 0, ["all"]),
        (125, 0, 1, 0, ["all"]),
        (125, 0, 0, 1, ["P2"]),
    ],
)
def test_what_is_lost_double_refused_or_asked_too_often_is_a_miss_in_every_weather(
    requests, lost, double, refused, missed
):
    calm, far, throttled = (
        graph_writers.Taken(requests=[100], lost=[0], double=[0], refused=[0]) for _ in "123"
    )
    far.refused.append(refused)
    ambiguous = graph_writers.Taken(requests=[requests], lost=[lost], double=[double], refused=[9])

    found = graph_writers.promises(calm, far, throttled, ambiguous)

    assert [line.figure for line in found if line.missed] == missed
