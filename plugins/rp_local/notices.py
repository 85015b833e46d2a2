"""Notices as small text files: a few header lines, an empty line, then what the notice says."""

from __future__ import annotations

from uuid import uuid4

from rp_connect.ports.workspace import Notice, Written
from rp_local.folder import Folder, version_of
from rp_local.wording import one_line

ID, KEY, REVISION = "Id", "Key", "Revision"


class LocalNotices:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def find(self, key: str) -> Written | None:
        data = self._folder.read(key)
        if data is None:
            return None
        head = header(data)
        if head.get(KEY) != key or not head.get(ID):
            raise self._folder.unreadable(key)
        revision = head.get(REVISION, "")
        return Written(head[ID], version_of(data), int(revision) if revision.isdecimal() else None)

    def create(self, notice: Notice) -> Written:
        written_id = str(uuid4())
        data = text(written_id, notice).encode()
        self._folder.create(notice.key, data)
        return Written(written_id, version_of(data), notice.revision)


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
