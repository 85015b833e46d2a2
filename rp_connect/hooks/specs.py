"""The hooks a plugin may implement. This file is the contract: read it first; docs/hooks.md has examples.

House rules
    Arguments are passed by name; a later release may add one, never rename one.
    A hook is added only together with a shipped plugin that uses it.
    `register_*` runs once at start-up, and calls `register(spec)` once for each thing the plugin brings.
    A name belongs to one plugin: where two register the same, neither has it, and both are told.
    A plugin that fails is parked whole, with one sentence; the others go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_connect.hooks.markers import hookspec

if TYPE_CHECKING:
    from rp_connect.ports.desk import Desk
    from rp_connect.ports.mis import RegisterMis
    from rp_connect.ports.policy import RegisterPolicies
    from rp_connect.ports.practice import RegisterPractice
    from rp_connect.ports.routes import RegisterRoutes
    from rp_connect.ports.sign_in import RegisterSignIn
    from rp_connect.ports.workspace import RegisterWorkspace


@hookspec
def register_mis(register: RegisterMis) -> None:
    """Call `register(MisSpec(name, settings, build))` once for each MIS this plugin can read.

    A school uses it with `mis = "<name>"`. `settings` is the pydantic model of its own table,
    `[school.<name>]`; `build` is called only for schools that name it, and does no I/O.
    """


@hookspec
def register_workspace(register: RegisterWorkspace) -> None:
    """Call `register(WorkspaceSpec(name, settings, build, movable_clock))` once for each workspace.

    A school uses it with `workspace = "<name>"` and its own table, `[school.<name>]`. `movable_clock` is
    asked before `--now` is obeyed: say False wherever real people would see what an invented day brought.
    """


@hookspec
def register_policies(register: RegisterPolicies) -> None:
    """Call `register(PolicySpec(name, packs))` once for each policy: its dated packs, in any order.

    A school uses it with `policy = "<name>"`. The newest pack effective on the day of decision counts.
    Packs are pure: they get an event and its context, and answer duties.
    """


@hookspec
def register_practice(register: RegisterPractice) -> None:
    """Call `register(PracticeSpec(name, kinds))` once for each practice: the kinds of case it knows.

    The kinds of all practices are there for every school of the trust.
    """


@hookspec
def register_sign_in(register: RegisterSignIn) -> None:
    """Call `register(SignInSpec(name, settings, build))` once for each way of signing in to the pages.

    A trust uses it with `sign_in = "<name>"` in `[web]` and its own table, `[web.<name>]`. `build` is called
    only then, and does no I/O. It says who somebody is; what they may see hangs on `[school.people]` alone.
    """


@hookspec
def register_routes(register: RegisterRoutes, desk: Desk) -> None:
    """Call `register(RouteSpec(name, routes))` once, for addresses under /plugins/<name>/.

    A route with `own_proof` is for a sender that is no browser, such as a webhook: it is a POST without a
    session, and its `answer` checks the proof first. Any other is for those who may open the pages. `desk` is
    kept and used while a route is answered; while registering it is closed.
    """
