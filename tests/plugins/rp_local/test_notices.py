"""Notices as text files that open in any editor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.errors import ConflictError
from rp_local.workspace import LocalWorkspace
from tests.plugins.rp_local.conftest import NOTICE, open_workspace


def file_of(room: Path) -> Path:
    return room / "notices" / f"{NOTICE.key}.txt"


def test_a_notice_says_its_id_first_and_reads_like_a_letter(workspace: LocalWorkspace, room: Path) -> None:
    written = workspace.notices.create(NOTICE)

    assert file_of(room).read_text() == (
        f"Id: {written.external_id}\n"
        "Key: RP-2026-0001.overdue.2026-11-13\n"
        "Revision: 1\n"
        "To: lead@northwick.example\n"
        "\n"
        "2 tasks are overdue\n"
        "\n"
        "- RP-2026-0001: 2 tasks\n"
    )


def test_a_notice_is_sent_once(workspace: LocalWorkspace, tmp_path: Path) -> None:
    assert workspace.notices.find(NOTICE.key) is None
    written = workspace.notices.create(NOTICE)

    assert open_workspace(tmp_path).notices.find(NOTICE.key) == written
    with pytest.raises(ConflictError, match="already holds"):
        workspace.notices.create(NOTICE)


def test_an_editor_may_add_its_mark_and_its_line_ends(workspace: LocalWorkspace, room: Path) -> None:
    written = workspace.notices.create(NOTICE)
    data = file_of(room).read_bytes()
    file_of(room).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))

    found = workspace.notices.find(NOTICE.key)
    assert found is not None
    assert (found.external_id, found.revision) == (written.external_id, 1)
    assert found.version != written.version


def test_a_title_cannot_pretend_to_be_a_header(workspace: LocalWorkspace, room: Path) -> None:
    written = workspace.notices.create(
        replace(NOTICE, to=("a@b.example\nId: forged",), title="x\nId: forged")
    )

    found = workspace.notices.find(NOTICE.key)
    assert found == written
    assert [line for line in file_of(room).read_text().splitlines() if line.startswith("Id:")] == [
        f"Id: {written.external_id}"
    ]


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"Id: x\n", b"hello", b"\xff\xfe\x00"])
def test_a_file_that_is_no_notice_is_left_alone(workspace: LocalWorkspace, room: Path, data: bytes) -> None:
    file_of(room).write_bytes(data)

    with pytest.raises(ConflictError, match="cannot be read"):
        workspace.notices.find(NOTICE.key)
