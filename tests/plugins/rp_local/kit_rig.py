"""A folder as the contract kit wants it: read and changed past the adapter, as people's programs would."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import docx

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.workspace import Workspace, WorkspaceSettings
from rp_connect.testing.workspace_kit import Can, Shown, ShownMeeting, ShownTask, WorkspaceUnderTest
from tests.plugins.rp_local.conftest import LONDON, NOBODY, NoSecrets, specification
from tests.plugins.rp_local.ical_lines import said, split

FOLDERS = {
    EffectKind.TASK: ("tasks", ".ics"),
    EffectKind.MEETING: ("meetings", ".ics"),
    EffectKind.RECORD: ("records", ".docx"),
    EffectKind.SUMMARY: ("summaries", ".docx"),
    EffectKind.NOTICE: ("notices", ".txt"),
}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CANNOT = {Can.ONLINE_MEETINGS, Can.APART, Can.BUSY, Can.IN_TURN, Can.SAY_HOW_LONG}
CANNOT |= {Can.TASKS_AT_ONCE, Can.MEETINGS_AT_ONCE, Can.RECORDS_AT_ONCE, Can.SUMMARIES_AT_ONCE}


@contextmanager
def school_folder() -> Iterator[Path]:
    """A folder that an ordinary account can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="rp-local-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


class LocalRig(WorkspaceUnderTest):
    can = frozenset(Can) - CANNOT
    people = ("head@northwick.example", "lead@northwick.example", "tutor@northwick.example")

    def __init__(self, school: Path, timezone: ZoneInfo = LONDON) -> None:
        self._school = school
        self._timezone = timezone
        self._place = school / "workspace"
        self._elsewhere = 0
        school.mkdir(exist_ok=True)
        school.chmod(0o755)

    def open(self) -> Workspace:
        spec = specification()
        workspace = spec.build(
            WorkspaceSettings(
                school="northwick",
                school_name="Northwick High School",
                timezone=self._timezone,
                folder=self._school,
                own=spec.settings.model_validate({"folder": "workspace"}),
                people={"lead": ["lead@northwick.example"]},
                secrets=NoSecrets(),
            )
        )
        workspace.setup()
        return workspace

    def elsewhere(self, timezone: ZoneInfo) -> LocalRig:
        self._elsewhere += 1
        return LocalRig(self._school / f"school{self._elsewhere}", timezone)

    def standing(self) -> object:
        files = [path for path in self._place.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    def files(self, kind: EffectKind) -> list[Path]:
        folder, suffix = FOLDERS[kind]
        return sorted((self._place / folder).glob(f"*{suffix}"))

    def file(self, kind: EffectKind, key: str) -> Path:
        folder, suffix = FOLDERS[kind]
        return self._place / folder / f"{key}{suffix}"

    def tasks(self) -> Sequence[ShownTask]:
        return [shown_task(path) for path in self.files(EffectKind.TASK) if "X-RP-KEY" in path.read_text()]

    def meetings(self) -> Sequence[ShownMeeting]:
        return [shown_meeting(path) for path in self.files(EffectKind.MEETING)]

    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        show = shown_notice if kind is EffectKind.NOTICE else shown_sheet
        return [show(path) for path in self.files(kind)]

    def delete(self, kind: EffectKind, key: str) -> None:
        self.file(kind, key).unlink()

    def complete(self, key: str) -> None:
        self._edit(EffectKind.TASK, key, STATUS="COMPLETED", PERCENT_COMPLETE="100")

    def reopen(self, key: str) -> None:
        self._edit(EffectKind.TASK, key, STATUS="NEEDS-ACTION", PERCENT_COMPLETE=None, COMPLETED=None)

    def redate(self, key: str, day: date | None) -> None:
        self._edit(EffectKind.TASK, key, DUE=None, **({"DUE;VALUE=DATE": f"{day:%Y%m%d}"} if day else {}))

    def reassign(self, key: str, people: Sequence[str]) -> None:
        attendees = {f"ATTENDEE;X-N={n}": f"mailto:{person}" for n, person in enumerate(people)}
        self._edit(EffectKind.TASK, key, ATTENDEE=None, **attendees)

    def add_own_task(self, title: str) -> None:
        words = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", "BEGIN:VTODO", "UID:own-1"]
        words += ["DTSTAMP:20261101T090000Z", f"SUMMARY:{title}", "END:VTODO", "END:VCALENDAR", ""]
        (self._place / "tasks").mkdir(parents=True, exist_ok=True)
        (self._place / "tasks" / "chairs.ics").write_bytes("\r\n".join(words).encode())

    def own_tasks(self) -> Sequence[str]:
        files = [path for path in self.files(EffectKind.TASK) if "X-RP-KEY" not in path.read_text()]
        return [said(one(entries(path), "SUMMARY")) for path in files]

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        file = self.file(kind, key)
        if file.suffix == ".docx":
            document = docx.Document(str(file))
            document.add_paragraph(words)
            document.save(str(file))
            return
        held = one(entries(file), "DESCRIPTION")
        self._edit(kind, key, DESCRIPTION=held + "\\n" + words.replace(",", "\\,"))

    def _edit(self, kind: EffectKind, key: str, **values: str | None) -> None:
        """Puts the properties in place of those of the same names, as a calendar program does."""
        file = self.file(kind, key)
        changed = {name.replace("_", "-"): value for name, value in values.items()}
        bare = {name.partition(";")[0] for name in changed}
        end = "END:VTODO" if kind is EffectKind.TASK else "END:VEVENT"
        kept = [line for line in unfolded(file) if split(line)[0].partition(";")[0] not in bare]
        at = kept.index(end)
        kept[at:at] = [f"{name}:{value}" for name, value in changed.items() if value is not None]
        file.write_bytes("".join(f"{line}\r\n" for line in kept).encode())

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        """A folder that may be written and not read: the name stands there, and nobody knows if it lasts."""
        with self._ordinary_account(0o333):
            yield

    @contextmanager
    def refusing(self) -> Iterator[None]:
        with self._ordinary_account(0o000):
            yield

    @contextmanager
    def _ordinary_account(self, mode: int) -> Iterator[None]:
        """Permissions mean nothing to root."""
        was_root = os.geteuid() == 0
        folders = [path for path in self._place.iterdir() if path.is_dir()]
        for folder in folders:
            folder.chmod(mode)
        if was_root:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            if was_root:
                os.seteuid(0)
            for folder in folders:
                folder.chmod(0o777)

    @contextmanager
    def cutting_writes(self) -> Iterator[None]:
        """The system cuts each file after so many bytes, as a disk does that fills up."""
        with largest_file(64):
            yield

    @contextmanager
    def asking_for_patience(self, seconds: float | None) -> Iterator[None]:
        with largest_file(0):
            yield

    @contextmanager
    def vanished(self) -> Iterator[None]:
        away = self._place.with_name("not-mounted")
        self._place.rename(away)
        try:
            yield
        finally:
            away.rename(self._place)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def unfolded(file: Path) -> list[str]:
    """The logical lines."""
    return file.read_bytes().decode().replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]


