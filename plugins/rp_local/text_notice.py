"""A notice as a small text file: a few header lines, an empty line, then what the notice says."""

from __future__ import annotations

from dataclasses import dataclass

from rp_connect.ports.workspace import Notice
from rp_local.shelf import UnreadableFileError
from rp_local.wording import one_line

ID, KEY, REVISION = "Id", "Key", "Revision"


@dataclass(frozen=True, slots=True)
class NoticeMarks:
    external_id: str
    revision: int | None


class TextNotice:
    def marks(self, data: bytes, key: str) -> NoticeMarks:
        head = header(data)
        if head.get(KEY) != key or not head.get(ID):
            raise UnreadableFileError("not a notice of ours")
        revision = head.get(REVISION, "")
        return NoticeMarks(head[ID], int(revision) if revision.isdecimal() else None)

    def new(self, item: Notice, external_id: str) -> bytes:
        return text(external_id, item).encode()

    def changed(self, held: bytes, item: Notice) -> bytes:
        return text(header(held)[ID], item).encode()


def text(written_id: str, notice: Notice) -> str:
    to = ", ".join(one_line(address) for address in notice.to)
    lines = [f"{ID}: {written_id}", f"{KEY}: {notice.key}", f"{REVISION}: {notice.revision}", f"To: {to}", ""]
    lines += [one_line(notice.title), "", *(f"- {one_line(line)}" for line in notice.lines)]
    return "\n".join(lines) + "\n"


def header(data: bytes) -> dict[str, str]:
    """Lenient: an editor may have added a byte-order mark or its own line ends."""
    head: dict[str, str] = {}
    for line in data.decode("utf-8-sig", errors="replace").splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            break
        head[name.strip()] = value.strip()
    return head
