"""The global options. They may stand before a command or after it; the program's own help shows them once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from rp_connect.cli.logs import start_logging
from rp_connect.cli.session import Session

Function = TypeVar("Function", bound=Callable[..., Any])


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's own type
    session = context.find_object(Session)
    if session is not None and parameter.name is not None and value not in (None, False):
        setattr(session, parameter.name, value)
        if parameter.name == "verbose":
            start_logging(verbose=True)


def global_options(*, hidden: bool) -> list[click.Parameter]:
    settings: dict[str, Any] = {"expose_value": False, "callback": _keep, "hidden": hidden}
    return [
        click.Option(
            ["--config"],
            metavar="PATH",
            help="The configuration (else RP_CONNECT_CONFIG, else ./rp-connect.toml).",
            **settings,
        ),
        click.Option(
            ["--now"],
            metavar="DATETIME",
            help="Move the school's clock for this command, for previews and tests.",
            **settings,
        ),
        click.Option(["--verbose"], is_flag=True, is_eager=True, help="Say more on stderr.", **settings),
    ]


class Command(click.Command):
    """A command that takes the global options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click as they are
        super().__init__(*args, **kwargs)
        self.params.extend(global_options(hidden=True))


class Group(click.Group):
    command_class = Command


def command(*args: Any, **kwargs: Any) -> Callable[[Callable[..., Any]], click.Command]:  # noqa: ANN401 - click's
    return click.command(*args, cls=Command, **kwargs)


def group(*args: Any, **kwargs: Any) -> Callable[[Callable[..., Any]], click.Group]:  # noqa: ANN401 - click's
    return click.group(*args, cls=Group, **kwargs)


def json_option(function: Function) -> Function:
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(function)


def school_option(function: Function) -> Function:
    return click.option("--school", metavar="ID", help="One school only.")(function)


def port_option(function: Function) -> Function:
    kind = click.IntRange(0, 65535)
    return click.option("--port", type=kind, default=8080, show_default=True, help="Where the pages open.")(
        function
    )
