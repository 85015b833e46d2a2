"""The words of the pages: what a code, a role, a stage or a change is called in front of people.

Plain British English; people are harmed or responsible, and nothing here blames.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rp_connect.domain.attendance import Meaning, meaning_of
from rp_connect.domain.calendar import Half
from rp_connect.domain.case import CaseKind, Stage
from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.mark_choice import NO_MARK
from rp_connect.domain.people import PupilRecord, Role
from rp_connect.domain.suspension import Category, Dates, LengthAnswer
from rp_connect.domain.task import SYSTEM, Task
from rp_connect.ports.store import AuditRow
from rp_connect.services.show_case import Fact


class Sure(NamedTuple):
    """How sure the basis of a task is, in a word and in a sentence."""

    short: str
    sentence: str


CONFIDENCE: dict[Confidence, Sure] = {
    Confidence.CONFIRMED: Sure(
        "Confirmed", "Read in the primary text, such as legislation or an official page."
    ),
    Confidence.SECONDARY: Sure("Secondary source", "Told by a council, a law firm or an advice service."),
    Confidence.UNCONFIRMED: Sure(
        "Unconfirmed", "No text for it was found yet, so check before you rely on it."
    ),
    Confidence.PROPOSED: Sure("Our proposal", "Good practice that we propose: neither law nor guidance."),
}

ROLES: dict[Role, str] = {
    Role.LEAD: "Restorative lead",
    Role.DSL: "Safeguarding lead",
    Role.SENCO: "SENCO",
    Role.HEAD: "Headteacher",
    Role.ATTENDANCE: "Attendance",
    Role.CLERK: "Clerk",
}

CATEGORIES: dict[str, str] = {
    Category.SUSPENSION: "Suspension",
    Category.PERMANENT: "Permanent exclusion",
    Category.LUNCHTIME: "Lunchtime suspension",
}

NOTES: dict[DueNote, str] = {
    DueNote.DATES_MISSING: "No date yet: the dates of the suspension are missing",
    DueNote.CALENDAR_MISSING: "No date yet: the calendar does not reach that far",
    DueNote.NOTICE_DATE_MISSING: "Counted from the decision: when the board had its notice is missing",
    DueNote.LATE_INFORMATION: "Follows from information that came late",
}

# The census codes (practice-and-law.md B12), named for what was recorded, not for who did it.
REASONS: dict[str, str] = {
    "PP": "Physical assault, pupil",
    "PA": "Physical assault, adult",
    "VP": "Verbal abuse or threats, pupil",
    "VA": "Verbal abuse or threats, adult",
    "BU": "Bullying",
    "RA": "Racist abuse",
    "LG": "Abuse about sexual orientation or gender identity",
    "DS": "Abuse about disability",
    "SM": "Sexual misconduct",
    "DA": "Drugs or alcohol",
    "DM": "Damage",
    "TH": "Theft",
    "DB": "Persistent disruptive behaviour",
    "OW": "Offensive weapon or prohibited item",
    "MT": "Misuse of social media or technology",
    "PH": "Public health measures",
    "OT": "Other",
}

FACTS: dict[Fact, str] = {
    Fact.INCIDENT: "The incident",
    Fact.DECIDED: "The head’s decision",
    Fact.FIRST_DAY: "First day of the suspension",
    Fact.LAST_DAY: "Last day of the suspension",
    Fact.RETURN: "Back in school",
    Fact.MEETING: "Meeting",
    Fact.CANCELLED: "The suspension was cancelled",
}

ANSWERS: dict[LengthAnswer, str] = {
    LengthAnswer.FURTHER: "a further suspension",
    LengthAnswer.CORRECTION: "a correction",
}

# School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208 reg 10.
MARKS: dict[str, str] = {
    "E": "suspended",
    "B": "educated off site",
    "D": "at another school",
    "K": "arranged by the authority",
}

SAID: dict[str, str] = {
    "marks-chosen": "Chosen. They are written into the register shortly; this page says when.",
    "marks-stand": "The register says that already, or it is on its way. Nothing was added.",
    "task-done": "That task is done. Thank you.",
    "answered": "Thank you, that is settled.",
    "meeting-set": "The meeting is set. Invitations go out shortly.",
    "meeting-moved": "The meeting is changed. Everybody invited will hear.",
    "meeting-cancelled": "The meeting is cancelled. Everybody invited will hear.",
    "stage-moved": "The case has moved to its next stage.",
    "case-closed": "The case is closed. It stays here to be read.",
}
"""What a page may say after a form was sent; only these, whatever stands in the address."""

FAULTS: dict[int, str] = {
    400: "That does not fit together",
    403: "This form could not be taken",
    401: "Sign in first",
    404: "Not here",
    405: "That cannot be done here",
    409: "Something else comes first",
    413: "That is too much at once",
    415: "That is not a form of ours",
    429: "A little slower, please",
    500: "Something went wrong here",
    502: "Another system did not play along",
    503: "Not just now",
}
"""The heading of the page that says what went wrong, by its status."""
NOT_SIGNED_IN = "You are not signed in"
"""The heading where a sign-in was refused: no form was sent."""


def reason_words(code: str) -> str:
    """A code of the census with its meaning; any other stands as it was recorded."""
    return f"{REASONS[code]} ({code})" if code in REASONS else code


def category_words(category: str) -> str:
    return CATEGORIES.get(category, category)


def stage_words(stage: Stage) -> str:
    return _begun(stage.value)


def kind_words(kind: str, kinds: Sequence[CaseKind]) -> str:
    found = next((known.label for known in kinds if known.name == kind), kind)
    return _begun(found)


def task_words(task: Task) -> str:
    """The task's title without the reference that it begins with: the page says that beside it."""
    return task.title.removeprefix(f"{task.case} · ")


