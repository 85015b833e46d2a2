"""The plugin host: loads each plugin by itself, parks one that fails, and finds what was registered by name.

It builds nothing and hands no data to a plugin: builders are called by wiring, for the names that a school's
settings choose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points as installed_entry_points
from typing import Protocol, Self, TypeVar

import pluggy
from pydantic import BaseModel

from rp_connect.domain.case import CaseKind
from rp_connect.errors import ConfigError
from rp_connect.hooks import specs
from rp_connect.hooks.markers import PROJECT
from rp_connect.ports.desk import Desk
from rp_connect.ports.mis import AskedField, MisSpec
from rp_connect.ports.plugins import PluginInfo
from rp_connect.ports.policy import PolicySpec
from rp_connect.ports.practice import PracticeSpec
from rp_connect.ports.routes import PluginRoute, RouteSpec
from rp_connect.ports.sign_in import SignInSpec
from rp_connect.ports.workspace import WorkspaceSpec
from rp_connect.services.desk import OfficeDesk

Spec = MisSpec | WorkspaceSpec | PolicySpec | PracticeSpec | SignInSpec | RouteSpec
Found = TypeVar("Found", MisSpec, WorkspaceSpec, PolicySpec, PracticeSpec, SignInSpec, RouteSpec)

_TAKES: dict[str, type[Spec]] = {
    "register_mis": MisSpec,
    "register_workspace": WorkspaceSpec,
    "register_policies": PolicySpec,
    "register_practice": PracticeSpec,
    "register_sign_in": SignInSpec,
    "register_routes": RouteSpec,
}
_CALLED = {
    MisSpec: "MIS",
    WorkspaceSpec: "workspace",
    PolicySpec: "policy",
    PracticeSpec: "practice",
    SignInSpec: "sign-in",
    RouteSpec: "address",
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"(/([a-z0-9-]+|\{[a-z_]+\}))+")


class Distribution(Protocol):
    @property
    def version(self) -> str: ...


class Discovered(Protocol):
    """What the host needs of an entry point; `importlib.metadata.EntryPoint` is one."""

    @property
    def name(self) -> str: ...
    @property
    def dist(self) -> Distribution | None: ...
    def load(self) -> object: ...


class _Unfit(Exception):
    """Why a plugin is parked; reads on from "<plugin> is parked: "."""


@dataclass(frozen=True, slots=True)
class _Plugin:
    name: str
    version: str
    hooks: tuple[str, ...] = ()
    specs: tuple[Spec, ...] = ()
    fault: str | None = None


class PluginHost:
    """The plugins of one run; there are none before `load()`."""

    def __init__(self) -> None:
        self._plugins: tuple[_Plugin, ...] = ()
        self._clashes: dict[tuple[str, str], str] = {}

    def load(self, entry_points: Iterable[Discovered] | None = None, desk: Desk | None = None) -> Self:
        """Load the installed plugins, or those given. Never raises for what a plugin does. Without a desk
        those with routes are handed one that stays closed."""
        handed = OfficeDesk() if desk is None else desk
        found = installed_entry_points(group=PROJECT) if entry_points is None else entry_points
        ordered = sorted(found, key=lambda entry: entry.name)
        times = Counter(entry.name for entry in ordered)
        self._plugins = tuple(_load(entry, times[entry.name], handed) for entry in ordered)
        self._clashes = _clashes(self._plugins)
        return self

    def mis(self, name: str) -> MisSpec:
        """Raises ConfigError where no plugin, a parked one or more than one brings it; so do those below."""
        return self._find(MisSpec, name)

    def calendar_file(self) -> MisSpec | None:
        """The MIS that reads calendar files, if any plugin brings one."""
        return next((spec for spec in self._standing(MisSpec) if spec.calendar_file is not None), None)

    def workspace(self, name: str) -> WorkspaceSpec:
        return self._find(WorkspaceSpec, name)

    def policy(self, name: str) -> PolicySpec:
        return self._find(PolicySpec, name)

    def sign_in(self, name: str) -> SignInSpec:
        return self._find(SignInSpec, name)

    def case_kinds(self) -> tuple[CaseKind, ...]:
        """The kinds of case of every practice, by plugin; those that two practices claim are left out."""
        kinds = (kind for spec in self._standing(PracticeSpec) for kind in spec.kinds)
        return tuple(kind for kind in kinds if ("case kind", kind.name) not in self._clashes)

    def routes(self) -> tuple[RouteSpec, ...]:
        """The addresses of all plugins."""
        return tuple(self._standing(RouteSpec))

    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin that is installed, by name, those that are parked included."""
        return tuple(
            PluginInfo(p.name, p.version, p.hooks, self._fault(p), _fields(p)) for p in self._plugins
        )

    def _standing(self, kind: type[Found]) -> list[Found]:
        everything = (spec for plugin in self._plugins for spec in plugin.specs)
        wanted = (spec for spec in everything if isinstance(spec, kind))
        return [spec for spec in wanted if (_CALLED[kind], spec.name) not in self._clashes]

    def _find(self, kind: type[Found], name: str) -> Found:
        standing = {spec.name: spec for spec in self._standing(kind)}
        if name in standing:
            return standing[name]
        if clash := self._clashes.get((_CALLED[kind], name)):
            raise ConfigError(clash)
        known = ", ".join(sorted(standing)) or "none"
        parked = "".join(f" {plugin.fault}" for plugin in self._plugins if plugin.fault)
        raise ConfigError(f"There is no {_CALLED[kind]} “{name}”; installed: {known}.{parked}")

    def _fault(self, plugin: _Plugin) -> str | None:
        mine = {claim for spec in plugin.specs for claim in _claims(spec)}
        return plugin.fault or next(
            (self._clashes[claim] for claim in sorted(mine & self._clashes.keys())), None
        )


