"""Files stand under their names whole or not at all, and a fault of the disk is a sentence."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.errors import AccessError, ConfigError, ConflictError, GoneError, TryLaterError
from rp_connect.ports.workspace import Written
from rp_local.folder import Folder
from rp_local.workspace import LocalWorkspace
from tests.plugins.rp_local.conftest import MEETING, NOTICE, RECORD, TASK, numbered, open_workspace

ROOT = Path(__file__).parents[3]
DAY = 24 * 60 * 60
Lowered = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def school() -> Iterator[Path]:
    """A school's folder that an ordinary account can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="rp-local-"))
    path.chmod(0o755)
    yield path
    for folder in (path, *path.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)
    shutil.rmtree(path)


def python(code: str, *words: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-c", code, *words],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


WRITES_FOR_EVER = """
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from tests.plugins.rp_local.conftest import MEETING, RECORD, TASK, open_workspace

folder = Path(sys.argv[1])
elsewhere = open_workspace(folder, folder="first")
if elsewhere.tasks.find(TASK.key) is None:
    elsewhere.tasks.create(TASK), elsewhere.meetings.create(MEETING), elsewhere.records.create(RECORD)
else:
    elsewhere.meetings.find(MEETING.key), elsewhere.records.find(RECORD.key)
workspace = open_workspace(folder)
print("ready", flush=True)
for revision in count(1):
    for n in range(1, 4):
        for room, item, key in (
            (workspace.tasks, TASK, f"RP-2026-{n:04}.written-notice.1"),
            (workspace.meetings, MEETING, f"RP-2026-{n:04}.meeting.1"),
            (workspace.records, RECORD, f"RP-2026-{n:04}"),
        ):
            wanted = replace(item, key=key, revision=revision)
            found = room.find(key)
            if found is None:
                room.create(wanted)
            elif found.revision <= revision:
                room.update(found.external_id, wanted)
"""


def found_whole(workspace: LocalWorkspace, room: Path) -> int:
    """How many files stand there under their names; each is read, and a broken one raises."""
    read: list[Written | None] = []
    for folder, find in (
        ("tasks", workspace.tasks.find),
        ("meetings", workspace.meetings.find),
        ("records", workspace.records.find),
    ):
        read += [find(file.stem) for file in (room / folder).iterdir() if not file.name.startswith(".")]
    assert None not in read
    return len(read)


DIES_WHILE_WRITING = """
import os, resource, signal, sys
from dataclasses import replace
from pathlib import Path
from tests.plugins.rp_local.conftest import MEETING, NOTICE, RECORD, TASK, open_workspace

folder = Path(sys.argv[1])
workspace = open_workspace(folder)
held = [(room, item, room.create(item)) for room, item in
    ((workspace.tasks, TASK), (workspace.meetings, MEETING), (workspace.records, RECORD))]
new = [(room, replace(item, key=f"{item.key}.new")) for room, item, _ in held] + [(workspace.notices, NOTICE)]

def changes():
    for room, item, written in held:
        yield lambda: room.update(written.external_id, replace(item, revision=2))
    for room, item in new:
        yield lambda: room.create(item)

def standing():
    return {file: file.read_bytes() for file in folder.rglob("[!.]*") if file.is_file()}

before = standing()
for change in changes():
    for cut in (0, 1, 60, 130):
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (cut, cut))
            change()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) == signal.SIGXFSZ, standing() == before)
"""


def test_a_process_that_dies_in_the_middle_of_a_write_has_changed_nothing(tmp_path: Path) -> None:
    """The kernel ends it, with no chance to tidy up, as soon as it writes one byte too many."""
    said, faults = python(DIES_WHILE_WRITING, str(tmp_path)).communicate()

    assert (said, faults) == ("True True\n" * 4 * 7, "")
    assert len(list(tmp_path.rglob(".rp-local-*.tmp"))) == 4 * 7


@pytest.mark.trial
def test_a_killed_process_leaves_no_half_file_under_any_name(tmp_path: Path, room: Path) -> None:
    kills = 100 if os.environ.get("RP_CONNECT_TRIALS") == "full" else 10
    for number in range(kills):
        writer = python(WRITES_FOR_EVER, str(tmp_path))
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.029 * (number % 10) + 0.003 * (number % 7))
        writer.send_signal(signal.SIGKILL)
        _, said = writer.communicate()
        assert said == ""
        found_whole(open_workspace(tmp_path), room)
    assert found_whole(open_workspace(tmp_path), room) > 0