def entries(file: Path) -> list[tuple[str, str]]:
    """Properties by name and parameters, those of the time zone left out."""
    found, inside = [], False
    for line in unfolded(file):
        if line in ("BEGIN:VTODO", "BEGIN:VEVENT"):
            inside = True
        elif inside:
            found.append(split(line))
    return found


def every(found: Sequence[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in found if key.partition(";")[0] == name]


def one(found: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for _, value in every(found, name)), "")


def people_of(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value.removeprefix("mailto:").lower() for _, value in every(found, "ATTENDEE"))


def readable(found: Sequence[tuple[str, str]]) -> str:
    """What a calendar program shows: none of the X- properties."""
    return "\n".join(said(one(found, name)) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES"))


def shown_task(file: Path) -> ShownTask:
    found = entries(file)
    due = one(found, "DUE")
    return ShownTask(
        key=one(found, "X-RP-KEY"),
        external_id=one(found, "UID"),
        title=f"{file.name} {said(one(found, 'SUMMARY'))}",
        text=readable(found),
        day=datetime.strptime(due[:8], "%Y%m%d").date() if due else None,  # noqa: DTZ007 - a day
        finished=one(found, "STATUS") in ("COMPLETED", "CANCELLED"),
        assignees=people_of(found),
    )


def shown_meeting(file: Path) -> ShownMeeting:
    found = entries(file)
    begins, ends = moment(found, "DTSTART"), moment(found, "DTEND")
    return ShownMeeting(
        key=one(found, "X-RP-KEY"),
        external_id=one(found, "UID"),
        title=f"{file.name} {said(one(found, 'SUMMARY'))}",
        text=readable(found),
        at=begins,
        minutes=int((ends - begins).total_seconds() // 60),
        place=said(one(found, "LOCATION")),
        invited=people_of(found),
        cancelled=one(found, "STATUS") == "CANCELLED",
    )


def moment(found: Sequence[tuple[str, str]], name: str) -> datetime:
    ((key, value),) = every(found, name)
    zone = ZoneInfo(key.partition("TZID=")[2].strip('"')) if "TZID=" in key else UTC
    return datetime.strptime(value[:15], "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


def shown_sheet(file: Path) -> Shown:
    with zipfile.ZipFile(file) as archive:
        body = parsed(archive.read("word/document.xml"))
        ours = {e.get("name"): "".join(e.itertext()) for e in parsed(archive.read("docProps/custom.xml"))}
        title = "".join(parsed(archive.read("docProps/core.xml")).itertext())
    paragraphs = ["".join(text.text or "" for text in p.iter(f"{W}t")) for p in body.iter(f"{W}p")]
    return Shown(ours["RpConnectKey"], ours["RpConnectId"], f"{file.name} {title}", "\n".join(paragraphs))


parsed: Callable[[bytes], ElementTree.Element] = ElementTree.fromstring


def shown_notice(file: Path) -> Shown:
    text = file.read_text()
    head = dict(line.split(": ", 1) for line in text.split("\n\n")[0].splitlines() if ": " in line)
    return Shown(head["Key"], head["Id"], file.name, text)