def _fields(plugin: _Plugin) -> tuple[tuple[str, AskedField], ...]:
    return tuple(
        (spec.name, asked) for spec in plugin.specs if isinstance(spec, MisSpec) for asked in spec.fields
    )


def _load(entry: Discovered, times: int, desk: Desk) -> _Plugin:
    version = entry.dist.version if entry.dist else ""
    try:
        if times > 1:
            raise _Unfit("more than one installed package brings a plugin of this name")
        hooks, registered = _ask(entry.name, _import(entry), desk)
    except _Unfit as unfit:
        return _Plugin(entry.name, version, fault=f"{entry.name} is parked: {unfit}.")
    return _Plugin(entry.name, version, hooks, registered)


def _import(entry: Discovered) -> object:
    try:
        return entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may do anything; the others go on
        # The type alone: a message may quote anything. The name of a module is safe, and helps.
        missing = f" for the module {error.name}" if isinstance(error, ImportError) and error.name else ""
        raise _Unfit(f"its import raised {type(error).__name__}{missing}") from None


def _ask(name: str, plugin: object, desk: Desk) -> tuple[tuple[str, ...], tuple[Spec, ...]]:
    """A manager of its own for each plugin: what one does cannot stop or shadow another."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    _fit(manager, plugin, name)
    hooks = tuple(hook for hook in _TAKES if getattr(manager.hook, hook).get_hookimpls())
    if not hooks:
        raise _Unfit("it answers no hook, so look whether its functions are marked with hookimpl")
    registered = tuple(spec for hook in hooks for spec in _call(manager, hook, desk))
    _refuse_doubles(registered)
    return hooks, registered


def _fit(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        unknown = [hook.name for hook in manager.get_hookcallers(plugin) or () if not hook.has_spec()]
        if unknown:
            raise _Unfit(f"there is no hook called {', '.join(unknown)}") from None
        raise _Unfit("; ".join(line.strip() for line in str(error).splitlines() if line.strip())) from None
    except Exception as error:  # noqa: BLE001 - it looks at every attribute, and one of them may raise
        raise _Unfit(f"looking for its hooks raised {type(error).__name__}") from None


def _call(manager: pluggy.PluginManager, hook: str, desk: Desk) -> list[Spec]:
    given: list[object] = []
    told = {"desk": desk} if hook == "register_routes" else {}
    try:
        getattr(manager.hook, hook)(register=given.append, **told)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        raise _Unfit(f"its {hook} raised {type(error).__name__}") from None
    return [_checked(hook, spec) for spec in given]


def _checked(hook: str, spec: object) -> Spec:
    wanted = _TAKES[hook]
    if not isinstance(spec, wanted):
        raise _Unfit(f"its {hook} registered a {type(spec).__name__} where a {wanted.__name__} is wanted")
    if not (isinstance(spec.name, str) and _NAME.fullmatch(spec.name)):
        raise _Unfit(f"its {hook} registered a name that is not of a-z, 0-9 and _, with a letter first")
    if not _is_whole(spec):
        raise _Unfit(
            f"its {hook} registered “{spec.name}” with a part that is not what {wanted.__name__} says"
        )
    return spec


def _is_whole(spec: Spec) -> bool:
    match spec:
        case MisSpec():
            asked = all(isinstance(field, AskedField) for field in spec.fields)
            return _is_model(spec.settings) and callable(spec.build) and asked
        case WorkspaceSpec():
            return _is_model(spec.settings) and callable(spec.build) and callable(spec.movable_clock)
        case SignInSpec():
            return _is_model(spec.settings) and callable(spec.build)
        case PolicySpec():
            return _is_series(spec.packs) and all(_is_pack(pack) for pack in spec.packs)
        case PracticeSpec():
            return _is_series(spec.kinds) and all(isinstance(kind, CaseKind) for kind in spec.kinds)
        case RouteSpec():
            return _is_series(spec.routes) and _are_routes(spec.routes)


def _are_routes(routes: Sequence[object]) -> bool:
    """Each can be mounted, and no two are at one place."""
    fit = [route for route in routes if isinstance(route, PluginRoute) and _is_route(route)]
    return len({(route.method, route.path) for route in fit}) == len(routes)


def _is_route(route: PluginRoute) -> bool:
    methods = ("POST",) if route.own_proof else ("GET", "POST")
    placed = isinstance(route.path, str) and _PATH.fullmatch(route.path) is not None
    return placed and route.method in methods and callable(route.answer)


def _is_series(given: object) -> bool:
    return isinstance(given, Sequence) and len(given) > 0


def _is_pack(pack: object) -> bool:
    return isinstance(getattr(pack, "effective", None), date) and callable(getattr(pack, "duties", None))


def _is_model(settings: object) -> bool:
    return isinstance(settings, type) and issubclass(settings, BaseModel)


def _claims(spec: Spec) -> list[tuple[str, str]]:
    what = next(word for kind, word in _CALLED.items() if isinstance(spec, kind))
    kinds = spec.kinds if isinstance(spec, PracticeSpec) else ()
    return [(what, spec.name), *(("case kind", kind.name) for kind in kinds)]


def _refuse_doubles(registered: Iterable[Spec]) -> None:
    for (what, name), times in Counter(claim for spec in registered for claim in _claims(spec)).items():
        if times > 1:
            raise _Unfit(f"it registers the {what} “{name}” more than once")


def _clashes(plugins: Iterable[_Plugin]) -> dict[tuple[str, str], str]:
    """The names that more than one plugin wants, each with a sentence: any choice might be the wrong one."""
    wanted_by: dict[tuple[str, str], list[str]] = {}
    for plugin in plugins:
        for spec in plugin.specs:
            for claim in _claims(spec):
                wanted_by.setdefault(claim, []).append(plugin.name)
    return {
        (what, name): f"The {what} “{name}” is registered by {' and '.join(names)}, so none of them has it."
        for (what, name), names in wanted_by.items()
        if len(names) > 1
    }