def test_what_a_killed_process_left_unfinished_is_ignored_and_swept_a_day_later(
    tmp_path: Path, room: Path
) -> None:
    open_workspace(tmp_path).tasks.create(TASK)
    old, young = (room / "tasks" / f".rp-local-{digit * 16}.tmp" for digit in "01")
    others = room / "tasks" / ".DS_Store"
    for file in (old, young, others):
        file.write_text("BEGIN:VCAL")
    for file in (old, others):
        os.utime(file, (time.time() - DAY - 60,) * 2)
    os.utime(young, (time.time() - DAY + 60,) * 2)

    workspace = open_workspace(tmp_path)

    assert [seen.key for seen in workspace.tasks.everything()] == [TASK.key]
    assert list(workspace.probe()) == []
    assert [file.exists() for file in (old, young, others)] == [False, True, True]
    assert list(workspace.setup()) == [
        "Removed 1 unfinished file that an interrupted run left in workspace/tasks."
    ]


def test_nothing_unfinished_stays_behind_when_all_went_well(workspace: LocalWorkspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    workspace.tasks.update(written.external_id, replace(TASK, revision=2))
    workspace.meetings.create(MEETING)
    workspace.records.create(RECORD)
    workspace.notices.create(NOTICE)
    with pytest.raises(ConflictError):
        workspace.tasks.create(TASK)
    workspace.probe()

    assert sorted(str(file.relative_to(room)) for file in room.rglob("*") if file.is_file()) == [
        "meetings/RP-2026-0001.meeting.1.ics",
        "notices/RP-2026-0001.overdue.2026-11-13.txt",
        "records/RP-2026-0001.docx",
        "tasks/RP-2026-0001.written-notice.1.ics",
    ]


def test_of_many_who_create_the_same_task_one_does(tmp_path: Path) -> None:
    outcomes: list[object] = []
    together = threading.Barrier(8)

    def create() -> None:
        workspace = open_workspace(tmp_path)
        together.wait()
        try:
            outcomes.append(workspace.tasks.create(TASK))
        except ConflictError as exc:
            outcomes.append(str(exc))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    written = [outcome for outcome in outcomes if isinstance(outcome, Written)]
    assert [open_workspace(tmp_path).tasks.find(TASK.key)] == written
    assert len(outcomes) == 8


def test_a_file_that_somebody_saved_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "tasks", ".ics")
    folder.create("k", b"read")
    (tmp_path / "k.ics").write_bytes(b"saved by somebody")

    with pytest.raises(ConflictError, match="k in tasks was changed while it was being written"):
        folder.replace("k", b"ours", held=b"read")
    assert (tmp_path / "k.ics").read_bytes() == b"saved by somebody"
    (tmp_path / "k.ics").unlink()
    with pytest.raises(GoneError):
        folder.replace("k", b"ours", held=b"read")
    assert list(tmp_path.iterdir()) == []


