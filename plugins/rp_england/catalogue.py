"""Every rule of the pack: its stable id, title, role, legal basis and how sure we are of that basis.

Sources are the tables B1 to B6 of the practice-and-law reference. Confidence: C primary text seen, S
secondary source, U unconfirmed, P our own proposal, neither law nor source.
"""

from __future__ import annotations

from typing import NamedTuple

from rp_connect.domain.duty import Confidence
from rp_connect.domain.people import Role

C, S, P = Confidence.CONFIRMED, Confidence.SECONDARY, Confidence.PROPOSED
REGS = "SI 2012/1033"
GUIDANCE = "DfE suspension and exclusion guidance"


class Rule(NamedTuple):
    title: str
    role: Role
    basis: str
    confidence: Confidence


RULES: dict[str, Rule] = {
    "tell-parent": Rule("Tell the parents", Role.HEAD, f"{REGS} regs 5, 14, 23(1)(a)", C),
    "written-notice": Rule(
        "Written notice to the parents",
        Role.HEAD,
        "SI 2007/1870 reg 6 as substituted; SI 2012/1033 reg 23(1)(b)",
        C,
    ),
    "tell-la": Rule("Tell the local authority", Role.HEAD, f"{REGS} reg 14(1)(a) as amended", C),
    "tell-social-worker": Rule("Tell the social worker", Role.DSL, f"{REGS} reg 14 as revised", C),
    "tell-virtual-school": Rule("Tell the virtual school head", Role.DSL, f"{REGS} reg 14 as revised", C),
    "tell-board": Rule("Tell the governing board", Role.HEAD, f"{REGS} reg 23(2)-(3)", C),
    "board-meeting": Rule(
        "Board meeting to consider reinstatement", Role.CLERK, f"{REGS} regs 15, 24(1)(c); {GUIDANCE}", S
    ),
    "set-work": Rule("Set and mark work", Role.LEAD, f"{GUIDANCE}: first five school days", S),
    "day-six-education": Rule(
        "Full-time education begins", Role.HEAD, "SI 2007/1870 regs 3-4; SI 2014/3216", C
    ),
    "day-six-details": Rule(
        "Tell the parents where day-six education is", Role.HEAD, "SI 2007/1870 reg 6: 48 hours before", C
    ),
    "attendance-check": Rule("Check the register", Role.ATTENDANCE, "SI 2024/208 reg 10: code E", S),
    "attendance-mismatch": Rule(
        "Put the register right", Role.ATTENDANCE, "SI 2024/208 reg 10: code E, then B, D or K", S
    ),
    "equality-screen": Rule(
        "SEND and equality screen",
        Role.SENCO,
        "Equality Act 2010 ss.15, 20; Children and Families Act 2014 s.66",
        P,
    ),
    "pupil-voice": Rule("Hear the pupil", Role.LEAD, f"{GUIDANCE}: pupil involvement", P),
    "invite-reintegration": Rule("Invite to the reintegration meeting", Role.LEAD, GUIDANCE, P),
    "suitability-screen": Rule(
        "Restorative suitability screen", Role.LEAD, "Restorative practice standards", P
    ),
    "contact-harmed": Rule("Contact the person harmed", Role.LEAD, "Restorative practice standards", P),
    "dsl-screen": Rule("Safeguarding screen", Role.DSL, "KCSIE Part five", P),
    "consider-pep-review": Rule("Consider an early PEP review", Role.DSL, GUIDANCE, P),
    "consider-ehc-review": Rule("Consider an early EHC plan review", Role.SENCO, GUIDANCE, P),
    "reintegration-meeting": Rule(
        "Offer the reintegration meeting, or record why not", Role.LEAD, f"{GUIDANCE}: reintegration", S
    ),
    "share-plan": Rule(
        "Share the reintegration plan; welcome the pupil", Role.LEAD, f"{GUIDANCE}: reintegration", S
    ),
    "check-in": Rule("Check in with the pupil", Role.LEAD, "An interval that the school sets", P),
    "review": Rule("Review", Role.LEAD, "An interval that the school sets", P),
    "over-45-days": Rule(
        "Over 45 days in the school year: not lawful",
        Role.HEAD,
        f"{REGS} reg 22 and maintained equivalent",
        C,
    ),
    "supply-dates": Rule("Supply the missing dates", Role.LEAD, "Nothing can be dated without them", P),
    "dates-changed": Rule(
        "Dates lengthened: a further suspension, or a correction?", Role.HEAD, f"{GUIDANCE}: no extension", S
    ),
    "cancelled-tell-parent": Rule(
        "Cancelled: reasons to the parents in writing", Role.HEAD, f"{REGS} reg 17A", C
    ),
    "cancelled-tell-board": Rule(
        "Cancelled: reasons to the governing board", Role.HEAD, f"{REGS} reg 17A", C
    ),
    "cancelled-tell-la": Rule("Cancelled: reasons to the local authority", Role.HEAD, f"{REGS} reg 17A", C),
    "cancelled-tell-social-worker": Rule(
        "Cancelled: reasons to the social worker", Role.HEAD, f"{REGS} reg 17A", C
    ),
    "cancelled-tell-virtual-school": Rule(
        "Cancelled: reasons to the virtual school head", Role.HEAD, f"{REGS} reg 17A", C
    ),
    "reinstate": Rule("Cancelled: reinstate the pupil", Role.HEAD, f"{REGS} reg 17A", C),
    "triage": Rule("Triage", Role.LEAD, "Good practice", P),
    "debrief-record": Rule(
        "Write the record of the intervention",
        Role.HEAD,
        "Seclusion and Restraint (No. 2) Regulations 2025",
        S,
    ),
    "debrief-tell-parent": Rule(
        "Tell the parents, or record why not",
        Role.HEAD,
        "Seclusion and Restraint (No. 2) Regulations 2025",
        S,
    ),
    "debrief-welfare": Rule("Welfare check: pupil and staff", Role.DSL, "Good practice", P),
    "debrief-offer": Rule("Offer a restorative debrief", Role.LEAD, "Good practice", P),
    "debrief-plan-review": Rule("Review the risk or behaviour support plan", Role.LEAD, "Good practice", P),
    "off-site-notice": Rule(
        "Off-site direction: written notice", Role.HEAD, "Education Act 2002 s.29A; 2010 Regulations", S
    ),
    "off-site-review": Rule("Off-site direction: review meeting", Role.HEAD, "SI 2012/2532", S),
    "tell-home-la": Rule("Tell the home local authority", Role.HEAD, f"{REGS} reg 14(3)(a)", C),
    "reduced-timetable-la": Rule(
        "Reduced timetable: tell the local authority", Role.HEAD, "Local authority practice", S
    ),
}
