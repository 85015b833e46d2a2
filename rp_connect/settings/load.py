"""From the file to typed settings. The first thing that is wrong is one ConfigError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from rp_connect.errors import ConfigError, NotFoundError
from rp_connect.ports.secrets import Secrets
from rp_connect.settings.faults import fault, first_fault
from rp_connect.settings.file import SettingsFile, read_settings_file
from rp_connect.settings.lines import Place
from rp_connect.settings.school import SchoolSettings, Table
from rp_connect.settings.secrets import is_reference
from rp_connect.settings.shapes import STORE_URL, StoreUrl, Text, is_store_url
from rp_connect.settings.web import WebSettings

Own = TypeVar("Own", bound=BaseModel)


class TrustSettings(Table):
    name: Text


class StoreSettings(Table):
    """`url` may be a reference: ask `Settings.store_url` for what to connect to."""

    url: StoreUrl


class RetentionSettings(Table):
    """`effects_days`: for how long a write that was done stays in the outbox, for who looks into a fault. At
    least a week: a reminder that is gone could be sent again on its day."""

    effects_days: Annotated[int, Field(ge=7, le=3650)] = 30


class _Document(Table):
    trust: TrustSettings
    store: StoreSettings
    school: Annotated[tuple[SchoolSettings, ...], Field(strict=False)]
    web: WebSettings | None = None
    retention: RetentionSettings = RetentionSettings()


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """All of rp-connect.toml; there is at least one school, and no two have the same id."""

    file: SettingsFile
    trust: TrustSettings
    store: StoreSettings
    schools: tuple[SchoolSettings, ...]
    web: WebSettings | None = None
    retention: RetentionSettings = field(default_factory=RetentionSettings)

    @property
    def folder(self) -> Path:
        """The file's own folder, absolute: every path in the file counts from here."""
        return self.file.path.parent

    def store_url(self, secrets: Secrets) -> str:
        """The store's URL, an SQLite path made absolute. Raises ConfigError for a reference to nothing."""
        return self.resolved(self.store.url, f"{self.file.path}: what store.url refers to", secrets)

    def resolved(self, url: str, what: str, secrets: Secrets) -> str:
        """The store's URL, given as `url` or by a reference; `what` begins the sentence about one that is
        none."""
        if is_reference(url):
            url = secrets.read(url)
        if not is_store_url(url):
            raise ConfigError(f"{what} {STORE_URL.rpartition(', or')[0]}.")
        scheme, slashes, rest = url.partition(":///")
        return f"{scheme}{slashes}{self.folder / rest}" if scheme == "sqlite" else url

    def school(self, school_id: str) -> SchoolSettings:
        """Raises NotFoundError, which names the schools that there are."""
        for school in self.schools:
            if school.id == school_id:
                return school
        known = ", ".join(school.id for school in self.schools)
        raise NotFoundError(f"There is no school {school_id}; the configuration has {known}.")

    def __repr__(self) -> str:
        return f"<Settings {self.file.path}, {len(self.schools)} schools>"


def load_settings(path: Path) -> Settings:
    """Read and check everything but the adapters' own tables, for which see `validate_own`."""
    file = read_settings_file(path)
    _refuse_unknown_keys(file)
    try:
        # An absent table is reported as its first needed key, which says more.
        found = _Document.model_validate(
            {"trust": {}, "store": {}, "school": [], **file.tables}, context={"folder": file.path.parent}
        )
    except ValidationError as error:
        raise first_fault(file, error) from None
    _refuse_repeated_ids(file, found.school)
    _refuse_unknown_keys_of_web(file, found.web)
    return Settings(file, found.trust, found.store, found.school, found.web, found.retention)


def validate_own(file: SettingsFile, school: SchoolSettings, name: str, model: type[Own]) -> Own:
    """The table of `school` that is named after its adapter `name`, as the adapter's own model.

    An absent table is an empty one. Unknown keys are refused unless the model itself says otherwise.
    """
    return _own(file, ("school", _number_of(file, school), name), school.own.get(name, {}), model)


def validate_own_web(file: SettingsFile, web: WebSettings, name: str, model: type[Own]) -> Own:
    """The same for the table `[web.<name>]` of the way of signing in that `web` names."""
    return _own(file, ("web", name), web.own.get(name, {}), model)


def _own(file: SettingsFile, place: Place, table: Mapping[str, Any], model: type[Own]) -> Own:
    try:
        extra: Literal["forbid"] | None = None if "extra" in model.model_config else "forbid"
        return model.model_validate(table, extra=extra)
    except ValidationError as error:
        raise first_fault(file, error, under=place) from None


def _number_of(file: SettingsFile, school: SchoolSettings) -> int:
    ids = [table.get("id") for table in file.schools if isinstance(table, Mapping)]
    return ids.index(school.id)


def _refuse_unknown_keys(file: SettingsFile) -> None:
    if not isinstance(file.tables.get("school", []), list):
        raise fault(file, ("school",), " must be written in two brackets, as [[school]]")
    if not file.schools:
        raise fault(file, ("school",), " is missing: at least one [[school]] is needed")
    for number, table in enumerate(file.schools):
        if isinstance(table, Mapping):
            _refuse_unknown_keys_of(file, number, table)


def _refuse_unknown_keys_of(file: SettingsFile, number: int, table: Mapping[str, Any]) -> None:
    adapters = [name for name in (table.get("mis"), table.get("workspace")) if isinstance(name, str)]
    for key in (key for key in table if key not in SchoolSettings.known_keys()):
        place = ("school", number, key)
        is_table = isinstance(table[key], Mapping)
        if key in adapters and not is_table:
            raise fault(file, place, " must be a table")
        # Without both names nobody can say whose table it is: then that is what is wrong, and found later.
        if key not in adapters and (len(adapters) == 2 or not is_table):
            also = f", nor the table of its {' or '.join(adapters)}" if is_table else ""
            raise fault(file, place, f" is not a setting{also}")


def _refuse_unknown_keys_of_web(file: SettingsFile, web: WebSettings | None) -> None:
    if web is None:
        return
    for key, table in web.own.items():
        if key != web.sign_in:
            also = f", nor the table of its {web.sign_in}" if web.sign_in else ""
            raise fault(file, ("web", key), f" is not a setting{also}")
        if not isinstance(table, Mapping):
            raise fault(file, ("web", key), " must be a table")


def _refuse_repeated_ids(file: SettingsFile, schools: tuple[SchoolSettings, ...]) -> None:
    seen: set[str] = set()
    for number, school in enumerate(schools):
        if school.id in seen:
            raise fault(file, ("school", number, "id"), " is already the id of another school")
        seen.add(school.id)