def test_a_change_keeps_who_may_read_the_file(workspace: LocalWorkspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = room / "tasks" / f"{TASK.key}.ics"
    file.chmod(0o640)

    workspace.tasks.update(written.external_id, replace(TASK, revision=2))

    assert file.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_may_not_be_written_is_a_sentence(school: Path, as_ordinary_account: Lowered) -> None:
    workspace = open_workspace(school)
    written = workspace.tasks.create(TASK)
    for folder in (school / "workspace").iterdir():
        folder.chmod(0o555)
    refused = (
        "The account that runs rp-connect may not read or write workspace/tasks; a person must allow it."
    )

    with as_ordinary_account():
        assert list(workspace.probe()) == [refused.replace("/tasks", "")]
        with pytest.raises(AccessError) as told:
            workspace.tasks.create(replace(TASK, key="RP-2026-0002.written-notice.1"))
        assert str(told.value) == refused
        assert told.value.__suppress_context__
        with pytest.raises(AccessError):
            workspace.tasks.update(written.external_id, replace(TASK, revision=2))
        assert [seen.key for seen in workspace.tasks.everything()] == [TASK.key]


def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(
    school: Path, as_ordinary_account: Lowered
) -> None:
    workspace = open_workspace(school)
    workspace.tasks.create(TASK)
    (school / "workspace" / "tasks").chmod(0o000)

    with as_ordinary_account():
        with pytest.raises(AccessError):
            list(workspace.tasks.everything())
        with pytest.raises(AccessError):
            workspace.tasks.find(TASK.key)


def test_one_locked_file_does_not_hide_the_others(school: Path, as_ordinary_account: Lowered) -> None:
    workspace = open_workspace(school)
    for task in numbered(3):
        workspace.tasks.create(task)
    (school / "workspace" / "tasks" / "RP-2026-0002.written-notice.1.ics").chmod(0o000)
    for folder in (school / "workspace").iterdir():
        folder.chmod(0o777)

    with as_ordinary_account():
        keys = [seen.key for seen in workspace.tasks.everything()]
        assert keys == ["RP-2026-0001.written-notice.1", "RP-2026-0003.written-notice.1"]
        assert list(workspace.probe()) == ["1 file in tasks/ cannot be read: RP-2026-0002.written-notice.1."]
        with pytest.raises(AccessError):
            workspace.tasks.find("RP-2026-0002.written-notice.1")


def test_a_school_folder_that_may_not_be_written_is_told_by_check(
    school: Path, as_ordinary_account: Lowered
) -> None:
    school.chmod(0o555)

    with as_ordinary_account():
        workspace = open_workspace(school)
        assert list(workspace.probe()) == [
            "The folder workspace is not there; connect its disk or run `rp-connect setup local`."
        ]
        with pytest.raises(AccessError, match="may not read or write workspace/tasks"):
            workspace.setup()


def test_a_disk_that_went_away_is_not_taken_for_an_empty_folder(
    workspace: LocalWorkspace, room: Path
) -> None:
    workspace.tasks.create(TASK)
    room.rename(room.with_name("elsewhere"))

    for attempt in (
        lambda: workspace.tasks.find(TASK.key),
        lambda: workspace.tasks.create(TASK),
        lambda: list(workspace.tasks.everything()),
        lambda: workspace.records.create(RECORD),
    ):
        with pytest.raises(
            AccessError, match="is not there; connect its disk or run `rp-connect setup local`"
        ):
            attempt()
    assert not room.exists()
    assert len(workspace.setup()) == 5
    assert list(workspace.tasks.everything()) == []


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link to somewhere else", "a link to nothing"])
def test_only_plain_files_are_read(workspace: LocalWorkspace, room: Path, tmp_path: Path, kind: str) -> None:
    file = room / "tasks" / f"{TASK.key}.ics"
    secret = tmp_path / "secret.ics"
    secret.write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    makes: dict[str, Callable[[], object]] = {
        "a folder": file.mkdir,
        "a pipe": lambda: os.mkfifo(file),
        "a link to somewhere else": lambda: file.symlink_to(secret),
        "a link to nothing": lambda: file.symlink_to(tmp_path / "nothing"),
    }
    makes[kind]()

    assert list(workspace.tasks.everything()) == []
    assert list(workspace.probe()) == [f"1 file in tasks/ cannot be read: {TASK.key}."]
    with pytest.raises(ConflictError):
        workspace.tasks.find(TASK.key)
    with pytest.raises(ConflictError):
        workspace.tasks.create(TASK)


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "workspace").write_text("a file")

    workspace = open_workspace(tmp_path)
    with pytest.raises(AccessError):
        workspace.setup()
    assert list(workspace.probe()) == [
        "The folder workspace is not there; connect its disk or run `rp-connect setup local`."
    ]


