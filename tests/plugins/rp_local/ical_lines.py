"""Reads an .ics by hand, line by line, so that what icalendar writes is not judged by icalendar."""

from __future__ import annotations

from pathlib import Path


def lines(file: Path) -> list[str]:
    """The logical lines; RFC 5545 asks for CRLF and at most 75 bytes a line, both checked here."""
    data = file.read_bytes()
    assert data.endswith(b"\r\n")
    physical = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    unfolded: list[bytes] = []
    for line in physical:
        if line.startswith((b" ", b"\t")):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    return [line.decode() for line in unfolded]


def inside(file: Path, component: str) -> dict[str, list[str]]:
    """The properties of the one such component, by name with parameters; nested ones are left out."""
    found: dict[str, list[str]] = {}
    depth = 0
    for line in lines(file):
        if line == f"BEGIN:{component}":
            depth = 1
        elif line == f"END:{component}":
            return found
        elif line.startswith("BEGIN:") and depth:
            depth += 1
        elif line.startswith("END:") and depth:
            depth -= 1
        elif depth == 1:
            name, value = split(line)
            found.setdefault(name, []).append(value)
    raise AssertionError(f"no {component} in {file.name}")


def split(line: str) -> tuple[str, str]:
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:at], line[at + 1 :]
    raise AssertionError("a line without a colon")


def said(text: str) -> str:
    """A TEXT value as people read it."""
    out, characters = "", iter(text)
    for character in characters:
        if character == "\\":
            following = next(characters)
            out += "\n" if following in "nN" else following
        else:
            out += character
    return out
