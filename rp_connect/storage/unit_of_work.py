"""One transaction with everything in it that services read and write."""

from __future__ import annotations

from collections.abc import Callable

from rp_connect.storage.audit import SqlAudit
from rp_connect.storage.cases import SqlCases
from rp_connect.storage.incidents import SqlIncidents
from rp_connect.storage.lanes import SqlLanes
from rp_connect.storage.mark_choices import SqlMarkChoices
from rp_connect.storage.marks import SqlMarks
from rp_connect.storage.meetings import SqlMeetings
from rp_connect.storage.outbox import SqlOutbox
from rp_connect.storage.outcomes import SqlOutcomes
from rp_connect.storage.pupils import SqlPupils
from rp_connect.storage.refusals import SqlRefusals
from rp_connect.storage.schools import SqlSchools
from rp_connect.storage.session import Session
from rp_connect.storage.staff import SqlStaff
from rp_connect.storage.suspensions import SqlSuspensions
from rp_connect.storage.tasks import SqlTasks
from rp_connect.storage.visits import SqlVisits


class SqlUnitOfWork:
    """`commit` is the store's, the rehearsal's, or a refusal: whoever opened the transaction says."""

    def __init__(self, session: Session, commit: Callable[[], None]) -> None:
        self.commit = commit
        self.schools = SqlSchools(session)
        self.pupils = SqlPupils(session)
        self.staff = SqlStaff(session)
        self.incidents = SqlIncidents(session)
        self.suspensions = SqlSuspensions(session)
        self.marks = SqlMarks(session)
        self.cases = SqlCases(session)
        self.tasks = SqlTasks(session)
        self.meetings = SqlMeetings(session)
        self.outcomes = SqlOutcomes(session)
        self.mark_choices = SqlMarkChoices(session)
        self.effects = SqlOutbox(session)
        self.lanes = SqlLanes(session)
        self.refusals = SqlRefusals(session)
        self.audit = SqlAudit(session)
        self.visits = SqlVisits(session)