ON_A_DISK_OF_ITS_OWN = """
import subprocess, sys
from dataclasses import replace
from pathlib import Path
from rp_connect.errors import RpConnectError
from tests.plugins.rp_local.conftest import TASK, numbered, open_workspace

disk = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)], check=True)
workspace = open_workspace(disk)
written = workspace.tasks.create(TASK)

def tell(attempt):
    try:
        attempt()
    except RpConnectError as exc:
        print(type(exc).__name__, exc)

print(*workspace.probe())
for task in numbered(9999):
    try:
        workspace.tasks.create(replace(task, key=task.key + ".x"))
    except RpConnectError as exc:
        print(type(exc).__name__, exc)
        break
tell(lambda: workspace.tasks.update(written.external_id, replace(TASK, revision=2, details="x" * 90000)))
print(TASK.key in [seen.key for seen in workspace.tasks.everything()], len(list(disk.rglob(".rp*"))))
subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
tell(lambda: workspace.tasks.update(written.external_id, replace(TASK, revision=3)))
print(*workspace.probe())
"""


def may_mount() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None and subprocess.run([unshare, "-rm", "true"], capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not may_mount(), reason="this system lets nobody mount a disk of their own")
def test_a_full_disk_is_waited_for_and_a_read_only_one_needs_a_person(tmp_path: Path) -> None:
    done = python(ON_A_DISK_OF_ITS_OWN, str(tmp_path), before=("unshare", "-rm"))
    said, faults = done.communicate()

    assert faults == ""
    assert said.splitlines() == [
        "The disk that holds workspace has only 0 MB left.",
        "TryLaterError The disk that holds workspace/tasks is full; it is tried again later.",
        "TryLaterError The disk that holds workspace/tasks is full; it is tried again later.",
        "True 0",
        "AccessError The disk that holds workspace/tasks is read-only; a person must make it writable.",
        "The disk that holds workspace is read-only; a person must make it writable.",
    ]


def test_a_quota_is_waited_for_too(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "from rp_connect.errors import TryLaterError\n"
        "from tests.plugins.rp_local.conftest import RECORD, open_workspace\n"
        "workspace = open_workspace(Path(sys.argv[1]))\n"
        "workspace.records.find('x')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    workspace.records.create(RECORD)\n"
        "except TryLaterError as exc:\n    print(exc)\n"
    )
    said, faults = python(code, str(tmp_path)).communicate()

    assert (said, faults) == ("The disk that holds workspace/records is full; it is tried again later.\n", "")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_sentence_calls_the_folder_what_the_configuration_calls_it(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "school", folder="../share/")
    shutil.rmtree(tmp_path / "share")

    with pytest.raises(AccessError) as told:
        workspace.tasks.create(TASK)
    assert str(told.value).startswith("The folder ../share/tasks is not there;")


def test_a_long_key_is_refused_before_the_disk_does(workspace: LocalWorkspace) -> None:
    assert workspace.tasks.create(replace(TASK, key="k" * 120)).revision == 1
    with pytest.raises(ConfigError):
        workspace.tasks.find("k" * 121)


@pytest.mark.slow
def test_a_thousand_tasks_are_written_in_five_seconds(tmp_path: Path) -> None:
    """Where the machine is busy with other things the clock says nothing: there the work alone counts."""
    workspace = open_workspace(tmp_path)
    workspace.tasks.create(TASK)

    clock, work = time.perf_counter(), time.process_time()
    for task in numbered(1000):
        workspace.tasks.create(replace(task, key=f"{task.key}.x"))
    clock, work = time.perf_counter() - clock, time.process_time() - work

    assert len(list(workspace.tasks.everything())) == 1001
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert (work if busy else clock) < 5


def test_a_disk_that_does_not_answer_is_asked_again_later() -> None:
    from rp_local.folder import fault

    for number, name in ((5, "EIO"), (116, "ESTALE"), (110, "ETIMEDOUT")):
        exc = fault(OSError(number, "secret words"), "workspace/tasks")
        assert isinstance(exc, TryLaterError)
        assert (
            str(exc)
            == f"The disk that holds workspace/tasks does not answer ({name}); it is tried again later."
        )
