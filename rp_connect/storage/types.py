"""Column types: what a value looks like at rest. Moments go in and come out aware, in UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from typing import Any, cast

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

Read = Callable[[Any], Any] | None

# Keys sort by their bytes on both databases, whatever language the server speaks.
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Moment(sa.TypeDecorator[datetime]):
    """TIMESTAMPTZ on PostgreSQL; on SQLite text of one width, so that it sorts as time does."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.TIMESTAMP(timezone=True) if _is_postgres(dialect) else sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs an offset")
        utc = value.astimezone(UTC)
        return utc if _is_postgres(dialect) else utc.isoformat(timespec="microseconds")

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment and moment.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read:
        """Without the layers in between: a case has twenty tasks, and each of them several of these."""
        return super().result_processor(dialect, coltype) if _is_postgres(dialect) else _moment_of


class Word(sa.TypeDecorator[Enum]):
    """An enumeration, by the word that its members stand for."""

    impl = Key
    cache_ok = True

    def __init__(self, words: type[Enum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Enum | None:
        return None if value is None else self.words(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read:
        """A look into a table: an enumeration's own call costs as much as ten of them."""
        members: dict[str, Enum] = {str(member.value): member for member in self.words}
        return lambda value: None if value is None else members.get(value) or self.words(value)


class Document(sa.TypeDecorator[object]):
    """A value as JSON text: nobody searches in it, and it comes back as the very type it was."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, shape: object) -> None:
        super().__init__()
        self.shape = shape

    @cached_property
    def _adapter(self) -> TypeAdapter[object]:
        return TypeAdapter(cast(Any, self.shape))

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else self._adapter.validate_json(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read:
        read = self._adapter.validate_json
        return lambda value: None if value is None else read(value)


def _moment_of(text: str | None) -> datetime | None:
    """All that we write is in UTC; what is not goes the long way."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _is_postgres(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"
