"""What this plugin registers: the policy "england" and the reintegration kind of case."""

from __future__ import annotations

from rp_connect.domain.case import CaseKind
from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.policy import PolicySpec, RegisterPolicies
from rp_connect.ports.practice import PracticeSpec, RegisterPractice
from rp_england.pack import packs


@hookimpl
def register_policies(register: RegisterPolicies) -> None:
    register(PolicySpec(name="england", packs=packs()))


@hookimpl
def register_practice(register: RegisterPractice) -> None:
    kind = CaseKind(name="reintegration", label="Reintegration after a suspension", opens_from="suspension")
    register(PracticeSpec(name="england", kinds=(kind,)))
