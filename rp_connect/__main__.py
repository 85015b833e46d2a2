"""The way in. `--version` answers before anything is imported; every fault ends in one sentence."""

import sys


def main() -> int:
    """Run the program with the words of the command line and answer its exit code."""
    if sys.argv[1:2] == ["--version"]:
        from rp_connect import __version__

        sys.stdout.write(f"rp-connect {__version__}\n")
        return 0
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:
        return _end("Interrupted: what was finished before stays as it is.", 130)
    except BrokenPipeError:
        return _end("", 1)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence instead of a traceback
        return _end(_sentence(error), getattr(error, "exit_code", 1))


def _run(arguments: list[str]) -> int:
    from rp_connect.cli.program import run_program
    from rp_connect.wiring.workshop import Workshop

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without “✓” shows a question mark, and goes on
            stream.reconfigure(errors="replace")
    code = run_program(arguments, Workshop())
    sys.stdout.flush()
    return code


def _end(sentence: str, code: int) -> int:
    """Say why, and leave the interpreter nothing to complain about when it closes the streams."""
    import os

    try:
        if sentence:
            sys.stderr.write(f"{sentence}\n")
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return code


def _sentence(error: Exception) -> str:
    from rp_connect.errors import RpConnectError

    if isinstance(error, RpConnectError):
        return " ".join(str(error).split())
    return (
        f"Something went wrong inside rp-connect ({type(error).__name__} in {_place(error)}). "
        "What was stored before stays, the step under way was undone; please report this line."
    )


def _place(error: Exception) -> str:
    """The innermost module of ours or of a plugin that the error passed: where it is, never what it says."""
    place, frame = "the command", error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if name.startswith("rp_") and name != __name__:
            place = name.removeprefix("rp_connect.").replace(".", "/")
        frame = frame.tb_next
    return place


if __name__ == "__main__":
    sys.exit(main())
