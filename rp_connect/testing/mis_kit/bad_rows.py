"""One row that cannot be read costs that row, and no other; and it is named by its key."""

from __future__ import annotations

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period
from rp_connect.domain.incident import IncidentRecord
from rp_connect.ports.mis import Kind, Record, Refusal
from rp_connect.testing.mis_kit.checks import LARGE, check
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import everything
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest
from rp_connect.testing.mis_kit.school import School, differences, key_of


@check(*LARGE, needs=[Can.SPOIL])
def a_row_that_cannot_be_read_is_refused_by_its_key(rig: MisUnderTest, kind: Kind) -> None:
    """Who is told that “one row is wrong” looks through a thousand; who is told the key looks once."""
    doomed = spoilt(rig, awkward(rig.can), kind)
    refusals = everything(rig.open(), kind).refusals

    assert len(refusals) == 1, "not exactly the one bad row was refused"
    assert _names(refusals[0], doomed), "the refusal does not name the row by its key"
    assert len(refusals[0].reason.split()) > 1, "the refusal does not say why"


@check(*LARGE, needs=[Can.SPOIL])
def a_row_that_cannot_be_read_costs_no_other(rig: MisUnderTest, kind: Kind) -> None:
    """Otherwise one slip of the pen at a school keeps a whole day's suspensions from being known."""
    school = awkward(rig.can)
    doomed = spoilt(rig, school, kind)
    others = [record for record in rig.expressible(school).of(kind) if key_of(record) != key_of(doomed)]

    assert differences(everything(rig.open(), kind).records, others) == [], "the rest was not given as it is"


@check(Kind.INCIDENT, needs=[Can.SPOIL])
def an_incident_whose_pupils_cannot_be_read_is_not_empty(rig: MisUnderTest, kind: Kind) -> None:
    """Else the child who was harmed drops out of the case because of a slip of the pen in their own row."""
    school = awkward(rig.can)
    rig.hold(school)
    wanted = next(one for one in school.incidents if one.involved)
    for one in wanted.involved:
        rig.spoil(Kind.PUPIL, one.pupil_id)
    given = everything(rig.open(), kind).records
    emptied = [one for one in given if isinstance(one, IncidentRecord) and not one.involved]

    assert wanted.id not in [one.id for one in emptied], "its pupils were not read, so nobody was in it"


def spoilt(rig: MisUnderTest, school: School, kind: Kind) -> Record:
    """The second record of the kind, which from now on cannot be read."""
    rig.hold(school)
    doomed = school.of(kind)[1]
    rig.spoil(kind, key_of(doomed))
    return doomed


def _names(refusal: Refusal, record: Record) -> bool:
    """A row that is one part of a record may go by "record/part"; a mark goes by its pupil and its day."""
    if isinstance(record, Period):
        return False
    first, _, more = refusal.key.partition("/")
    if isinstance(record, Mark):
        return first == record.pupil_id and str(record.day) in more
    return first == record.id
