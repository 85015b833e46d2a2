"""The invented suspensions: each rule is shown, and nothing is impossible."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

from dateutil.easter import easter

from rp_connect.domain.calendar import Half, Session
from tests.testing.written import day_of

PROMISED = {
    "half day", "morning only", "lunchtimes", "cancelled", "back to back, first", "back to back",
    "over a holiday", "looked after", "social worker", "ehcp", "no dates", "permanent", "locking reason",
    "exam lost", "near fifteen days", "over five days", "representations", "notice received", "day six",
    "unknown category", "bias", "counted in sessions", "start and end", "attendance mismatch",
    "return today", "return tomorrow", "decided today", "impossible date", "unknown pupil",
    "wrong check letter", "primary school return", "primary school lunchtime",
}  # fmt: skip


def counter_term(day: date) -> int:
    """Which of the terms that end on 31 December, Easter Monday and 31 July `day` falls in."""
    ends = (easter(day.year).toordinal() + 1, date(day.year, 7, 31).toordinal())
    return sum(day.toordinal() > end for end in ends)


def test_every_promised_rule_is_shown(trust):
    assert set(trust.told.shows) == PROMISED
    keys = {key for school in trust.schools for key in school.suspensions} | set(trust.northwick.pupils)
    keys |= {row["incident_id"] for row in trust.northwick.incidents}
    assert set(trust.told.shows.values()) <= keys


def test_the_board_is_alive(trust):
    live = [
        row
        for row in trust.northwick.suspensions.values()
        if day_of(row["decided_at"]) >= trust.told.live_from and row["pupil_id"] in trust.northwick.pupils
    ]
    assert 25 <= len(live) <= 40


def test_about_one_pupil_in_eleven_is_suspended_in_a_year(trust):
    shares = []
    for school in trust.schools:
        suspended = {row["pupil_id"] for row in school.suspensions.values()} & set(school.pupils)
        shares.append(len(suspended) / len(school.pupils))
    assert 0.07 < shares[0] < 0.11
    assert shares[1] < 0.04


def test_no_two_suspensions_of_a_pupil_overlap(trust):
    for school in trust.schools:
        taken: dict[str, list[Session]] = defaultdict(list)
        for row in school.suspensions.values():
            taken[row["pupil_id"]] += school.sessions_of(row)
        assert all(len(sessions) == len(set(sessions)) for sessions in taken.values())


def test_every_dated_suspension_begins_and_ends_in_school(trust):
    for school in trust.schools:
        for row in school.suspensions.values():
            if row["end_date"]:
                assert school.calendar.is_school_day(day_of(row["start_date"]))
                assert school.calendar.is_school_day(day_of(row["end_date"]))
            if row["end_date"] and row["sessions"] and row["category"] == "SUSP":
                assert school.sessions_of(row)[-1] == school.end_of(row)


def test_suspended_pupils_were_on_roll_when_it_was_decided(trust):
    for school in trust.schools:
        for row in school.suspensions.values():
            if row["suspension_id"] != trust.told.shows["unknown pupil"]:
                assert school.on_roll(row["pupil_id"], day_of(row["decided_at"]))


def test_a_suspension_is_decided_no_later_than_it_starts_and_never_in_the_future(trust):
    for school in trust.schools:
        for row in school.suspensions.values():
            assert day_of(row["decided_at"]) <= trust.day
            if row["start_date"]:
                assert day_of(row["decided_at"]) <= day_of(row["start_date"])
            for told in ("notice_received", "representations_at", "cancelled_at"):
                assert not row[told] or day_of(row[told]) <= trust.day


def test_suspensions_are_numbered_in_the_order_of_decision(trust):
    for school in trust.schools:
        rows = list(school.suspensions.values())[: -1 if school.id == "northwick" else None]
        assert [row["suspension_id"] for row in rows] == sorted(school.suspensions)[: len(rows)]
        assert all(day_of(a["decided_at"]) <= day_of(b["decided_at"]) for a, b in pairwise(rows))


def test_one_pupil_returns_today_and_one_tomorrow(trust):
    calendar = trust.northwick.calendar
    today, tomorrow = trust.sessions("return today")[-1], trust.sessions("return tomorrow")[-1]
    assert calendar.session_after(today) == Session(trust.day, Half.AM)
    assert calendar.session_after(tomorrow) == Session(calendar.after(trust.day), Half.AM)


def test_half_days_are_shown_at_both_ends_of_a_day(trust):
    assert [session.half for session in trust.sessions("half day")] == [Half.PM, Half.AM]
    assert [session.half for session in trust.sessions("morning only")] == [Half.AM]


def test_one_pupil_has_several_lunchtimes(trust):
    pupil = trust.suspension("lunchtimes")["pupil_id"]
    mine = [row for row in trust.northwick.suspensions.values() if row["pupil_id"] == pupil]
    assert [row["category"] for row in mine] == ["LNCH"] * 5


def test_a_cancelled_suspension_was_cancelled_on_its_way(trust):
    row = trust.suspension("cancelled")
    assert day_of(row["start_date"]) < day_of(row["cancelled_at"]) < day_of(row["end_date"])


def test_the_sixth_day_of_the_pair_is_tomorrow(trust):
    first, second = trust.suspension("back to back, first"), trust.suspension("back to back")
    calendar = trust.northwick.calendar
    sessions = trust.northwick.sessions_of(first) + trust.northwick.sessions_of(second)
    days = sorted({session.day for session in sessions})
    assert first["pupil_id"] == second["pupil_id"]
    assert calendar.session_after(trust.northwick.sessions_of(first)[-1]) == trust.sessions("back to back")[0]
    assert days[5] == calendar.after(trust.day)


def test_one_suspension_spans_a_long_holiday(trust):
    days = sorted({session.day for session in trust.sessions("over a holiday")})
    assert days[0] <= trust.day
    assert max((b - a).days for a, b in pairwise(days)) > 9


def test_the_pupils_of_the_flag_rules_bear_the_flags(trust):
    assert trust.pupil("looked after")["looked_after"] == "Y"
    assert trust.pupil("social worker")["social_worker"] == "Y"
    assert trust.pupil("ehcp")["ehcp"] == "Y"
    assert trust.pupil("exam lost")["year_group"] == "11"


def test_what_the_mis_does_not_know_is_left_blank(trust):
    row = trust.suspension("no dates")
    assert {row[name] for name in ("start_date", "end_date", "sessions", "start_session")} == {""}
    assert trust.suspension("permanent")["end_date"] == ""
    assert trust.suspension("unknown category")["category"] == "INT"


def test_an_exam_falls_in_the_suspension(trust):
    assert day_of(trust.suspension("exam lost")["exam_date"]) in {s.day for s in trust.sessions("exam lost")}


def test_the_length_is_counted_by_one_school_and_ended_by_the_other(trust):
    counted = trust.suspension("counted in sessions")
    assert (counted["sessions"], counted["end_date"]) == ("4", "")
    assert all(row["sessions"] == "" for row in trust.eastmoor.suspensions.values())
    assert len(trust.eastmoor.sessions_of(trust.eastmoor.suspensions[trust.told.shows["start and end"]])) == 3


def test_the_counted_pupils_stand_where_the_rules_begin(trust):
    for show, expected in (("near fifteen days", 29), ("over five days", 11), ("representations", 12)):
        pupil = trust.suspension(show)["pupil_id"]
        mine = [row for row in trust.northwick.suspensions.values() if row["pupil_id"] == pupil]
        sessions = [session for row in mine for session in trust.northwick.sessions_of(row)]
        assert len(sessions) == expected
        assert len({(s.day.year, counter_term(s.day)) for s in sessions}) == 1
    row = trust.suspension("representations")
    assert day_of(row["notice_received"]) < day_of(row["representations_at"])


def test_biased_and_locked_reasons_are_rare(trust):
    reasons = Counter(row["reason_1"] for row in trust.northwick.suspensions.values())
    assert reasons["DB"] > 20
    assert reasons["RA"] + reasons["LG"] + reasons["OW"] + reasons["SM"] <= 12
    assert trust.suspension("bias")["reason_1"] == "RA"
    assert trust.suspension("locking reason")["reason_1"] == "OW"
