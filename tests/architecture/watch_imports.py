"""Imports every module of the packages named, and prints as JSON what ran meanwhile that should not have.

A program of its own: what it looks for can be seen only once in a process. Each thing is laid at the door of
the module whose own lines were running; what a library does while it is imported is the library's affair.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import FrameType
from typing import Any, AnyStr

PACKAGES = tuple(sys.argv[1:])
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
EVENTS = ("socket.", "sqlite3.", "subprocess.", "os.system", "os.mkdir", "os.remove", "os.rename", "shutil.")

seen: set[str] = set()


def is_ours(module: object) -> bool:
    return str(module).partition(".")[0] in PACKAGES


def culprit(frame: FrameType | None) -> str | None:
    """The module that is just being executed, if it is one of ours."""
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    module = frame.f_globals.get("__name__") if frame else None
    return str(module) if is_ours(module) else None


def note(what: str, frame: FrameType | None) -> None:
    if module := culprit(frame):
        seen.add(f"{module}: {what}")


def watch(event: str, args: tuple[Any, ...]) -> None:
    opens_to_write = event == "open" and isinstance(args[2], int) and args[2] & WRITES
    if opens_to_write or event.startswith(EVENTS):
        note(event, sys._getframe(1))


def watch_environment() -> None:
    read = os._Environ.__getitem__

    def watched(self: os._Environ[AnyStr], key: AnyStr) -> AnyStr:
        reader: FrameType | None = sys._getframe(1)
        while reader is not None and reader.f_globals.get("__name__") in ("os", "collections.abc"):
            reader = reader.f_back
        # A library that our module calls may ask for settings of its own: pydantic does for every model.
        if reader is not None and is_ours(reader.f_globals.get("__name__")):
            note(f"read {key!s} from the environment", reader)
        return read(self, key)

    os._Environ.__getitem__ = watched  # type: ignore[method-assign]


def modules() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        path = import_module(package).__path__
        yield from (module.name for module in walk_packages(path, f"{package}."))


def standing() -> Iterator[str]:
    """Objects that nobody should have built yet, wherever a module might have put them."""
    if "sqlalchemy" in sys.modules:
        from sqlalchemy import Engine

        yield from (f"an engine: {one}" for one in gc.get_objects() if isinstance(one, Engine))


def main() -> None:
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(Path.cwd())]
    sys.addaudithook(watch)
    watch_environment()
    imported = [module for module in modules() if import_module(module)]
    found = {"imported": imported, "seen": sorted(seen | set(standing())), "loaded": sorted(sys.modules)}
    sys.stdout.write(json.dumps(found))


main()
