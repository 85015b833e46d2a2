"""RosarioSIS 12 with its REST_API plugin, as it was recorded: php-crud-api over a school's tables.

It plays the oddities too: an error with 200, a token of five seconds and a cookie that must not meet it, a
total that is left out where it is none, lists that are cut, operators that are ignored, text that strip_tags
swallows, a write to a composite key that hits every row of a pupil. What no adapter may ever do is kept in
`offences`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qs

from tests.plugins.rp_rosariosis.tables import KEYS, SECRET_COLUMNS, WITH_PASSWORDS, Row

TOKEN = "0123456789abcdef0123456789abcdef"
ROOT = "/plugins/REST_API/"
COOKIE = "RosarioSIS_REST_API"
JWT_LIVES_S = 10
"""Five seconds, and five of leeway."""
MOST_ROWS, MOST_PAGES = 1000, 100
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    rows: int = 0
    columns: tuple[str, ...] = ()
    writes: bool = False


def error(status: int, code: int, message: str = "") -> Reply:
    return Reply(status, {"code": code, "message": message or "no message"})


@dataclass
class Vendor:
    """`tables` may be changed as a database is; `now` is the one clock of the world, `web` and `api` the
    offsets of the two that stamp rows. `most_rows` is the limit that an installation may lower."""

    tables: dict[str, list[Row]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    web: timedelta = timedelta(0)
    api: timedelta = timedelta(0)
    most_rows: int = MOST_ROWS
    token: str = TOKEN
    log: list[tuple[str, str, Query]] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)
    _jwts: dict[str, datetime] = field(default_factory=dict)
    _sessions: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # ------------------------------------------------------------------ who asks

    def answer(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """`headers` by small names; `path` with its leading slash."""
        self.log.append((method, path, query))
        if path == f"{ROOT}auth.php":
            return self._auth(method, body)
        if not path.startswith(f"{ROOT}api.php/"):
            return Reply(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})
        refused, cookie = self._admit(headers)
        if refused:
            return refused
        reply = self._route(method, path.removeprefix(f"{ROOT}api.php/"), query, body)
        return Reply(**{**vars(reply), "headers": {**reply.headers, **cookie}})

    def end_sessions(self) -> None:
        self._sessions.clear()

    def _auth(self, method: str, body: bytes) -> Reply:
        """It begins a session of the same name, which is let in only with the token that it gives."""
        given = parse_qs(body.decode()).get("usertoken", [""])[0]
        if method != "POST" or given != self.token:
            return Reply(200, {"error": "Invalid token"})
        jwt = f"jwt.{next(self._numbers)}.signature"
        self._jwts[jwt] = self.now() + timedelta(seconds=JWT_LIVES_S)
        return Reply(200, {"access_token": jwt}, _cookie(f"begun{next(self._numbers)}"))

    def _admit(self, headers: Mapping[str, str]) -> tuple[Reply | None, Mapping[str, str]]:
        given = headers.get("x-authorization")
        if given is not None:
            until = self._jwts.get(given.removeprefix("Bearer "))
            if until is None or self.now() > until:
                return error(403, 1012, "Authentication failed for 'JWT'"), {}
            session = f"session{next(self._numbers)}"
            self._sessions.add(session)
            return None, _cookie(session)
        cookies = dict(pair.strip().split("=", 1) for pair in headers.get("cookie", "").split(";") if pair)
        if cookies.get(COOKIE) in self._sessions:
            return None, {}
        return error(401, 1011, "Authentication required"), {}

    # ------------------------------------------------------------------ what is asked

    def _route(self, method: str, path: str, query: Query, body: bytes) -> Reply:
        what, _, rest = path.partition("/")
        table, _, key = rest.partition("/")
        if what != "records":
            self.offences.append(f"{method} {what}")
            return Reply(200, {})
        if table not in KEYS:
            return error(404, 1001, f"Table '{table}' not found")
        if method != "GET" and table != "discipline_referrals":
            self.offences.append(f"{method} {table}")
        if method == "GET":
            return self._single(table, key, query) if key else self._list(table, query)
        return self._write(method, table, key, body)

    def _list(self, table: str, query: Query) -> Reply:
        limits = _limits(query, self.most_rows)
        if limits is None:
            return error(403, 1019, "Pagination forbidden")
        try:
            found = [row for row in self.tables[table] if _passes(row, query)]
        except KeyError:
            return error(500, 9999)
        first, size, counted = limits
        ordered = _ordered(found, query, KEYS[table])[first : first + size]
        reply: dict[str, Any] = {"records": [self._shown(row, query) for row in ordered]}
        if counted and found:
            reply["results"] = len(found)
        return Reply(200, reply, table=table, rows=len(ordered), columns=self._asked(table, query))

    def _single(self, table: str, key: str, query: Query) -> Reply:
        for row in self.tables[table]:
            if str(row[KEYS[table][0]]) == key:
                shown = self._shown(row, query)
                return Reply(200, shown, table=table, columns=self._asked(table, query))
        return error(404, 1003, f"Record '{key}' not found")

    def _asked(self, table: str, query: Query) -> tuple[str, ...]:
        include = next((value for name, value in query if name == "include"), None)
        if include is None:
            self.offences.append(f"{table} without include")
            return ()
        names = tuple(include.split(","))
        self.offences += [f"{table}.{name}" for name in names if name in SECRET_COLUMNS]
        return names

    def _shown(self, row: Row, query: Query) -> Row:
        """Columns that nobody has are ignored; a password hash comes like anything else."""
        include = next((value.split(",") for name, value in query if name == "include"), None)
        return {name: value for name, value in row.items() if include is None or name in include}

    # ------------------------------------------------------------------ what is written

    def _write(self, method: str, table: str, key: str, body: bytes) -> Reply:
        """The API knows only the first column of a key: a write hits every row that bears it."""
        rows = [row for row in self.tables[table] if str(row[KEYS[table][0]]) == key]
        if method == "DELETE":
            self.tables[table] = [row for row in self.tables[table] if row not in rows]
            return Reply(200, len(rows), writes=True)
        if method != "PUT":
            return error(405, 1000)
        values = json.loads(body)
        for row in rows:
            row |= {name: strip_tags(value) for name, value in values.items() if name in row}
            row["updated_at"] = self.stamp(self.api)
        return Reply(200, len(rows), table=table, writes=True)

    def stamp(self, offset: timedelta) -> str:
        """A moment without a zone, as a clock with this offset from UTC writes it."""
        return f"{(self.now() + offset).replace(tzinfo=None)}"

    def typed(self, table: str, row: Row) -> Row:
        """A person adds a row in the web form."""
        row = {**row, "created_at": self.stamp(self.web), "updated_at": None}
        if table in WITH_PASSWORDS:
            row.setdefault("password", "hash")
        self.tables[table].append(row)
        return row

    def edited(self, row: Row, **changes: object) -> None:
        """… or changes one, which has its trace."""
        row |= {**changes, "updated_at": self.stamp(self.web)}

    def read_log(self) -> list[tuple[str, str, Query]]:
        """What was asked since, but for signing in; and forgets it."""
        log = [entry for entry in self.log if not entry[1].endswith("auth.php")]
        self.log.clear()
        return log


def _cookie(session: str) -> Mapping[str, str]:
    return {"Set-Cookie": f"{COOKIE}={session}; path={ROOT}; HttpOnly; SameSite=Strict"}


# ------------------------------------------------------------------ php-crud-api's query


def _limits(query: Query, most: int) -> tuple[int, int, bool] | None:
    """The first row, how many, and whether they are counted; None beyond the last page that it allows."""
    asked = dict(query)
    size = min(int(asked["size"]), most) if asked.get("size") else most
    page, _, of_page = asked.get("page", "").partition(",")
    if not page or page == "0":
        return 0, size, "page" in asked
    if int(page) > MOST_PAGES:
        return None
    each = int(of_page or 20)
    return (int(page) - 1) * each, min(each, size), True


def _passes(row: Row, query: Query) -> bool:
    """`filter` all together, and of the numbered ones any. Raises KeyError for an unknown column."""
    every = [_holds(row, value) for name, value in query if name == "filter"]
    some = [_holds(row, value) for name, value in query if name.startswith("filter") and name != "filter"]
    return all(every) and (not some or any(some))


def _holds(row: Row, condition: str) -> bool:
    name, operator, *rest = condition.split(",", 2)
    value, wanted = row.get(name) if name in _TRACES else row[name], rest[0] if rest else ""
    negated = operator.startswith("n") and operator[1:] in _OPERATORS
    compare = _OPERATORS.get(operator[1:] if negated else operator)
    if compare is None:
        return True
    if operator.endswith("is"):
        return (value is None) is not negated
    return value is not None and compare(value, wanted) is not negated


def _like(value: object, wanted: str) -> Any:
    """What it is compared with: a number in a column of numbers."""
    return int(wanted) if isinstance(value, int) else wanted


_TRACES = ("created_at", "updated_at")
_OPERATORS: Mapping[str, Callable[[Any, str], bool]] = {
    "eq": lambda value, wanted: value == _like(value, wanted),
    "lt": lambda value, wanted: value < _like(value, wanted),
    "le": lambda value, wanted: value <= _like(value, wanted),
    "gt": lambda value, wanted: value > _like(value, wanted),
    "ge": lambda value, wanted: value >= _like(value, wanted),
    "cs": lambda value, wanted: wanted in str(value),
    "in": lambda value, wanted: str(value) in wanted.split(","),
    "is": lambda value, wanted: False,
}


def _ordered(rows: list[Row], query: Query, key: Sequence[str]) -> list[Row]:
    """By the columns asked for, or by the first of the key alone. Unknown ones are ignored."""
    wanted = [value.partition(",") for name, value in query if name == "order"] or [(key[0], "", "")]
    found = list(rows)
    for column, _, direction in reversed(wanted):
        if found and column in found[0]:
            found.sort(key=itemgetter(column), reverse=direction == "desc")
    return found


def strip_tags(text: str) -> str:
    """PHP's: from a "<" that no blank follows, everything goes up to the next ">", or to the end."""
    kept, inside = [], False
    for sign, following in itertools.zip_longest(text, text[1:], fillvalue=""):
        if not inside and sign == "<" and following not in tuple(" \t\n\r\v\f"):
            inside = True
        elif inside and sign == ">":
            inside = False
        elif not inside:
            kept.append(sign)
    return "".join(kept)
