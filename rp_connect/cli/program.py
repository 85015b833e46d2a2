"""The program's front page: which commands there are, each loaded only when it is called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from rp_connect import __version__
from rp_connect.cli.logs import start_logging
from rp_connect.cli.options import global_options
from rp_connect.cli.session import Session, Workshop

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("start", "Write a configuration, a calendar and a drop folder to fill in."),
    "demo": ("demo", "An invented trust of two schools, loaded, run and shown."),
    "check": ("check", "What is set up, what is missing, what needs a person."),
    "sync": ("sync", "Read the MIS once: open and amend cases, queue what follows."),
    "deliver": ("deliver", "Send what is queued until nothing is due now."),
    "pull": ("pull", "Read tasks back from the workspace."),
    "run": ("serve", "The jobs on a schedule and the web pages, in one process."),
    "serve": ("serve", "The web pages and API alone."),
    "setup": ("setup", "Create what a workspace needs; safe to run again."),
    "case": ("cases", "Cases: list, show, and what people do with them."),
    "task": ("tasks", "Tasks: list, and mark as done."),
    "effect": ("effects", "What is queued for outside systems: list, and retry."),
    "report": ("reports", "Figures of the schools, such as persistent absence."),
    "store": ("store", "The store itself: copy it into another one."),
    "refused": ("refused", "Records that could not be read, and why."),
    "plugins": ("plugins", "What is installed and which hooks it answers."),
}


class Program(click.Group):
    """Imports a command's module when that command is called, and none of them for the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"rp_connect.cli.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.pass_context
def _begin(context: click.Context) -> None:
    if os.environ.get("NO_COLOR"):
        context.color = False


def program() -> click.Group:
    """The whole command line."""
    return Program(
        "rp-connect",
        callback=_begin,
        params=global_options(hidden=False),
        help="Joins a school's MIS to Microsoft 365 so that restorative practice gets done.",
        epilog="Exit codes: 0 done, 1 a fault, 2 wrong usage or configuration, 3 something needs a person, "
        "130 interrupted.",
    )


def run_program(arguments: Sequence[str], workshop: Workshop) -> int:
    """Run one command and answer its exit code; wrong words are one sentence on stderr and exit code 2."""
    start_logging(verbose=False)
    command = click.version_option(__version__, prog_name="rp-connect", message="%(prog)s %(version)s")(
        program()
    )
    try:
        code = command.main(list(arguments), "rp-connect", standalone_mode=False, obj=Session(workshop))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        click.echo(_sentence(error), err=True)
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _sentence(error: click.ClickException) -> str:
    text = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{text} Try “{context.command_path} --help”." if context is not None else text
