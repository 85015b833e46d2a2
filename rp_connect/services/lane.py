"""What is due in one lane of one account, and how much of it one sender takes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.lanes import Entry, Held
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import LaneLimits

Target = tuple[str, EffectKind]
"""A school and a kind of effect: what one batch is made of."""
BATCHES = 5
"""So many batches at most are leased, and settled, in one transaction: each transaction waits for the disk. A
run begins with one and takes more and more, for what a worker that dies has leased is in doubt."""


@dataclass
class Lane:
    """What is due in one lane of one account. `named` by its workspace, which says how it is to be sent;
    `active` counts the senders that are at it now, `visited` is the count of changes when one of them last
    looked for work. What was asked for without an answer may be under way until `rests_until` (monotonic
    seconds). `with_guest`: somebody has it for one question."""

    scope: str
    name: str
    limits: LaneLimits
    named: bool = True
    due: int = 0
    targets: deque[Target] = field(default_factory=deque)
    active: int = 0
    visited: int = -1
    rests_until: float = 0.0
    with_guest: bool = False

    def share(self, taken: int) -> int:
        """How many rows one sender takes: whole batches, no more than leave the other senders some, and few
        where this run has `taken` few yet."""
        batch = self.limits.batch
        share = -(-self.due // (batch * max(1, self.active)))
        grown = 1 + taken // (batch * max(1, self.limits.at_once))
        return batch * max(1, min(BATCHES, share, grown))

    def enter(self, work: UnitOfWork, holder: str, limit: int, rests: float) -> Entry:
        """A guest has it for one question: that is waited for, and wanted."""
        entry = work.lanes.enter(
            self.scope, self.name, holder, limit, alone=self.limits.alone, settles_after=rests
        )
        self.with_guest = isinstance(entry, Held) and entry.guest
        if self.with_guest:
            work.lanes.want(self.scope, self.name, holder)
        return entry

    def put_back(self, target: Target, count: int) -> None:
        """What was taken and not sent is due again."""
        self.due += count
        if count and target not in self.targets:
            self.targets.append(target)

    def next(self, passed_over: set[str]) -> Target | None:
        """Schools take turns, so that none waits behind another's thousand tasks."""
        for _ in range(len(self.targets)):
            self.targets.rotate(-1)
            if self.targets[-1][0] not in passed_over:
                return self.targets[-1]
        return None
