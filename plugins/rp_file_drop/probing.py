"""What `check` can say of a file from its first rows: columns that are missing, or mapped to nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from rp_connect.errors import AccessError, ConfigError
from rp_file_drop.drop import Drop
from rp_file_drop.header import UnusableFileError
from rp_file_drop.layout import Layout
from rp_file_drop.scan import scan
from rp_file_drop.snapshot import UnsettledError

_HEAD = 1 << 16


def problems_of(drop: Drop, layout: Layout) -> Iterator[str]:
    """One sentence each; none for a file that has gone, or is being written just now."""
    name = drop.path(layout).name
    try:
        head = io.BytesIO(drop.take(layout, _head))
        sheet, _ = drop.open(head, layout, scan(head))
    except (FileNotFoundError, UnsettledError):
        return
    except UnusableFileError as error:
        yield f"{name}: {error}."
    except (AccessError, ConfigError) as error:
        yield str(error)
    else:
        for ours, theirs in drop.own.columns.get(layout.stem, {}).items():
            if ours not in sheet.header.places:
                yield f"{name}: the column {theirs}, which the configuration maps to {ours}, is not there."


def _head(file: BinaryIO) -> bytes:
    """Whole lines: half a letter at the end would make UTF-8 look like something else."""
    head = file.read(_HEAD)
    return head[: head.rfind(b"\n") + 1] or head