def group_words(pupil: PupilRecord) -> str:
    """“Year 8, 8B”, as far as the MIS says."""
    year = f"Year {pupil.year_group}" if pupil.year_group.isdigit() else pupil.year_group
    return ", ".join(filter(None, (year, pupil.reg_group)))


def mark_words(code: str) -> str:
    """“E (suspended)”; a code of the school's own stands as it is."""
    if code == NO_MARK:
        return "no mark"
    meaning = meaning_of(code)
    said = MARKS.get(code) or ("" if meaning is Meaning.UNKNOWN else meaning.value)
    return f"{code} ({said})" if said else code


def half_words(half: Half) -> str:
    return "morning" if half is Half.AM else "afternoon"


def length_words(dates: Dates) -> str | None:
    """The recorded number of half days in days: “2½ days”."""
    if dates.sessions is None:
        return None
    days, odd = divmod(dates.sessions, 2)
    figure = f"{days or ''}{'½' if odd else ''}" or "0"
    return f"{figure} {'day' if dates.sessions in (1, 2) else 'days'}"


def who_words(who: str) -> str:
    return {SYSTEM: "by itself", "workspace": "in the workspace"}.get(who, who)


def _begun(text: str) -> str:
    """As a sentence begins; what stands in capitals stays so."""
    return text[:1].upper() + text[1:]


def _rule_words(rule: str, tasks: Sequence[Task]) -> str:
    """The title of a rule’s task; of several what they have in common, since the audit names the rule."""
    titles = [task_words(task) for task in tasks if task.rule == rule]
    if len(titles) > 1:
        return titles[0].rpartition(", ")[0] or titles[0]
    return titles[0] if titles else rule


def change_words(row: AuditRow, tasks: Sequence[Task]) -> str:
    """What a row of the audit says in front of people; a kind of change that is new here stands as it is."""
    kind, _, rest = row.what.partition(": ")
    match kind:
        case "opened":
            return "Case opened"
        case "stage":
            return f"Moved to “{rest}”"
        case "mark chosen" | "mark written":
            place, _, code = rest.partition("=")
            return f"Mark {kind.removeprefix('mark ')} for {place.replace('/', ', ')}: {code}"
        case "answered" if rest in set(LengthAnswer):
            return f"Longer dates are {ANSWERS[LengthAnswer(rest)]}"
        case "tasks created" | "tasks changed" | "tasks cancelled" | "tasks closed by itself":
            what = kind.removeprefix("tasks ")
            return f"1 task {what}" if rest == "1" else f"{rest} tasks {what.replace('itself', 'themselves')}"
    if kind.startswith("task "):
        return f"{_begun(kind.removeprefix('task '))}: {_rule_words(rest, tasks)}"
    return _begun(row.what)
