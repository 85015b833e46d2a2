"""A Wonde for measuring, in a process of its own: a school of 1,500 pupils with a year of marks, made as they
are asked for. GET /asked gives the addresses that were asked for, and forgets them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

PUPILS, DAYS, STAFF, BEHAVIOURS, EXCLUSIONS = 1500, 190, 120, 3000, 60
CODES = ("/", "\\", "L", "I", "M", "B")
Rows = Callable[[int], str]
EDUCATION = '{"data":{"upn":"Z%012d","current_nc_year":"9","admission_date":{"date":"2023-09-05 00:00:00.000000","timezone_type":3,"timezone":"Europe/London"},"leaving_date":null}}'  # noqa: E501
EXTENDED = '{"data":{"in_lea_care":false,"child_in_need":null,"sen_status":"N"}}'
PERSON = '"upi":"u%d","mis_id":"%d","forename":"Given%d","surname":"Family%d"'


def student(n: int) -> str:
    who = PERSON % (n, n, n, n)
    born = '{"date":"2012-03-25 00:00:00.000000","timezone_type":3,"timezone":"Europe/London"}'
    details = f'"education_details":{EDUCATION % n},"extended_details":{EXTENDED}'
    return f'{{"id":"A{n}",{who},"date_of_birth":{born},{details}}}'


def employee(n: int) -> str:
    mails = f'{{"data":{{"emails":{{"work":"t{n}@northwick.example"}}}}}}'
    return f'{{"id":"E{n}",{PERSON % (n, n, n, n)},"contact_details":{mails}}}'


def behaviour(n: int) -> str:
    pupil = n % PUPILS
    students = (
        f'{{"data":[{{"id":"A{pupil}","upi":"u{pupil}","meta":{{"role":"AG","action":"COOL","points":2}}}}]}}'
    )
    when = f'{{"date":"2026-11-{n % 28 + 1:02} 10:30:00.000000","timezone_type":3,"timezone":"UTC"}}'
    words = (
        '"type":"BULL","status":"REV2","location":"Yard","comment":"What was seen and heard, in two lines."'
    )
    return f'{{"id":"B{n}",{words},"incident_date":{when},"recorded_date":null,"students":{students}}}'


def exclusion(n: int) -> str:
    day = f'{{"date":"2026-10-{n % 28 + 1:02} 00:00:00.000000","timezone_type":3,"timezone":"UTC"}}'
    words = '"type":"Suspension","type_code":"SUSP","reason_code":"BU","sessions":4'
    return f'{{"id":"X{n}",{words},"start_date":{day},"student":{{"data":{{"id":"A{n}","upi":"u{n}"}}}}}}'


def mark(n: int) -> str:
    day, rest = divmod(n, PUPILS * 2)
    session, pupil = divmod(rest, PUPILS)
    when = f'{{"date":"{DATES[day]} 00:00:00.000000","timezone_type":3,"timezone":"Europe/London"}}'
    code = (n * 7919) % 97 % len(CODES)
    who = f'"employee":null,"attendance_code":"P{code}","student":"A{pupil}"'
    return f'{{"id":"M{n}","date":{when},"session":"{("AM", "PM")[session]}","comment":null,{who}}}'


def code(n: int) -> str:
    return json.dumps({"id": f"P{n}", "code": CODES[n], "description": "", "type": ""})


def _dates() -> list[date]:
    weekdays = (date(2026, 7, 31) - timedelta(days=n) for n in range(365))
    return sorted([day for day in weekdays if day.weekday() < 5][:DAYS])


DATES = _dates()
NOW = datetime.now(UTC)
BEGUN = datetime(NOW.year - (NOW.month < 8), 8, 1, tzinfo=UTC)
STAMPS = [BEGUN + (NOW - timedelta(days=2) - BEGUN) * n / DAYS for n in range(DAYS)]
"""When the marks of each day were changed last: spread over what is over of this school year."""
LISTS: dict[str, tuple[int, Rows]] = {
    "students": (PUPILS, student),
    "employees": (STAFF, employee),
    "behaviours": (BEHAVIOURS, behaviour),
    "exclusions": (EXCLUSIONS, exclusion),
    "attendance-codes": (len(CODES), code),
    "attendance/session": (PUPILS * DAYS * 2, mark),
}


def within(name: str, query: dict[str, str]) -> range:
    """The rows that a window holds: those of whole days, or all, or none."""
    count, _ = LISTS.get(name, (0, mark))
    after, before = query.get("updated_after"), query.get("updated_before")
    if after is None:
        return range(count)
    if name != "attendance/session":
        return range(count) if after < f"{BEGUN:%Y-%m-%d}" else range(0)
    days = [n for n, at in enumerate(STAMPS) if f"{at:%Y-%m-%d %H:%M:%S}" >= after]
    days = [n for n in days if before is None or f"{STAMPS[n]:%Y-%m-%d %H:%M:%S}" < before]
    return range(days[0] * PUPILS * 2, (days[-1] + 1) * PUPILS * 2) if days else range(0)


def answer(root: str, path: str, query: dict[str, str]) -> bytes:
    name = "/".join(path.strip("/").split("/")[3:])
    if not name:
        region = {"domain": urlsplit(root).netloc}
        school = {"id": "A100", "region": region, "extended": {"allows_writeback": False}}
        return json.dumps({"data": school}).encode()
    rows, size = within(name, query), int(query.get("per_page", 50))
    begin = int(query["cursor"]) if query.get("cursor", "true") != "true" else 0
    shown = rows[begin : begin + size]
    write = LISTS[name][1] if name in LISTS else mark
    following = "null"
    if begin + size < len(rows):
        following = json.dumps(f"{root}{path}?{urlencode({**query, 'cursor': begin + size})}")
    pagination = f'"pagination":{{"next":{following},"previous":null,"per_page":{size}}},'
    meta = f'{pagination if len(rows) > size else ""}"includes":[]'
    return f'{{"data":[{",".join(map(write, shown))}],"meta":{{{meta}}}}}'.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    root = ""
    asked: list[str]

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to say."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/asked":
            body = json.dumps(self.asked).encode()
            self.asked.clear()
        else:
            self.asked.append(self.path)
            body = answer(self.root, parts.path, dict(parse_qsl(parts.query)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def serve() -> None:
    """Prints its address, and serves until it is ended."""
    _Handler.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    _Handler.root = f"http://127.0.0.1:{server.server_address[1]}"
    sys.stdout.write(f"{_Handler.root}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve()
