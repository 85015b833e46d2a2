"""What is asked of people where an MIS says too little about dates, or says them longer than before."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.domain.duty import Duty
from rp_england.due import by_calendar, duty
from rp_england.standing import Standing


def date_questions(s: Standing) -> Iterator[Duty]:
    """`supply-dates` of a temporary or lunchtime one; `dates-changed` once for each longer value reported."""
    if not s.permanent:
        asked = s.decided.day if s.decided else s.suspension.first_seen
        yield duty("supply-dates", by_calendar(s.calendar.after(asked)), met=s.dates_known)
    for number, question in enumerate(s.suspension.questions, start=1):
        stands = question.reported == s.suspension.record.dates
        if stands or question.answer is not None:
            due = by_calendar(s.calendar.after(question.seen_on))
            yield duty("dates-changed", due, occurrence=number, met=question.answer is not None)
