"""Who holds a lease: a process, named so that others on its machine can see that it is gone.

"host:pid:start". Where there is /proc, the host is this boot and this container's list of processes, so that
nobody is taken for dead on another's word.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    return f"{_host()}:{os.getpid()}:{_start(os.getpid()) or 0}"


def is_dead(owner: str) -> bool:
    """Only ever true of a process of this host: others may merely be out of reach."""
    host, pid, start = ["", "", *owner.rsplit(":", 2)][-3:]
    if host != _host() or not pid.isdigit():
        return False
    seen = _start(int(pid))
    return _is_gone(int(pid)) if seen is None else seen != start


def _host() -> str:
    boot = _PROC / "sys/kernel/random/boot_id"
    if not boot.exists():
        return socket.gethostname()
    processes = (_PROC / "self/ns/pid").readlink().name.strip("pid:[]")
    return f"{socket.gethostname()}/{boot.read_text()[:8]}/{processes}"


def _start(pid: int) -> str | None:
    """When it started, in ticks since the boot; None where nobody says."""
    try:
        # The name of the program, in brackets, may hold anything at all.
        state, *fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "ended" if state in "ZX" else fields[18]


def _is_gone(pid: int) -> bool:
    if sys.platform == "win32":
        return False  # asking there is a way of killing; the lease runs out by itself
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
