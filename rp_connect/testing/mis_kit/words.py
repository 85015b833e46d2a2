"""What an MIS, or its rig, can do; and how it can fail. What is declared is checked."""

from __future__ import annotations

from enum import StrEnum

UNKNOWN_CATEGORY = "Internal reflection"
UNKNOWN_ROLE = "passer-by"
UNKNOWN_CODE = "ZZ"
"""Words of the MIS that nobody mapped to ours."""
CODES = ("/", "\\", "E", "B", "C1", "I", "O", "Y3")
"""The attendance codes of the invented school, beside UNKNOWN_CODE where its MIS can hold one."""


class Can(StrEnum):
    """What not every MIS can do, or not every rig can bring about."""

    TEXT_IDS = "have ids that are no numbers"
    SHARED_INCIDENTS = "hold one incident of several pupils"
    UNKNOWN_CATEGORIES = "hold a category of suspension that nobody mapped"
    UNKNOWN_ROLES = "hold a role in an incident that nobody mapped"
    UNKNOWN_CODES = "hold an attendance code that nobody mapped"
    CHANGES = "say what changed since"
    TOMBSTONES = "say what was deleted"
    CONFIRM_GONE = "say of one suspension whether it is gone"
    OUTCOMES = "take outcomes"
    MARKS = "take single attendance marks"
    SPOIL = "hold a row that cannot be read"
    WITHHOLD = "not grant a kind of record"
    FAIL = "fail as a server fails"
    CARRY_ERRORS = "answer 200 with an error in it"
    SHOW_REQUESTS = "show what was asked of it"
    SHOW_FIELDS = "show which fields were asked for"


class Fault(StrEnum):
    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    PATIENCE_IN_SECONDS = "429 with seconds"
    PATIENCE_UNTIL = "429 with a date"
    PATIENCE = "429 without a time"
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    LOGIN_PAGE = "200 with a login page"
    CARRIED = "200 with an error in it"
    NOT_FOUND_PAGE = "404 with a web page"
    NO_BODY = "200 without a body"
    HOLLOW = "200 with nothing in it"
    SILENCE = "no answer"
    TRUNCATED = "half a document"
    CUT = "a connection that breaks off"
    REFUSED = "no connection"
    LOST_ANSWER = "done, and no answer"


PATIENCE_S = 120.0
"""What is asked for in the Retry-After header."""
