"""The pages that are read: the board, the list of cases, one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import HTMLResponse

from rp_connect.domain.case import Stage
from rp_connect.domain.people import Role
from rp_connect.domain.task import TaskState
from rp_connect.services.list_cases import CaseRow, list_cases
from rp_connect.services.show_board import show_board
from rp_connect.services.show_case import CaseSheet, show_case
from rp_connect.services.show_marks import show_marks
from rp_connect.services.suggest_slots import Suggestions, suggest_slots
from rp_connect.web import words
from rp_connect.web.dates import Dates
from rp_connect.web.front import Front, case_ref, chosen, chosen_word, front
from rp_connect.web.meeting_form import MeetingForm
from rp_connect.web.strip import strip_of

CASES_ON_A_PAGE = 50
SCHOOLS_AT_ONCE = 4
"""With more schools than this the board shows their figures, and the tasks of the one that is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A line in the list of cases: how many tasks are open, done, late, and when the next one is due."""

    row: CaseRow
    kind: str
    dates: Dates
    open: int
    done: int
    late: int
    next_due: date | None


def board(request: Request) -> HTMLResponse:
    """`?school=` and `?role=` narrow it down."""
    here = front(request)
    found = show_board(here.office, chosen(request, "school"), chosen_word(request, "role", Role))
    return here.look.page(
        request,
        "board.html",
        board=found,
        whole=len(found.schools) <= SCHOOLS_AT_ONCE,
        schools=list(here.office.schools.values()),
        dates={one.school.id: Dates(one.school.timezone, one.today) for one in found.schools},
        today=found.schools[0].today if found.schools else found.now.date(),
        back=str(request.url.replace(scheme="", netloc="").remove_query_params("said")),
    )


def cases(request: Request) -> HTMLResponse:
    """Newest first, without those that are closed unless `?stage=` asks for them; `?school=` narrows it."""
    here = front(request)
    school, stage = chosen(request, "school"), chosen_word(request, "stage", Stage)
    rows = [
        row
        for row in reversed(list_cases(here.office, school, stage))
        if stage or row.case.stage is not Stage.CLOSED
    ]
    pages = max(1, -(-len(rows) // CASES_ON_A_PAGE))
    page = _page_number(request, pages)
    return here.look.page(
        request,
        "cases.html",
        rows=[_case_line(here, row) for row in rows[(page - 1) * CASES_ON_A_PAGE : page * CASES_ON_A_PAGE]],
        total=len(rows),
        page=page,
        pages=pages,
        school=school,
        stage=stage,
        schools=list(here.office.schools.values()),
        names={one.id: one.settings.name for one in here.office.schools.values()},
    )


def case(request: Request) -> HTMLResponse:
    return case_page(request, case_ref(request))


def case_page(
    request: Request, ref: str, form: MeetingForm | None = None, fault: str | None = None
) -> HTMLResponse:
    """The page of a case; with the meeting's form as a person sent it and `fault` where it does not fit."""
    here = front(request)
    sheet = show_case(here.office, ref)
    found = _suggestions(here, sheet)
    timezone = sheet.school.timezone
    standing = sheet.meeting if sheet.meeting and not sheet.meeting.cancelled else None
    return here.look.page(
        request,
        "case.html",
        400 if fault else 200,
        sheet=sheet,
        kind=_kind(here, sheet.case.kind),
        dates=Dates(timezone, sheet.today),
        strip=strip_of(sheet),
        register=show_marks(here.office, ref),
        slots=found.slots,
        slots_note=found.note,
        standing=standing,
        form=form or MeetingForm.fresh(standing, found.slots, timezone),
        fault=fault,
        back=f"/cases/{ref}",
    )


def _suggestions(here: Front, sheet: CaseSheet) -> Suggestions:
    if sheet.case.stage is Stage.CLOSED:
        return Suggestions()
    return suggest_slots(here.office, sheet.case.ref)


def _page_number(request: Request, pages: int) -> int:
    """A number beyond the last page, or none at all, is the nearest one there is."""
    text = chosen(request, "page") or ""
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(wanted, 1), pages)


def _kind(here: Front, kind: str) -> str:
    return words.kind_words(kind, here.office.kinds)


def _case_line(here: Front, row: CaseRow) -> CaseLine:
    now = here.office.clock.now()
    tasks = [task for task in row.tasks if task.state is TaskState.OPEN]
    days = [day for task in tasks if (day := task.due_day(row.timezone))]
    return CaseLine(
        row=row,
        kind=_kind(here, row.case.kind),
        dates=Dates(row.timezone, now.astimezone(row.timezone).date()),
        open=len(tasks),
        done=sum(task.state is TaskState.DONE for task in row.tasks),
        late=sum(task.overdue(now, row.timezone) for task in tasks),
        next_due=min(days, default=None),
    )
