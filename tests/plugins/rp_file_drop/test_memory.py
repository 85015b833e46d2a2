"""Attendance is read in memory that does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.plugins.rp_file_drop.folder import ATTENDANCE, DropFolder

PROGRAM = """
import sys
from pathlib import Path
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import DropFolder

reading = DropFolder(Path(sys.argv[1])).adapter().everything(Kind.ATTENDANCE)
count = sum(len(page.records) for page in reading.pages())
status = Path("/proc/self/status").read_text().splitlines()
peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(count, reading.keys, peak)
"""
MIB = 1024


def write_marks(path: Path, count: int) -> None:
    path.parent.mkdir()
    with path.open("w") as file:
        file.write(f"{ATTENDANCE}\n")
        for n in range(count):
            day = date(2026, 1, 1) + timedelta(days=n // 4000)
            file.write(f"P{n % 2000:05d},{day},{'PM' if n // 2000 % 2 else 'AM'},/\n")


def peak_kib(root: Path, count: int) -> int:
    drop = DropFolder(root)
    root.mkdir()
    write_marks(drop.path / "attendance.csv", count)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root)], capture_output=True, text=True, check=True
    )
    read, keys, peak = (int(figure) for figure in done.stdout.split())
    assert read == keys == count
    return peak


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak of its memory")
def test_ten_times_the_marks_take_no_more_memory(tmp_path: Path):
    small = peak_kib(tmp_path / "small", 50_000)
    large = peak_kib(tmp_path / "large", 500_000)

    assert large - small < 3 * MIB
