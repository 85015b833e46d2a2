"""The table `[school.file_drop]`: where the drop is, and how its columns and words are called there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rp_file_drop.layout import LAYOUTS

Names = dict[str, str]


def _known(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}; it is one of {', '.join(known)}")


def _known_columns(given: Mapping[str, Mapping[str, Any]]) -> None:
    _known("file", given, LAYOUTS)
    for stem, columns in given.items():
        _known(f"column of {stem}", columns, LAYOUTS[stem].columns)


class FileDropSettings(BaseModel):
    """`columns` is file → ours → theirs; `values` is file → column → theirs → ours."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    folder: Path
    columns: dict[str, Names] = Field(default_factory=dict)
    values: dict[str, dict[str, Names]] = Field(default_factory=dict)

    @field_validator("folder", mode="before")
    @classmethod
    def _named(cls, folder: object) -> object:
        if folder == "":
            raise ValueError("the folder of the drop has no name")
        return folder

    @field_validator("columns")
    @classmethod
    def _our_columns(cls, columns: dict[str, Names]) -> dict[str, Names]:
        _known_columns(columns)
        return columns

    @field_validator("values")
    @classmethod
    def _values_of_our_columns(cls, values: dict[str, dict[str, Names]]) -> dict[str, dict[str, Names]]:
        _known_columns(values)
        return values
